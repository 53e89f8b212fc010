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
    assert (found["XNYS:JPM"].link, found["XNYS:JPM"].sign) == ("named", None)


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


def test_a_denial_has_no_sign_and_reaches_only_who_is_named(linker: EventLinker) -> None:
    mention = event(
        "export_ban",
        "proposed",
        factuality=Factuality.NEGATED,
        actors=("CN",),
        commodities=("rare_earths",),
        sentence="China denied a ban that would help MP Materials Corp.",
    )
    found = links(linker, mention)
    assert {(link.listing, link.sign) for link in found.values()} == {("XNYS:MP", None)}
    assert "denies" in found["XNYS:MP"].why


def test_a_tariff_without_a_target_hits_every_foreign_producer(linker: EventLinker) -> None:
    """A US chip tariff hits TSM: no country is named, so everyone's goods are meant."""
    mention = event("tariff", "announced", actors=("US",), commodities=("semiconductors",))
    found = links(linker, mention)
    assert (found["XNYS:TSM"].sign, found["XNAS:TXN"].sign) == ("-", "+")


def test_chips_made_abroad_meet_the_tariff_and_stay_under_the_export_law_of_the_seat(
    linker: EventLinker,
) -> None:
    tariff = event("tariff", "announced", actors=("US",), commodities=("ai_gpus",))
    control = event("export_control", "expanded", actors=("US",), commodities=("ai_gpus",))
    for mention in (tariff, control):
        assert links(linker, mention)["XNAS:NVDA"].sign == "-"
    assert "in United States" in links(linker, control)["XNAS:NVDA"].why


def test_the_sign_is_open_where_the_text_does_not_say_who_acts(linker: EventLinker) -> None:
    ban = event("import_restriction", "proposed", targets=("CN",), commodities=("autos",))
    found = links(linker, ban)
    assert found["XHKG:1211"].sign == "-", "the target is told"
    assert "XNYS:F" not in found, "who is sheltered hangs on who acts"
    named = event("import_restriction", "proposed", targets=("CN",), commodities=("autos",),
                  sentence="A ban on cars would concern Ford Motor Company.")  # fmt: skip
    ford = links(linker, named)["XNYS:F"]
    assert ford.sign is None
    assert ford.why.endswith("hangs on who acts, which the text does not say")


def test_a_trade_remedy_without_a_target_has_no_sign_abroad(linker: EventLinker) -> None:
    remedy = event("trade_remedy", "extended", actors=("IN",), commodities=("steel",))
    found = links(linker, remedy)
    assert found["XNSE:JSWSTEEL"].sign == "+"
    assert found["XAMS:MT"].sign is None
    assert "whose goods it meets" in found["XAMS:MT"].why


def test_a_firm_that_sells_at_home_is_not_touched_by_a_border_elsewhere(
    linker: EventLinker,
) -> None:
    remedy = event("tariff", "raised", actors=("IN",), commodities=("steel",))
    assert "XNYS:NUE" not in links(linker, remedy)
    assert "XNYS:NUE" in links(
        linker, event("tariff", "raised", actors=("US",), commodities=("steel",))
    )


def test_who_cuts_duties_together_opens_its_market_and_finds_one(linker: EventLinker) -> None:
    cut = event("tariff", "cut", actors=("IN", "EU"), targets=("IN",), commodities=("autos",))
    found = links(linker, cut)
    assert found["XETR:BMW"].sign == "?"
    assert found["XTKS:7203"].sign == "-"


def test_sanctions_on_a_country_hit_its_producers(linker: EventLinker) -> None:
    country = event("sanction_listing", "adopted", actors=("US",), targets=("RU",),
                    commodities=("crude_oil",))  # fmt: skip
    assert links(linker, country)["MISX:ROSN"].sign == "-"
    waiver = event("sanction_listing", "exempted", actors=("US",), targets=("RU",),
                   commodities=("crude_oil",))  # fmt: skip
    assert links(linker, waiver)["MISX:ROSN"].sign == "+"
    untold = event("sanction_listing", "adopted", actors=("US",), commodities=("crude_oil",))
    assert links(linker, untold)["MISX:ROSN"].sign is None


def test_a_deal_of_one_firm_reaches_others_only_with_a_clear_sign(linker: EventLinker) -> None:
    deal = event("offtake_agreement", "adopted", actors=("CL",), commodities=("crude_oil",))
    assert links(linker, deal) == {}


