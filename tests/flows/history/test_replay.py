"""Replay of an archive by its own clock: one alert per development, with a realistic delay."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.base.clock import ArchiveClock
from flows.base.settings import Settings, load_settings
from flows.commands.cli import app
from flows.history.replay import ReplayPlan, ReplayStep, next_pass, replay_archive
from models.errors import ConfigError
from warehouse.connection import open_warehouse
from warehouse.operations.check import check_warehouse
from warehouse.snapshot import query

STORIES = [
    (
        "2025-10-10 14:07",
        "Japan threatens a 100% tariff on copper from China",
        "Japan threatened "
        "on Friday to impose a 100% tariff on copper from China from 1 November 2025.",
    ),
    (
        "2025-10-26 03:00",
        "Canada signs a trade agreement with Malaysia",
        "Canada signed a trade agreement with Malaysia on Sunday.",
    ),
    (
        "2025-10-30 10:01",
        "Mexico suspends export controls on antimony until 10 November 2026",
        "Mexico suspended its export controls on antimony on Thursday until 10 November 2026.",
    ),
]
RULES = '[[rule]]\nid = "all"\nmin_novelty = 0.5\n'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "feeds.toml").write_text(
        '[[feed]]\nid = "desk"\nname = "Desk"\nurl = "https://desk.example/rss"\n'
        'publisher = "The Desk"\ntrust_tier = 2\n'
    )
    (tmp_path / "rules.toml").write_text(RULES)
    (tmp_path / "policywire.toml").write_text('feeds = "feeds.toml"\nrules = "rules.toml"\n')
    return load_settings(tmp_path / "policywire.toml")


@pytest.fixture
def plan(tmp_path: Path) -> ReplayPlan:
    path = tmp_path / "desk.jsonl"
    rows = [
        {
            "title": title,
            "text": text,
            "url": f"https://desk.example/{n}",
            "published": f"{at}:00+00:00",
        }
        for n, (at, title, text) in enumerate(STORIES)
    ]
    path.write_text("\n".join(map(json.dumps, [*rows, {"title": "no date", "text": "None."}])))
    return ReplayPlan(archive=path, folder=tmp_path / "replay", feed_id="desk")


def test_each_development_alerts_once_by_the_clock_of_the_archive(
    settings: Settings, plan: ReplayPlan
) -> None:
    steps: list[ReplayStep] = []
    result = replay_archive(settings, plan, steps.append)
    assert (result.articles, result.passes) == (3, 3)
    assert [step.at.replace(microsecond=0) for step in steps] == [
        datetime(2025, 10, 10, 14, 15, tzinfo=UTC),
        datetime(2025, 10, 26, 3, 0, tzinfo=UTC),
        datetime(2025, 10, 30, 10, 15, tzinfo=UTC),
    ]
    notices = query(
        result.snapshot,
        "SELECT headline, published_to_sent_s, seen_to_sent_s, first_seen_at FROM alerts "
        "WHERE kind = 'single' AND state = 'sent' ORDER BY sent_at",
    ).rows
    assert len(notices) == 3
    assert "100%" in str(notices[0][0])
    assert "10 Nov 2026" in str(notices[2][0])
    # To the next quarter of an hour, and what the pass took.
    lags = [float(str(row[1])) for row in notices]
    assert 8 * 60 <= lags[0] <= 8 * 60 + 60
    assert 0 <= lags[1] <= 60
    assert all(float(str(row[2])) < 60 for row in notices)
    lines = (plan.folder / "alerts-log.jsonl").read_text().splitlines()
    assert len(lines) == 3
    with open_warehouse(result.warehouse) as con:
        assert check_warehouse(con) == []
        feed = con.execute("SELECT publisher, trust_tier FROM store.feeds").fetchone()
    assert feed == ("The Desk", 2)
    again = replay_archive(settings, plan)
    assert (again.articles, again.sent) == (0, 0), "what was replayed is not replayed twice"


def test_no_cadence_of_passes_loses_articles(settings: Settings, plan: ReplayPlan) -> None:
    busy = [
        {
            "title": f"Bakery {n} opens",
            "text": "Bread is sold there.",
            "url": f"https://desk.example/bread/{n}",
            "published": f"2025-10-11T{n // 60:02}:{n % 60:02}:00+00:00",
        }
        for n in range(170)
    ]
    plan.archive.write_text("\n".join(map(json.dumps, busy)))
    hourly = ReplayPlan(archive=plan.archive, folder=plan.folder, feed_id="desk", every_minutes=90)
    assert replay_archive(settings, hourly).articles == 170


def test_only_the_chosen_days_are_replayed_and_none_is_an_error(
    settings: Settings, plan: ReplayPlan
) -> None:
    one = ReplayPlan(
        archive=plan.archive,
        folder=plan.folder,
        feed_id="desk",
        from_date=date(2025, 10, 26),
        to_date=date(2025, 10, 26),
    )
    assert replay_archive(settings, one).articles == 1
    none = ReplayPlan(archive=plan.archive, folder=plan.folder, from_date=date(2026, 1, 1))
    with pytest.raises(ConfigError, match="no article in these days"):
        replay_archive(settings, none)


def test_the_command_prints_days_and_delays(settings: Settings, plan: ReplayPlan) -> None:
    config = plan.archive.with_name("policywire.toml")
    options = ["--feed", "desk", "--dir", str(plan.folder), "--config", str(config)]
    result = CliRunner().invoke(app, ["replay", str(plan.archive), "--fresh", *options])
    assert result.exit_code == 1, "a row without a date cannot be replayed"
    assert "4 read: 3 replayed, 0 known, 1 refused" in result.stdout
    assert "line 4: no date" in result.output
    assert "3 single notices, 0 of them sent twice" in result.stdout
    assert re.search(r"2025-10-26 +1\b", result.stdout)


def test_the_clock_runs_forward_only() -> None:
    start = datetime(2025, 10, 10, tzinfo=UTC)
    clock = ArchiveClock(start)
    clock.wait_until(start + timedelta(days=1))
    assert timedelta(days=1) <= clock() - start < timedelta(days=1, seconds=5)
    clock.wait_until(start)
    assert clock() - start >= timedelta(days=1)
    hurried = ArchiveClock(start, speed=36_000)
    hurried.wait_until(start + timedelta(hours=1))
    assert hurried() - start >= timedelta(hours=1)


def test_passes_come_at_the_cadence() -> None:
    at = datetime(2025, 10, 10, 14, 7, 3, tzinfo=UTC)
    assert next_pass(at, 15) == datetime(2025, 10, 10, 14, 15, tzinfo=UTC)
    assert next_pass(datetime(2025, 10, 10, 14, 15, tzinfo=UTC), 15).minute == 15
    assert next_pass(datetime(2025, 10, 10, 23, 59, tzinfo=UTC), 15).day == 11
