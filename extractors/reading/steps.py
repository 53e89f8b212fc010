"""What the mentions of one document say of each other's steps: one step, its end, its denial."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from extractors.events.certainty import goes_on
from models.event import (
    TAKEN,
    EventMention,
    EventStatus,
    Factuality,
    TimeFrame,
    polarity,
    status_class,
    type_group,
)


@dataclass(frozen=True, slots=True)
class Step:
    """What makes two mentions one development: kind of measure, kind of step, who acts."""

    type: str
    status: str
    actors: frozenset[str]

    def meets(self, other: "Step") -> bool:
        """May both be of one measure: one kind, and an actor in common or none?"""
        alone = not (self.actors or other.actors)
        return self.type == other.type and (alone or bool(self.actors & other.actors))


def step_of(e: EventMention) -> Step:
    """The development that a mention speaks of."""
    return Step(type_group(e.type), status_class(e.status), frozenset(e.actors))


def standing_in_the_background(events: Sequence[EventMention]) -> list[EventMention]:
    """The mentions, where a measure that only goes on is background, unless the article leads it.

    "The April licensing rules stay in force": told for completeness, no step was taken.
    """
    kept = {step_of(e) for e in events if (e.is_lead or e.field == "title") and _goes_on(e)}
    return [
        replace(e, time_frame=TimeFrame.BACKGROUND) if _goes_on(e) and step_of(e) not in kept else e
        for e in events
    ]


def _goes_on(e: EventMention) -> bool:
    """Is a measure only said to stand?"""
    start = e.sentence_start
    stands = e.status in TAKEN or e.status is EventStatus.EXEMPTED
    return stands and goes_on(e.sentence, e.start - start, e.end - start)


_PAUSED = frozenset({EventStatus.SUSPENDED, EventStatus.DELAYED, EventStatus.EXTENDED})
_OVER = frozenset({EventStatus.EXPIRED, EventStatus.REINSTATED})
_PAUSE = re.compile(r"\b(?:suspension|pause|stay|freeze|moratorium|reprieve)\b", re.I)


def ends_of_pauses(events: Sequence[EventMention], published: date | None) -> list[EventMention]:
    """The mentions, where the day on which a pause will end is a value of the pause.

    "Suspended its duties. ... The suspension ends on 7 February": one step, with its end.
    """
    return [_end_of_pause(e, events, published) for e in events]


def _end_of_pause(
    e: EventMention, events: Sequence[EventMention], published: date | None
) -> EventMention:
    if (pause := _returns_after(e, events)) is not None:
        return _as(replace(e, dates=()), pause)
    before = e.sentence[: max(0, e.start - e.sentence_start)]
    ahead = published is not None and any((d.date or "") > published.isoformat() for d in e.dates)
    to_come = ahead or e.time_frame is TimeFrame.FUTURE
    if e.status not in _OVER or not to_come or not _PAUSE.search(before):
        return e
    pauses = [
        other
        for other in events
        if other.status in _PAUSED
        and type_group(other.type) == type_group(e.type)
        and set(other.actors) & set(e.actors)
    ]
    if not pauses:
        return e
    pause = pauses[0]
    return _as(replace(e, dates=tuple(replace(d, role="date_end") for d in e.dates)), pause)


_SAME_TIME = re.compile(r"\bfor the same (?:period|time|term|length|number of)\b", re.I)


def ends_alike(events: Sequence[EventMention]) -> list[EventMention]:
    """The mentions, where what is paused "for the same period" ends as the pause before it does."""
    return [_ends_alike(e, events) for e in events]


def _ends_alike(e: EventMention, events: Sequence[EventMention]) -> EventMention:
    if e.status not in _PAUSED or not _SAME_TIME.search(e.sentence):
        return e
    if e.duration or any(d.role == "date_end" for d in e.dates):
        return e
    ends = [
        next(d for d in o.dates if d.role == "date_end")
        for o in events
        if o.status is e.status
        and o.sentence_start < e.sentence_start
        and any(d.role == "date_end" for d in o.dates)
    ]
    return replace(e, dates=(*e.dates, ends[-1])) if ends else e


def _returns_after(e: EventMention, events: Sequence[EventMention]) -> EventMention | None:
    """The pause at whose end a measure is said to apply again, if the document tells both.

    "Suspended its ban until 30 June. ... The ban is to apply again from 1 July": one step.
    """
    planned = e.factuality is Factuality.SCHEDULED or e.time_frame is TimeFrame.FUTURE
    if e.status is not EventStatus.REINSTATED or not planned:
        return None
    starts = [d.date for d in e.dates if d.role != "date_announced" and d.date]
    for pause in events:
        ends = [d.date for d in pause.dates if d.role == "date_end" and d.date]
        told = pause.status in _PAUSED and pause.time_frame is not TimeFrame.BACKGROUND
        same = type_group(pause.type) == type_group(e.type) and pause.actors == e.actors
        if told and same and any(_next_day(end, start) for end in ends for start in starts):
            return pause
    return None


def _next_day(end: str, start: str) -> bool:
    """Is a day the one after another, or the same?"""
    if len(end) != _FULL or len(start) != _FULL:
        return False
    return 0 <= (date.fromisoformat(start) - date.fromisoformat(end)).days <= 1


_FULL = len("2026-11-10")


def _as(e: EventMention, other: EventMention) -> EventMention:
    """A mention as one of another's step."""
    return replace(
        e,
        type=other.type,
        status=other.status,
        status_target=other.status_target,
        factuality=other.factuality,
        time_frame=other.time_frame,
        polarity=polarity(other.type, other.status, other.status_target, other.factuality),
    )


