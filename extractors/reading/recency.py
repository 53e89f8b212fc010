"""Words by which a step that reads like the past was taken in the days before its report."""

import re

from spacy.tokens import Token

# Ontology section 5: what lies at most seven days back is current.
_FEW = r"(?:an?|one|two|three|four|five|six|seven|[1-7])"
_SPAN = rf"(?:(?:{_FEW} |some )?(?:minutes?|hours?)|{_FEW} days?)"
# "A day earlier, the government had cut", "hours later the president imposed".
_OFFSET = re.compile(rf"\b{_SPAN} (?:earlier|later|before)\b", re.I)
# "Five days after the department bought a stake".
_AFTER = re.compile(rf"\b{_SPAN} (?:after|before)\b", re.I)
# A date in the sentence that may lie far back is what the days are counted from.
_DATED = re.compile(
    r"(?<!\b[Aa]ct of )(?<!\blaw of )\b(?:19|20)\d\d\b|\b(?:January|February|March|April|May|June"
    r"|July|August|September|October|November|December)\b"
    r"|\blast (?:year|month|summer|spring|winter)\b"
)
_REPORTING = frozenset(
    {"say", "tell", "announce", "write", "confirm", "declare", "add", "report", "disclose"}
)
_REACH = 60
_JOINED = frozenset({"conj"})


def is_just_done(text: str, step: Token) -> bool:
    """Is a step of the past one of the last days, as the words beside it say?

    It stands some days before or after another one that has no date, or it is the news that
    somebody reports: "the president said that he had cut the tariff", "has dropped it and halved
    the other".
    """
    if _DATED.search(text):
        return False
    before = text[: step.idx]
    near = before[-_REACH:]
    if _OFFSET.search(near) or (_AFTER.search(near) and not re.search(r"[;:]", near)):
        return True
    return _is_reported(step) or _is_joined_to_news(step)


def _is_reported(step: Token) -> bool:
    """Is a past perfect what somebody says: "said that he had cut"?"""
    had = any(c.dep_ == "aux" and c.lower_ == "had" for c in step.children)
    said = step.dep_ == "ccomp" and step.head.lemma_.lower() in _REPORTING
    # What somebody says of others is history: "said that it had always denied".
    return had and said and step.head.dep_ in ("ROOT", "conj") and step.head.tag_ == "VBD"


def _is_joined_to_news(step: Token) -> bool:
    """Does a verb share its "has" with the one before: "has dropped one and halved the other"?"""
    head = step.head
    if step.dep_ not in _JOINED or step.tag_ not in ("VBN", "VBD") or head.dep_ != "ROOT":
        return False
    own = any(c.dep_ in ("nsubj", "nsubjpass", "aux") for c in step.children)
    return not own and any(c.dep_ == "aux" and c.lower_ in ("has", "have") for c in head.children)
