"""Syndicated copies: fingerprints of texts, and groups of articles with the same text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa
from duckdb import DuckDBPyConnection

from warehouse.connection import load_query, transaction
from warehouse.operations.batches import batch, registered
from warehouse.operations.columns import INSTANT, TEXT
from warehouse.operations.leases import LINKING, check_turn

# Copies appear within days. A longer window would make the cost grow with the warehouse.
WINDOW = timedelta(days=10)
FINGERPRINTED_AT_ONCE = 2000
FINGERPRINTS = {"article_id": TEXT, "first_seen_at": INSTANT, "fingerprint": pa.list_(pa.uint32())}
COPIES = {"article_id": TEXT, "group_id": TEXT}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleToFingerprint:
    """An article whose text was not compared with others yet."""

    article_id: str
    first_seen_at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFingerprint:
    """A stored fingerprint. `group_id` is the first article of its group of copies."""

    article_id: str
    group_id: str
    fingerprint: tuple[int, ...]


def articles_to_fingerprint(
    con: DuckDBPyConnection, limit: int = FINGERPRINTED_AT_ONCE
) -> list[ArticleToFingerprint]:
    """Return articles without a fingerprint, first seen first."""
    rows = con.execute(load_query("articles_to_fingerprint"), {"limit": limit}).fetchall()
    return [ArticleToFingerprint(article_id=a, first_seen_at=at, text=text) for a, at, text in rows]


def fingerprints_near(
    con: DuckDBPyConnection, articles: Sequence[ArticleToFingerprint]
) -> list[StoredFingerprint]:
    """Return the fingerprints of articles within WINDOW of the given ones, first seen first."""
    if not articles:
        return []
    times = [article.first_seen_at for article in articles]
    rows = con.execute(
        load_query("fingerprints_between"),
        {"since": min(times) - WINDOW, "until": max(times) + WINDOW},
    ).fetchall()
    return [StoredFingerprint(article_id=a, group_id=g, fingerprint=tuple(p)) for a, g, p in rows]


def save_fingerprints(
    con: DuckDBPyConnection,
    articles: Sequence[ArticleToFingerprint],
    prints: Mapping[str, Sequence[int] | None],
    groups: Mapping[str, str],
    linker: str | None = None,
) -> None:
    """Store fingerprints by article and the copies found (article -> group_id), all or none.

    With a `linker`, raises WarehouseConflictError when another worker took over linking.
    """
    rows = [
        {
            "article_id": article.article_id,
            "first_seen_at": article.first_seen_at,
            "fingerprint": prints[article.article_id],
        }
        for article in articles
    ]
    copies = [{"article_id": copy, "group_id": group} for copy, group in groups.items()]
    with (
        transaction(con),
        registered(con, print_batch=batch(rows, FINGERPRINTS), copy_batch=batch(copies, COPIES)),
    ):
        if linker is not None:
            check_turn(con, LINKING, linker)
        con.execute(
            "INSERT INTO store.article_prints BY NAME FROM print_batch AS new "
            "ANTI JOIN store.article_prints AS held ON held.article_id = new.article_id"
        )
        con.execute(
            "INSERT INTO store.article_copies SELECT article_id, group_id, now() "
            "FROM copy_batch AS new "
            "ANTI JOIN store.article_copies AS held ON held.article_id = new.article_id"
        )
