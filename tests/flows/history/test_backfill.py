"""Backfill in chunks: stopped and continued, without alerts, next to a live pass."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.alerting.rounds import enqueue_new
from flows.alerting.rules import RuleBook
from flows.base.settings import Settings, load_settings
from flows.commands.cli import app
from flows.extract import extract_and_link
from flows.history import backfill as backfill_flow
from flows.history.backfill import (
    BackfillStep,
    archive_order,
    backfill_archive,
    backfill_stored,
    stored_order,
)
from flows.history.chunk_runner import ChunkReading
from flows.link import join_tickers, link_mentions
from models.backfill import REEXTRACT, STORED, Chunk
from models.errors import ConfigError
from tests.alert_world import rule
from tests.flows.local_runner import LocalRunner
from warehouse.connection import open_warehouse
from warehouse.operations.check import check_warehouse
from warehouse.snapshot import query

NOW = datetime(2026, 1, 1, tzinfo=UTC)
STORIES = [
    ("Japan", "steel", 12),
    ("India", "copper", 15),
    ("Brazil", "nickel", 18),
    ("Canada", "zinc", 21),
    ("Mexico", "cobalt", 24),
]
BOOK = RuleBook(rules=(rule("all"),))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "feeds.toml").write_text(
        '[[feed]]\nid = "desk"\nname = "Desk"\nurl = "https://desk.example/rss"\n'
    )
    return load_settings(warehouse=tmp_path / "w.duckdb", feeds=tmp_path / "feeds.toml")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "desk.jsonl"
    rows = [
        {
            "title": f"{who} imposes {rate}% tariff on {what} from China",
            "text": f"{who} on Thursday imposed a {rate}% tariff on {what} from China.",
            "url": f"https://desk.example/{n}",
            "published": f"2025-10-{10 + n} 09:00:00+00:00",
        }
        for n, (who, what, rate) in enumerate(STORIES)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


class StoppedAfter(LocalRunner):
    """Reads so many pieces, then is interrupted."""

    def __init__(self, pieces: int) -> None:
        self.pieces = pieces

    def read(self, chunks: Iterable[Chunk]) -> Iterator[ChunkReading]:
        for done, reading in enumerate(super().read(chunks)):
            if done == self.pieces:
                raise KeyboardInterrupt
            yield reading


class Backwards(LocalRunner):
    """Gives pieces back in the wrong order, as many hands would."""

    def read(self, chunks: Iterable[Chunk]) -> Iterator[ChunkReading]:
        yield from reversed(list(super().read(chunks)))


def lives(path: Path) -> list[tuple[object, ...]]:
    with open_warehouse(path) as con:
        assert check_warehouse(con) == []
        return con.execute(
            "SELECT measure_key, statuses, rate_value FROM measure_status ORDER BY 1"
        ).fetchall()


def test_a_stopped_backfill_continues_where_it_stopped(settings: Settings, archive: Path) -> None:
    order = archive_order(archive, feed_id="desk")
    with pytest.raises(KeyboardInterrupt):
        backfill_archive(settings, order, archive, runner=StoppedAfter(2), chunk_articles=1)
    with open_warehouse(settings.warehouse) as con:
        assert con.execute("SELECT count(*) FROM store.articles").fetchone() == (2,)
        assert con.execute("SELECT count(*) FROM store.extractions").fetchone() == (2,)
    steps: list[BackfillStep] = []
    result = backfill_archive(settings, order, archive, on_step=steps.append, chunk_articles=1)
    assert (result.count.articles, result.resumed_pieces, result.new_developments) == (5, 2, 5)
    assert [step.pieces for step in steps] == [3, 4, 5]
    assert steps[-1].left_s == pytest.approx(0.0, abs=1.0)
    assert "2 chunks done before" in str(result)
    assert len(lives(settings.warehouse)) == 5
    again = backfill_archive(settings, order, archive)
    assert again.finished_before is not None
    assert again.count.articles == 5


def test_chunks_in_any_order_give_the_same_developments(
    settings: Settings, archive: Path, tmp_path: Path
) -> None:
    order = archive_order(archive, feed_id="desk")
    backfill_archive(settings, order, archive, chunk_articles=2)
    other = settings.model_copy(update={"warehouse": tmp_path / "other.duckdb"})
    backfill_archive(other, order, archive, runner=Backwards(), chunk_articles=1)
    assert lives(settings.warehouse) == lives(other.warehouse)


def test_other_days_and_stored_articles_are_left_out(settings: Settings, archive: Path) -> None:
    days = {"from_date": date(2025, 10, 11), "to_date": date(2025, 10, 12)}
    assert (
        backfill_archive(
            settings, archive_order(archive, feed_id="desk", **days), archive
        ).count.articles
        == 2
    )
    whole = backfill_archive(settings, archive_order(archive, feed_id="desk"), archive)
    assert (whole.count.articles, whole.count.held) == (3, 2)
    with open_warehouse(settings.warehouse) as con:
        seen = con.execute("SELECT min(first_seen_at), max(version) FROM articles").fetchone()
    assert seen == (datetime(2025, 10, 10, 9, tzinfo=UTC), 1)


def test_an_archive_of_an_unlisted_feed_does_not_change_the_list(
    settings: Settings, archive: Path
) -> None:
    backfill_archive(settings, archive_order(archive, feed_id="other"), archive)
    with open_warehouse(settings.warehouse) as con:
        found = con.execute("SELECT feed_id, listed, kind FROM store.feeds ORDER BY 1").fetchall()
    assert found == [("desk", True, "rss"), ("other", False, "archive")]


def test_a_backfill_raises_no_alerts_but_news_does(settings: Settings, archive: Path) -> None:
    backfill_archive(settings, archive_order(archive, feed_id="desk"), archive)
    asked = enqueue_new(settings.warehouse, BOOK, NOW)
    assert (asked.quiet, asked.considered, asked.owed) == (5, 0, 0)
    # The same measure moves on, told by a live feed.
    news = archive.with_name("news.jsonl")
    news.write_text(
        json.dumps(
            {
                "title": "Japan lifts tariff on steel from China",
                "text": "Japan on Monday lifted its tariff on steel from China.",
                "url": "https://desk.example/news",
                "published": "2025-12-30 09:00:00+00:00",
            }
        )
    )
    backfill_archive(settings, archive_order(news, feed_id="desk", alerts=True), news)
    asked = enqueue_new(settings.warehouse, BOOK, NOW)
    assert (asked.quiet, asked.considered, asked.owed) == (0, 1, 1)
    assert enqueue_new(settings.warehouse, BOOK, NOW).considered == 0


def test_stored_unread_articles_are_read(settings: Settings, archive: Path) -> None:
    backfill_archive(settings, archive_order(archive, feed_id="desk"), archive)
    with open_warehouse(settings.warehouse) as con:
        for table in (
            "extractions",
            "event_mentions",
            "development_mentions",
            "developments",
            "development_states",
            "measures",
            "measure_states",
        ):
            con.execute(f"DELETE FROM store.{table}")
        con.execute(
            "INSERT INTO store.unread BY NAME "
            "SELECT article_id, version, first_seen_at FROM articles"
        )
    order = stored_order(STORED, to_date=date(2025, 10, 12))
    assert backfill_stored(settings, order, chunk_articles=2).count.articles == 3
    assert backfill_stored(settings, order).count.articles == 3, "nothing of it is left"
    assert extract_and_link(settings).articles == 2, "a live pass reads the rest"


def reread(settings: Settings, monkeypatch: pytest.MonkeyPatch, where: str = "") -> str:
    """Read again with an extractor of another version, which finds another rate in it."""
    monkeypatch.setattr(backfill_flow, "EXTRACTOR_VERSION", "9.9.9")

    class Newer(LocalRunner):
        def read(self, chunks: Iterable[Chunk]) -> Iterator[ChunkReading]:
            for chunk, extractions in super().read(chunks):
                yield (
                    chunk,
                    tuple(
                        replace(
                            e,
                            extractor_version="9.9.9",
                            events=tuple(
                                replace(
                                    m,
                                    extractor_version="9.9.9",
                                    rates=tuple(replace(r, value=99.0) for r in m.rates),
                                )
                                for m in e.events
                            ),
                        )
                        for e in extractions
                    ),
                )

    order = stored_order(REEXTRACT, predicate=where)
    backfill_stored(settings, order, runner=Newer())
    return order.backfill_id


def test_a_re_extraction_keeps_both_readings(
    settings: Settings, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backfill_archive(settings, archive_order(archive, feed_id="desk", alerts=True), archive)
    told = enqueue_new(settings.warehouse, BOOK, NOW).owed
    assert told == 5
    reading = reread(settings, monkeypatch, where="title ILIKE '%steel%'")

    def ask(sql: str) -> list[tuple[object, ...]]:
        return query(settings.snapshot, sql).rows

    steel = "list_contains(commodities, 'steel')"
    assert ask(f"SELECT rate_value FROM policy_events WHERE {steel}") == [(99.0,)]
    before = f"SELECT rate_value FROM policy_events_before('{reading}') WHERE {steel}"
    assert ask(before) == [(12.0,)]
    changes = ask(
        "SELECT change, rate_value_before, rate_value_now, extractor_version_now "
        f"FROM reading_changes('{reading}')"
    )
    assert changes == [("changed", 12.0, 99.0, "9.9.9")]
    assert ask("SELECT article_count FROM readings") == [(1,)]
    mentions = ask(
        "SELECT is_newest, count(*) > 0 FROM event_mentions WHERE article_id IN "
        "(SELECT article_id FROM articles WHERE title ILIKE '%steel%') GROUP BY 1 ORDER BY 1"
    )
    assert mentions == [(False, True), (True, True)]
    with open_warehouse(settings.warehouse) as con:
        assert check_warehouse(con) == []
    assert enqueue_new(settings.warehouse, BOOK, NOW).owed == 0


def test_a_reextraction_does_not_suppress_pending_alerts(
    settings: Settings, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backfill_archive(settings, archive_order(archive, feed_id="desk", alerts=True), archive)
    reread(settings, monkeypatch)
    assert enqueue_new(settings.warehouse, BOOK, NOW).owed == 5


def test_a_live_pass_does_not_reread_articles_of_an_older_extractor(
    settings: Settings, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backfill_archive(settings, archive_order(archive, feed_id="desk"), archive)
    monkeypatch.setattr("flows.extract.EXTRACTOR_VERSION", "9.9.9")
    assert extract_and_link(settings).articles == 0


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("titel = 'x'", "no column 'titel'; did you mean 'title'?"),
        ("true; DROP TABLE store.articles", "Only SELECT statements"),
        ("true)); DROP TABLE store.articles; SELECT ((1", "syntax error"),
        ("(SELECT true)", "subquery is not allowed"),
        ("title LIKE", "syntax error"),
    ],
)
def test_an_invalid_condition_is_one_line(
    settings: Settings, archive: Path, where: str, said: str
) -> None:
    backfill_archive(settings, archive_order(archive, feed_id="desk"), archive)
    with pytest.raises(ConfigError, match="--where: ") as caught:
        backfill_stored(settings, stored_order(REEXTRACT, predicate=where))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_commands(settings: Settings, archive: Path) -> None:
    at = ["--warehouse", str(settings.warehouse), "--feeds", str(settings.feeds)]
    run = CliRunner().invoke
    result = run(app, ["backfill", str(archive), "--feed", "desk", *at])
    assert result.exit_code == 0, result.output
    assert "5 articles read" in result.stdout
    result = run(app, ["backfill", str(archive), "--feed", "desk", *at])
    assert "nothing to do; finished on" in result.stdout
    result = run(app, ["reextract", "--since", "2025-10-01", *at])
    assert "0 articles read" in result.stdout
    assert "reading_changes('" in result.stdout
    assert run(app, ["backfill", "--from", "soon", *at]).exit_code == 2
    for command in ("backfill", "reextract", "replay"):
        assert "Examples" in run(app, [command, "--help"]).stdout


def test_linking_is_done_after_a_kill_before_it(settings: Settings, archive: Path) -> None:
    order = archive_order(archive, feed_id="desk")
    with pytest.raises(KeyboardInterrupt):
        backfill_archive(settings, order, archive, runner=StoppedAfter(3), chunk_articles=1)
    assert link_mentions(settings.warehouse) == 3, "a live pass links what is stored"
    join_tickers(settings, "tests")
    assert enqueue_new(settings.warehouse, BOOK, NOW).owed == 0


def test_every_row_of_an_archive_is_counted(settings: Settings, tmp_path: Path) -> None:
    good = [
        {"text": f"Japan imposes a {n}% tariff on steel.", "url": f"https://d.example/{n}"}
        for n in range(1, 6)
    ]
    rows = [*good[:2], good[0], {"text": "x", "published": "May 14, 2024"}, *good[2:]]
    path = tmp_path / "rows.jsonl"
    lines = [json.dumps({"published": "2025-10-09", **row}) for row in rows]
    path.write_text("\n".join([*lines, '{"text": "Broken']), "utf-8")
    asked = ["backfill", str(path), "--feed", "hist", "--chunk", "2"]
    asked += ["--feeds", str(settings.feeds), "--warehouse", str(settings.warehouse)]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 1
    assert "rows.jsonl: 8 read: 5 stored, 1 known, 2 refused" in told.stdout
    assert "refused: line 4: not a time: 'May 14, 2024'" in told.output
    assert "refused: line 8: not JSON" in told.output
    again = CliRunner().invoke(app, [*asked, "--lenient"])
    assert again.exit_code == 0, "the same order: what it left out is remembered"
    assert "8 read: 5 stored, 1 known, 2 refused" in again.stdout
    days = CliRunner().invoke(app, [*asked, "--from", "2025-11-01"])
    assert "8 read: 0 stored, 0 known, 2 refused, 6 not asked for" in days.stdout
