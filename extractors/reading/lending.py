"""What the mentions of one document lend each other: which goods, which kind of rule.

A sentence often says only "the duty" or "its ban"; whose goods are meant stands elsewhere in the
text. What is lent must be the same wherever the document names it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.events.gazetteer import load_gazetteer
from extractors.reading.kinds import EXPORT_RULES
from extractors.reading.lent_parties import buckets_of
from models.event import (
    TAKEN,
    EventMention,
    EventStatus,
    EventType,
    TimeFrame,
    polarity,
    status_class,
    type_group,
)
from models.reference import product_bucket

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


# Measures on one firm, which the text names once.
_ON_FIRMS = frozenset(
    {
        EventType.LICENSING_DEAL,
        EventType.GOVERNMENT_INVESTMENT,
        EventType.INVESTMENT_SCREENING,
        EventType.OFFTAKE_AGREEMENT,
    }
)
_THE_FIRM = re.compile(
    r"\b(?:the|its|this|that) (?:[\w-]+ ){0,3}?(?:company|firm|miner|developer|maker|producer|group"
    r"|refiner|plant|refinery|smelter|mine|deal|package|stake|investment|licen[cs]e|permit|order)\b",
    re.I,
)


_PAUSES = status_class(EventStatus.SUSPENDED)


def permits_of_rules(events: Sequence[EventMention]) -> list[EventMention]:
    """The mentions, where permits of no firm that are paused are the rule that asks for them.

    "Beijing suspends its controls ... The stay also covers licences for batteries": the document
    must tell a pause of the same state's export rules.
    """
    return [_permits_of_rules(e, events) for e in events]


def _permits_of_rules(e: EventMention, events: Sequence[EventMention]) -> EventMention:
    paused = status_class(e.status) == _PAUSES
    if e.type is not EventType.LICENSING_DEAL or e.company_texts or not paused:
        return e
    rules = [
        o
        for o in events
        if o.type in EXPORT_RULES and o.actors == e.actors and status_class(o.status) == _PAUSES
    ]
    if not rules:
        return e
    target, kind = rules[0].status_target, EventType.EXPORT_LICENSING
    sign = polarity(kind, e.status, target, e.factuality)
    return replace(e, type=kind, status_target=target, polarity=sign)


def with_firms_of(events: Sequence[EventMention]) -> list[EventMention]:
    """The mentions, where one of "the company" or "the deal" has the firm of its kind of measure.

    The document must name one firm for that kind, in full or by its first word.
    """
    return [_with_firms(e, events) for e in events]


def _with_firms(e: EventMention, events: Sequence[EventMention]) -> EventMention:
    if e.company_texts or e.type not in _ON_FIRMS or not _THE_FIRM.search(e.sentence):
        return e
    known = [o.company_texts for o in events if o.type is e.type and o.company_texts]
    if len({firms[0].split()[0].lower() for firms in known}) != 1 or len(known[0]) != 1:
        return e
    missing = tuple((name, why) for name, why in e.missing if name != "companies")
    return replace(e, company_texts=known[0], missing=missing)


_EXPORTS = re.compile(r"\b(?:export\w*|shipments?|ship(?:s|ped)?|out of the country)\b", re.I)
_IMPORTS = re.compile(r"\b(?:import\w*|customs|goods from|incoming|safeguard|dumping)\b", re.I)
_OTHER_SIDE = {
    EventType.TARIFF: EventType.EXPORT_TAX,
    EventType.TARIFF_EXEMPTION: EventType.EXPORT_TAX,
    EventType.IMPORT_RESTRICTION: EventType.EXPORT_BAN,
}
_EXPORT_TYPES = frozenset({EventType.EXPORT_TAX, EventType.EXPORT_BAN})


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
    exempts = e.type is EventType.TARIFF_EXEMPTION and e.status in TAKEN
    status = EventStatus.EXEMPTED if exempts else e.status
    return replace(
        e,
        type=kind,
        status=status,
        polarity=polarity(kind, status, e.status_target, e.factuality),
    )


def _of_one_state(other: EventMention, e: EventMention) -> bool:
    mine, theirs = buckets_of(e), buckets_of(other)
    goods = not mine or not theirs or bool(mine & theirs)
    return goods and (not e.actors or bool(set(e.actors) & set(other.actors)))
