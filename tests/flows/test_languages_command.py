"""`policywire languages` shows official headlines that the extractor does not read."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.commands.cli import app
from tests.alert_world import NOW, insert
from warehouse.connection import open_warehouse, transaction
from warehouse.snapshot import publish

run = CliRunner().invoke
FEEDS = (
    ("ministry", "official_asia", "zh"),
    ("amt", "official_eu", "de"),
    ("paper", "business", "de"),
)
HEADLINES = (
    ("ministry", "zh", "关于对镓相关物项实施出口管制的公告"),
    ("ministry", "zh", "商务部新闻发言人答记者问"),
    ("amt", "de", "Kommission verhängt Antidumpingzölle auf Fahrräder \x1b[31m"),
    ("paper", "de", "Rat beschließt Zölle auf Stahl"),
    ("amt", "en", "Commission imposes duties on bicycles"),
)


@pytest.fixture
def at(tmp_path: Path) -> list[str]:
    """The options for a warehouse with official headlines in two languages."""
    live = tmp_path / "w.duckdb"
    with open_warehouse(live) as con, transaction(con):
        insert(
            con,
            "store.feeds",
            [
                {"feed_id": name, "category": category, "language": language, "publisher": name}
                for name, category, language in FEEDS
            ],
        )
        insert(
            con,
            "store.articles",
            [
                {
                    "article_id": f"a{n}",
                    "version": 1,
                    "feed_id": feed,
                    "language": language,
                    "title": title,
                    "url": f"https://{feed}.example/{n}",
                    "first_seen_at": NOW - timedelta(hours=n),
                    "fetched_at": NOW - timedelta(hours=n),
                }
                for n, (feed, language, title) in enumerate(HEADLINES)
            ],
        )
    publish(live, tmp_path / "w.snapshot.duckdb")
    return ["--warehouse", str(live)]


def test_marked_headlines_have_type_words_and_link(at: list[str]) -> None:
    shown = run(app, ["languages", "--format", "json", *at])
    assert shown.exit_code == 0, shown.output
    rows = json.loads(shown.stdout)
    assert [(row["article_id"], row["type"], row["words"]) for row in rows] == [
        ("a0", "export_control", "出口管制, 实施"),
        ("a2", "trade_remedy", "Antidumping, verhängt"),
    ]
    assert rows[0]["url"] == "https://ministry.example/0"
    every = json.loads(run(app, ["languages", "--all", "--format", "json", *at]).stdout)
    assert [row["type"] for row in every] == ["export_control", None, "trade_remedy"]


def test_the_table_counts_what_is_stored(at: list[str]) -> None:
    shown = run(app, ["languages", "--format", "table", *at])
    assert "official headlines that likely tell a step: 1 of 1 in de, 1 of 2 in zh" in shown.output
    assert "\x1b[31m" not in shown.output
    only = run(app, ["languages", "--language", "zh", "--all", "-n", "1", *at, "--format", "tsv"])
    assert only.stdout.count("\n") == 2
    assert "and 1 more" in only.stderr
    none = run(app, ["languages", "--language", "ja", "--format", "table", *at])
    assert "no official feed has delivered a headline" in none.output
    refused = run(app, ["languages", "--language", "zn", *at])
    assert "known are de, es, fr, ja, pt, zh" in str(refused.exception)


def test_a_headline_of_another_language_makes_no_event(at: list[str]) -> None:
    before = Path(at[1]).read_bytes()
    assert run(app, ["languages", *at]).exit_code == 0
    assert Path(at[1]).read_bytes() == before
