"""Backfills and re-extractions: orders, their progress, and reports that raise no alerts."""

from collections.abc import Iterable, Sequence
from dataclasses import fields as record_fields
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import duckdb
from duckdb import DuckDBPyConnection

from models.article import Article
from models.backfill import REEXTRACT, BackfillOrder, ChunkCount
from models.errors import ConfigError
from models.event import Extraction
from models.reading import NOTHING_READ, ReadCount, Refusal
from warehouse.alerting.predicate_grammar import PredicateError, read_predicate
from warehouse.articles.articles import held_articles, save_ingest
from warehouse.articles.identity import match_entries
from warehouse.connection import load_query, transaction
from warehouse.events.events import save_extractions
from warehouse.operations import columns
from warehouse.operations.batches import batch, registered
from warehouse.snapshot import one_line

REFUSALS_KEPT = 1000  # per chunk
KEYS = {"article_id": columns.TEXT, "version": columns.COUNT}


def open_backfill(
    con: DuckDBPyConnection, order: BackfillOrder, *, now: datetime
) -> dict[int, ChunkCount]:
    """Store an order if it is new; return its finished chunks with their counts."""
    con.execute(
        load_query("open_backfill"),
        {
            "backfill_id": order.backfill_id,
            "kind": order.kind,
            "source": order.source,
            "feed_id": order.feed_id,
            "from_date": order.from_date,
            "to_date": order.to_date,
            "predicate": order.predicate,
            "extractor_version": order.extractor_version,
            "alerts": order.alerts,
            "now": now,
        },
    )
    return progress(con, order)


def progress(con: DuckDBPyConnection, order: BackfillOrder) -> dict[int, ChunkCount]:
    """Return the finished chunks of an order, by number, with their counts."""
    done = con.execute(
        load_query("backfill_progress"), {"backfill_id": order.backfill_id}
    ).fetchall()
    return {
        number: ChunkCount(
            articles=articles,
            held=held,
            mentions=mentions,
            rejects=rejects,
            left_out=ReadCount(
                passed=passed or 0,
                refused=refused or 0,
                refusals=tuple(
                    Refusal(place=place, reason=reason)
                    for place, reason in zip(places or (), reasons or (), strict=True)
                ),
            ),
        )
        for number, articles, held, mentions, rejects, passed, refused, places, reasons in done
    }


def end_backfill(con: DuckDBPyConnection, order: BackfillOrder, *, now: datetime) -> None:
    """Record that an order is finished."""
    con.execute(
        "UPDATE store.backfills SET ended_at = ? WHERE backfill_id = ?", [now, order.backfill_id]
    )


def was_finished(con: DuckDBPyConnection, order: BackfillOrder) -> datetime | None:
    """Return when exactly this order was finished; None when it was not."""
    row = con.execute(
        "SELECT max(ended_at) FROM store.backfills WHERE backfill_id = ?", [order.backfill_id]
    ).fetchone()
    return row[0].astimezone(UTC) if row and row[0] else None


def add_archive_feed(con: DuckDBPyConnection, feed_id: str, *, source: str, now: datetime) -> None:
    """Create a feed for an archive's articles unless one with this id exists; it is not listed."""
    con.execute(
        load_query("archive_feed"), {"feed_id": feed_id, "source": f"archive:{source}", "now": now}
    )


def not_held(con: DuckDBPyConnection, articles: Sequence[Article]) -> list[Article]:
    """Return the articles that are not stored yet, each once, with the ids they will have."""
    matches = match_entries(articles, held_articles(con, articles))
    return [
        replace(article, article_id=match.held.article_id)
        for article, match in zip(articles, matches, strict=True)
        if match.outcome == "new"
    ]


def save_archive_chunk(
    con: DuckDBPyConnection,
    order: BackfillOrder,
    number: int,
    articles: Sequence[Article],
    extractions: Sequence[Extraction],
    *,
    held: int,
    now: datetime,
    left_out: ReadCount = NOTHING_READ,
) -> ChunkCount:
    """Store one chunk of an archive with its extractions, all or none. Safe to repeat.

    The articles never wait for extraction, so a live pass does not read them. Articles that a
    feed brought in the meantime stay as they are.
    """
    fresh = not_held(con, articles)
    keys = [{"article_id": a.article_id} for a in articles]
    with transaction(con):
        if not order.alerts:
            mark_quiet(con, order, [(a.article_id, a.version) for a in fresh], now=now)
        save_ingest(con, articles=fresh)
        with registered(con, key_batch=batch(keys, {"article_id": columns.TEXT})):
            stored = {key for (key,) in con.execute(load_query("new_archive_articles")).fetchall()}
        read = [e for e in extractions if e.unit_id in stored]
        save_extractions(con, read, now)
        # Articles that a feed brought since the lookup count as held too.
        held += len(articles) - len(fresh)
        return note_chunk(
            con,
            order,
            number,
            read,
            articles=len(fresh),
            held=held,
            left_out=left_out,
            now=now,
        )


