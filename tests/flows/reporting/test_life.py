"""A measure's life: the order of its steps, its states from day to day, its drawing."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from flows.reporting.drawing import (
    MARK_GAP,
    Axis,
    draw_life,
    draw_prices,
    draw_spark,
    life_axis,
    placed,
    ticks,
)
from flows.reporting.life import Segment, in_order, segments, step_day
from models.event import EventStatus


def step(status: str, reported: date, **fields: Any) -> dict[str, Any]:
    """A row of policy_events, as far as a life needs it."""
    usual: dict[str, Any] = {
        "development_id": f"{status}-{reported}",
        "type": "export_control",
        "status": status,
        "status_target": "measure",
        "factuality": "asserted",
        "time_frame": "current",
        "decision_date": reported,
        "effective_on": None,
        "ends_on": None,
        "first_reported_at": datetime(reported.year, reported.month, reported.day, 9, tzinfo=UTC),
    }
    return {**usual, **fields}


def states(*steps: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(state, first day, last day) of the life that steps make."""
    return [
        (part.state, str(part.start), str(part.end or "")) for part in segments(in_order(steps))
    ]


def test_the_founding_example_is_decided_suspended_and_due() -> None:
    found = states(
        step("suspended", date(2025, 11, 7), ends_on=date(2026, 11, 10)),
        step("adopted", date(2025, 10, 9), effective_on=date(2025, 12, 1)),
    )
    assert found == [
        ("decided", "2025-10-09", "2025-11-07"),
        ("paused", "2025-11-07", "2026-11-10"),
        ("due", "2026-11-10", ""),
    ]


def test_a_later_report_replaces_what_was_to_come() -> None:
    found = states(
        step("suspended", date(2025, 11, 7), ends_on=date(2026, 11, 10)),
        step(
            "extended",
            date(2026, 10, 1),
            status_target="suspension",
            ends_on=date(2027, 11, 10),
        ),
    )
    assert found == [("paused", "2025-11-07", "2027-11-10"), ("due", "2027-11-10", "")]


def test_a_return_reported_ahead_leaves_the_pause_until_then() -> None:
    found = states(
        step("in_force", date(2025, 10, 9)),
        step("suspended", date(2025, 10, 30), ends_on=date(2026, 10, 9)),
        step("reinstated", date(2026, 1, 19), effective_on=date(2026, 11, 10)),
    )
    assert found == [
        ("force", "2025-10-09", "2025-10-30"),
        ("paused", "2025-10-30", "2026-11-10"),
        ("force", "2026-11-10", ""),
    ]


def test_what_was_denied_or_alleged_changes_no_state() -> None:
    denied = step("in_force", date(2025, 10, 12), factuality="negated")
    alleged = step("lifted", date(2025, 10, 13), factuality="alleged")
    assert states(denied, alleged) == []
    assert states(step("announced", date(2025, 10, 1)), denied, alleged) == [
        ("decided", "2025-10-01", "")
    ]


def test_talk_of_more_does_not_end_what_holds() -> None:
    found = states(
        step("in_force", date(2025, 2, 1)),
        step("threatened", date(2025, 3, 1)),
        step("raised", date(2025, 4, 1)),
        step("lifted", date(2025, 5, 1)),
    )
    assert found == [("force", "2025-02-01", "2025-05-01"), ("ended", "2025-05-01", "")]


def test_a_change_after_the_end_means_that_it_holds_again() -> None:
    found = states(
        step("raised", date(2024, 5, 14), ends_on=date(2028, 5, 14)),
        step("lifted", date(2025, 2, 10)),
        step("cut", date(2025, 5, 12), ends_on=date(2025, 8, 31)),
        step("raised", date(2025, 6, 3)),
    )
    assert found == [
        ("force", "2024-05-14", "2025-02-10"),
        ("ended", "2025-02-10", "2025-05-12"),
        ("force", "2025-05-12", ""),
    ]


def test_an_extended_measure_ends_later() -> None:
    found = states(
        step("in_force", date(2025, 1, 1), ends_on=date(2025, 6, 30)),
        step("extended", date(2025, 5, 1), ends_on=date(2026, 6, 30)),
    )
    assert found == [("force", "2025-01-01", "2026-07-01"), ("ended", "2026-07-01", "")]