# "The order takes effect at midnight", "the decree was signed": of the step told before.
_BARE_ACT = re.compile(
    r"\W*(?:The|This|That) (?:\w+ )?(?:order|decree|regulation|law|notice|proclamation|decision)"
    r" (?:[\w ]{0,40} )?(?:takes?|took|will take|enters?|entered|was|were|has been|dates?|dated)\b",
)
# "Has stopped its exports. The halt took effect on Monday": what began is the ban.
_BARE_HALT = re.compile(r"\W*(?:The|This|That|Its) (?:\w+ )?(?:halt|stop|stoppage|freeze)\b")
_BEGUN = status_class(EventStatus.ADOPTED)


def told_by_its_act(events: Sequence[EventMention]) -> list[EventMention]:
    """The mentions, where one of the act alone, or of a halt, is of the step told before it."""
    return [_told_by_its_act(e, events) for e in events]


def _told_by_its_act(e: EventMention, events: Sequence[EventMention]) -> EventMention:
    if e.rates or e.product_texts or e.company_texts or e.field == "title":
        return e
    mine = step_of(e)
    act = mine.status == _BEGUN and _BARE_ACT.match(e.sentence) is not None
    halt = e.status is EventStatus.SUSPENDED and _BARE_HALT.match(e.sentence) is not None
    before = [
        o
        for o in events
        if o.sentence_start < e.sentence_start
        and o.field == e.field
        and type_group(o.type) == mine.type
        and set(o.actors) == set(e.actors)
    ]
    if not before or not (act or halt):
        return e
    first = before[0]
    past = first.time_frame is TimeFrame.BACKGROUND
    if past or (halt and status_class(first.status) != _BEGUN):
        return e
    return _as(e, first)


_PLANS = frozenset({EventStatus.PROPOSED, EventStatus.UNDER_NEGOTIATION})


def taken_not_planned(events: Sequence[EventMention]) -> list[EventMention]:
    """The mentions, where a plan for a firm that the document says to be settled is that step.

    "The state will take 10% of Example ... A letter of intent provides for a loan to the firm".
    """
    return [_taken_not_planned(e, events) for e in events]


def _taken_not_planned(e: EventMention, events: Sequence[EventMention]) -> EventMention:
    if e.status not in _PLANS or not e.company_texts or e.field == "title":
        return e
    settled = [
        o
        for o in events
        if o.type is e.type
        and o.actors == e.actors
        and status_class(o.status) == _BEGUN
        and o.factuality in (Factuality.ASSERTED, Factuality.SCHEDULED)
        and o.time_frame is not TimeFrame.BACKGROUND
        and o.sentence_start < e.sentence_start
        and set(o.company_texts) & set(e.company_texts)
    ]
    return _as(e, settled[0]) if settled else e


# "At 10:20 it was gone. It was not true, the White House said."
_NOT_TRUE = re.compile(
    r"\b(?:it|this|that|the (?:report|rumou?r|story|headline|claim|post)) (?:was|is|were|proved) "
    r"(?:not true|untrue|false|wrong|a hoax|fake|made up|denied)\b",
    re.I,
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]+")
# A denial follows at once, or after one more sentence.
_SOON, _FOLLOWING = 2, 300
_REPORTED = re.compile(
    r"\b(?:report(?:s|ed)?|said|says|claim(?:s|ed)?|headline|banner|rumou?r|post(?:s|ed)?|posts?)\b",
    re.I,
)


def denied_next(events: Sequence[EventMention], text: str) -> list[EventMention]:
    """The mentions, where what a sentence reports and the next ones call untrue is negated."""
    return [_denied_next(e, text) for e in events]


def _denied_next(e: EventMention, text: str) -> EventMention:
    plain = e.factuality in (Factuality.ASSERTED, Factuality.SCHEDULED)
    if e.field == "title" or not plain or not _REPORTED.search(e.sentence):
        return e
    after = text[e.sentence_start + len(e.sentence) :][:_FOLLOWING]
    sentences = [m.group() for m in _SENTENCE.finditer(after)][:_SOON]
    if not any(_NOT_TRUE.search(sentence) for sentence in sentences):
        return e
    factuality = Factuality.NEGATED
    sign = polarity(e.type, e.status, e.status_target, factuality)
    return replace(e, factuality=factuality, polarity=sign)
