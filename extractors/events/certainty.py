"""Is a step denied, forsworn or only talked of by words outside its own clause?

The reader sees the mood of a clause; that a post or a letter is false often stands at the other end
of the sentence. lexicon/certainty.toml has the words, the forms they take together are here.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

from spacy.tokens import Token

from extractors.events.lexicon_data import lower
from extractors.text.inflection import noun_forms, verb_forms

WORDS = "certainty.toml"
# How far a denial reaches, in characters; a new clause ends it.
_REACH = 60
_NOT = re.compile(r"(?:\b(?:not|never)|n['’]t)\s+(?:\w+ly\s+|be\s+|been\s+|to\s+)?$", re.I)
_NOT_REACH = 30
# From a step up to what it is about: "talks on lifting", "efforts to land a deal that cuts".
_ABOUT = frozenset({"acl", "relcl", "xcomp", "pcomp", "pobj", "prep", "dobj", "advcl", "attr"})
_WEIGHED = frozenset({"xcomp", "ccomp", "pcomp", "prep", "dobj"})
_UP = 5
# "Malaysia's framework, in force through 2030, gives processors certainty."
_STANDS = re.compile(r", in force (?:since|through|until)\b")
# How far behind a measure its being left alone is said.
_FAR = 90
# How far before a step its going on is said.
_NEAR = 25
# How far behind the words for a measure a word that describes it may begin.
_NEXT = 15
# "A tariff that was to hit exports", "which would have ended": planned once, no longer.
_ONCE_PLANNED = re.compile(
    r"\b(?:was|were|had been) (?:\w+ly )?(?:due |set |scheduled |meant |supposed )?to (?:\w+ )?$"
    r"|\bwould (?:otherwise )?have (?:been )?$"
)
_OBJECTS = frozenset({"dobj", "nsubjpass"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_CLAUSE = re.compile(r"[;:]|,? (?:and|but|while|after|before) |, (?!\d)")


def is_denied(text: str, start: int, end: int) -> bool:
    """Do words around the span, a step's trigger and measure, say that it is not so?"""
    lowered = lower(text)
    for pattern, reach in _before():
        for found in pattern.finditer(lowered, 0, end):
            between = lowered[found.end() : start]
            if reach is None or (len(between) <= reach and not _CLAUSE.search(between)):
                return True
    return any(
        not re.search(r"[;]|, (?:and|but) ", lowered[end : found.start()])
        for found in _after().finditer(lowered, end)
    )


def is_negated(text: str, start: int) -> bool:
    """Does "not" or "never" stand right before the words from `start`?"""
    return _NOT.search(text, max(0, start - _NOT_REACH), start) is not None


def is_forsworn(text: str, start: int, end: int) -> bool:
    """Is what the span names, a step and its measure, promised not to be done?

    "Will refrain from setting quotas", "undertakes not to cap exports", "promises no curbs".
    """
    lowered = lower(text)
    return any(
        found.start() < end and not _CLAUSE.search(lowered, found.end(), max(start, found.end()))
        for found in _forswearing().finditer(lowered, max(0, start - _REACH), end + _NEAR)
    )


def goes_on(text: str, start: int, end: int) -> bool:
    """Is the measure that the words from `start` to `end` speak of only said to go on?

    Or is it only described: "the rule covers eight products", "the average duty is 47%"?
    """
    lowered = lower(text)
    before = lowered[max(0, start - _NEAR) : end]
    found = list(_going_on().finditer(before))
    if found and not _CLAUSE.search(before, found[-1].end()):
        return True
    if _describing().search(lowered, start, min(len(text), end + _NEXT)):
        return True
    if _STANDS.search(lowered, max(0, start - _FAR), start):
        return True
    return _untouched().search(lowered, start, min(len(text), end + _FAR)) is not None


def was_planned(text: str, start: int) -> bool:
    """Is the step whose words begin at `start` one that was to come: "which was to end"?"""
    before = lower(text[max(0, start - _REACH) : start])
    return _ONCE_PLANNED.search(before) is not None and not re.search(r"\bif\b", before)


def is_talked_of(step: Token) -> bool:
    """Is a step only what talks are about, or are talks what the step begins?

    "Talks to widen the pact", "negotiations begin to renew it", "discussed the lifting of bans",
    "agreed to open talks".
    """
    if lower(step.text) in verb_forms("discuss") and step.dep_ != "amod":
        return True
    begun = [step, *(child for child in step.children if child.dep_ == "xcomp")]
    for verb in begun:
        if lower(verb.text) in _forms("beginning") and any(
            _is_of_talks(c) for c in verb.children if c.dep_ in _OBJECTS
        ):
            return True
    for at in _above(step, _ABOUT):
        if _is_of_talks(at) or lower(at.text) in _forms("discussing"):
            return True
        if lower(at.text) in _forms("beginning"):
            return any(_is_of_talks(c) for c in at.children if c.dep_ in _SUBJECTS)
    return False


