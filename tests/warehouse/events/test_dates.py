"""A date of a policy is one DATE with its precision, now and as it was known."""

from datetime import date

import pytest
from duckdb import DuckDBPyConnection

from extractors.linking.days import days_of
from tests.extractors.link_cases import told
from tests.warehouse.events.test_links import link_all, store

DATES = (
    "decision_date, decision_precision, decision_basis, effective_on, effective_precision, "
    "ends_on, ends_precision, ends_basis"
)
OLD = "effective_date, end_date"
REPORTED = (date(2025, 11, 8), "day", "reported")


@pytest.mark.parametrize("text", ["2026", "2026-Q1", "2026-Q4", "2028-02", "2026-12", "2026-11-10"])
def test_a_stated_date_keeps_its_precision(con: DuckDBPyConnection, text: str) -> None:
    store(
        con,
        [
            told(
                "2025-11-08",
                "export_control suspended",
                dates=[("date_effective", text), ("date_end", text)],
            )
        ],
    )
    link_all(con)
    span = days_of(text)
    assert span is not None
    first, last, precision = span
    expected = (*REPORTED, first, precision, last, precision, "stated")
    for relation in ("policy_events", "policy_events_as_of(now())"):
        assert con.execute(f"SELECT {DATES} FROM {relation}").fetchall() == [expected], relation
        assert con.execute(f"SELECT {OLD} FROM {relation}").fetchall() == [(text, text)]
    recorded = f"SELECT {DATES}, {OLD} FROM policy_events_as_recorded(now())"
    assert con.execute(recorded).fetchall() == [(*expected, text, text)]


@pytest.mark.parametrize(
    ("start", "duration", "end", "precision"),
    [
        (None, "P1Y", date(2026, 11, 8), "day"),
        (None, "P90D", date(2026, 2, 6), "day"),
        ("2024-02-29", "P1Y", date(2025, 2, 28), "day"),
        ("2025-12-31", "P2M", date(2026, 2, 28), "day"),
        ("2025-12-01", "P1Y6M", date(2027, 6, 1), "day"),
        ("2025-12-01", "P6W", date(2026, 1, 12), "day"),
        ("2025-12", "P1Y", date(2026, 12, 1), "month"),
        ("2026", "P5Y", date(2031, 1, 1), "year"),
    ],
)
def test_an_end_that_is_counted_is_as_precise_as_its_start(
    con: DuckDBPyConnection, start: str | None, duration: str, end: date, precision: str
) -> None:
    dates = [("date_effective", start)] if start else []
    report = told("2025-11-08", "export_control suspended", dates=dates, duration=duration)
    store(con, [report])
    link_all(con)
    for relation in ("policy_events", "policy_events_as_of(now())"):
        found = con.execute(
            f"SELECT ends_on, ends_precision, ends_basis, end_date FROM {relation}"
        ).fetchall()
        assert found == [(end, precision, "duration", None)], relation


@pytest.mark.parametrize("duration", ["PT12H", "P9999Y", None])
def test_no_end_is_counted_from_what_is_no_span_of_days(
    con: DuckDBPyConnection, duration: str | None
) -> None:
    store(con, [told("2025-11-08", "export_control suspended", duration=duration)])
    link_all(con)
    for relation in ("policy_events", "policy_events_as_of(now())"):
        found = con.execute(f"SELECT ends_on, ends_precision, ends_basis FROM {relation}")
        assert found.fetchall() == [(None, None, None)], relation


def test_the_next_date_of_a_measure_has_its_precision(con: DuckDBPyConnection) -> None:
    dates = [("date_effective", "2098-Q2"), ("date_end", "2099")]
    store(con, [told("2025-11-08", "export_control announced", dates=dates)])
    link_all(con)
    assert con.execute(
        "SELECT last_effective_on, last_effective_precision, last_ends_on, last_ends_precision, "
        "next_date, next_precision FROM measure_status"
    ).fetchall() == [
        (date(2098, 4, 1), "quarter", date(2099, 12, 31), "year", date(2098, 4, 1), "quarter")
    ]


def test_old_names_are_said_to_be_deprecated(con: DuckDBPyConnection) -> None:
    found = con.execute(
        "SELECT column_name FROM duckdb_columns() "
        "WHERE schema_name = 'main' AND comment LIKE 'Deprecated: %' ORDER BY ALL"
    ).fetchall()
    assert found == [("effective_date",), ("end_date",)]
