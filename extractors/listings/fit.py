"""Which exposures are close enough to an event to be put beside it.

A measure on goods moves some who make or use them and leaves others alone. Precision comes first: a
weak tie gives no link.
"""

import re
from collections.abc import Sequence

from extractors.listings.places import IMPORT_SIDE, expand
from models.event import EventMention, EventStatus
from models.reference import load_commodities
from models.security import Exposure

# Goods that are alike wherever they come from: the loss of one seller is the gain of another.
ALIKE = frozenset(
    {
        *("rare_earth", "minor_metal", "battery_material", "base_metal", "ferrous"),
        *("precious_metal", "energy", "agriculture", "fertilizer", "forest"),
        *("industrial_mineral", "industrial_gas"),
    }
)
# Sold by brand or by specification, though their group is of goods that are alike.
BRANDED = frozenset({"wine_spirits", "lithium_ion_batteries"})
# Of these the buyer who is shut off finds another seller on the world market.
WORLD_MARKET = frozenset({"energy", "agriculture", "fertilizer", "forest"})
# A state that stores oil or grain buys at home; of metals there are few sellers.
STORED_FROM_ABROAD = frozenset({"rare_earth", "minor_metal", "battery_material", "base_metal"})
EXPORT_SIDE = frozenset(
    {"export_ban", "export_licensing", "export_quota", "export_control", "export_tax"}
)
PUT_OFF = frozenset(
    {EventStatus.AVERTED, EventStatus.DELAYED, EventStatus.SUSPENDED, EventStatus.REJECTED}
)
EMBARGO = re.compile(r"\bembargo(?:es)?\b", re.I)
# Of a user's goods the first three count: what is further down its row is a small part of its cost.
USER_WEIGHT = 0.4
# Goods from here are hard to replace; from another single country they are not.
LARGE = frozenset({"CN", "EU", "CA", "MX"})
# May end in a duty, or in one for few firms: too far from who uses the goods.
EARLY = frozenset({"investigation", "trade_remedy"})


def alike(commodity_id: str) -> bool:
    """Are these goods the same whoever sells them: ore, metal, oil, grain?"""
    return load_commodities()[commodity_id].group in ALIKE and commodity_id not in BRANDED


def fits(event: EventMention, exposure: Exposure, place: str) -> bool:
    """Is an issuer with this exposure, at this place, near enough to the event?"""
    kind = event.type.value
    # An embargo on a country touches who is there, not all who sell elsewhere.
    if kind in EXPORT_SIDE and EMBARGO.search(event.sentence) and place != "target":
        return False
    if exposure.role == "producer":
        if kind == "sanction_listing" and place == "actor":
            return alike(exposure.commodity_id)
        # A border changes nothing of a price that the world makes.
        group = load_commodities()[exposure.commodity_id].group
        if group == "precious_metal" and kind in IMPORT_SIDE:
            return False
        return place != "elsewhere" or gains_elsewhere(event, exposure)
    if exposure.role == "consumer":
        return reaches_user(event, exposure, place)
    return kind not in EARLY


def gains_elsewhere(event: EventMention, exposure: Exposure) -> bool:
    """Does a maker in a third country take the place of who is hit, as far as is known?

    At a border it must be known to sell there, or the goods have a world market. What is put off
    takes nothing from it that it had.
    """
    kind, group = event.type.value, load_commodities()[exposure.commodity_id].group
    if kind in IMPORT_SIDE:
        sold = not expand(event.actors).isdisjoint(exposure.sells)
        by_market = group in WORLD_MARKET and alike(exposure.commodity_id)
        if kind == "tariff_exemption":
            return False
        return (sold or by_market) and event.status not in PUT_OFF
    if kind == "sanction_listing" and event.status is EventStatus.EXEMPTED:
        return False
    if kind == "stockpile":
        return group in STORED_FROM_ABROAD and alike(exposure.commodity_id)
    return alike(exposure.commodity_id)


def reaches_user(event: EventMention, exposure: Exposure, place: str) -> bool:
    """Does the measure change what a user of the goods pays or gets?

    What a country holds back is not what its own users lack; what it holds back from some
    countries, users elsewhere still get. Of goods that differ, only the users meant are cut off.
    Goods of one small seller are bought from another.
    """
    kind = event.type.value
    if kind in EARLY or exposure.weight < USER_WEIGHT:
        return False
    one = set(event.targets) - {"world"}
    if kind in IMPORT_SIDE and len(one) == 1 and not one & LARGE:
        return False
    if kind in EXPORT_SIDE:
        told = bool(expand(event.targets) - {"world"})
        return place == "target" if told or not alike(exposure.commodity_id) else place != "actor"
    return True


def both_sides(event: EventMention, works: Sequence[str], place: str) -> bool:
    """Does a producer also work where the measure does the opposite?

    A maker of steel at home, with mills in the country that meets the duty, gains and loses; how
    much is not in the text. One mill abroad is not enough. One that works mostly abroad loses.
    """
    if len(works) < 2:
        return False
    actors, targets, held = expand(event.actors), expand(event.targets), set(works)
    if event.type.value not in IMPORT_SIDE:
        near = actors if event.type.value in EXPORT_SIDE else targets
        return place == "elsewhere" and not held.isdisjoint(near)
    if place == "actor":
        met, abroad = targets - actors, held - actors
        if len(abroad) < 2:
            return False
        return "world" in targets or not met or not abroad.isdisjoint(met)
    return place == "elsewhere" and not held.isdisjoint(targets)
