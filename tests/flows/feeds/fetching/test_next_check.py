import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.base.fetch_settings import FetchSettings
from flows.feeds.fetching.next_check import (
    after_answer,
    after_failure,
    bounds_s,
    cache_time_s,
    is_due,
    retry_after_s,
    rhythm_s,
)
from models.feed import Feed, FeedState

NOW = datetime(2025, 11, 10, 12, tzinfo=UTC)
STEADY = FetchSettings(jitter=0.0)
FEED = Feed(feed_id="desk", name="Desk", url="https://desk.example/", poll_minutes=30)
STATE = FeedState(feed_id="desk", url=FEED.url)


def minutes(state: FeedState = STATE, cache_s: float | None = None, feed: Feed = FEED) -> float:
    check = after_answer(feed, state, STEADY, now=NOW, cache_s=cache_s, jitter=random.Random(0))
    return (check.at - NOW) / timedelta(minutes=1)


def test_without_a_hint_the_operators_interval_applies() -> None:
    assert minutes() == 30


@pytest.mark.parametrize(
    ("interval_s", "ttl_s", "cache_s", "expected"),
    [
        (60.0, None, None, 30),
        (3600.0, None, None, 60),
        (None, 5400.0, None, 90),
        (None, None, 4000.0, 66.666),
        (3600.0, 5400.0, 4000.0, 90),
        (999999.0, None, None, 120),
        (None, 999999.0, None, 120),
        (None, None, 999999.0, 120),
    ],
)
def test_hints_lengthen_the_interval_within_its_bounds(
    interval_s: float | None, ttl_s: float | None, cache_s: float | None, expected: float
) -> None:
    state = replace(STATE, interval_s=interval_s, ttl_s=ttl_s)
    assert minutes(state, cache_s) == pytest.approx(expected, abs=0.01)


def test_the_operator_may_set_the_longest_interval() -> None:
    feed = replace(FEED, poll_max_minutes=45)
    assert bounds_s(feed, STEADY) == (1800, 2700)
    assert minutes(replace(STATE, ttl_s=86400.0), feed=feed) == 45


def test_jitter_spreads_a_hundred_feeds_and_never_comes_early() -> None:
    settings = FetchSettings()
    starts = [
        after_answer(
            FEED, STATE, settings, now=NOW, cache_s=None, jitter=random.Random(f"feed-{n}")
        ).at
        for n in range(100)
    ]
    assert min(starts) >= NOW + timedelta(minutes=30)
    assert max(starts) <= NOW + timedelta(minutes=33)
    assert len({s.replace(microsecond=0) for s in starts}) > 60


@pytest.mark.parametrize(("failures", "hours"), [(1, 0.5), (2, 1), (3, 2), (6, 16), (20, 24)])
def test_failures_double_the_wait_up_to_a_day(failures: int, hours: float) -> None:
    check = after_failure(
        FEED, STEADY, now=NOW, failure_count=failures, retry_after_s=None, jitter=random.Random(0)
    )
    assert check.at - NOW == timedelta(hours=hours)


def test_retry_after_overrides_everything_up_to_a_week() -> None:
    for asked, kept in ((5.0, 5.0), (86400.0 * 30, 86400.0 * 7)):
        check = after_failure(
            FEED, STEADY, now=NOW, failure_count=4, retry_after_s=asked, jitter=random.Random(0)
        )
        assert check.at - NOW == timedelta(seconds=kept)
        assert check.reason == "Retry-After"


@pytest.mark.parametrize(
    ("cache_control", "expires", "date", "seconds"),
    [
        ("max-age=600", None, None, 600),
        ("public, max-age=600", "Mon, 10 Nov 2025 14:00:00 GMT", None, 600),
        ("no-cache, max-age=600", None, None, None),
        ("no-store", "Mon, 10 Nov 2025 14:00:00 GMT", None, None),
        ("max-age=0", None, None, None),
        ("max-age=soon", None, None, None),
        (None, "Mon, 10 Nov 2025 14:00:00 GMT", None, 7200),
        (None, "Mon, 10 Nov 2025 14:00:00 GMT", "Mon, 10 Nov 2025 13:00:00 GMT", 3600),
        (None, "Mon, 10 Nov 2025 08:00:00 GMT", None, None),
        (None, "0", None, None),
        (None, "-1", None, None),
        (None, None, None, None),
    ],
)
def test_cache_headers(
    cache_control: str | None, expires: str | None, date: str | None, seconds: float | None
) -> None:
    assert cache_time_s(cache_control, expires, date, now=NOW) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Mon, 10 Nov 2025 12:02:00 GMT", 120),
        ("Mon, 10 Nov 2025 11:00:00 GMT", 0),
        ("later", 900),
        ("9" * 20, 7 * 86400),
        ("9" * 400, 7 * 86400),
        ("Mon, 10 Nov 9999 12:00:00 GMT", 7 * 86400),
        (None, None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, now=NOW) == seconds


@given(st.text(max_size=40))
def test_no_header_raises_an_error(text: str) -> None:
    retry_after_s(text, now=NOW)
    cache_time_s(text, text, text, now=NOW)


def test_the_rhythm_is_half_the_usual_gap_and_silence_slows_it() -> None:
    hourly = [NOW - timedelta(hours=n) for n in range(10)]
    assert rhythm_s(hourly, now=NOW) == 1800
    silent = rhythm_s(hourly, now=NOW + timedelta(days=2))
    assert silent is not None
    assert silent > 6 * 3600
    assert rhythm_s(hourly[:2], now=NOW) is None
    assert rhythm_s([NOW + timedelta(days=n) for n in range(5)], now=NOW) is None


def test_due() -> None:
    assert is_due(None, now=NOW)
    assert is_due(STATE, now=NOW)
    assert is_due(replace(STATE, next_check_at=NOW), now=NOW)
    assert not is_due(replace(STATE, next_check_at=NOW + timedelta(seconds=1)), now=NOW)
    assert not is_due(replace(STATE, retired=True), now=NOW)
