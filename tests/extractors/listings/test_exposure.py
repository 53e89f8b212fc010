"""Signs and reasons of exposed, named and party links."""

from datetime import date
from typing import Any

import pytest

from extractors.listings.exposure import MOST_EXPOSED, EventLinker
from extractors.listings.tickers import TickerLinker
from models.errors import ConfigError
from models.event import (
    EventMention,
    EventStatus,
    EventType,
    Factuality,
    Polarity,
    SourceType,
    StatusTarget,
    TimeFrame,
)
from models.reference.securities import exposure, load_securities
from models.security import TickerLink


@pytest.fixture(scope="module")
def linker() -> EventLinker:
    securities = load_securities()
    return EventLinker(TickerLinker(securities), securities)


def event(type_: str, status: str, **changes: Any) -> EventMention:
    fields: dict[str, Any] = {
        "mention_id": "m",
        "article_id": "a",
        "article_version": 1,
        "field": "body",
        "start": 0,
        "end": 1,
        "trigger": "x",
        "sentence": "",
        "sentence_start": 0,
        "type": EventType(type_),
        "status": EventStatus(status),
        "status_target": StatusTarget.MEASURE,
        "factuality": Factuality.ASSERTED,
        "time_frame": TimeFrame.CURRENT,
        "polarity": Polarity.NEUTRAL,
        "retaliation": False,
        "source_type": SourceType.AUTHOR,
        "source_text": None,
        "confidence": 1.0,
        "rule": "r",
        "extractor_version": "v",
    }
    return EventMention(**(fields | changes))


def links(linker: EventLinker, mention: EventMention) -> dict[str, TickerLink]:
    found = linker.link_event(mention, linker.names.find_listings(mention.sentence))
    assert len({link.listing for link in found}) == len(found)
    return {link.listing: link for link in found}


def test_a_chinese_control_helps_producers_elsewhere_and_its_delay_hurts_them(
    linker: EventLinker,
) -> None:
    control = event("export_control", "in_force", actors=("CN",), commodities=("rare_earths",))
    delay = event("export_control", "delayed", actors=("CN",), commodities=("rare_earths",))
    for listing in ("XNYS:MP", "XASX:LYC", "XASE:UUUU"):
        assert links(linker, control)[listing].sign == "+"
        assert links(linker, delay)[listing].sign == "-"
    why = links(linker, control)["XNYS:MP"].why
    assert why.startswith("produces rare earths outside China: an export control moving forward")


def test_longer_pause_counts_as_a_step_back(linker: EventLinker) -> None:
    mention = event(
        "export_licensing",
        "extended",
        status_target=StatusTarget.SUSPENSION,
        actors=("CN",),
        commodities=("rare_earths",),
    )
    assert links(linker, mention)["XNYS:MP"].sign == "-"


def test_a_tariff_shelters_home_producers_and_hurts_those_in_the_target(
    linker: EventLinker,
) -> None:
    mention = event("tariff", "raised", actors=("US",), targets=("CA",), commodities=("steel",))
    found = links(linker, mention)
    assert (found["XNYS:NUE"].sign, found["XNAS:ASTL"].sign) == ("+", "-")


def test_the_whole_world_as_target_hits_every_foreign_producer(linker: EventLinker) -> None:
    mention = event("tariff", "raised", actors=("US",), targets=("world",), commodities=("steel",))
    assert links(linker, mention)["XKRX:005490"].sign == "-"


def test_place_of_work_counts_not_the_head_office(linker: EventLinker) -> None:
    ban = event("export_ban", "in_force", actors=("ID",), commodities=("nickel",))
    found = links(linker, ban)
    assert (found["XASX:NIC"].sign, found["XTKS:5713"].sign) == ("-", "+")


def test_a_member_state_is_in_the_union(linker: EventLinker) -> None:
    quota = event("import_restriction", "adopted", actors=("EU",), commodities=("steel",))
    assert links(linker, quota)["XETR:TKA"].sign == "+"


def test_the_company_of_a_deal_is_its_party(linker: EventLinker) -> None:
    sentence = "The Pentagon bought stock of MP Materials, advised by JPMorgan."
    deal = event(
        "government_investment",
        "adopted",
        actors=("US",),
        commodities=("ndpr_oxide",),
        sentence=sentence,
        company_texts=("MP Materials",),
    )
    found = links(linker, deal)
    assert (found["XNYS:MP"].link, found["XNYS:MP"].sign) == ("party", "+")
    assert (found["XNYS:JPM"].link, found["XNYS:JPM"].sign) == ("named", "?")


def test_a_listed_firm_loses_and_gains_when_taken_off(linker: EventLinker) -> None:
    sentence = "Washington put SMIC on the Entity List."
    for status, sign in (("adopted", "-"), ("lifted", "+")):
        listing = event(
            "sanction_listing",
            status,
            actors=("US",),
            targets=("CN",),
            sentence=sentence,
            company_texts=("SMIC",),
        )
        assert links(linker, listing)["XHKG:0981"].sign == sign


def test_a_denial_has_no_sign(linker: EventLinker) -> None:
    mention = event(
        "export_ban",
        "proposed",
        factuality=Factuality.NEGATED,
        actors=("CN",),
        commodities=("rare_earths",),
    )
    assert {link.sign for link in links(linker, mention).values()} == {"?"}


def test_exposed_links_are_few_and_ordered(linker: EventLinker) -> None:
    mention = event("tariff", "raised", actors=("US",), commodities=("semiconductors", "steel"))
    found = linker.link_event(mention)
    assert 0 < len(found) <= MOST_EXPOSED
    scores = [link.relevance for link in found]
    assert scores == sorted(scores, reverse=True)


def test_an_event_without_goods_or_names_affects_no_listing(linker: EventLinker) -> None:
    assert linker.link_event(event("trade_agreement", "announced", actors=("US",))) == ()


def test_an_exposure_counts_from_the_day_the_business_began(linker: EventLinker) -> None:
    given = event("export_control", "in_force", actors=("CN",), commodities=("rare_earth_magnets",))

    def makes_magnets(day: date | None) -> bool:
        return any(
            tie.exposure.commodity_id == "rare_earth_magnets" and tie.exposure.weight == 0.5
            for tie in linker.ties(given, day)
            if tie.exposure.issuer_id == "cik:0001801368"
        )

    assert makes_magnets(None)
    assert makes_magnets(date(2025, 6, 1))
    assert not makes_magnets(date(2024, 6, 1))


@pytest.mark.parametrize(
    ("cell", "weight", "first", "end"),
    [
        ("steel:producer", 1.0, None, None),
        ("steel:consumer:0.3", 0.3, None, None),
        ("steel:producer::2024-01-01..", 1.0, date(2024, 1, 1), None),
        ("steel:producer:0.5:2024-01-01..2025-06-18", 0.5, date(2024, 1, 1), date(2025, 6, 18)),
    ],
)
def test_exposures_are_written_with_weight_and_days(
    cell: str, weight: float, first: date | None, end: date | None
) -> None:
    found = exposure("owner", "XNYS:X", cell, 0, {}, 2)
    assert (found.weight, found.valid_from, found.valid_to) == (weight, first, end)


@pytest.mark.parametrize(
    "cell", ["steel", "steel:owner", "steel:producer:much", "mud:producer:1:x"]
)
def test_an_exposure_that_is_none_names_its_line(cell: str) -> None:
    with pytest.raises(ConfigError, match=r"tickers\.csv: line 2"):
        exposure("owner", "XNYS:X", cell, 0, {}, 2)
