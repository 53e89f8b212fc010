"""What the mentions of one document lend each other: who acts, and who is hit.

A sentence often says only "the ministry" or "the duty"; whose it is and whom it hits stands
elsewhere in the text. What is lent must be the same wherever the document names it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extractors.reading.in_passing import hits_everybody
from extractors.reading.kinds import ON_IMPORTS
from extractors.reading.steps import step_of
from extractors.reading.who_acts import SOMEBODY
from models.event import (
    EventMention,
    EventStatus,
    EventType,
    TimeFrame,
    status_class,
    type_group,
)
from models.reference import product_bucket


def who_acts(events: Sequence[EventMention]) -> list[EventMention]:
    """The mentions, each with those who act in it by what the whole document says."""
    return title_actors(one_side_acts(with_actors_of(state_acts(events))))


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
    goods, buckets, status = set(e.commodities), buckets_of(e), status_class(e.status)
    tiers = (
        {other.actors for other in others if goods & set(other.commodities)},
        {other.actors for other in others if buckets & buckets_of(other)},
        {o.actors for o in others if not e.actors and status_class(o.status) == status},
    )
    known = next((found for found in tiers if found), set())
    if len(known) != 1:
        return e
    (actors,) = known
    missing = tuple((name, why) for name, why in e.missing if name != "actors")
    targets = tuple(code for code in e.targets if code not in actors)
    return replace(e, actors=actors, targets=targets, missing=missing)


# What states do together; nobody is hit by it.
_JOINT = frozenset({EventType.TRADE_AGREEMENT, EventType.OFFTAKE_AGREEMENT})


def one_side_acts(events: Sequence[EventMention]) -> list[EventMention]:
    """The mentions, where of two that are read as acting one is hit, as the document says.

    "The United States ends its exemptions ... those of Japan and Brazil lapse on that day": America
    alone acts wherever the document names one state for a measure of this kind.
    """
    return [_one_side(e, events) for e in events]


def _one_side(e: EventMention, events: Sequence[EventMention]) -> EventMention:
    sides = frozenset(e.actors)
    if len(sides) < 2 or e.targets or e.type in _JOINT:
        return e
    if e.status is EventStatus.UNDER_NEGOTIATION or _MUTUAL.search(e.sentence):
        return e
    alone = [
        o
        for o in events
        if o.actor_texts
        and type_group(o.type) == type_group(e.type)
        and len(o.actors) == 1
        and sides.issuperset(o.actors)
    ]
    if len({o.actors for o in alone}) != 1:
        return e
    actors = alone[0].actors
    hit = {code for o in alone for code in o.targets}
    return replace(_hitting(e, tuple(code for code in e.actors if code in hit)), actors=actors)


_OF_THE_STATE = re.compile(rf"{SOMEBODY}|\b(?:[Tt]he (?:president|prime minister)|[Hh]e|[Ss]he)\b")


def state_acts(events: Sequence[EventMention]) -> list[EventMention]:
    """The mentions, where "the ministry" is that of the only state that the document says to act.

    A state is lent by the nearest title or sentence, which may name another one in passing.
    """
    named = {e.actors for e in events if e.actor_texts and e.type not in _JOINT}
    if len(named) != 1 or len(state := next(iter(named))) != 1:
        return list(events)
    return [
        _with_state(e, state) if not e.actor_texts and _subject_is_office(e) else e for e in events
    ]


def _subject_is_office(e: EventMention) -> bool:
    return e.type not in _JOINT and _OF_THE_STATE.search(_before(e)) is not None


def _before(e: EventMention) -> str:
    """The words of a mention's sentence that stand before its step."""
    return e.sentence[: max(0, e.start - e.sentence_start)]


def _with_state(e: EventMention, state: tuple[str, ...]) -> EventMention:
    missing = tuple((name, why) for name, why in e.missing if name != "actors")
    targets = tuple(code for code in e.targets if code not in state)
    return replace(e, actors=state, targets=targets, missing=missing)


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


_NOBODY = frozenset({"XX", "world"})
# What one state does to another; a rule on exports to everybody is not among them.
_AIMED = ON_IMPORTS | {EventType.EXPORT_BAN}
_BETWEEN_TWO = frozenset(
    {EventType.TARIFF, EventType.TARIFF_EXEMPTION, EventType.OFFTAKE_AGREEMENT}
)
# What a party to an agreement gives the other.
_GIVEN = frozenset(
    {
        EventStatus.CUT,
        EventStatus.LIFTED,
        EventStatus.SUSPENDED,
        EventStatus.DELAYED,
        EventStatus.AVERTED,
        EventStatus.EXEMPTED,
        EventStatus.EXTENDED,
    }
)
_MUTUAL = re.compile(r"\b(?:each|one an)\s?other(?:['’]s)?\b", re.I)
_IN_RETURN = re.compile(r"\W*(?:in (?:return|exchange)|for (?:its|their) part)\b", re.I)


