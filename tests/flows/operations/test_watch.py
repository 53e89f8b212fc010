"""Alarms: one when a problem starts, one when it is over."""

import json
import logging
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.base.settings import Settings, load_settings
from flows.operations import watch as watch_module
from flows.operations.watch import Watch
from tests.alert_world import NOW, insert
from warehouse.connection import open_warehouse
from warehouse.operations.runs import RunRecord, record_run

FEED = {"name": "F", "url": "https://f.example", "listed": True, "enabled": True}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A warehouse whose passes went well until NOW, with a feed that brings news every hour."""
    (tmp_path / "policywire.toml").write_text(
        'warehouse = "w.duckdb"\n[watch]\nchannel = ["file"]\n'
        '[[channel]]\nid = "file"\nkind = "file"\npath = "alarms.jsonl"\n'
    )
    settings = load_settings(tmp_path / "policywire.toml")
    with open_warehouse(settings.warehouse) as con:
        insert(con, "store.feeds", [{**FEED, "feed_id": "hourly"}, {**FEED, "feed_id": "daily"}])
        articles = [("hourly", hours) for hours in range(20)]
        articles += [("daily", 24 * days) for days in range(1, 20)]
        insert(
            con,
            "store.articles",
            [
                {
                    "article_id": f"{feed}-{hours}",
                    "version": 1,
                    "feed_id": feed,
                    "first_seen_at": NOW - timedelta(hours=hours),
                }
                for feed, hours in articles
            ],
        )
    succeeded(settings, NOW)
    return settings


def succeeded(settings: Settings, at: datetime) -> None:
    with open_warehouse(settings.warehouse) as con:
        for stage in ("ingest", "extract", "alert", "market"):
            run = RunRecord(
                run_id=f"{stage}-{at}", flow=stage, started_at=at, ended_at=at, outcome="ok"
            )
            record_run(con, run)


def brought(settings: Settings, feed: str, at: datetime) -> None:
    with open_warehouse(settings.warehouse) as con:
        row = {"article_id": f"{feed}-{at}", "version": 1, "feed_id": feed, "first_seen_at": at}
        insert(con, "store.articles", [row])


def alarms(settings: Settings) -> list[str]:
    path = settings.warehouse.parent / "alarms.jsonl"
    return [json.loads(line)["headline"] for line in path.read_text().splitlines()]


def look(settings: Settings, at: datetime) -> list[str]:
    return sorted(t.subject for t in Watch(settings, clock=lambda: at).look().troubles)


def test_three_cadences_without_success_alarm_once_and_so_does_the_end(settings: Settings) -> None:
    assert look(settings, NOW + timedelta(minutes=40)) == []
    late = NOW + timedelta(minutes=50)
    assert look(settings, late) == ["alert", "extract", "ingest"]
    assert look(settings, late + timedelta(minutes=15)) == ["alert", "extract", "ingest"]
    assert sum("no ingest succeeded since" in line for line in alarms(settings)) == 1
    succeeded(settings, late + timedelta(minutes=20))
    assert look(settings, late + timedelta(minutes=30)) == []
    assert len(alarms(settings)) == 6
    assert sum("problem solved" in line for line in alarms(settings)) == 3
    with open_warehouse(settings.warehouse) as con:
        kept = con.execute(
            "SELECT count(*), count(told_at), count(ended_at) FROM store.alarms"
        ).fetchone()
    assert kept == (3, 3, 3)


def test_a_feed_is_quiet_compared_with_its_own_past(settings: Settings) -> None:
    at = NOW + timedelta(hours=30)
    succeeded(settings, at)
    brought(settings, "daily", at - timedelta(hours=6))
    assert look(settings, at) == ["hourly"]
    (line,) = alarms(settings)
    assert "feed 'hourly' has had no new article since" in line
    brought(settings, "hourly", at)
    assert look(settings, at + timedelta(minutes=5)) == []


def test_all_feeds_quiet_is_one_problem(settings: Settings) -> None:
    at = NOW + timedelta(hours=25)
    succeeded(settings, at)
    assert look(settings, at) == ["feeds"]
    assert "no new article since" in alarms(settings)[0]


def test_a_failing_alarm_channel_is_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = NOW + timedelta(minutes=50)
    (settings.warehouse.parent / "alarms.jsonl").mkdir()
    look(settings, late)
    (settings.warehouse.parent / "alarms.jsonl").rmdir()
    look(settings, late + timedelta(minutes=15))
    assert len(alarms(settings)) == 3


def test_a_locked_warehouse_raises_an_alarm(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "PATIENCE_S", 0.1)
    holder = (
        "import sys, duckdb; con = duckdb.connect(sys.argv[1]); print('open', flush=True); "
        "sys.stdin.read()"
    )
    watch = Watch(settings, clock=lambda: NOW + timedelta(minutes=5))
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(settings.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        for _ in range(2):
            assert [t.kind for t in watch.look().troubles] == ["busy"]
        process.communicate("")
    assert len(alarms(settings)) == 1
    assert watch.look().troubles == ()
    assert "problem solved" in alarms(settings)[1]


def test_an_undefined_alarm_channel_is_an_error(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    config = settings.warehouse.parent / "policywire.toml"
    config.write_text(config.read_text().replace('channel = ["file"]', 'channel = ["pager"]'))
    wrong = load_settings(config)
    with caplog.at_level(logging.ERROR), pytest.raises(Exception, match="no channel 'pager'"):
        Watch(wrong, clock=lambda: NOW + timedelta(minutes=50)).look()


def test_without_a_warehouse_there_is_nothing_to_watch(tmp_path: Path) -> None:
    found = Watch(Settings(warehouse=tmp_path / "none.duckdb")).look()
    assert str(found).startswith("no warehouse yet")
    assert list(tmp_path.iterdir()) == []
