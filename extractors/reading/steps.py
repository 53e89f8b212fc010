"""What the mentions of one document say of each other: whose step it is, and when a pause ends."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from extractors.events.certainty import goes_on
from models.event import (
    EventMention,
    EventStatus,
    EventType,
    Factuality,
    TimeFrame,
    polarity,
    status_class,
    type_group,
)
from models.reference import product_bucket


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


_STANDING = frozenset({EventStatus.IN_FORCE, EventStatus.ADOPTED, EventStatus.ANNOUNCED})


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
    stands = e.status in _STANDING or e.status is EventStatus.EXEMPTED
    return stands and goes_on(e.sentence, e.start - start, e.end - start)


def with_actors_of(events: Sequence[EventMention]) -> list[EventMention]:
    """The mentions, where one names nobody with the actors that another names for its measure.

    "Beijing suspends its rare earth controls ... The April rules for rare earths stay": the same
    kind of measure on the same goods is the same state's, if the document names but one; so is the
    same step of the same kind of measure, whatever the goods.
    """
    return [_with_actors(e, events) for e in events]


def _with_actors(e: EventMention, events: Sequence[EventMention]) -> EventMention:
    if e.actor_texts or e.type is EventType.OFFTAKE_AGREEMENT:
        return e
    others = [
        other
        for other in events
        if other.actor_texts and type_group(other.type) == type_group(e.type)
    ]
    goods, buckets, status = set(e.commodities), _buckets(e), status_class(e.status)
    tiers = (
        {other.actors for other in others if goods & set(other.commodities)},
        {other.actors for other in others if buckets & _buckets(other)},
        {o.actors for o in others if not e.actors and status_class(o.status) == status},
    )
    known = next((found for found in tiers if found), set())
    if len(known) != 1:
        return e
    (actors,) = known
    missing = tuple((name, why) for name, why in e.missing if name != "actors")
    targets = tuple(code for code in e.targets if code not in actors)
    return replace(e, actors=actors, targets=targets, missing=missing)


def title_actors(events: Sequence[EventMention]) -> list[EventMention]:
    """The mentions, where a title that names only who is hit gets the actor of the text.

    "Switzerland hit with 39% tariff", and in the text "The United States has imposed a tariff on
    goods from Switzerland": a state of the title that the text never says to act is the target.
    """
    return [_title_actor(e, events) if e.field == "title" else e for e in events]


def _title_actor(e: EventMention, events: Sequence[EventMention]) -> EventMention:
    if e.targets or len(e.actors) != 1 or e.type is EventType.TRADE_AGREEMENT:
        return e
    mine, (named,) = step_of(e), e.actors
    text = [o for o in events if o.field != "title" and type_group(o.type) == mine.type]
    if any(named in o.actors and status_class(o.status) == mine.status for o in text):
        return e
    others = {o.actors for o in text if named in o.targets and named not in o.actors}
    if len(others) != 1:
        return e
    (actors,) = others
    return replace(
        e,
        actors=actors,
        targets=(named,),
        actor_texts=(),
        target_texts=e.actor_texts,
        missing=tuple((name, why) for name, why in e.missing if name != "targets"),
    )


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
    return replace(
        e,
        status=pause.status,
        status_target=pause.status_target,
        factuality=pause.factuality,
        time_frame=pause.time_frame,
        polarity=polarity(e.type, pause.status, pause.status_target, pause.factuality),
        dates=tuple(replace(d, role="date_end") for d in e.dates),
    )


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


def _buckets(e: EventMention) -> set[str]:
    """The goods of a mention, each as the widest that holds it: terbium as rare earths."""
    return {product_bucket(good) for good in e.commodities}
