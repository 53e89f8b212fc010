"""How sure a text is of a step, and when the step lies."""

import re
from datetime import timedelta
from functools import lru_cache

from spacy.tokens import Doc, Token

from extractors.events.context import SentenceContext, text_of
from extractors.events.lexicon_data import lower
from extractors.events.policy_events import PROPOSING, THREATENING, Candidate
from extractors.text.dates import DateMention, precision_start
from models.event import EventStatus, Factuality, TimeFrame

_MODAL_DOUBT = frozenset({"may", "might", "could"})
_EXPECTING = frozenset(
    {
        "expect",
        "predict",
        "forecast",
        "anticipate",
        "bet",
        "speculate",
        "fear",
        "hope",
        "project",
        "likely",
        "see",
        "expectation",
        "chance",
        "odds",
        "risk",
        "prospect",
        "possibility",
        "potential",
        "eye",
    }
)
_ACCUSING = frozenset({"accuse", "allege", "claim", "blame", "charge", "complain", "argue"})
_DENYING = frozenset({"deny", "refute", "rule out", "unlikely"})
_NEW_STATUSES = frozenset(
    {
        EventStatus.ADOPTED,
        EventStatus.ANNOUNCED,
        EventStatus.PROPOSED,
        EventStatus.THREATENED,
        EventStatus.UNDER_NEGOTIATION,
        EventStatus.VIOLATED,
    }
)
_CONDITION = re.compile(
    (
        r"\b(?:if|unless|should(?= (?:the|talks|china|mexico|trump|it|they|he))"
        r"|provided that|as long as|subject to (?:approval|the|a)|pending|contingent "
        r"on|conditional on|otherwise|in case|in the event)\b"
    ),
    re.I,
)
_PAST_WORDS = re.compile(
    (
        r"\b(?:last (?:year|month|decade|summer|spring|fall|autumn|winter)|(?:a "
        r"|\w+ )?(?:years?|months?|decades?) ago|in (?:19|20)\d\d|since|previously"
        r"|earlier (?:this|in the) (?:year|month)|formerly|in the past|already"
        r"|first term|past|historic\w*|"
        r"during (?:his|the|my)|before the|originally|had (?:been )?\w+(?:ed|en)"
        r"|recently|in recent (?:months|years|weeks))\b"
    ),
    re.I,
)


def anchor_of(doc: Doc, c: Candidate) -> Token:
    """The word of the parse that carries the step."""
    span = doc.char_span(c.start, c.end, alignment_mode="expand")
    return span.root if span is not None else doc[c.root]


def rule_factuality(
    doc: Doc, c: Candidate, context: SentenceContext, status: EventStatus
) -> Factuality:
    """The first that fits, in the order in which Factuality declares its values."""
    anchor = anchor_of(doc, c)
    above = set(c.governors)
    aux = set(c.auxiliaries)
    if c.governors[:1] and c.governors[0] in PROPOSING | THREATENING | {"have"}:
        # "has no plan to", "did not threaten": the denial stands on the word above.
        over = next((a for a in anchor.ancestors), None)
        if over is not None:
            aux |= {lower(t.text) for t in over.children if t.dep_ in ("neg",) or t.lower_ == "no"}
    if (
        {"not", "n't", "never"} & aux
        and status not in (EventStatus.AVERTED, EventStatus.EXPIRED, EventStatus.REJECTED)
        and not re.search(r"\bnot\b", context.text[c.start : c.end])
    ) or above & _DENYING:
        return Factuality.NEGATED
    if (
        context.text.rstrip().endswith("?")
        or "whether" in aux
        or any(
            "whether" in (lower(t.text) for t in a.children)
            for a in anchor.ancestors
            if a.dep_ in ("ccomp", "advcl")
        )
    ):
        return Factuality.QUESTION
    if condition_of(doc, c) is not None:
        return Factuality.CONDITIONAL
    if above & _ACCUSING:
        return Factuality.ALLEGED
    if aux & _MODAL_DOUBT or above & _EXPECTING:
        return Factuality.SPECULATIVE
    future = _is_future(anchor, c, context)
    if future and status not in _NEW_STATUSES:
        return Factuality.SCHEDULED
    return Factuality.ASSERTED


