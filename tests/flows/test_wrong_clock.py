"""A clock that was a year ahead for a while: the times it stored block nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.alerting import sinks
from flows.base.fetch_settings import FetchSettings
from flows.feeds.fetching.next_check import (
    after_answer,
    after_failure,
    believable,
    cache_time_s,
    http_date,
    learn,
    retry_after_s,
)
from flows.ingest import due
from models.feed import Feed, FeedEntry, FeedState, ParsedFeed
from warehouse.alerting.outbox import ClaimTerms, claim_notices, next_due_at
from warehouse.connection import open_warehouse
from warehouse.operations.clock import times_ahead
from warehouse.operations.leases import LINKING, article_resource, being_read, is_free, lease

NOW = datetime(2025, 11, 10, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
FEED = Feed(feed_id="desk", name="Desk", url="https://desk.example/", poll_minutes=30)
STATE = FeedState(feed_id="desk", url=FEED.url)
SETTINGS = FetchSettings()


@pytest.mark.parametrize(
    "state",
    [
        replace(STATE, next_check_at=NOW + YEAR),
        replace(STATE, next_check_at=NOW + YEAR, hold_until=NOW + YEAR),
        replace(STATE, next_check_at=NOW + timedelta(days=2)),
    ],
)
def test_an_impossible_wait_is_ignored(state: FeedState) -> None:
    assert due(FEED, {"desk": state}, SETTINGS, NOW, timedelta())
    assert believable(FEED, state, SETTINGS, now=NOW).hold_until is None


@pytest.mark.parametrize(
    "state",
    [
        replace(STATE, next_check_at=NOW + timedelta(hours=20)),
        replace(STATE, next_check_at=NOW + timedelta(days=6), hold_until=NOW + timedelta(days=6)),
    ],
)
def test_a_possible_wait_is_kept(state: FeedState) -> None:
    assert believable(FEED, state, SETTINGS, now=NOW) == state
    assert not due(FEED, {"desk": state}, SETTINGS, NOW, timedelta())


digits = st.one_of(
    st.integers(-(10**40), 10**40).map(str),
    st.text(alphabet="0123456789.-+e", max_size=500),
    st.integers(1, 9999).map(lambda year: f"Mon, 01 Jan {year:04} 00:00:00 +1400"),
    st.integers(1, 99999).map(lambda year: f"Fri, 31 Dec {year} 23:59:59 -2359"),
    st.text(max_size=60),
    st.sampled_from(["\u00b2", "\u0663", "nan", "inf"]),
)
times = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))


@given(digits, digits, digits, st.lists(times, max_size=8), st.floats(0, 10**9), st.randoms())
def test_the_next_check_is_near_and_believable_for_any_headers(
    control: str, expires: str, date: str, published: list[datetime], ttl_s: float, jitter: object
) -> None:
    entries = tuple(
        FeedEntry(feed_id="desk", guid=str(n), link=None, title="t", published_at=at)
        for n, at in enumerate(published)
    )
    parsed = ParsedFeed(feed_id="desk", url=FEED.url, entries=entries, ttl_s=ttl_s)
    state = learn(STATE, parsed, now=NOW)
    cache_s = cache_time_s(f"max-age={control}", expires, date, now=NOW)
    asked_s = retry_after_s(control, now=NOW)
    assert asked_s is not None
    assert 0 <= asked_s <= 7 * 86400
    answer = after_answer(FEED, state, SETTINGS, now=NOW, cache_s=cache_s, jitter=jitter)  # type: ignore[arg-type]
    failed = after_failure(
        FEED,
        SETTINGS,
        now=NOW,
        failure_count=10**6,
        retry_after_s=asked_s,
        jitter=jitter,  # type: ignore[arg-type]
    )
    assert NOW < answer.at <= NOW + timedelta(hours=3)
    assert NOW <= failed.at <= NOW + timedelta(days=7)
    held = replace(state, next_check_at=failed.at, hold_until=failed.at)
    assert believable(FEED, held, SETTINGS, now=NOW) == held
    kept = replace(state, next_check_at=answer.at)
    assert believable(FEED, kept, SETTINGS, now=NOW) == kept
    http_date(date)
    for_notices = sinks.retry_after_s(control, NOW)
    assert for_notices is None or 0 <= for_notices <= 86400


def test_a_lease_of_a_year_blocks_no_worker(tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "w.duckdb") as con:
        resources = [LINKING, article_resource("a")]
        con.execute(
            "INSERT INTO store.leases SELECT unnest(?), 'gone', ?",
            [resources, datetime.now(UTC) + YEAR],
        )
        assert is_free(con, LINKING)
        assert being_read(con, "me") == set()
        assert lease(con, resources, "me", 60.0) == set(resources)
        assert not is_free(con, LINKING)
        assert lease(con, resources, "other", 60.0) == set()


def test_a_notice_due_in_a_year_goes_now(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    rows = [
        ("pending", None, "pending", now + YEAR, None),
        ("fold", None, "pending", now + YEAR, now + YEAR),
        ("claimed", "gone", "claimed", now, None),
        ("tomorrow", None, "pending", now + timedelta(days=1), None),
    ]
    with open_warehouse(tmp_path / "w.duckdb") as con:
        for alert_id, by, state, due_at, fold_at in rows:
            con.execute(
                "INSERT INTO store.alerts (alert_id, kind, rule_id, channel, severity, "
                "severity_rank, headline, created_at, claimed_by, claimed_until, state, due_at, "
                "fold_at, claim_count, failure_count) "
                "VALUES (?, 'single', 'r', 'desk', 'notice', 1, 'h', ?, ?, ?, ?, ?, ?, 0, 0)",
                [alert_id, now, by, now + YEAR if by else None, state, due_at, fold_at],
            )
        next_at = next_due_at(con, ["desk"])
        assert next_at is not None
        assert next_at <= datetime.now(UTC)
        got = claim_notices(
            con, owner="me", channels=["desk"], now=now, terms=ClaimTerms(max_failures=10)
        )
    assert {notice.alert_id for notice in got} == {"pending", "fold", "claimed"}


def test_health_ignores_fetches_in_the_future(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with open_warehouse(tmp_path / "w.duckdb") as con:
        con.execute("INSERT INTO store.feeds (feed_id, enabled, listed) VALUES ('f', true, true)")
        for at, outcome in ((now + YEAR, "ok"), (now, "http_404")):
            con.execute(
                "INSERT INTO store.fetches (fetch_id, feed_id, started_at, outcome, notes) "
                "VALUES (?, 'f', ?, ?, ['moved'])",
                [outcome, at, outcome],
            )
        found = con.execute("SELECT health, last_outcome, last_notes FROM feed_health").fetchall()
        assert times_ahead(con) == {"fetches": 1}
    assert found == [("failing", "http_404", "moved")]


def test_health_drops_fixed_errors_and_keeps_what_a_304_does_not_change(tmp_path: Path) -> None:
    now = datetime.now(UTC)

    def told(*attempts: tuple[str, str | None, str | None]) -> tuple[object, ...]:
        with open_warehouse(tmp_path / f"{len(attempts)}.duckdb") as con:
            con.execute(
                "INSERT INTO store.feeds (feed_id, enabled, listed) VALUES ('f', true, true)"
            )
            for n, (outcome, error, bozo) in enumerate(attempts):
                con.execute(
                    "INSERT INTO store.fetches (fetch_id, feed_id, started_at, outcome, error, "
                    "bozo) VALUES (?, 'f', ?, ?, ?, ?)",
                    [str(n), now - timedelta(hours=9 - n), outcome, error, bozo],
                )
            row = con.execute("SELECT health, last_error, last_bozo FROM feed_health").fetchone()
        assert row is not None
        return row

    damaged = [("timeout", "late", None), ("ok", None, "cut")]
    assert told(*damaged) == ("malformed", None, "cut")
    assert told(*damaged, ("not_modified", None, None)) == ("malformed", None, "cut")
    mended = [*damaged, ("not_modified", None, None), ("ok", None, None)]
    assert told(*mended) == ("silent", None, None)
