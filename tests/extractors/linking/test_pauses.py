"""What a measure's pause says: its end, when the measure returns, and what leaves it paused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from extractors.linking.article import parts_of
from models.link import LinkedMeasure, LinkMention
from tests.extractors.link_cases import Memory, told

RARE = ["rare_earths"]
ACT = "Announcement No. 61 of 2025"
PAUSE = told(
    "2025-11-07",
    "export_control suspended",
    commodities=RARE,
    dates=[("date_end", "2026-11-10")],
    publisher="mofcom",
)
CONTROL = told(
    "2025-10-09",
    "export_control adopted",
    commodities=RARE,
    instrument=ACT,
    publisher="mofcom",
)


def stands(*reports: LinkMention) -> LinkedMeasure:
    """The one measure of these reports, which is the same in every order and all at once."""
    found = []
    for order in permutations(reports):
        memory = Memory()
        for report in order:
            memory.load(report)
        found.append(memory)
    found.append(Memory().load(*reports))
    told_as = {
        (
            m.returns_on,
            memory.developments[m.last_development_id or ""].status,
            tuple(m.statuses),
        )
        for memory in found
        for m in memory.measures.values()
    }
    assert len(told_as) == 1
    assert all(len(memory.measures) == 1 for memory in found)
    return next(iter(found[-1].measures.values()))


def last_status(measure: LinkedMeasure, *reports: LinkMention) -> str:
    memory = Memory().load(*reports)
    return memory.developments[measure.last_development_id or ""].status


@pytest.mark.parametrize(
    "later",
    [
        told("2026-01-15", "export_control announced", commodities=RARE, instrument=ACT),
        told("2026-01-15", "export_control threatened", commodities=RARE, instrument=ACT),
        told(
            "2026-01-15",
            "export_control reinstated",
            commodities=RARE,
            publisher="daily",
            factuality="scheduled",
            time_frame="future",
            dates=[("date_effective", "2026-11-10")],
        ),
    ],
    ids=["announced", "threatened", "planned return"],
)
def test_a_pause_stands_whatever_is_announced_or_planned(later: LinkMention) -> None:
    measure = stands(CONTROL, PAUSE, later)
    assert measure.returns_on == date(2026, 11, 10)
    assert last_status(measure, CONTROL, PAUSE, later) == "suspended"


@pytest.mark.parametrize("status", ["lifted", "reinstated"])
def test_what_ends_a_pause_leaves_no_return(status: str) -> None:
    later = told("2026-02-15", f"export_control {status}", commodities=RARE, publisher="daily")
    measure = stands(CONTROL, PAUSE, later)
    assert measure.returns_on is None
    assert last_status(measure, CONTROL, PAUSE, later) == status


def test_a_longer_pause_returns_later() -> None:
    longer = told(
        "2026-10-20",
        "export_control extended",
        commodities=RARE,
        status_target="suspension",
        dates=[("date_end", "2027-11-10")],
        publisher="mofcom",
    )
    assert stands(CONTROL, PAUSE, longer).returns_on == date(2027, 11, 10)


def test_after_the_pause_is_over_an_announcement_counts_again() -> None:
    again = told("2026-12-01", "export_control announced", commodities=RARE, instrument=ACT)
    measure = stands(CONTROL, PAUSE, again)
    assert last_status(measure, CONTROL, PAUSE, again) == "announced"
    assert measure.returns_on is None


def test_a_delayed_measure_returns_on_its_new_date() -> None:
    delay = told(
        "2025-11-03",
        "export_control delayed",
        commodities=RARE,
        dates=[("date_effective", "2026-03-01")],
    )
    assert stands(CONTROL, delay).returns_on == date(2026, 3, 1)


def notice(*, ends: Sequence[tuple[str, str]], goods: Sequence[str] = ()) -> list[LinkMention]:
    """One text that suspends two acts in one sentence and gives an end in another."""
    return [
        told(
            "2025-11-07",
            "export_control suspended",
            instrument="Announcements No. 58 and 61 of 2025",
            source="official_actor",
            article="notice",
        ),
        told(
            "2025-11-07",
            "export_control suspended",
            commodities=goods,
            dates=ends,
            article="notice",
            start=200,
        ),
    ]


def test_the_end_of_the_suspension_is_that_of_every_act_it_suspends() -> None:
    memory = Memory().load(*notice(ends=[("date_end", "2026-11-10")]))
    assert {m.measure_key: m.returns_on for m in memory.measures.values()} == {
        "CN:mofcom-2025-58": date(2026, 11, 10),
        "CN:mofcom-2025-61": date(2026, 11, 10),
    }


def test_an_end_told_of_some_goods_is_theirs_alone() -> None:
    reports = notice(ends=[("date_end", "2026-11-10")], goods=["gallium"])
    assert [part.shared_end for part in parts_of(reports)] == [None, None, None]


def test_two_ends_in_one_text_are_nobodys() -> None:
    other = told(
        "2025-11-07",
        "export_control suspended",
        dates=[("date_end", "2026-11-27")],
        commodities=["gallium"],
        article="notice",
        start=400,
    )
    reports = [*notice(ends=[("date_end", "2026-11-10")]), other]
    assert [part.shared_end for part in parts_of(reports)] == [None] * 4


def test_a_pause_with_its_own_span_keeps_it() -> None:
    first, end = notice(ends=[("date_end", "2026-11-10")])
    own = replace(first, mention=replace(first.mention, duration="P90D"))
    assert [part.shared_end for part in parts_of([own, end])] == [None, None, None]
