"""What reads like a step and is none: what would have been, sums of measures, reactions."""

import re

from spacy.tokens import Doc, Token

from extractors.events.policy_events import Candidate
from models.event import TAKEN, EventStatus, EventType, Factuality

_REACH = 40
# "Without it, the duty would have lapsed", "would otherwise have had to stop".
_UNREAL = re.compile(r"\bwould (?:otherwise )?have (?!to\b)(?:\w+ ){0,2}$", re.I)
_IF = re.compile(r"\bif\b", re.I)
# "That brings the average duty to 47%": what the step that was told before comes to.
_COMES_TO = re.compile(
    r"\b(?:that|which|this)\s+(?:would |will )?(?:brings?|brought|takes?|took|puts?|lifts?)\s+the "
    r"(?:average|total|overall|combined|effective)\b",
    re.I,
)
_REACTIONS = frozenset(
    {"welcome", "criticise", "criticize", "condemn", "praise", "regret", "applaud", "deplore"}
    | {"cheer", "blame", "defend"}
)
# "Called the duty announced by Rome a mistake": the participle only says which duty.
_JUDGES = _REACTIONS | {"call", "describe", "denounce", "dismiss", "slam"}
_UNCERTAIN = frozenset({"if", "unless"})
_OBJECTS = frozenset({"dobj", "nsubjpass"})
# "The truce has bought miners a pause": nothing is sold.
_BUYS_TIME = re.compile(
    r"\b(?:buys?|bought|buying)\b[^.;,]{0,40}\b(?:time|quiet|peace|a pause|breathing space)\b", re.I
)
_RATED = frozenset({EventType.TARIFF, EventType.TRADE_REMEDY})
# "Whether revocation of the order would be likely to lead to dumping" revokes nothing.
_IF_REVOKED = re.compile(
    r"(?:revocation|termination|expiry|expiration|removal|lifting)\b[^;]{0,400}?"
    r"\bwould (?:be )?(?:un)?likely\b",
    re.I,
)
# "Signed a proclamation that doubles the duty": the act is made for what it does.
_MAKING = frozenset(
    {"sign", "issue", "publish", "adopt", "approve", "pass", "release", "unveil", "announce"}
)


def tells_no_step(doc: Doc, text: str, c: Candidate, kind: EventType, said: Factuality) -> bool:
    """Do the words leave no step: one that never came, a sum of measures, or a mere reaction?"""
    before = text[max(0, c.start - _REACH) : c.start]
    if said is not Factuality.CONDITIONAL and _UNREAL.search(before) and not _IF.search(text):
        return True
    found = _COMES_TO.search(text)
    if kind in _RATED and found is not None and found.start() <= c.start < found.end():
        return True
    if kind is EventType.OFFTAKE_AGREEMENT and _BUYS_TIME.match(text, c.start):
        return True
    if kind in _RATED and any(m.start() <= c.start < m.end() for m in _IF_REVOKED.finditer(text)):
        return True
    step = c.step(doc)
    return _is_reacted_to(step) or _is_judged(step) or _is_of_hoped_deal(step)


_DEALS = frozenset({"deal", "pact", "agreement", "accord", "treaty", "truce"})


def _is_of_hoped_deal(step: Token) -> bool:
    """Is a step what a deal still to be made would do: "to land a deal that cuts tariffs"?"""
    if step.dep_ == "conj" and step.head.pos_ == "VERB":
        step = step.head
    deal = step.head
    making = deal.head
    return (
        step.dep_ == "relcl"
        and step.tag_ in ("VBZ", "VBP")
        and deal.lemma_.lower() in _DEALS
        and deal.dep_ == "dobj"
        and making.tag_ == "VB"
        and any(c.lower_ == "to" for c in making.children)
    )


def _is_reacted_to(step: Token) -> bool:
    """Is a step only what somebody welcomes or condemns: "carmakers welcomed the pause"?"""
    return (
        step.pos_ == "NOUN"
        and step.dep_ in _OBJECTS
        and step.head.lemma_.lower() in _REACTIONS
        and all(child.dep_ in ("det", "poss", "compound", "amod") for child in step.children)
    )


def _is_judged(step: Token) -> bool:
    """Does a participle only tell which measure somebody judges: "called the duty set by Rome"?"""
    measure = step.head
    judging = measure.head
    return (
        step.tag_ == "VBN"
        and step.dep_ == "acl"
        and measure.dep_ in _OBJECTS
        and judging.lemma_.lower() in _JUDGES
        # "Called off the duty announced in May" ends it.
        and not any(child.dep_ == "prt" for child in judging.children)
    )


def is_condition_of(step: Token, other: Token) -> bool:
    """Is a step but what another hangs on: "will answer with a ban if the duty goes up"?

    Where the other clause takes no step the condition is told, as conditional (ontology section 5).
    """
    return (
        step.dep_ == "advcl"
        and step.head.i == other.i
        and any(c.dep_ == "mark" and c.lower_ in _UNCERTAIN for c in step.children)
    )


def is_made_for(doc: Doc, maker: Candidate, status: EventStatus, step: Candidate) -> bool:
    """Is one step the making of an act, and the other what that act does?

    "Issued a rule that expands export controls": the expansion is the step.
    """
    verb, done = maker.step(doc), step.step(doc)
    if status not in TAKEN or verb.lemma_.lower() not in _MAKING or verb.i == done.i:
        return False
    made = done.dep_ in ("relcl", "acl") and done.head.dep_ in _OBJECTS
    return made and done.head.head.i == verb.i