def test_a_decision_that_began_before_its_report_is_in_force() -> None:
    found = states(step("announced", date(2025, 3, 4), effective_on=date(2025, 3, 1)))
    assert found == [("force", "2025-03-04", "")]


def test_a_report_that_looks_back_stands_at_its_decision() -> None:
    row = step(
        "in_force", date(2025, 5, 1), time_frame="background", decision_date=date(2018, 3, 8)
    )
    assert step_day(row) == date(2018, 3, 8)
    assert step_day(row | {"decision_date": date(2030, 1, 1)}) == date(2025, 5, 1)


@pytest.mark.parametrize("status", [each.value for each in EventStatus])
@pytest.mark.parametrize("ends", [None, -5, 0, 5])
def test_every_status_makes_segments_that_follow_each_other(status: str, ends: int | None) -> None:
    day = date(2025, 6, 1)
    row = step(status, day, ends_on=None if ends is None else day + timedelta(days=ends))
    found = segments([step("announced", date(2025, 5, 1)), row, step("violated", date(2025, 7, 1))])
    assert found[-1].end is None
    for one, other in itertools.pairwise(found):
        assert one.end == other.start
        assert one.start < other.start
        assert one.state != other.state


def test_a_drawing_has_bars_marks_and_today_in_their_places() -> None:
    found = [
        Segment(start=date(2025, 10, 9), end=date(2025, 11, 7), state="decided"),
        Segment(start=date(2025, 11, 7), end=None, state="paused"),
    ]
    days = [date(2025, 10, 9), date(2025, 10, 10), date(2025, 11, 7)]
    today = date(2026, 1, 15)
    axis = life_axis(found, days, today)
    drawn = draw_life(found, [(day, "step", True) for day in days], axis, today)
    assert [bar.state for bar in drawn.bars] == ["decided", "paused"]
    assert drawn.bars[0].x + drawn.bars[0].width == pytest.approx(drawn.bars[1].x, abs=0.02)
    assert drawn.bars[1].x + drawn.bars[1].width == pytest.approx(100, abs=0.02)
    assert [mark.number for mark in drawn.marks] == [1, 2, 3]
    assert drawn.marks[0].lane != drawn.marks[1].lane, "one day apart they would touch"
    assert drawn.today is not None
    assert drawn.marks[2].x < drawn.today < 100


def test_marks_on_one_lane_never_touch() -> None:
    marks = placed([(float(x), "", True) for x in range(0, 40, 2)])
    for lane in range(5):
        places = [mark.x for mark in marks if mark.lane == lane]
        assert all(b - a >= MARK_GAP for a, b in itertools.pairwise(places))


@pytest.mark.parametrize("days", [1, 30, 400, 4000, 40_000])
def test_an_axis_has_few_ticks_in_order(days: int) -> None:
    axis = Axis(start=date(2000, 1, 17), end=date(2000, 1, 17) + timedelta(days=days))
    places = [tick.x for tick in ticks(axis)]
    assert len(places) <= 9
    assert places == sorted(set(places))


def test_prices_start_at_100_and_stay_in_the_box() -> None:
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(400)]
    axis = Axis(start=days[100], end=days[-1])
    chart = draw_prices([("MP", "XNYS:MP", [(day, 20 + n) for n, day in enumerate(days)])], axis)
    assert chart is not None
    assert chart.lines[0].last == pytest.approx(100 * 419 / 120)
    points = [tuple(map(float, each.split(","))) for each in chart.lines[0].points.split()]
    assert len(points) <= 242
    assert all(0 <= x <= 1000 and 0 <= y <= 100 for x, y in points)
    assert draw_prices([("MP", "XNYS:MP", [(days[0], 1.0)])], axis) is None


def test_a_spark_needs_a_close_on_the_session() -> None:
    closes = [(date(2025, 1, 1) + timedelta(days=n), 10.0 + n) for n in range(30)]
    spark = draw_spark(closes, date(2025, 1, 15))
    assert spark is not None
    assert spark.at == 50
    assert len(spark.points.split()) == 21
    assert draw_spark(closes, date(2025, 6, 1)) is None
    assert draw_spark([], date(2025, 1, 15)) is None
