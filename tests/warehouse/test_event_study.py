"""Returns and event studies: no look-ahead, and figures checked by a second implementation."""

import math
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
import statsmodels.api as sm
from duckdb import DuckDBPyConnection
from scipy.stats import rankdata, ttest_1samp

from models.security import DailyBar
from tests.warehouse.market_cases import add_event, at, fill_market
from warehouse.market.prices import save_bars
from warehouse.market.securities import find_closed_days
from warehouse.market.study import StudyFilter, run_study

EVENT = 200


def event_date(con: DuckDBPyConnection, event_id: str) -> date:
    row = con.execute(
        "SELECT event_date FROM event_returns WHERE development_id = ?", [event_id]
    ).fetchone()
    assert row is not None
    found: date = row[0]
    return found


def series(con: DuckDBPyConnection, listing: str) -> list[float]:
    rows = con.execute(
        "SELECT adj_close FROM prices WHERE listing_id = ? ORDER BY session_date", [listing]
    ).fetchall()
    closes = [row[0] for row in rows]
    return [math.nan] + [b / a - 1 for a, b in pairwise(closes)]


def test_news_at_or_after_the_close_counts_for_the_next_session(
    con: DuckDBPyConnection,
) -> None:
    days = fill_market(con)
    day, next_day = days[EVENT], days[EVENT + 1]
    cases = {
        "before open": (at(day, 9), day),
        "in session": (at(day, 18), day),
        "a second before the close": (at(day, 20, 59, 59), day),
        "at the close": (at(day, 21), next_day),
        "after the close": (at(day, 22, 30), next_day),
    }
    for event_id, (seen, _) in cases.items():
        add_event(con, event_id, seen)
    assert {name: event_date(con, name) for name in cases} == {
        name: expected for name, (_, expected) in cases.items()
    }


def test_a_week_end_leads_to_monday(con: DuckDBPyConnection) -> None:
    days = fill_market(con)
    friday = next(day for day in days[EVENT:] if day.weekday() == 4)
    add_event(con, "saturday", at(friday + timedelta(days=1), 12))
    assert event_date(con, "saturday") == friday + timedelta(days=3)


def test_no_value_of_the_day_before_the_news_changes_with_its_close(
    con: DuckDBPyConnection,
) -> None:
    """Seen at 21:00 UTC: even an absurd close of that day may only appear as close_before."""
    days = fill_market(con)
    add_event(con, "late", at(days[EVENT], 21))
    before = con.execute("SELECT close_before, close_event FROM event_returns").fetchone()
    con.execute(
        "UPDATE store.daily_bars SET adj_close = adj_close * 2 "
        "WHERE listing_id = 'XNYS:AAA' AND session_date = ?",
        [days[EVENT]],
    )
    after = con.execute("SELECT close_before, close_event FROM event_returns").fetchone()
    assert before is not None
    assert after is not None
    assert after == (before[0] * 2, before[1])


def test_nothing_after_a_moment_is_needed_to_fit_the_model(con: DuckDBPyConnection) -> None:
    days = fill_market(con)
    add_event(con, "e", at(days[EVENT], 12))
    first = con.execute("SELECT DISTINCT alpha, beta, sigma FROM event_cars").fetchall()
    con.execute(
        "UPDATE store.daily_bars SET adj_close = 1 WHERE session_date > ?", [days[EVENT - 11]]
    )
    assert con.execute("SELECT DISTINCT alpha, beta, sigma FROM event_cars").fetchall() == first


def test_returns_around_an_event_are_those_of_the_closes(con: DuckDBPyConnection) -> None:
    days = fill_market(con)
    add_event(con, "e", at(days[EVENT], 12))
    row = con.execute(
        "SELECT ret_0, ret_1, ret_5, adjusted_5, missing FROM event_returns"
    ).fetchone()
    assert row is not None
    stock, bench = (np.array(series(con, k)) for k in ("XNYS:AAA", "ARCX:SPY"))

    def total(values: "np.ndarray[tuple[int], np.dtype[np.float64]]", last: int) -> float:
        return float(np.prod(1 + values[EVENT : EVENT + last + 1]) - 1)

    assert row[:3] == pytest.approx([total(stock, k) for k in (0, 1, 5)], abs=1e-12)
    assert row[3] == pytest.approx(total(stock, 5) - total(bench, 5), abs=1e-12)
    assert row[4] is None