def _is_future(anchor: Token, c: Candidate, context: SentenceContext) -> bool:
    aux = set(c.auxiliaries)
    if {"will", "shall", "wo", "'ll"} & aux:
        return True
    if "to" in aux and anchor.tag_ in ("VB", "VBP", "NN"):
        above = c.governors[0] if c.governors else ""
        return context.headline or above in (
            "set",
            "agree",
            "plan",
            "move",
            "ready",
            "pledge",
            "due",
            "schedule",
            "intend",
            "poise",
            "commit",
            "promise",
            "expect",
            "begin",
            "prepare",
            "deadline",
        )
    return False


def condition_of(doc: Doc, c: Candidate) -> str | None:
    """The if-clause a step hangs on, if there is one, as written."""
    text = text_of(doc)
    for m in _conditions(text):
        if m.start() >= c.start and c.end > m.start():
            continue
        end = len(text)
        stop = re.search(r"[,;.]\s|$", text[m.end() :])
        if stop is not None:
            end = m.end() + stop.start()
        before = m.start() < c.start
        if m.group().lower() in ("pending", "otherwise") and abs(m.start() - c.start) > 60:
            continue
        if before and text[m.end() : c.start].count(";"):
            continue
        return text[m.start() : end]
    return None


@lru_cache(maxsize=64)
def _conditions(text: str) -> tuple[re.Match[str], ...]:
    """Where if-clauses begin, looked up once for all measures of a sentence."""
    return tuple(_CONDITION.finditer(text))


def rule_time_frame(
    doc: Doc,
    c: Candidate,
    context: SentenceContext,
    status: EventStatus,
    factuality: Factuality,
    dates: list[DateMention],
) -> TimeFrame:
    """current, future or background, from factuality, dates beside the step and tense."""
    anchor = anchor_of(doc, c)
    if factuality is Factuality.SCHEDULED:
        return TimeFrame.FUTURE
    if context.published is not None:
        for d in dates:
            first = precision_start(d.value)
            if first is None:
                continue
            if first < context.published - timedelta(days=40):
                return TimeFrame.BACKGROUND
    if factuality in (Factuality.SPECULATIVE, Factuality.CONDITIONAL, Factuality.QUESTION):
        return TimeFrame.FUTURE
    if context.headline:
        return TimeFrame.CURRENT
    if _PAST_WORDS.search(text_of(doc)):
        return TimeFrame.BACKGROUND
    if any(t.lower_ == "had" for t in anchor.children) or (
        anchor.dep_ == "relcl" and anchor.tag_ in ("VBD", "VBN")
    ):
        return TimeFrame.BACKGROUND
    return TimeFrame.CURRENT


