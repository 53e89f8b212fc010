"""A step's dates, durations and kinds are its own: each rule with a case that it leaves alone."""

from collections.abc import Sequence
from datetime import date

import pytest

from extractors.extract import Extractor
from models.event import EventMention, TextUnit


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def events_in(extractor: Extractor, text: str) -> Sequence[EventMention]:
    kind = "sentence" if text[-1] in ".?" else "headline"
    unit = TextUnit(unit_id="a", text=text, kind=kind, published=date(2025, 11, 7))
    return extractor.extract_one(unit).events


@pytest.mark.parametrize(
    ("text", "durations"),
    [
        ("Peru suspended its ban on exports of maize for 90 days.", ["P90D"]),
        ("Peru suspended its ban on exports of maize for two hundred days.", ["P200D"]),
        ("Peru lifted its ban on exports of maize after three weeks.", [None]),
        ("After a four-year review, the United States raised its tariff on maize to 30%.", [None]),
        ("China will buy 25 million tonnes of American soybeans a year.", [None]),
    ],
)
def test_a_stretch_of_time_is_how_long_the_step_lasts(
    extractor: Extractor, text: str, durations: list[str | None]
) -> None:
    assert [event.duration for event in events_in(extractor, text)] == durations


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        (
            "The European Union will extend its suspension of duties, a spokesman said on Friday.",
            [("date_announced", "2025-11-07")],
        ),
        (
            "Indonesia lifted its ban on exports of palm oil on Monday.",
            [("date_announced", "2025-11-03")],
        ),
        ("Indonesia delayed its ban on copper exports to 1 May.", [("date_end", "2026-05-01")]),
    ],
)
def test_a_date_has_the_role_that_its_step_leaves_it(
    extractor: Extractor, text: str, dates: list[tuple[str, str]]
) -> None:
    (event,) = events_in(extractor, text)
    assert [(d.role, d.date) for d in event.dates] == dates


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("The president said that he had cut the tariff on Chinese goods to 10%.", "current"),
        ("A day earlier, India had cut its export duty on rice to 10%.", "current"),
        ("In 2018, India had cut its export duty on rice to 10%.", "background"),
    ],
)
def test_what_was_done_days_ago_is_current(extractor: Extractor, text: str, frame: str) -> None:
    assert [event.time_frame for event in events_in(extractor, text)] == [frame]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (
            "India charges a provisional safeguard duty of 12% on flat steel.",
            [("trade_remedy", "in_force")],
        ),
        (
            "From 15 May, nobody may ship tungsten out of China without a licence.",
            [("export_licensing", "announced")],
        ),
        ("Brussels wants to double its tariff on steel to 50%.", [("tariff", "proposed")]),
        (
            "Vietnam will refrain from banning or capping exports of tungsten.",
            [("export_ban", "averted")],
        ),
        (
            "The Treasury issued a rule that expands export controls on chips.",
            [("export_control", "expanded")],
        ),
    ],
)
def test_a_phrase_names_kind_and_step(
    extractor: Extractor, text: str, kinds: list[tuple[str, str]]
) -> None:
    assert [(event.type, event.status) for event in events_in(extractor, text)] == kinds


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Without the step, the duty on Indian rice would have lapsed on Monday.", 0),
        ("The duty on Indian rice lapsed on Monday.", 1),
        ("That brings the average duty on Chinese imports to 47% from 57%.", 0),
        ("The truce that China and the United States signed has bought miners a pause.", 1),
    ],
)
def test_what_never_came_and_sums_are_no_steps(extractor: Extractor, text: str, count: int) -> None:
    assert len(events_in(extractor, text)) == count


def test_who_sets_the_day_does_not_act(extractor: Extractor) -> None:
    text = (
        "China's ban on gallium was imposed a day after Washington had limited sales of memory"
        " chips to Chinese firms."
    )
    found = [(e.type, e.actors) for e in events_in(extractor, text)]
    assert found == [("export_ban", ("CN",)), ("export_control", ("US",))]


def test_both_by_whom_a_duty_is_imposed_act(extractor: Extractor) -> None:
    (event,) = events_in(extractor, "Ford paid the tariffs imposed by the U.S. and China.")
    assert set(event.actors) == {"US", "CN"}


@pytest.mark.parametrize(
    ("text", "durations"),
    [
        ("Kenya suspended its ban on tea exports, ending three days of confusion.", [None]),
        ("Kenya suspended its ban on tea exports for three days.", ["P3D"]),
    ],
)
def test_how_long_something_else_lasted_is_not_how_long_the_step_does(
    extractor: Extractor, text: str, durations: list[str | None]
) -> None:
    assert [event.duration for event in events_in(extractor, text)] == durations
