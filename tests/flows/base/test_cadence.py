"""The passes of a schedule, and the feeds that each pass fetches."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pytest_httpserver import HTTPServer

from flows.base.cadence import cadences_of, half_gap, longest_gap
from flows.base.settings import load_settings
from flows.ingest import ingest_feeds
from flows.operations.serve import runner_pace

RSS = (
    "<rss version='2.0'><channel><title>T</title><item><title>Story</title>"
    "<guid isPermaLink='false'>1</guid></item></channel></rss>"
)
TICK = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def test_gaps_of_cron_lines() -> None:
    assert longest_gap("*/15 * * * *") == timedelta(minutes=15)
    assert half_gap("*/15 * * * *", TICK) == timedelta(minutes=7, seconds=30)
    assert half_gap("* * * * *", TICK) == timedelta(seconds=30)
    assert cadences_of("*/15 * * * *", "30 22 * * 1-5")["market"] == timedelta(days=3)


def test_runs_are_prepared_ahead_but_not_during_the_run_before() -> None:
    assert runner_pace("*/15 * * * *") == {"query_seconds": 5.0, "prefetch_seconds": 25.0}
    assert runner_pace("* * * * *")["prefetch_seconds"] <= 25.0


def test_a_feed_is_fetched_in_the_pass_nearest_to_its_time(
    server: HTTPServer, tmp_path: Path
) -> None:
    server.expect_request("/feed").respond_with_data(RSS)
    (tmp_path / "feeds.toml").write_text(
        f'[[feed]]\nid = "f"\nname = "F"\nurl = "{server.url_for("/feed")}"\n'
        "poll_minutes = 15\nallow_private = true\n"
    )
    settings = load_settings(warehouse=tmp_path / "w.duckdb", feeds=tmp_path / "feeds.toml")

    def asked(at: datetime, early: timedelta) -> bool:
        done = ingest_feeds(settings, due_only=True, early=early, clock=lambda: at)
        return bool(done.outcomes)

    half = half_gap("*/15 * * * *", TICK)
    assert asked(TICK + timedelta(seconds=9), half)
    assert not asked(TICK + timedelta(minutes=15), timedelta()), "so it was: every other tick"
    assert not asked(TICK + timedelta(minutes=5), half)
    assert asked(TICK + timedelta(minutes=15), half)
