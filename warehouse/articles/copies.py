"""Syndicated copies: fingerprints of texts, and which articles are copies of which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyarrow as pa
from duckdb import DuckDBPyConnection

from warehouse.connection import load_query, transaction
from warehouse.operations.batches import INSTANT, TEXT, batch, registered
from warehouse.operations.leases import LINKING, check_turn

# Wires are reprinted within days; comparing with years would cost with what is stored.
WINDOW = timedelta(days=10)
PRINTED_AT_ONCE = 2000
PRINTS = {"article_id": TEXT, "first_seen_at": INSTANT, "fingerprint": pa.list_(pa.uint32())}
COPIES = {"article_id": TEXT, "group_id": TEXT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unprinted:
    """An article whose text was not compared with others yet."""

    article_id: str
    first_seen_at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A fingerprint held, and the article that stands for its group of copies."""

    article_id: str
    group_id: str
    fingerprint: tuple[int, ...]


def articles_to_print(con: DuckDBPyConnection, limit: int = PRINTED_AT_ONCE) -> list[Unprinted]:
    """Articles not compared yet, first seen first."""
    rows = con.execute(load_query("articles_to_print"), {"limit": limit}).fetchall()
    return [Unprinted(article_id=a, first_seen_at=at, text=text) for a, at, text in rows]


def prints_near(con: DuckDBPyConnection, articles: Sequence[Unprinted]) -> list[Printed]:
    """Fingerprints of the days around some articles, first seen first."""
    if not articles:
        return []
    times = [article.first_seen_at for article in articles]
    rows = con.execute(
        load_query("prints_between"),
        {"since": min(times) - WINDOW, "until": max(times) + WINDOW},
    ).fetchall()
    return [Printed(article_id=a, group_id=g, fingerprint=tuple(p)) for a, g, p in rows]


def save_prints(
    con: DuckDBPyConnection,
    articles: Sequence[Unprinted],
    prints: Mapping[str, Sequence[int] | None],
    groups: Mapping[str, str],
    linker: str | None = None,
) -> None:
    """Store fingerprints by article and the copies found (article -> its group), all or none.

    Given who links, raises WarehouseConflictError when another worker has taken over since.
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
        registered(con, print_batch=batch(rows, PRINTS), copy_batch=batch(copies, COPIES)),
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