def test_a_maker_of_the_class_need_not_make_the_kind(linker: EventLinker) -> None:
    control = event("export_control", "expanded", actors=("US",), commodities=("ai_gpus",))
    assert "XETR:IFX" not in links(linker, control)
    magnets = event("export_ban", "adopted", actors=("CN",), commodities=("dysprosium",))
    assert "XNYS:MP" in links(linker, magnets), "rare earths come from one ore"


def test_who_is_hit_is_not_crowded_out(linker: EventLinker) -> None:
    ban = event("import_restriction", "proposed", actors=("US",), targets=("CN",),
                commodities=("autos",))  # fmt: skip
    found = links(linker, ban)
    assert {"XHKG:0175", "XSHG:600104"} <= {k for k, link in found.items() if link.sign == "-"}


def test_who_gives_the_money_receives_none(linker: EventLinker) -> None:
    sentence = "Intel secured funds of the state and an investment from Nvidia."
    deal = event("government_investment", "adopted", actors=("US",), sentence=sentence,
                 company_texts=("Intel", "Nvidia"))  # fmt: skip
    found = links(linker, deal)
    assert found["XNAS:NVDA"].sign is None
    assert "gives the money" in found["XNAS:NVDA"].why


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


def test_a_release_of_stocks_is_the_reverse_of_buying(linker: EventLinker) -> None:
    """Both are one type of event: only the words tell them apart."""
    for sentence, sign in (
        ("The release of 400 million barrels of oil from the reserve begins.", "-"),
        ("The US will buy oil to refill the reserve after the release of barrels.", "+"),
        ("Korea will avoid tapping its oil reserves.", None),
    ):
        move = event("stockpile", "adopted", actors=("US",), commodities=("crude_oil",),
                     sentence=sentence)  # fmt: skip
        assert links(linker, move)["XNYS:XOM"].sign == sign, sentence


def test_words_of_easing_against_the_step_leave_the_sign_open(linker: EventLinker) -> None:
    for sentence, sign in (
        ("US considers lifting more sanctions on Venezuela's oil.", None),
        ("US imposes sanctions on oil after lifting others.", "+"),
        ("US plans sanctions on oil of Venezuela.", "+"),
        ("Report on UN sanctions on oil of Venezuela.", "+"),
        ("US weighs easing curbs on oil of Venezuela.", None),
        ("US plans to suspend shipments of oil.", "+"),
        ("Approval of Trump a year after sanctions on oil.", "+"),
    ):
        step = event("sanction_listing", "proposed", actors=("US",), targets=("VE",),
                     commodities=("crude_oil",), sentence=sentence,
                     polarity=Polarity.RESTRICTING)  # fmt: skip
        assert links(linker, step)["MISX:LKOH"].sign == sign, sentence


def test_a_case_against_a_firm_is_no_case_against_goods(linker: EventLinker) -> None:
    probe = event("investigation", "adopted", actors=("US",), commodities=("memory_chips",),
                  sentence="The ITC looks into Micron.", company_texts=("Micron",))  # fmt: skip
    assert {link.link for link in links(linker, probe).values()} <= {"party", "named"}


def test_a_publisher_and_a_source_of_reports_are_no_firms_touched(linker: EventLinker) -> None:
    for sentence in (
        "Secretary mulls a tariff on steel - Newsmax",
        "Refiners may resume imports, sources told Platts, part of S&P Global Energy.",
    ):
        step = event("tariff", "proposed", actors=("CN",), sentence=sentence)
        assert links(linker, step) == {}, sentence


def test_an_unknown_actor_signs_only_what_holds_everywhere(linker: EventLinker) -> None:
    """State money of an unknown state is no reason to look at every user of the goods."""
    step = event("government_investment", "adopted", commodities=("rare_earth_magnets",))
    assert links(linker, step) == {}


def test_the_target_of_a_new_measure_is_no_actor(linker: EventLinker) -> None:
    ban = event("import_restriction", "adopted", actors=("US", "CN"), targets=("CN",),
                commodities=("electric_vehicles",))  # fmt: skip
    found = links(linker, ban)
    assert (found["XNAS:RIVN"].sign, found["XHKG:1211"].sign) == ("+", "-")