def is_considered(step: Token) -> bool:
    """Is a step only being weighed: "is considering whether to drop the duty"?"""
    return any(lower(at.text) in _forms("considering") for at in _above(step, _WEIGHED))


def is_wanted(step: Token) -> bool:
    """Is a step what its own actor only wants to do: "wants to halve quotas and double duties"?"""
    if step.dep_ == "conj" and step.head.pos_ == "VERB":
        step = step.head
    own = any(child.dep_ in _SUBJECTS for child in step.children)
    return step.dep_ == "xcomp" and not own and lower(step.head.text) in _forms("wanting")


def is_threatened(step: Token) -> bool:
    """Is a step only threatened: "threatened to raise the duty"?"""
    return any(lower(at.text) in _forms("threatening") for at in _above(step, _WEIGHED))


def _above(step: Token, joints: frozenset[str]) -> Iterator[Token]:
    """The words that a step hangs on by these joints, the nearest first, at most _UP of them."""
    for _ in range(_UP):
        if step.head.i == step.i or step.dep_ not in joints:
            return
        step = step.head
        yield step


def _is_of_talks(token: Token) -> bool:
    return token.pos_ != "VERB" and lower(token.text) in _forms("talks")


@cache
def _forms(name: str) -> frozenset[str]:
    """All forms of a list of words: nouns of "talks", verbs of the others."""
    forms = noun_forms if name == "talks" else verb_forms
    return frozenset(form for word in _words()[name] for form in forms(word))


@cache
def _before() -> tuple[tuple[re.Pattern[str], int | None], ...]:
    """What denies a step that follows, and how far it reaches; None is to the end."""
    words = _words()
    claims = _any(form for word in words["claims"] for form in noun_forms(word))
    denying = _any(form for verb in words["denying"] for form in verb_forms(verb))
    rejecting = _any(form for verb in words["rejecting"] for form in verb_forms(verb))
    saying = _any(form for verb in words["saying"] for form in verb_forms(verb))
    measures = _any(form for word in words["measures"] for form in noun_forms(word))
    return (
        (re.compile(rf"^\W*(?:{_any(words['openings'])})(?: \w+){{0,3}}\s?[:|–—-] "), None),
        (re.compile(rf"\b(?:{_any(words['forged'])}) (?:\w+ ){{0,2}}(?:{claims})\b"), None),
        (re.compile(rf"\b(?:{_any(words['wrongly'])}) (?:{saying})\b"), None),
        (re.compile(rf"(?<!or )\b(?:{denying})\b"), _REACH),
        (re.compile(rf"\b(?:{rejecting}) (?:\w+ ){{0,3}}(?:{claims})\b"), _REACH),
        (re.compile(rf"\b(?:{_any(words['excluding'])})\b"), _REACH),
        (re.compile(rf"(?:^|[,:;] |that |said )no (?:\w+ ){{0,2}}(?=(?:{measures})\b)"), _REACH),
    )


@cache
def _forswearing() -> re.Pattern[str]:
    """What promises that a step which follows is not done."""
    promising = _any(form for verb in _words()["forswearing"] for form in verb_forms(verb))
    refraining = _any(form for verb in _words()["refraining"] for form in verb_forms(verb))
    binding = _any(_words()["binding"])
    return re.compile(
        rf"\b(?:{promising}) (?:\w+ ){{0,3}}?(?:not to|never to|no)\b|\b(?:{refraining}) from\b"
        rf"|\bshall not (?:{binding})\b"
    )


@cache
def _going_on() -> re.Pattern[str]:
    """Words by which a measure goes on."""
    return re.compile(rf"\b(?:{_any(f for w in _words()['going_on'] for f in verb_forms(w))})\b")


@cache
def _describing() -> re.Pattern[str]:
    """Words that describe a measure and tell no step of it."""
    forms = _any(f for w in _words()["describing"] for f in verb_forms(w))
    return re.compile(rf"\b(?:{forms})\b|{_STANDS.pattern}")


@cache
def _untouched() -> re.Pattern[str]:
    """Words by which nothing is done to a measure."""
    return re.compile(rf"\b(?:{_any(_words()['untouched'])})\b")


@cache
def _after() -> re.Pattern[str]:
    """What denies a step that came before: "is false", "was made up", "does not exist"."""
    untrue = _any(_words()["untrue"])
    return re.compile(
        rf"\b(?:is|are|was|were|as|proved|proven|deemed) (?:\w+ly )?(?:{untrue})(?=[.,;]|\s*$| by )"
        r"|\bdo(?:es)? not exist\b"
    )


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _words() -> dict[str, list[str]]:
    path = resources.files("extractors").joinpath("events", "lexicon", WORDS)
    return tomllib.loads(path.read_text(encoding="utf-8"))