def test_cars_agree_with_statsmodels(con: DuckDBPyConnection) -> None:
    days = fill_market(con)
    add_event(con, "e", at(days[EVENT], 12))
    y, x = (np.array(series(con, k)) for k in ("XNYS:AAA", "ARCX:SPY"))
    window = slice(EVENT - 130, EVENT - 10)
    fit = sm.OLS(y[window], sm.add_constant(x[window])).fit()
    found = con.execute(
        "SELECT window_name, car, se, t, alpha, beta, sigma, session_count FROM event_cars"
    ).fetchall()
    spans = {"[-1,+1]": (-1, 1), "[0,+1]": (0, 1), "[0,+5]": (0, 5), "[-5,+5]": (-5, 5)}
    assert {row[0] for row in found} == spans.keys()
    for name, car, se, t, alpha, beta, sigma, count in found:
        first, last = spans[name]
        days_in = slice(EVENT + first, EVENT + last + 1)
        design = sm.add_constant(x[days_in], has_constant="add")
        abnormal = y[days_in] - fit.predict(design)
        ones = np.ones(len(abnormal))
        variance = fit.mse_resid * len(ones) + ones @ design @ fit.cov_params() @ design.T @ ones
        assert count == fit.nobs == 120
        assert (alpha, beta) == pytest.approx(tuple(fit.params), abs=1e-9)
        assert sigma == pytest.approx(math.sqrt(fit.mse_resid), abs=1e-9)
        assert car == pytest.approx(abnormal.sum(), abs=1e-9)
        assert se == pytest.approx(math.sqrt(variance), abs=1e-9)
        assert t == pytest.approx(abnormal.sum() / math.sqrt(variance), abs=1e-9)


def test_the_averages_and_tests_agree_with_a_second_implementation(con: DuckDBPyConnection) -> None:
    days = fill_market(con)
    places = (160, 185, 210)
    listings = ("XNYS:AAA", "XNAS:BBB")
    for place in places:
        add_event(con, f"e{place}", at(days[place], 12), listings)
    x = np.array(series(con, "ARCX:SPY"))
    cars, variances, ranks = [], [], []
    for place in places:
        for listing in listings:
            y = np.array(series(con, listing))
            window = slice(place - 130, place - 10)
            fit = sm.OLS(y[window], sm.add_constant(x[window])).fit()
            days_in = slice(place, place + 2)
            design = sm.add_constant(x[days_in], has_constant="add")
            cars.append(float((y[days_in] - fit.predict(design)).sum()))
            ones = np.ones(2)
            variances.append(fit.mse_resid * 2 + ones @ design @ fit.cov_params() @ design.T @ ones)
            taus = [*range(-130, -10), *range(-5, 6)]
            all_x = x[[place + tau for tau in taus]]
            abnormal = y[[place + tau for tau in taus]] - fit.predict(sm.add_constant(all_x))
            ranks.append(rankdata(abnormal) / (len(taus) + 1) - 0.5)
    mean_rank = np.mean(ranks, axis=0)
    z_rank = mean_rank[125:127].sum() / (np.sqrt(np.mean(mean_rank**2)) * np.sqrt(2))
    by_step = np.array(cars).reshape(3, 2).mean(axis=1)
    by_day = sm.OLS(cars, np.ones(6)).fit(
        cov_type="cluster", cov_kwds={"groups": np.repeat(places, 2)}
    )
    row = con.execute(
        "SELECT event_count, development_count, listing_count, mean_car, t, t_cross, "
        "t_development, t_day, z_bmp, z_rank, z_sign, low, high "
        "FROM event_study(type := 'tariff') WHERE window_name = '[0,+1]'"
    ).fetchone()
    assert row is not None
    assert row[:3] == (6, 3, 2)
    count = len(cars)
    expected = [
        np.mean(cars),
        np.mean(cars) / (math.sqrt(sum(variances)) / count),
        np.mean(cars) / (np.std(cars, ddof=1) / math.sqrt(count)),
        np.mean(by_step) / (np.std(by_step, ddof=1) / math.sqrt(3)),
        by_day.tvalues[0],
        ttest_1samp(np.array(cars) / np.sqrt(variances), 0).statistic,
        z_rank,
        (np.mean(np.array(cars) > 0) - 0.5) * math.sqrt(count) / 0.5,
        np.mean(cars) - 1.96 * by_day.bse[0],
        np.mean(cars) + 1.96 * by_day.bse[0],
    ]
    assert row[3:] == pytest.approx([float(v) for v in expected], abs=1e-9)


