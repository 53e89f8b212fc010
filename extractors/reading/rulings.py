"""What the words of a sentence settle about an event, whatever encoder and head make of it.

A question asks, a ban lifted for a year is paused, a promise not to act averts: the ontology
decides these (sections 4 and 5), and the words leave no choice.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from extractors.events.certainty import (
    is_considered,
    is_denied,
    is_forsworn,
    is_negated,
    is_talked_of,
)
from extractors.events.context import SentenceContext
from extractors.events.policy_events import Candidate
from extractors.text.numbers import find_durations
from models.event import EventStatus, EventType, Factuality, StatusTarget

# A step that can be what talks are about; the others are talk or its end themselves.
STEPS = frozenset(EventStatus) - {
    EventStatus.UNDER_NEGOTIATION,
    EventStatus.THREATENED,
    EventStatus.PROPOSED,
    EventStatus.REJECTED,
    EventStatus.AVERTED,
    EventStatus.VIOLATED,
}
_UNDONE = frozenset({EventStatus.AVERTED, EventStatus.EXPIRED, EventStatus.REJECTED})
_PLAIN = frozenset({Factuality.ASSERTED, Factuality.SCHEDULED})
# Restrictions that a state can promise not to bring in.
_FORSWORN = frozenset(
    {
        EventType.TARIFF,
        EventType.TRADE_REMEDY,
        EventType.IMPORT_RESTRICTION,
        EventType.PROCUREMENT_RESTRICTION,
        EventType.EXPORT_BAN,
        EventType.EXPORT_LICENSING,
        EventType.EXPORT_QUOTA,
        EventType.EXPORT_TAX,
        EventType.EXPORT_CONTROL,
        EventType.SANCTION_LISTING,
    }
)
_RESTRICTS = frozenset(
    {
        EventStatus.ANNOUNCED,
        EventStatus.ADOPTED,
        EventStatus.IN_FORCE,
        EventStatus.RAISED,
        EventStatus.EXPANDED,
        EventStatus.AVERTED,
    }
)
_ASKS = re.compile(r"\?[\"'”’)\]]*\s*$")
# "For a year", "for another 90 days", "temporarily": what ends for a time is paused.
_FOR = re.compile(r"\bfor (?:(?:up to|another|about|at least|an? (?:further|additional)) )?$", re.I)
_FOR_NOW = re.compile(r"\b(?:temporarily|for now|for the time being)\b", re.I)
_NEAR = 60
_FREED = re.compile(r"\b(?:freed?|frees|duty-free|exempt(?:s|ed)?|spare[ds]?|sparing)\b", re.I)


@dataclass(frozen=True, slots=True)
class Said:
    """The labels of an event that its words can settle."""

    type: EventType
    status: EventStatus
    target: StatusTarget
    factuality: Factuality


def settled(doc: Doc, context: SentenceContext, c: Candidate, said: Said) -> Said:
    """The labels of an event, with what the words of its sentence settle."""
    text, spans, root = context.text, c.spans, doc[c.root]
    start, end = min(s for s, _ in spans), max(e for _, e in spans)
    if said.type in _FORSWORN and said.status in _RESTRICTS and is_forsworn(text, start, end):
        return replace(said, status=EventStatus.AVERTED, factuality=Factuality.ASSERTED)
    if _denies(text, spans, said):
        return replace(said, factuality=Factuality.NEGATED)
    if said.status in STEPS and is_talked_of(root):
        said = replace(said, status=EventStatus.UNDER_NEGOTIATION)
    elif said.status in STEPS and is_considered(root):
        said = replace(said, status=EventStatus.PROPOSED)
    elif said.status is EventStatus.LIFTED and said.target is StatusTarget.MEASURE:
        said = replace(said, status=_ended(text, said.type, c.start, c.end))
    if said.factuality is Factuality.NEGATED:
        return said
    if _ASKS.search(text):
        return replace(said, factuality=Factuality.QUESTION)
    return said


def _ended(text: str, kind: EventType, start: int, end: int) -> EventStatus:
    """The step of an event read as lifted: paused if it ends for a time, granted if goods go free.

    "Lifts for a year its ban" pauses it; of an exemption, "freed from the duty" is its start.
    """
    if kind is EventType.TARIFF_EXEMPTION and _FREED.search(text, start, end):
        return EventStatus.ADOPTED
    near = slice(max(0, start - _NEAR), end + _NEAR)
    for_a_time = any(
        near.start <= at < near.stop and "-" not in text[at:to] and _FOR.search(text[:at])
        for at, to, _ in find_durations(text)
    )
    paused = for_a_time or _FOR_NOW.search(text[near]) is not None
    return EventStatus.SUSPENDED if paused else EventStatus.LIFTED


def _denies(text: str, spans: Sequence[tuple[int, int]], said: Said) -> bool:
    """Does the sentence deny a step that its clause, as the encoder reads it, does not?"""
    if is_denied(text, min(s for s, _ in spans), max(e for _, e in spans)):
        return True
    plain = said.factuality in _PLAIN and said.status not in _UNDONE
    return plain and is_negated(text, spans[0][0])