def save_stored_chunk(
    con: DuckDBPyConnection,
    order: BackfillOrder,
    number: int,
    extractions: Sequence[Extraction],
    *,
    now: datetime,
) -> ChunkCount:
    """Store the extractions of one chunk of stored articles, all or none. Safe to repeat."""
    with transaction(con):
        if not order.alerts:
            mark_quiet(con, order, [(e.unit_id, e.version) for e in extractions], now=now)
        save_extractions(con, extractions, now)
        return note_chunk(
            con, order, number, extractions, articles=len(extractions), held=0, now=now
        )


def mark_quiet(
    con: DuckDBPyConnection, order: BackfillOrder, keys: Iterable[tuple[str, int]], *, now: datetime
) -> None:
    """Mark article versions as history that raises no alerts.

    Leaves out articles with developments that the rules have not considered yet: these may still
    raise alerts.
    """
    rows = [{"article_id": article_id, "version": version} for article_id, version in keys]
    with registered(con, quiet_batch=batch(rows, KEYS)):
        con.execute(load_query("mark_quiet"), {"backfill_id": order.backfill_id, "now": now})


def note_chunk(
    con: DuckDBPyConnection,
    order: BackfillOrder,
    number: int,
    extractions: Sequence[Extraction],
    *,
    articles: int,
    held: int,
    now: datetime,
    left_out: ReadCount = NOTHING_READ,
) -> ChunkCount:
    """Record that a chunk is stored; return its counts."""
    count = ChunkCount(
        articles=articles,
        held=held,
        mentions=sum(len(e.events) for e in extractions),
        rejects=sum(e.reject is not None for e in extractions),
        left_out=left_out,
    )
    con.execute(
        "INSERT INTO store.backfill_chunks VALUES (?, ?, ?, ?, ?, ?, ?)",
        [order.backfill_id, number, count.articles, count.held, count.mentions, count.rejects, now],
    )
    if left_out.passed or left_out.refused:
        kept = left_out.refusals[:REFUSALS_KEPT]
        con.execute(
            "INSERT INTO store.backfill_left_out VALUES (?, ?, ?, ?, ?, ?)",
            [
                order.backfill_id,
                number,
                left_out.passed,
                left_out.refused,
                [refusal.place for refusal in kept],
                [refusal.reason for refusal in kept],
            ],
        )
    return count


def articles_wanted(con: DuckDBPyConnection, order: BackfillOrder) -> list[tuple[str, int]]:
    """Return (article_id, version) of the stored articles an order selects, earliest first.

    Raises ConfigError when its predicate is not a condition on the view `articles`.
    """
    sql = load_query("wanted_articles").replace("{predicate}", condition_of(con, order.predicate))
    parameters = {
        "since": day_start(order.from_date),
        "until": day_start(order.to_date, after=1),
        "read_before": order.kind == REEXTRACT,
        "extractor_version": order.extractor_version,
    }
    try:
        return [(key, version) for key, version in con.execute(sql, parameters).fetchall()]
    except duckdb.Error as error:
        reason = one_line(str(error)).replace("TRY can not be used", "a condition can not be used")
        raise ConfigError(f"--where: {reason} (`policywire sql 'DESCRIBE articles'`)") from error


def condition_of(con: DuckDBPyConnection, predicate: str | None) -> str:
    """Return the order's predicate as SQL on the view `articles`. Raises ConfigError."""
    if not predicate:
        return "true"
    columns = [row[0] for row in con.execute("DESCRIBE articles").fetchall()]
    try:
        return read_predicate(con, predicate, columns)
    except PredicateError as error:
        raise ConfigError(f"--where: {error} (`policywire sql 'DESCRIBE articles'`)") from error


def day_start(day: date | None, *, after: int = 0) -> datetime | None:
    """Return the start of a day, or of the day `after` days later, UTC."""
    return datetime.combine(day + timedelta(days=after), time(), UTC) if day else None


def load_articles(con: DuckDBPyConnection, keys: Sequence[tuple[str, int]]) -> list[Article]:
    """Return articles by (article_id, version); only those with a stored text."""
    names = [f.name for f in record_fields(Article)]
    rows = [{"article_id": article_id, "version": version} for article_id, version in keys]
    with registered(con, key_batch=batch(rows, KEYS)):
        found = con.execute(load_query("articles_by_key")).fetchall()
    return [Article(**dict(zip(names, row, strict=True))) for row in found]