def test_filters_narrow_the_study(con: DuckDBPyConnection) -> None:
    days = fill_market(con)
    both = ("XNYS:AAA", "XNAS:BBB")
    add_event(con, "a", at(days[160], 12), both, type="export_control", status="delayed", sign="-")
    add_event(con, "b", at(days[190], 12), both, type="tariff", sign="+")

    def count(filters: str) -> int:
        row = con.execute(
            f"SELECT sum(event_count) FROM event_study({filters}) WHERE window_name = '[0,+1]'"
        ).fetchone()
        assert row is not None
        return row[0] or 0

    assert count("") == 4
    assert count("type := 'export_control', status := 'delayed', ticker_group := 'sun'") == 2
    assert count("ticker_group := 'moon'") == 0
    assert count("ticker := 'AAA'") == 2
    assert count("ticker := 'XNYS:AAA,BBB', type := 'tariff,subsidy'") == 2
    assert count("sign := '+', actor := 'CN'") == 2
    assert count(f"since := '{days[170]}'") == 2
    assert count(f"until := DATE '{days[170]}'") == 2


def test_events_close_together_are_flagged_and_can_be_left_out(con: DuckDBPyConnection) -> None:
    days = fill_market(con)
    for name, place in (("a", 150), ("b", 150), ("c", 153), ("d", 180)):
        add_event(con, name, at(days[place], 12))
    flags = con.execute(
        "SELECT DISTINCT development_id, same_day_count, overlap_count FROM event_cars ORDER BY 1"
    ).fetchall()
    assert flags == [("a", 1, 2), ("b", 1, 2), ("c", 0, 2), ("d", 0, 0)]
    alone = con.execute("SELECT max(event_count) FROM event_study(alone := true)").fetchone()
    assert alone == (1,)


def test_a_short_history_gives_no_result(con: DuckDBPyConnection) -> None:
    days = fill_market(con)
    add_event(con, "early", at(days[60], 12))
    assert con.execute("SELECT count(*) FROM event_cars").fetchone() == (0,)
    add_event(con, "no prices", at(days[200], 12), ("XASX:CCC",))
    row = con.execute(
        "SELECT missing FROM event_returns WHERE development_id = 'no prices'"
    ).fetchone()
    assert row is not None
    assert row[0] is not None


def test_a_window_with_a_missing_session_is_left_out(con: DuckDBPyConnection) -> None:
    days = fill_market(con)
    add_event(con, "e", at(days[EVENT], 12))
    con.execute(
        "DELETE FROM store.daily_bars WHERE listing_id = 'XNYS:AAA' AND session_date = ?",
        [days[EVENT + 3]],
    )
    windows = con.execute("SELECT window_name FROM event_cars ORDER BY 1").fetchall()
    assert windows == [("[-1,+1]",), ("[0,+1]",)]


def test_a_series_never_mixes_sources(con: DuckDBPyConnection) -> None:
    days = fill_market(con)
    other = [
        DailyBar(
            listing_id="XNYS:AAA",
            session_date=day,
            close=5.0,
            adj_close=5.0,
            volume=None,
            currency=None,
            source="other",
            fetched_at=datetime(2027, 1, 1, tzinfo=UTC),
        )
        for day in days[:50]
    ]
    save_bars(con, other)
    assert con.execute(
        "SELECT DISTINCT source FROM prices WHERE listing_id = 'XNYS:AAA'"
    ).fetchall() == [("made up",)]


