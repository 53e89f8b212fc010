"""Which exposures are close enough to an event to be put beside it.

A measure on goods moves some who make or use them and leaves others alone. Precision comes first: a
weak tie gives no link.
"""

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
# May end in a duty, or in one for few firms: too far from who uses the goods.
EARLY = frozenset({"investigation", "trade_remedy"})


def alike(commodity_id: str) -> bool:
    """Are these goods the same whoever sells them: ore, metal, oil, grain?"""
    return load_commodities()[commodity_id].group in ALIKE and commodity_id not in BRANDED


def fits(event: EventMention, exposure: Exposure, place: str) -> bool:
    """Is an issuer with this exposure, at this place, near enough to the event?"""
    if exposure.role == "producer":
        return place != "elsewhere" or gains_elsewhere(event, exposure)
    if exposure.role == "consumer":
        return reaches_user(event, exposure, place)
    return event.type.value not in EARLY


def gains_elsewhere(event: EventMention, exposure: Exposure) -> bool:
    """Does a maker in a third country take the place of who is hit, as far as is known?

    At a border it must be known to sell there, or the goods have a world market. What is put off
    takes nothing from it that it had.
    """
    kind, group = event.type.value, load_commodities()[exposure.commodity_id].group
    if kind in IMPORT_SIDE:
        sold = not expand(event.actors).isdisjoint(exposure.sells)
        by_market = group in WORLD_MARKET and alike(exposure.commodity_id)
        return (sold or by_market) and event.status not in PUT_OFF
    if kind == "stockpile":
        return group in STORED_FROM_ABROAD and alike(exposure.commodity_id)
    return alike(exposure.commodity_id)


def reaches_user(event: EventMention, exposure: Exposure, place: str) -> bool:
    """Does the measure change what a user of the goods pays or gets?

    What a country holds back is not what its own users lack; what it holds back from some
    countries, users elsewhere still get. Of goods that differ, only the users meant are cut off.
    """
    kind = event.type.value
    if kind in EARLY:
        return False
    if kind in EXPORT_SIDE:
        told = bool(expand(event.targets) - {"world"})
        return place == "target" if told or not alike(exposure.commodity_id) else place != "actor"
    return True


def both_sides(event: EventMention, works: Sequence[str], place: str) -> bool:
    """Does a producer also work where the measure does the opposite?

    A maker of steel at home, with mills in the country that meets the duty, gains and loses; how
    much is not in the text. One that works mostly in that country loses.
    """
    if len(works) < 2:
        return False
    actors, targets, held = expand(event.actors), expand(event.targets), set(works)
    if event.type.value not in IMPORT_SIDE:
        near = actors if event.type.value in EXPORT_SIDE else targets
        return place == "elsewhere" and not held.isdisjoint(near)
    if place == "actor":
        met = targets - actors
        if "world" in targets or not met:
            return bool(held - actors)
        return not held.isdisjoint(met)
    return place == "elsewhere" and not held.isdisjoint(targets)
