"""Where an issuer works, seen from a measure: the key to what the measure does to it."""

from collections.abc import Iterable

from models.event import EventMention, moves_forward
from models.security import Exposure

# What the place of an issuer hangs on is not in the text.
UNTOLD = "untold"
EU = frozenset(
    (
        *("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE"),
        *("IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"),
    )
)
# Measures at the border of the market that sets them. A tariff whose target is not told meets
# everyone's goods; a trade remedy or an inquiry always has a target, told or not.
ON_ALL = frozenset({"tariff", "tariff_exemption", "import_restriction"})
ON_SOME = frozenset({"trade_remedy", "investigation"})
IMPORT_SIDE = ON_ALL | ON_SOME


def expand(jurisdictions: Iterable[str]) -> frozenset[str]:
    """Return the countries of a list of jurisdictions; the Union stands for its members."""
    found = set(jurisdictions) - {"XX"}
    return frozenset(found | EU if "EU" in found else found)


def works_of(exposure: Exposure, country: str | None) -> tuple[str, ...]:
    """Return where the issuer does this work, most of it first; its own country by default."""
    return exposure.countries or ((country,) if country else ())


def place_of(event: EventMention, works: tuple[str, ...], seat: str | None) -> str:
    """Return the place of work seen from the measure; `seat` is the issuer's own country.

    actor, target, elsewhere; both: one of several jurisdictions that act on each other's goods;
    country: in a country under sanctions that name no firm; UNTOLD. Work in several countries
    counts where most of it is, the first; for what may leave a country, also at the seat: chips
    that are made abroad are under their designer's law.
    """
    told = tuple(dict.fromkeys(a for a in event.actors if a != "XX"))
    # Only who eases acts on itself too: of a new measure, the target is no actor.
    if moves_forward(event.status, event.status_target):
        told = tuple(a for a in told if a not in event.targets) or told
    actors, targets = expand(told), expand(event.targets)
    home = works[0] if works else None
    border = event.type.value in IMPORT_SIDE
    several = len(told) > 1
    # "EU and US plan a probe of China" read with the EU as target too: it is on no clear side.
    if border and home in expand(twice(event)):
        return "both"
    if home in actors or (not border and seat in actors and seat in works):
        return "both" if border and several else "actor"
    if event.type.value == "sanction_listing" and not event.company_texts:
        if not targets:
            return UNTOLD
        if home in targets:
            return "country"
    if home in targets:
        return "target"
    if not actors:
        return UNTOLD
    if border and not several and ("world" in targets or not targets):
        all_goods = "world" in targets or event.type.value in ON_ALL
        return "target" if all_goods else UNTOLD
    return "elsewhere"


def twice(event: EventMention) -> frozenset[str]:
    """Return who acts and is a target too, where the target of the measure is another."""
    acting, met = frozenset(event.actors), frozenset(event.targets)
    return acting & met if met - acting else frozenset()


def reaches(event: EventMention, exposure: Exposure, works: tuple[str, ...]) -> bool:
    """Return False for a border measure of a market in which the issuer does not sell.

    Goods that the measure names by country count in any case; those of a union only if they are
    sold there.
    """
    if event.type.value not in IMPORT_SIDE or not exposure.sells or exposure.role != "producer":
        return True
    named = bool(works) and works[0] in event.targets
    actors = expand(event.actors)
    return named or not actors or not actors.isdisjoint(exposure.sells)


def untold_part(event: EventMention) -> str:
    """Return what the text leaves open, in words."""
    if not expand(event.actors):
        return "who acts"
    return "who is sanctioned" if event.type.value == "sanction_listing" else "whose goods it meets"
