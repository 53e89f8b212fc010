from datetime import date

import pytest

from extractors.text.dates import find_dates, parse_published
from extractors.text.numbers import find_durations, find_quantities


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("a 25% duty", 25, "percent"),
        ("100 pct tariffs", 100, "percent"),
        ("up by 2.5 percentage points", 2.5, "percent_point"),
        ("300 mln dlrs of goods", 300e6, "USD"),
        ("$7 billion in assets", 7e9, "USD"),
        ("A$200 million letter", 200e6, "AUD"),
        ("a floor of USD 110 a kilogram", 110, "USD_per_kg"),
        ("$2,400 per tonne", 2400, "USD_per_tonne"),
        ("12 million tonnes of soybeans", 12e6, "tonne"),
        ("CAD 30 billion of goods", 30e9, "CAD"),
        ("18,125 tonnes", 18125, "tonne"),
        ("ten percent", 10, "percent"),
    ],
)
def test_quantities(text: str, value: float, unit: str) -> None:
    (q,) = find_quantities(text)
    assert (q.value, q.unit) == (value, unit)
    assert text[q.start : q.end] == q.text


def test_previous_rate() -> None:
    for text in ("raised from 25% to 50%", "to 50% from 25%"):
        assert {q.value: q.previous for q in find_quantities(text)} == {25: True, 50: False}


@pytest.mark.parametrize(
    ("text", "future", "value"),
    [
        ("on Friday", False, "2025-11-07"),
        ("on Friday", True, "2025-11-14"),
        ("10 November 2026", False, "2026-11-10"),
        ("from 3 March", True, "2026-03-03"),
        ("on Oct. 30", False, "2025-10-30"),
        ("in April 2025", False, "2025-04"),
        ("yesterday", False, "2025-11-07"),
        ("last year", False, "2024"),
        ("next month", False, "2025-12"),
        ("by the end of the first quarter of 2026", False, "2026-03-31"),
        ("Q4 2025", False, "2025-Q4"),
        ("by year-end", False, "2025-12-31"),
        ("since 2018", False, "2018"),
    ],
)
def test_dates_resolve_from_publication(text: str, future: bool, value: str) -> None:
    (found,) = find_dates(text, date(2025, 11, 8), future=future)
    assert found.value == value
    assert text[found.start : found.end] == found.text


def test_dates_without_publication_stay_unresolved() -> None:
    (found,) = find_dates("on Friday", None)
    assert found.value == ""


def test_durations() -> None:
    assert [d[2] for d in find_durations("for 90 days, then one year, a six-month pause")] == [
        "P90D",
        "P1Y",
        "P6M",
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-11-08", date(2025, 11, 8)),
        ("2025-02-11 18:35:14-05:00", date(2025, 2, 11)),
        ("20251224", date(2025, 12, 24)),
        ("23/05/2025", date(2025, 5, 23)),
        ("19-OCT-1987 01:54:58.65", date(1987, 10, 19)),
        ("soon", None),
        (None, None),
    ],
)
def test_published_forms(text: str | None, day: date | None) -> None:
    assert parse_published(text) == day
