"""What the mentions of one document lend each other: who is hit, which goods, which kind of rule.

A sentence often says only "the duty" or "its ban"; whose goods are meant stands elsewhere in the
text. What is lent must be the same wherever the document names it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extractors.events.gazetteer import load_gazetteer
from extractors.reading.kinds import ON_IMPORTS
from models.event import (
    EventMention,
    EventStatus,
    EventType,
    TimeFrame,
    polarity,
    status_class,
    type_group,
)
from models.reference import product_bucket

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
_EVERYBODY = re.compile(
    r"\b(?:all|most|other|every|many|\d+|some \w+|dozens of) (?:other |of its |its )?(?:trading )?"
    r"(?:countries|nations|partners|imports)\b|\b(?:worldwide|world|global|reciprocal|baseline"
    r"|country-specific)\b",
    re.I,
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
    if e.type is EventType.OFFTAKE_AGREEMENT and not e.actors and len(e.targets) == 1:
        return _bought_by_the_other(e, _pairs(events))
    if e.targets or not e.actors or set(e.actors) <= _NOBODY or _EVERYBODY.search(e.sentence):
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
    mine, theirs = _buckets(e), _buckets(other)
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


# Words that stand for goods named elsewhere.
_STANDS_FOR = re.compile(
    r"(?:the )?(?:metals?|ores?|minerals?|materials?|items?|grains?|crops?|chips?|processors?"
    r"|concentrates?)",
    re.I,
)


def with_goods_of(events: Sequence[EventMention], text: str, title: str = "") -> list[EventMention]:
    """The mentions, where one that names no goods of its own has those of its measure.

    "The metal" is the metal that the document names for this kind of measure of this state, and
    "magnets" are the rare earth magnets of the sentence before. `text` is that of the document; its
    title is asked last.
    """
    lent = [_with_goods(e, events, text) for e in events]
    return [_with_goods_of_title(e, title) for e in lent]


def _with_goods_of_title(e: EventMention, title: str) -> EventMention:
    """The goods that a title names, if they are one, for a mention that says "the metal"."""
    if e.commodities or not e.product_texts or e.field == "title":
        return e
    if not all(_STANDS_FOR.fullmatch(text) for text in e.product_texts):
        return e
    named = {n.code for n in load_gazetteer().find(title) if n.label == "COMMODITY"}
    return _of_goods(e, tuple(named)) if len(named) == 1 else e


def _with_goods(e: EventMention, events: Sequence[EventMention], text: str) -> EventMention:
    if e.commodities:
        return e
    if e.product_texts and not all(_STANDS_FOR.fullmatch(text) for text in e.product_texts):
        return _with_named_goods(e, text)
    if not e.product_texts and not _AGAIN.search(e.sentence[: e.end - e.sentence_start + _REACH]):
        return e
    known = [
        o.commodities
        for o in events
        if o.commodities
        and (o.type is e.type or (type_group(o.type) == type_group(e.type) and _may_be(o, e)))
        and (set(o.actors) & set(e.actors) or not e.actors)
    ]
    buckets = {frozenset(product_bucket(good) for good in goods) for goods in known}
    if len(buckets) != 1 or len(next(iter(buckets))) > _FEW_GOODS:
        return _with_named_goods(e, text)
    return _of_goods(e, known[0])


def _may_be(other: EventMention, e: EventMention) -> bool:
    """May two mentions of a kind be of one rule? A look back is at another one, if not its step."""
    looks_back = e.time_frame is TimeFrame.BACKGROUND
    return not looks_back or status_class(other.status) == status_class(e.status)


# "The ban", "its controls", "Ghana's curbs": a measure told before, named without its goods.
_AGAIN = re.compile(
    r"(?:\b(?:the|its|this|that|their)|\w['’]s)\s+(?:[\w-]+\s+){0,3}?(?:bans?|halt|embargo"
    r"|prohibition|moratorium|controls?|curbs|rules?|regime|announcements?|notices?|suspension"
    r"|pause|stay|duty|duties|tax|taxes|levy|quotas?|licences?|licenses?)\b",
    re.I,
)
_REACH = 40
# A measure on more goods than these is several, and "it" may be any one of them.
_FEW_GOODS = 3
# How far back a fuller name is looked for.
_BEFORE_CHARS = 2000


def _with_named_goods(e: EventMention, text: str) -> EventMention:
    """The goods whose fuller name ends with the words that a mention has for its own."""
    heads = [words.lower().removeprefix("the ") for words in e.product_texts]
    if not heads or e.field == "title":
        return e
    ending = re.compile(rf"\b[\w -]+ (?:{'|'.join(map(re.escape, heads))})\b", re.I)
    before = text[max(0, e.sentence_start - _BEFORE_CHARS) : e.sentence_start]
    found = {
        name.code
        for fuller in ending.finditer(before)
        for name in load_gazetteer().find(fuller.group())
        if name.label == "COMMODITY" and name.end == len(fuller.group())
    }
    return _of_goods(e, tuple(found)) if len(found) == 1 else e


def _of_goods(e: EventMention, goods: tuple[str, ...]) -> EventMention:
    return replace(e, commodities=goods)


_EXPORTS = re.compile(r"\b(?:export\w*|shipments?|ship(?:s|ped)?|out of the country)\b", re.I)
_IMPORTS = re.compile(r"\b(?:import\w*|customs|goods from|incoming|safeguard|dumping)\b", re.I)
_OTHER_SIDE = {
    EventType.TARIFF: EventType.EXPORT_TAX,
    EventType.TARIFF_EXEMPTION: EventType.EXPORT_TAX,
    EventType.IMPORT_RESTRICTION: EventType.EXPORT_BAN,
}
_EXPORT_TYPES = frozenset({EventType.EXPORT_TAX, EventType.EXPORT_BAN})
_STANDING = frozenset({EventStatus.ADOPTED, EventStatus.ANNOUNCED, EventStatus.IN_FORCE})


def on_one_side(events: Sequence[EventMention]) -> list[EventMention]:
    """The mentions, where "the duty" or "the ban" is on exports if all of the document's are.

    "India extended its export duty on rice. The duty would have lapsed on Monday": which side of
    the border a bare noun means, the measures with a word for it say.
    """
    return [_sided(e, events) for e in events]


def _sided(e: EventMention, events: Sequence[EventMention]) -> EventMention:
    if e.type not in _OTHER_SIDE or _IMPORTS.search(e.sentence):
        return e
    kind = _OTHER_SIDE[e.type]
    exempting = e.type is EventType.TARIFF_EXEMPTION or e.status is EventStatus.EXEMPTED
    if e.targets and not exempting:
        return e
    exempting = exempting or kind is EventType.EXPORT_BAN
    kinds = _EXPORT_TYPES if exempting else frozenset({kind})
    known = [
        o for o in events if o.type in kinds and _EXPORTS.search(o.sentence) and _of_one_state(o, e)
    ]
    if not known or any(o.type in _OTHER_SIDE and _IMPORTS.search(o.sentence) for o in events):
        return e
    if e.type is EventType.TARIFF_EXEMPTION and all(o.type is not kind for o in known):
        kind = known[0].type
    exempts = e.type is EventType.TARIFF_EXEMPTION and e.status in _STANDING
    status = EventStatus.EXEMPTED if exempts else e.status
    return replace(
        e,
        type=kind,
        status=status,
        polarity=polarity(kind, status, e.status_target, e.factuality),
    )


def _of_one_state(other: EventMention, e: EventMention) -> bool:
    mine, theirs = _buckets(e), _buckets(other)
    goods = not mine or not theirs or bool(mine & theirs)
    return goods and (not e.actors or bool(set(e.actors) & set(other.actors)))


def _buckets(e: EventMention) -> set[str]:
    """The goods of a mention, each as the widest that holds it: terbium as rare earths."""
    return {product_bucket(good) for good in e.commodities}
