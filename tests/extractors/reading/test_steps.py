"""What the mentions of one document settle among themselves, through the extractor."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from extractors.extract import Extractor
from extractors.reading.steps import taken_not_planned
from models.event import EventMention, TextUnit


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def told(extractor: Extractor, title: str, text: str) -> Sequence[EventMention]:
    unit = TextUnit(unit_id="a", title=title, text=text, published=date(2025, 8, 5))
    return extractor.extract_one(unit).events


def test_a_title_that_names_only_who_is_hit_gets_the_actor_of_the_text(
    extractor: Extractor,
) -> None:
    events = told(
        extractor,
        "Norway hit with 30% tariff",
        "The United States imposed a tariff of 30% on goods from Norway on Monday. It applies from"
        " 7 August. Exporters of salmon in Bergen said that they would look for other buyers.",
    )
    titles = [(e.actors, e.targets) for e in events if e.field == "title"]
    assert titles == [(("US",), ("NO",))]


def test_a_title_whose_state_acts_in_the_text_keeps_it(extractor: Extractor) -> None:
    events = told(
        extractor,
        "Norway imposes tariff on cheese",
        "Norway imposed a tariff of 30% on cheese on Monday. The United States had imposed a"
        " tariff on goods from Norway in April. Dairies in Bergen welcomed the decision.",
    )
    assert {e.actors for e in events if e.field == "title"} == {("NO",)}


def test_the_day_on_which_a_pause_ends_is_its_end(extractor: Extractor) -> None:
    events = told(
        extractor,
        "EU suspends duties on American goods",
        "The European Union has suspended its duties on American goods for six months, the"
        " Commission announced on Tuesday. The suspension ends on 7 February 2026. Exporters of"
        " whiskey had feared the worst.",
    )
    assert {e.status for e in events} == {"suspended"}
    ends = [d.date for e in events for d in e.dates if d.role == "date_end"]
    assert ends == ["2026-02-07"]


@pytest.mark.parametrize(
    ("after", "statuses"),
    [
        ("The order takes effect at midnight.", {"raised"}),
        ("The decree was signed on Saturday.", {"raised"}),
        ("Ghana's own tariff on American goods takes effect at midnight.", {"raised", "in_force"}),
    ],
)
def test_an_act_alone_is_of_the_step_told_before(
    extractor: Extractor, after: str, statuses: set[str]
) -> None:
    events = told(
        extractor,
        "U.S. raises tariff on Ghana to 25%",
        f"The United States raised its tariff on Ghanaian goods to 25% on Thursday. {after}"
        " Farmers had feared the worst, said a union leader in Accra.",
    )
    assert {e.status for e in events} == statuses


def test_the_halt_of_exports_is_the_ban(extractor: Extractor) -> None:
    events = told(
        extractor,
        "Kenya halts tea exports for four months",
        "Kenya has stopped its exports of tea for four months. The halt took effect on 2 February"
        " and covers all growers. Traders in Mombasa were surprised.",
    )
    assert {(e.type, e.status) for e in events} == {("export_ban", "adopted")}


@pytest.mark.parametrize(("day", "told_apart"), [("1 July", False), ("1 October", True)])
def test_a_return_on_the_day_after_a_pause_is_its_end(
    extractor: Extractor, day: str, told_apart: bool
) -> None:
    unit = TextUnit(
        unit_id="a",
        title="Kenya suspends ban on tea exports",
        text="Kenya has suspended its ban on exports of tea until 30 June. The ban is to apply"
        f" again from {day}. Traders in Mombasa were glad.",
        published=date(2025, 5, 7),
    )
    found = extractor.extract_one(unit)
    statuses = {e.status for e in (*found.events, *found.asides)}
    assert ("reinstated" in statuses) == told_apart


def test_a_plan_for_a_firm_is_the_step_told_before(extractor: Extractor) -> None:
    first, plan = (
        e
        for e in told(
            extractor,
            "Lithium news",
            "The Energy Department will invest USD 90 million in Example Lithium, the company said"
            " on Monday. The U.S. government proposes a loan of USD 10 million to Sample Copper.",
        )
        if e.field == "body"
    )
    assert (first.status, plan.status) == ("announced", "proposed")
    same = replace(plan, company_texts=first.company_texts)
    assert [e.status for e in taken_not_planned([first, same])] == ["announced", "announced"]
    other = replace(plan, company_texts=("Sample Copper",))
    assert taken_not_planned([first, other]) == [first, other]


@pytest.mark.parametrize(
    ("time", "ends"), [("for the same period", ["2026-11-10"]), ("as well", [])]
)
def test_a_pause_for_the_same_period_ends_alike(
    extractor: Extractor, time: str, ends: list[str]
) -> None:
    events = told(
        extractor,
        "Chile suspends its duties on goods of Peru",
        "Chile suspended its duties on goods of Peru until 10 November 2026. Peru said that it,"
        f" too, would suspend its additional duties on Chilean goods {time}. Growers were glad.",
    )
    peru = [e for e in events if e.actors == ("PE",)]
    assert [d.date for e in peru for d in e.dates if d.role == "date_end"] == ends
