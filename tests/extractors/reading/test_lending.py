"""What the mentions of a document lend each other: each rule with a case that it leaves alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from extractors.extract import Extractor
from extractors.reading.lending import (
    on_one_side,
    permits_of_rules,
    with_firms_of,
    with_goods_of,
)
from extractors.reading.lent_parties import with_targets_of
from extractors.reading.steps import denied_next
from models.event import EventMention, EventType, TextUnit


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def mention(extractor: Extractor, text: str, **fields: object) -> EventMention:
    unit = TextUnit(unit_id="a", text=text, kind="sentence", published=date(2025, 8, 5))
    (event,) = extractor.extract_one(unit).events
    return replace(event, **fields)  # type: ignore[arg-type]  # fields of the test's own choice


def test_a_step_hits_whom_the_document_names(extractor: Extractor) -> None:
    averted = mention(extractor, "Washington averted a 100% tariff on Chinese goods.")
    cut = mention(extractor, "Washington cut the fentanyl tariff to 10%.", targets=())
    assert with_targets_of([averted, cut])[1].targets == ("CN",)
    general = mention(extractor, "Washington cut its tariff on all countries to 10%.", targets=())
    assert with_targets_of([averted, general])[1].targets == ()
    others = mention(extractor, "Washington cut its tariff on Indian goods to 20%.")
    assert with_targets_of([averted, others, cut])[2].targets == ()


def test_a_bare_duty_is_on_the_side_of_the_others(extractor: Extractor) -> None:
    exports = mention(extractor, "India imposed an export duty of 20% on rice.")
    bare = mention(extractor, "India's duty on rice runs until 16 October.")
    bare = replace(bare, type=EventType.TARIFF, targets=())
    assert [e.type for e in on_one_side([exports, bare])] == ["export_tax", "export_tax"]
    imports = mention(extractor, "India cut its import duty on rice to 10%.")
    kept: Sequence[EventMention] = on_one_side([exports, imports, bare])
    assert [e.type for e in kept] == ["export_tax", "tariff", "tariff"]


def test_goods_are_those_of_the_measure(extractor: Extractor) -> None:
    ban = mention(extractor, "China banned exports of gallium.")
    again = mention(
        extractor, "China lifted the export ban on the metal.", product_texts=("metal",)
    )
    again = replace(again, commodities=())
    assert with_goods_of([ban, again], "")[1].commodities == ("gallium",)
    other = replace(again, actors=("IN",))
    assert with_goods_of([ban, other], "")[1].commodities == ()


def test_goods_have_their_fuller_name(extractor: Extractor) -> None:
    bought = mention(extractor, "The United States agreed to buy all magnets of the plant.")
    bought = replace(bought, commodities=(), product_texts=("magnets",), sentence_start=60)
    text = "The plant in Texas will make rare earth magnets from 2027. " + bought.sentence
    assert with_goods_of([bought], text)[0].commodities == ("rare_earth_magnets",)
    assert with_goods_of([bought], "x" * 60 + bought.sentence)[0].commodities == ()


def test_what_the_next_sentence_calls_untrue_is_negated(extractor: Extractor) -> None:
    said = mention(extractor, "A banner said that Chile had banned exports of copper.")
    for after, factuality in (
        (" At noon it was gone. It was not true, the ministry said.", "negated"),
        (" At noon it was gone. Copper rose.", said.factuality),
    ):
        assert denied_next([said], said.sentence + after)[0].factuality == factuality


def test_whose_duties_hit_each_other_are_the_two_sides(extractor: Extractor) -> None:
    both = mention(extractor, "India and Chile cut their tariffs on each other's goods in May.")
    both = replace(both, actors=("IN", "CL"), targets=())
    own = mention(extractor, "India will cut its tariff to 10%.", actors=("IN",), targets=())
    assert with_targets_of([both, own])[1].targets == ("CL",)
    alone = replace(both, sentence="India and Chile cut their tariffs in May.")
    assert with_targets_of([alone, own])[1].targets == ()


def test_who_gives_something_in_return_is_the_other_side(extractor: Extractor) -> None:
    cut = mention(extractor, "India will cut its tariff to 10%.", actors=("IN",), targets=())
    lifted = mention(extractor, "In return Chile lifted its tariff.", actors=("CL",), targets=())
    first, second = with_targets_of([cut, lifted])
    assert (first.targets, second.targets) == (("CL",), ("IN",))
    later = replace(lifted, sentence="In May Chile lifted its tariff.")
    assert with_targets_of([cut, later])[0].targets == ()


def test_the_metal_is_the_one_of_the_title(extractor: Extractor) -> None:
    ban = mention(
        extractor, "China banned exports of the metal.", product_texts=("metal",), commodities=()
    )
    assert with_goods_of([ban], "", "Gallium users count their stocks")[0].commodities == (
        "gallium",
    )
    two = "Gallium and antimony users count their stocks"
    assert with_goods_of([ban], "", two)[0].commodities == ()


def test_a_state_s_own_curbs_are_named_again(extractor: Extractor) -> None:
    ban = mention(extractor, "China banned exports of gallium.")
    again = mention(extractor, "China's export ban was lifted.", product_texts=(), commodities=())
    assert with_goods_of([ban, again], "")[1].commodities == ("gallium",)


def test_permits_of_no_firm_are_the_rule_that_is_paused(extractor: Extractor) -> None:
    paused = mention(extractor, "China suspends its export controls on rare earths.")
    permits = mention(extractor, "China suspends its licences for lithium-ion batteries.")
    permits = replace(permits, type=EventType.LICENSING_DEAL)
    assert permits_of_rules([paused, permits])[1].type is EventType.EXPORT_LICENSING
    of_a_firm = replace(permits, company_texts=("Example",))
    assert permits_of_rules([paused, of_a_firm])[1] == of_a_firm
    assert permits_of_rules([permits]) == [permits]


def test_the_licence_is_that_of_the_only_firm(extractor: Extractor) -> None:
    named = mention(extractor, "Ghana renewed the operating licence of Example Gold.")
    named = replace(named, company_texts=("Example Gold",))
    again = mention(extractor, "Ghana renewed the operating licence.", company_texts=())
    assert with_firms_of([named, again])[1].company_texts == ("Example Gold",)
    other = replace(named, company_texts=("Sample Copper",))
    assert with_firms_of([named, other, again])[2] == again