_STEP_OF_GOVERNOR = {
    "delay": EventStatus.DELAYED,
    "postpone": EventStatus.DELAYED,
    "defer": EventStatus.DELAYED,
    "avert": EventStatus.AVERTED,
    "avoid": EventStatus.AVERTED,
    "fail": EventStatus.REJECTED,
    "refuse": EventStatus.REJECTED,
    "decline": EventStatus.REJECTED,
    "talk": EventStatus.UNDER_NEGOTIATION,
    "negotiate": EventStatus.UNDER_NEGOTIATION,
}
# "averts a tariff hike", "delays the increase": the verb over a noun that itself is a step.
_STEP_OF_VERB = {
    "avert": EventStatus.AVERTED,
    "avoid": EventStatus.AVERTED,
    "forestall": EventStatus.AVERTED,
    "delay": EventStatus.DELAYED,
    "postpone": EventStatus.DELAYED,
    "defer": EventStatus.DELAYED,
    "suspend": EventStatus.SUSPENDED,
    "pause": EventStatus.SUSPENDED,
    "halt": EventStatus.SUSPENDED,
    "extend": EventStatus.EXTENDED,
    "prolong": EventStatus.EXTENDED,
    "reject": EventStatus.REJECTED,
    "threaten": EventStatus.THREATENED,
    "propose": EventStatus.PROPOSED,
    "cancel": EventStatus.AVERTED,
    "scrap": EventStatus.LIFTED,
    "plan": EventStatus.PROPOSED,
    "consider": EventStatus.PROPOSED,
}
_LETTER = re.compile(r"\bletters? of (?:intent|interest|support)\b", re.I)
_PETITION = re.compile(r"\b(?:petition|complaint|request(?:ed|s)?)\b", re.I)
_ONE_CHAMBER = re.compile(
    r"\b(?:senate|house(?! of commons)|panel|committee|lawmakers?|chamber|congressional)\b", re.I
)
_DRAFT_RULE = re.compile(
    (
        r"\b(?:proposed (?:rule|order|amendment|regulation)|draft (?:rule|law|bill)"
        r"|bill(?:s)? (?:to|that would|would))\b"
    ),
    re.I,
)
_STEP_WORDS = (EventStatus.ADOPTED, EventStatus.IN_FORCE, EventStatus.ANNOUNCED)


def governed_status(c: Candidate, context: SentenceContext) -> EventStatus:
    """The step said, once the words above it have had their say: "plans to impose" is proposed."""
    status, above, aux = c.status, c.governors[:3], set(c.auxiliaries)
    measure = context.text[c.evidence.start : c.evidence.end]
    pattern = c.evidence.pattern.pattern_id
    if pattern == "sanction_listing.general_licence" and status in _STEP_WORDS:
        return EventStatus.EXEMPTED
    if pattern == "investigation.dispute" and status in _STEP_WORDS and _PETITION.search(measure):
        return EventStatus.PROPOSED
    if pattern.startswith("government_investment") and _LETTER.search(
        context.text[max(0, c.evidence.start - 60) : c.evidence.end + 60]
    ):
        return EventStatus.PROPOSED
    if c.hit is not None and c.hit.words[0].kind == "noun" and above and above[0] in _STEP_OF_VERB:
        return _STEP_OF_VERB[above[0]]
    if pattern.endswith(".talks") and status in (
        EventStatus.REINSTATED,
        EventStatus.RAISED,
        *_STEP_WORDS,
    ):
        return EventStatus.UNDER_NEGOTIATION
    if status not in _STEP_WORDS:
        return status
    for governor in above[:2]:
        if governor in _STEP_OF_GOVERNOR:
            return _STEP_OF_GOVERNOR[governor]
    if any(g in THREATENING for g in above):
        return EventStatus.THREATENED
    if any(g in PROPOSING for g in above[:2]):
        return EventStatus.PROPOSED
    near = context.text[
        max(0, min(c.start, c.evidence.start) - 60) : max(c.end, c.evidence.end) + 20
    ]
    if _DRAFT_RULE.search(near) or (
        re.search(r"\bpass(?:es|ed)\b|\bapprov|\bback(?:s|ed)\b|\bvote", near)
        and _ONE_CHAMBER.search(near)
    ):
        return EventStatus.PROPOSED
    if status is EventStatus.ADOPTED and (
        {"will", "would", "'ll"} & aux or ("to" in aux and (context.headline or "set" in above))
    ):
        return EventStatus.ANNOUNCED
    return status


_FIRM = frozenset(EventStatus) - {
    EventStatus.ADOPTED,
    EventStatus.ANNOUNCED,
    EventStatus.IN_FORCE,
    EventStatus.PROPOSED,
    EventStatus.EXEMPTED,
    EventStatus.EXPANDED,
}


def firm_status(c: Candidate, context: SentenceContext) -> EventStatus | None:
    """The step where the words leave no choice: a telling verb close to the measure."""
    status = governed_status(c, context)
    if status is not c.status or c.rule.endswith(("/self",)):
        return status if status is not c.status else None
    if c.hit is not None and status in _FIRM and c.hit.score >= 0.6:
        return status
    return None
