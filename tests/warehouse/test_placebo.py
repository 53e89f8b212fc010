"""The placebo of a study: windows without an event, and their averages."""

from itertools import pairwise

import numpy as np
import pytest
import statsmodels.api as sm
from duckdb import DuckDBPyConnection
from scipy.stats import ttest_1samp

from tests.warehouse.market_cases import add_event, at, fill_market


def placebo_days(con: DuckDBPyConnection) -> dict[str, list[int]]:
    """Return the sessions of each listing that serve as placebo, by number."""
    found: dict[str, list[int]] = {}
    rows = con.execute(
        "SELECT DISTINCT day.listing_id, number.session_no "
        "FROM store.cumulative_returns("
        "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, true) AS day "
        "JOIN store.session_numbers AS number "
        "ON number.session_date = day.event_date AND number.calendar = 'XNYS' ORDER BY 1, 2"
    ).fetchall()
    for listing, number in rows:
        found.setdefault(listing, []).append(number)
    return found


def test_placebo_windows_hold_no_event_and_share_no_day(con: DuckDBPyConnection) -> None:
    days = fill_market(con, 420)
    for place in (230, 236, 300):
        add_event(con, f"e{place}", at(days[place], 12))
    add_event(con, "of the other", at(days[260], 12), ("XNAS:BBB",))
    held = con.execute("SELECT listing_id, event_no FROM store.event_sessions").fetchall()
    found = placebo_days(con)
    assert set(found) == {"XNYS:AAA", "XNAS:BBB"}
    for listing, numbers in found.items():
        events = [number for owner, number in held if owner == listing]
        assert len(numbers) >= 8
        assert all(b - a >= 11 for a, b in pairwise(numbers))
        assert all(abs(number - event) > 10 for number in numbers for event in events)
    shared = set(found["XNYS:AAA"]) & set(found["XNAS:BBB"])
    assert shared, "listings of one calendar have their placebos on the same days"
    rows = con.execute("SELECT window_name, placebo_count, day_count FROM event_placebo()")
    counts = {name: (events, days_) for name, events, days_ in rows.fetchall()}
    everything = sum(len(numbers) for numbers in found.values())
    distinct = len(set(found["XNYS:AAA"]) | set(found["XNAS:BBB"]))
    assert counts["[-5,+5]"] == (everything, distinct)


def test_the_placebo_agrees_with_statsmodels(con: DuckDBPyConnection) -> None:
    days = fill_market(con, 420)
    for place in (230, 300):
        add_event(con, f"e{place}", at(days[place], 12), ("XNYS:AAA", "XNAS:BBB"))
    held = con.execute(
        "SELECT event_date, car FROM store.cumulative_returns("
        "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, true) "
        "WHERE window_name = '[-5,+5]'"
    ).fetchall()
    cars = np.array([car for _, car in held])
    groups = np.array([day.toordinal() for day, _ in held])
    fit = sm.OLS(cars, np.ones(len(cars))).fit(cov_type="cluster", cov_kwds={"groups": groups})
    row = con.execute(
        "SELECT mean_car, t_cross, t_day FROM event_placebo() WHERE window_name = '[-5,+5]'"
    ).fetchone()
    assert row == pytest.approx(
        (cars.mean(), ttest_1samp(cars, 0).statistic, fit.tvalues[0]), abs=1e-9
    )
