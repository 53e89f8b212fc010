"""A warehouse for the report: the timeline, notices and feeds, and hostile words in many places."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from duckdb import DuckDBPyConnection

from tests.alert_world import insert
from tests.warehouse.timeline_cases import fill
from warehouse.connection import open_warehouse
from warehouse.snapshot import publish

TEXTS = Path(__file__).parents[2] / "data" / "hostile" / "texts.json"
SCRIPT = '<script>alert(1)</script> <img src=x onerror=alert(2)> "><svg/onload=1>'
RULES = ("critical-mineral-curbs", "../../etc <script>alert(3)</script>")
KEY = "abc123"
NOW = datetime(2025, 11, 12, 14, 30, tzinfo=UTC)


def hostile_texts() -> list[str]:
    """Texts of tests/data/hostile that a database can hold, the one with a script first."""
    found = [text for text in json.loads(TEXTS.read_text("utf-8")) if "\ud800" not in text]
    assert SCRIPT in found
    return sorted(found, key=lambda text: text != SCRIPT)


def report_snapshot(folder: Path) -> Path:
    """Make the warehouse and publish it; return the snapshot."""
    live, snapshot = folder / "live.duckdb", folder / "live.snapshot.duckdb"
    fill(live)
    with open_warehouse(live) as con:
        poison(con, hostile_texts())
        add_notices(con)
        add_feeds(con)
        add_reports(con)
    publish(live, snapshot)
    return snapshot


def poison(con: DuckDBPyConnection, texts: Sequence[str]) -> None:
    """Put hostile words where they come from outside, and leave China's acts of 2025 readable."""
    con.execute("CREATE TEMP TABLE hostile AS SELECT unnest($texts) AS text", {"texts": texts})
    con.execute(
        "CREATE TEMP TABLE numbered AS SELECT text, row_number() OVER () - 1 AS n FROM hostile"
    )
    chosen = """(
        SELECT text FROM numbered WHERE n = hash({key}) % (SELECT count(*) FROM numbered)
    )"""
    spared = """article_id NOT IN (
        SELECT article_id FROM store.event_mentions WHERE instrument ILIKE '%MOFCOM%'
    )"""
    for table, column, key, where in (
        ("articles", "title", "article_id", spared),
        ("event_mentions", "sentence", "mention_id", spared),
        ("event_tickers", "why", "listing_id", "hash(listing_id) % 5 = 0"),
        ("issuers", "name", "issuer_id", "hash(issuer_id) % 3 = 0"),
        ("measures", "measure_key", "measure_id", "measure_key NOT LIKE '%mofcom%'"),
    ):
        con.execute(f"UPDATE store.{table} SET {column} = {chosen.format(key=key)} WHERE {where}")
    con.execute(
        "UPDATE store.articles SET url = 'javascript:alert(4)' WHERE hash(article_id) % 4 = 0"
    )
    con.execute(
        "UPDATE store.measure_states SET companies = [$text] WHERE hash(measure_id) % 3 = 0",
        {"text": SCRIPT},
    )


def add_notices(con: DuckDBPyConnection) -> None:
    """A notice for every third development, of two rules, and one correction."""
    found = con.execute(
        "SELECT development_id, measure_id, first_seen_at FROM policy_events "
        "ORDER BY first_seen_at DESC, development_id"
    ).fetchall()
    rows = [
        {
            "alert_id": f"a{n}",
            "kind": "single",
            "rule_id": RULES[n % 2],
            "development_id": development,
            "measure_id": measure,
            "severity": ("flash", "urgent", "notice")[n // 3 % 3],
            "state": "sent",
            "headline": SCRIPT,
            "first_seen_at": seen,
            "created_at": seen,
        }
        for n, (development, measure, seen) in enumerate(found)
        if n % 3 == 0
    ]
    rows.append(rows[0] | {"alert_id": "c1", "kind": "correction", "headline": "CORRECTION: 25%"})
    insert(con, "store.alerts", rows)


def add_feeds(con: DuckDBPyConnection) -> None:
    """Two feeds: one well, one that fails with an address that holds a key."""
    feeds = [
        {"feed_id": "well", "name": "A feed", "publisher": "Wire", "listed": True, "enabled": True},
        {"feed_id": "ill", "name": SCRIPT, "publisher": SCRIPT, "listed": True, "enabled": True},
    ]
    insert(con, "store.feeds", feeds)
    fetches = [
        {"fetch_id": "1", "feed_id": "well", "started_at": NOW, "outcome": "ok", "error": None},
        {
            "fetch_id": "2",
            "feed_id": "ill",
            "started_at": NOW - timedelta(minutes=1),
            "outcome": "http_error",
            "error": f"https://ill.example/feed?key={KEY}: HTTP 403 <b>Forbidden</b>",
        },
    ]
    insert(con, "store.fetches", fetches)


def add_reports(con: DuckDBPyConnection) -> None:
    """Mark the newest reports as told, as the reader does, and a step as corrected."""
    con.execute("UPDATE store.event_mentions SET told = true")
    con.execute(
        "UPDATE store.developments SET change_reason = 'corrected', disputed = true "
        "WHERE development_id = (SELECT min(development_id) FROM store.developments "
        "WHERE status = 'raised')"
    )