def with_targets_of(events: Sequence[EventMention]) -> list[EventMention]:
    """The mentions, where one that names nobody hit has those whom the document names.

    "Cut the tariff imposed over fentanyl to 10%" beside "a 100% tariff on Chinese goods": one
    state's measures of one kind hit the same, if the document names but one target for them. What
    two parties of an agreement give each other is the other's.
    """
    return [_with_targets(e, events) for e in events]


def _with_targets(e: EventMention, events: Sequence[EventMention]) -> EventMention:
    if e.retaliation and not e.target_texts and len(e.actors) == 1:
        return _hitting_back(e, events)
    if e.type is EventType.OFFTAKE_AGREEMENT and not e.actors and len(e.targets) == 1:
        return _bought_by_the_other(e, _pairs(events))
    if e.targets or not e.actors or set(e.actors) <= _NOBODY or hits_everybody(e.sentence):
        return e
    aimed = e.type in _AIMED
    named = {
        frozenset(o.targets)
        for o in events
        if aimed
        and o.target_texts
        and o.targets
        and type_group(o.type) == type_group(e.type)
        and _alike(o, e)
        and not set(o.targets) & set(o.actors)
    }
    if not named and e.type in _BETWEEN_TWO and len(e.actors) == 1:
        buys = e.type is EventType.OFFTAKE_AGREEMENT and not e.company_texts
        eased = buys or (e.type is not EventType.OFFTAKE_AGREEMENT and e.status in _GIVEN)
        pairs = _pairs(events) if eased else set()
        named = {pair - set(e.actors) for pair in pairs if e.actors[0] in pair}
    if len(named) != 1:
        return e
    (targets,) = named
    return _hitting(e, tuple(sorted(targets)))


def _hitting_back(e: EventMention, events: Sequence[EventMention]) -> EventMention:
    """What answers a measure hits whoever took it: "Ottawa put off its counter-tariffs"."""
    hitters = {o.actors for o in events if e.actors[0] in o.targets and len(o.actors) == 1}
    return _hitting(e, next(iter(hitters))) if len(hitters) == 1 else e


def _bought_by_the_other(e: EventMention, pairs: set[frozenset[str]]) -> EventMention:
    """A purchase from one party to an agreement, as the other's: "it also agreed to buy"."""
    buyers = {pair - set(e.targets) for pair in pairs if e.targets[0] in pair}
    if len(buyers) != 1:
        return e
    (buyer,) = buyers
    missing = tuple((name, why) for name, why in e.missing if name != "actors")
    return replace(e, actors=tuple(buyer), missing=missing)


def _alike(other: EventMention, e: EventMention) -> bool:
    """Are two mentions of one state's measures, on goods that the other does not rule out?"""
    if set(other.actors) != set(e.actors):
        return False
    past = other.time_frame is TimeFrame.BACKGROUND and e.time_frame is not other.time_frame
    if (past or e.type not in ON_IMPORTS) and status_class(other.status) != status_class(e.status):
        return False
    mine, theirs = buckets_of(e), buckets_of(other)
    return not mine or not theirs or bool(mine & theirs)


def _pairs(events: Sequence[EventMention]) -> set[frozenset[str]]:
    """The parties of each agreement of the document, if they are two.

    Whose duties hit each other, and who gives something in return, deal with each other as well.
    """
    parties = {
        frozenset({*e.actors, *e.targets}) - _NOBODY
        for e in events
        if e.type is EventType.TRADE_AGREEMENT or (e.type in _AIMED and _MUTUAL.search(e.sentence))
    }
    parties |= {
        frozenset({*before.actors, *e.actors}) - _NOBODY
        for before, e in pairwise(events)
        if _IN_RETURN.match(e.sentence) and before.actors and e.actors
    }
    return {pair for pair in parties if len(pair) > 1} if _are_pairs(parties) else set()


def _are_pairs(parties: set[frozenset[str]]) -> bool:
    return all(len(found) <= 2 for found in parties)


def _hitting(e: EventMention, targets: tuple[str, ...]) -> EventMention:
    missing = tuple((name, why) for name, why in e.missing if name != "targets")
    return replace(e, targets=targets, missing=missing)


def buckets_of(e: EventMention) -> set[str]:
    """The goods of a mention, each as the widest that holds it: terbium as rare earths."""
    return {product_bucket(good) for good in e.commodities}
