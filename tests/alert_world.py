"""Test warehouses with developments that raise alerts."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from models.alert import AlertCandidate, AlertRule, Notice, Severity
from models.errors import AlertError
from warehouse.connection import connect, open_warehouse, transaction
from warehouse.migrate import migrate

NOW = datetime(2025, 11, 12, 14, 30, tzinfo=UTC)

DEVELOPMENT: dict[str, Any] = {
    "revision": 1,
    "measure_id": "m1",
    "type": "export_licensing",
    "status": "suspended",
    "status_class": "delayed",
    "status_target": "measure",
    "factuality": "asserted",
    "time_frame": "current",
    "polarity": "liberalising",
    "novelty": "new_development",
    "novelty_score": 0.8,
    "decision_date": date(2025, 11, 7),
    "decision_precision": "day",
    "first_seen_at": NOW - timedelta(minutes=3),
    "first_reported_at": NOW - timedelta(minutes=3),
    "actors": ["CN"],
    "targets": ["US"],
    "commodities": ["dysprosium"],
    "products": [],
    "companies": [],
    "rate_value": None,
    "end_date": "2026-11-10",
    "article_version": 1,
    "extractor_version": "test",
    "retracted": False,
    "recorded_at": NOW,
}


def memory() -> DuckDBPyConnection:
    """Return an empty warehouse in memory."""
    con = connect(":memory:")
    migrate(con)
    return con


def warehouse_file(path: Path, count: int = 0) -> Path:
    """Create a warehouse file with `count` developments; return its path."""
    with open_warehouse(path) as con, transaction(con):
        store_all(con, {f"d{n:04d}": {"measure_id": f"m{n:04d}"} for n in range(count)})
    return path


def store(con: DuckDBPyConnection, development_id: str, **fields: Any) -> None:
    """Store one development with its lead mention and article; `fields` replace the defaults."""
    store_all(con, {development_id: fields})


def store_all(con: DuckDBPyConnection, developments: dict[str, dict[str, Any]]) -> None:
    """Store developments by id, each with its lead mention and article."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for development_id, fields in developments.items():
        for table, row in rows_of(development_id, fields).items():
            rows.setdefault(table, []).append(row)
    for table, batch in rows.items():
        insert(con, table, batch)


def rows_of(development_id: str, fields: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the rows of one development, by table."""
    row = {**DEVELOPMENT, **fields, "development_id": development_id}
    mention = row.setdefault("lead_mention_id", f"mention-{development_id}")
    article = row.setdefault("article_id", f"article-{development_id}")
    confidence = row.pop("confidence", 0.9)
    return {
        "store.developments": row,
        "store.development_states": {
            "development_id": development_id,
            "measure_id": row["measure_id"],
            "source_count": 1,
            "mention_count": 1,
            "confidence": confidence,
        },
        "store.event_mentions": {
            "mention_id": mention,
            "article_id": article,
            "article_version": 1,
            "extractor_version": "test",
            "sentence": "The ministry put the licensing rules on ice until 10 November 2026.",
            "source_type": "official_actor",
            "extracted_at": NOW,
        },
        "store.articles": {
            "article_id": article,
            "version": 1,
            "feed_id": "ministry",
            "url": f"https://ministry.example/{development_id}",
            "title": "Ministry pauses <licensing> rules & more",
            "published_at": NOW - timedelta(minutes=5),
            "first_seen_at": NOW - timedelta(minutes=3),
        },
        "store.development_mentions": link(development_id, mention, article, "ministry.example"),
        "store.ticker_passes": {"development_id": development_id, "revision": row["revision"]},
    }


def link(development_id: str, mention: str, article: str, publisher: str) -> dict[str, Any]:
    return {
        "mention_id": mention,
        "development_id": development_id,
        "article_id": article,
        "part": 0,
        "publisher": publisher,
        "first_seen_at": NOW,
    }


def confirm(con: DuckDBPyConnection, development_id: str, publisher: str) -> None:
    """Store a report of a development by another publisher."""
    mention = f"mention-{publisher}-{development_id}"
    row = link(development_id, mention, f"article-{publisher}", publisher)
    insert(con, "store.development_mentions", [row])
    con.execute(
        "UPDATE store.development_states SET source_count = source_count + 1 "
        "WHERE development_id = ?",
        [development_id],
    )


def touch(con: DuckDBPyConnection, development_id: str, listing: str, link: str) -> None:
    """Link a listing to a development."""
    row = {
        "development_id": development_id,
        "listing_id": listing,
        "link": link,
        "sign": "-",
        "relevance": 60,
        "why": "producer of rare earths outside China loses its premium",
    }
    insert(con, "store.event_tickers", [row])


def insert(con: DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    # Fill missing keys: Arrow takes the columns of the first row for all rows.
    names = sorted({name for row in rows for name in row})
    con.register("rows", pa.Table.from_pylist([{n: row.get(n) for n in names} for row in rows]))
    con.execute(f"INSERT INTO {table} BY NAME FROM rows")
    con.unregister("rows")


def rule(rule_id: str = "all", **fields: Any) -> AlertRule:
    """Return a rule that matches every development, unless `fields` narrow it."""
    return AlertRule(rule_id=rule_id, **fields)


def candidate(**fields: Any) -> AlertCandidate:
    """Return a development as rules see it."""
    usual: dict[str, Any] = {
        "development_id": "d1",
        "measure_id": "m1",
        "type": "tariff",
        "family": "import",
        "status": "raised",
        "polarity": "restricting",
        "factuality": "asserted",
        "novelty": "new_measure",
        "novelty_score": 1.0,
        "first_seen_at": NOW,
        "actors": ("US",),
        "targets": ("CN",),
        "confidence": 0.8,
    }
    return AlertCandidate(**{**usual, **fields})


def notice(**fields: Any) -> Notice:
    """Return a notice about `candidate()`."""
    usual: dict[str, Any] = {
        "alert_id": "0123456789abcdef0123456789abcdef",
        "rule_id": "all",
        "channel": "desk",
        "severity": Severity.URGENT,
        "headline": "United States: tariff raised, against China, 25%",
        "created_at": NOW,
        "candidate": candidate(),
    }
    return Notice(**{**usual, **fields})


class RecordingSink:
    """Accepts every notice, or fails the first `failures` attempts of each."""

    timeout_s = 1.0

    def __init__(self, channel: str = "desk", failures: int = 0) -> None:
        self.channel = channel
        self.failures = failures
        self.tried: list[Notice] = []
        self.taken: list[str] = []

    def send(self, notice: Notice) -> None:
        self.tried.append(notice)
        if sum(1 for n in self.tried if n.alert_id == notice.alert_id) <= self.failures:
            raise AlertError(notice.alert_id, "HTTP 503 Service Unavailable")
        self.taken.append(notice.alert_id)

    def close(self) -> None:
        """Do nothing: there is nothing to close."""