def test_expected_gains_and_losses_are_averaged_apart(con: DuckDBPyConnection) -> None:
    days = fill_market(con)
    add_event(con, "gains", at(days[160], 12), sign="+")
    add_event(con, "loses", at(days[190], 12), sign="-")
    add_event(con, "not known", at(days[220], 12))
    con.execute("UPDATE store.event_tickers SET sign = NULL WHERE development_id = 'not known'")
    cars = dict(
        con.execute(
            "SELECT development_id, car FROM event_cars WHERE window_name = '[0,+5]'"
        ).fetchall()
    )
    apart = con.execute(
        "SELECT sign, event_count, mean_car FROM event_study() WHERE window_name = '[0,+5]'"
    ).fetchall()
    assert apart == [
        ("+", 1, pytest.approx(cars["gains"])),
        ("-", 1, pytest.approx(cars["loses"])),
        ("unknown", 1, pytest.approx(cars["not known"])),
    ]
    together = con.execute(
        "SELECT sign, event_count, mean_car FROM event_study(together := true) "
        "WHERE window_name = '[0,+5]'"
    ).fetchall()
    assert together == [("all", 3, pytest.approx(sum(cars.values()) / 3))]
    unknown = con.execute("SELECT max(event_count) FROM event_study(sign := 'unknown')").fetchone()
    assert unknown == (1,)
    signs = con.execute("SELECT DISTINCT sign FROM event_path() ORDER BY 1").fetchall()
    assert signs == [("+",), ("-",), ("unknown",)]


def test_the_band_of_the_path_takes_a_day_as_one_cluster(con: DuckDBPyConnection) -> None:
    days = fill_market(con)
    places = (160, 185, 210)
    for place in places:
        add_event(con, f"e{place}", at(days[place], 12), ("XNYS:AAA", "XNAS:BBB"))
    daily = con.execute(
        "SELECT event_date, sum(ar) FROM store.abnormal_returns("
        "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false) "
        "WHERE tau BETWEEN -10 AND 10 GROUP BY event_date, development_id, listing_id ORDER BY 1"
    ).fetchall()
    cars = [car for _, car in daily]
    fit = sm.OLS(cars, np.ones(6)).fit(
        cov_type="cluster", cov_kwds={"groups": np.repeat(places, 2)}
    )
    row = con.execute(
        "SELECT event_count, day_count, mean_car, low, high FROM event_path() WHERE tau = 10"
    ).fetchone()
    half = 1.96 * fit.bse[0]
    assert row is not None
    assert row[:2] == (6, 3)
    assert row[2:] == pytest.approx(
        (np.mean(cars), np.mean(cars) - half, np.mean(cars) + half), abs=1e-9
    )


def test_a_study_returns_all_its_parts(con: DuckDBPyConnection) -> None:
    days = fill_market(con)
    add_event(con, "e", at(days[EVENT], 12), ("XNYS:AAA", "XNAS:BBB"))
    result = run_study(con, StudyFilter(type="tariff"))
    assert [row["window_name"] for row in result.windows] == [
        "[0,+1]",
        "[-1,+1]",
        "[0,+5]",
        "[-5,+5]",
    ]
    assert len(result.path) == 21
    assert len(result.placebo_path) == 21
    assert {row["listing_id"] for row in result.listings} == {"XNYS:AAA", "XNAS:BBB"}
    assert result.marks == (days[EVENT],)
    nothing = run_study(con, StudyFilter(type="subsidy"))
    assert (nothing.windows, nothing.path, nothing.marks) == ((), (), ())


def test_a_day_without_any_trade_is_not_a_session(con: DuckDBPyConnection) -> None:
    days = fill_market(con)
    shut, week_off = days[200], days[210:216]
    gone = [shut, *week_off]
    con.execute("DELETE FROM store.daily_bars WHERE session_date IN (SELECT unnest(?))", [gone])
    con.execute("DELETE FROM store.daily_bars WHERE session_date = ? AND listing_id = 'XNYS:AAA'",
                [days[205]])  # fmt: skip
    add_event(con, "storm", at(shut, 15))
    assert event_date(con, "storm") == shut
    found = find_closed_days(con, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert [day for mic, day in found if mic == "XNYS"] == [shut], (
        "not a day on which another listing traded, nor six days without any bar"
    )
    assert event_date(con, "storm") == days[201]
    row = con.execute(
        "SELECT ret_0, missing FROM event_returns WHERE development_id = 'storm' "
        "AND listing_id = 'XNYS:AAA'"
    ).fetchone()
    assert row is not None
    assert row[0] is not None
    again = find_closed_days(con, now=datetime(2026, 1, 2, tzinfo=UTC))
    assert again == found
    con.execute("INSERT INTO store.daily_bars SELECT * REPLACE (?::DATE AS session_date) "
                "FROM store.daily_bars WHERE session_date = ?", [shut, days[201]])  # fmt: skip
    find_closed_days(con, now=datetime(2026, 1, 3, tzinfo=UTC))
    assert event_date(con, "storm") == shut, "a later bar removes the closed day"
