"""Who takes the step of a report whose own words name nobody, or too many.

A title leaves out what its text tells, and a tariff that stands for years is told without whose it
is.
"""

from collections.abc import Iterable, Sequence

from extractors.linking.acts import standing_act
from extractors.linking.parties import named_in
from extractors.linking.scope import reaches_all, subjects_of, tells_of_another
from models.event import (
    EventMention,
    EventStatus,
    EventType,
    Factuality,
    status_class,
    type_group,
)
from models.link import LinkMention
from models.reference import load_commodities, product_bucket

TITLE = "title"
UNKNOWN = "XX"
WEAK = frozenset({Factuality.NEGATED, Factuality.QUESTION, Factuality.SPECULATIVE})


def told_by_text(item: LinkMention, mentions: Sequence[LinkMention]) -> tuple[str, ...]:
    """Return who takes the step of a title by the text below, if the title tells too few or many.

    "Tariff on Chinese goods to rise to 25%" leaves out whose; "Trump and Xi agree to hold off on
    tariffs" tells who met. Empty where the text tells no more, or of several.
    """
    title = item.mention
    actors = known_codes(title.actors)
    if title.field != TITLE or len(actors) == 1:
        return ()
    found = {
        known_codes(m.actors)
        for m in (other.mention for other in mentions)
        if m.field != TITLE
        and lenders(m.type) == lenders(title.type)
        and status_class(m.status) == status_class(title.status)
        and m.factuality not in WEAK
        and rates_meet(title, m)
    }
    named = {code for codes in found for code in codes} - set(title.targets)
    fits = not actors or named <= set(actors)
    return tuple(named) if len(named) == 1 and fits else ()


def standing_issuer(item: LinkMention) -> str | None:
    """Return whose standing act a tariff without an actor is under, if the sentence names them.

    "U.S. agrees with neighbours to end steel tariffs": those of the United States stand.
    """
    m = item.mention
    if m.type is not EventType.TARIFF:
        return None
    issuers = {
        code
        for code in named_in(m.sentence)
        if standing_act(
            code,
            buckets=buckets_of(m.commodities),
            targets=frozenset(known_codes(m.targets)) - {code},
            worldwide=reaches_all(m.sentence),
            subjects=subjects_of(m.sentence),
            on=item.reported_date,
            ends=tells_of_the(m, EventStatus.LIFTED),
            pauses=tells_of_the(m, EventStatus.SUSPENDED),
        )
    }
    return issuers.pop() if len(issuers) == 1 else None


def lenders(kind: EventType) -> str:
    """Return which events of an article lend each other their actors: a firm's deal is its own."""
    return kind.value if kind is EventType.OFFTAKE_AGREEMENT else type_group(kind)


def rates_meet(one: EventMention, other: EventMention) -> bool:
    """Do two mentions share a rate, or does one give none?"""
    rates, others = ({(r.value, r.unit) for r in m.rates} for m in (one, other))
    return not (rates and others) or not rates.isdisjoint(others)


def tells_of_the(m: EventMention, status: EventStatus) -> bool:
    """Does it tell this step of "the tariffs" that stand, not of new or other ones?"""
    return m.status is status and not tells_of_another(m.sentence)


def buckets_of(commodities: Iterable[str]) -> frozenset[str]:
    """Return the product buckets of the commodities that are known."""
    return frozenset(product_bucket(c) for c in commodities if c in load_commodities())


def known_codes(codes: Iterable[str]) -> tuple[str, ...]:
    """Return codes without the unknown one, each once, in order."""
    return tuple(dict.fromkeys(code for code in codes if code and code != UNKNOWN))
