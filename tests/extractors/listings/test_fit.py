"""Which exposures are close enough to an event to be put beside it."""

import pytest

from extractors.listings.exposure import MOST_USERS, EventLinker
from extractors.listings.tickers import TickerLinker
from models.reference.securities import load_securities
from tests.extractors.listings.test_exposure import event, links


@pytest.fixture(scope="module")
def linker() -> EventLinker:
    securities = load_securities()
    return EventLinker(TickerLinker(securities), securities)


def test_who_works_on_both_sides_of_a_border_has_no_sign(linker: EventLinker) -> None:
    """A US maker of cars with plants in Mexico is sheltered and hit by a duty on all cars."""
    for status in ("adopted", "averted"):
        found = links(linker, event("tariff", status, actors=("US",), commodities=("autos",)))
        assert found["XNYS:GM"].sign is None
        assert "both sides" in found["XNYS:GM"].why
    on_europe = event("tariff", "adopted", actors=("US",), targets=("EU",), commodities=("autos",))
    found = links(linker, on_europe)
    assert (found["XNYS:GM"].sign, found["XETR:BMW"].sign) == ("+", "-")


def test_a_maker_is_listed_only_where_it_sells(linker: EventLinker) -> None:
    duty = event("tariff", "adopted", actors=("US",), commodities=("autos",))
    assert {"XNSE:MARUTI", "XHKG:0175", "XPAR:RNO"}.isdisjoint(links(linker, duty))
    assert "XPAR:RNO" in links(
        linker, event("tariff", "adopted", actors=("BR",), commodities=("autos",))
    )


def test_a_third_country_takes_the_place_only_where_it_sells_or_the_world_is_the_market(
    linker: EventLinker,
) -> None:
    steel = event("tariff", "adopted", actors=("US",), targets=("BR",), commodities=("steel",))
    found = links(linker, steel)
    assert found["XNAS:ASTL"].sign == "+"
    assert "XNSE:TATASTEEL" not in found
    gas = event("tariff", "adopted", actors=("CN",), targets=("US",), commodities=("lng",))
    assert links(linker, gas)["XASX:WDS"].sign == "+"
    averted = event("tariff", "averted", actors=("CN",), targets=("US",), commodities=("lng",))
    assert "XASX:WDS" not in links(linker, averted)


def test_a_control_of_goods_that_differ_helps_no_maker_elsewhere(linker: EventLinker) -> None:
    chips = event("export_control", "adopted", actors=("US",), commodities=("semiconductors",),
                  sentence="A control on chips would concern TSMC.")  # fmt: skip
    found = links(linker, chips)
    assert "XETR:IFX" not in found
    assert (found["XNYS:TSM"].sign, "binds it too" in found["XNYS:TSM"].why) == (None, True)
    ore = event("export_control", "adopted", actors=("CN",), commodities=("antimony",))
    assert "+" in {link.sign for link in links(linker, ore).values()}


def test_users_are_few_and_only_those_meant(linker: EventLinker) -> None:
    duty = event("tariff", "adopted", actors=("US",), commodities=("steel",))
    users = [link for link in links(linker, duty).values() if link.role == "consumer"]
    assert 0 < len(users) <= MOST_USERS
    probe = event("investigation", "adopted", actors=("US",), targets=("CN",),
                  commodities=("steel",))  # fmt: skip
    assert {link.role for link in links(linker, probe).values()} == {"producer"}
    on_japan = event("export_ban", "adopted", actors=("CN",), targets=("JP",),
                     commodities=("rare_earth_magnets",))  # fmt: skip
    found = links(linker, on_japan)
    assert "XTKS:7203" in found
    assert "XNYS:F" not in found


def test_a_measure_of_a_named_firm_reaches_no_other(linker: EventLinker) -> None:
    fields = {"actors": ("US",), "targets": ("CN",), "commodities": ("semiconductors",)}
    one = event("export_control", "adopted", **fields, company_texts=("Fujian Jinhua",))
    assert links(linker, one) == {}
    assert links(linker, event("export_control", "adopted", **fields))


def test_scrap_is_not_the_metal_it_is_made_of(linker: EventLinker) -> None:
    duty = event("tariff", "raised", actors=("CN",), targets=("US",),
                 commodities=("scrap_metal", "copper"))  # fmt: skip
    assert "XNYS:FCX" not in links(linker, duty)


def test_a_border_moves_no_price_of_gold(linker: EventLinker) -> None:
    curbs = event("import_restriction", "adopted", actors=("IN",), commodities=("gold",))
    assert links(linker, curbs) == {}


def test_users_look_elsewhere_when_one_small_seller_is_hit(linker: EventLinker) -> None:
    for target, touched in (("KR", False), ("CN", True)):
        duty = event("tariff", "adopted", actors=("US",), targets=(target,),
                     commodities=("steel",))  # fmt: skip
        assert ("XNYS:DE" in links(linker, duty)) is touched
