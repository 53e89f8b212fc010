"""Feeds, their fetches and articles: what is new, what changed, what waits for the extractor."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import fields as record_fields
from datetime import UTC, datetime
from typing import Any

from duckdb import DuckDBPyConnection

from models.article import Article
from models.errors import WarehouseError
from models.feed import Feed, FeedState, Fetch
from warehouse.articles.identity import Held, match_entries
from warehouse.connection import load_query, transaction
from warehouse.operations import columns
from warehouse.operations.batches import batch, fields, registered
from warehouse.operations.leases import article_resource, take_free

FEWEST_LEASED = 20
CHOSEN = {
    "article_id": columns.TEXT,
    "version": columns.COUNT,
    "first_seen_at": columns.INSTANT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestCount:
    """Counts of one feed's articles: new, changed, and the same as stored."""

    new: int = 0
    changed: int = 0
    same: int = 0


def save_feeds(con: DuckDBPyConnection, feeds: Sequence[Feed]) -> None:
    """Store the operator's current list; a feed that left it stays, marked as not listed."""
    rows = batch([fields(feed, columns.FEEDS) for feed in feeds], columns.FEEDS)
    with transaction(con), registered(con, feed_batch=rows):
        con.execute(load_query("save_feeds"))
        con.execute(load_query("unlist_feeds"))


def load_feed_states(con: DuckDBPyConnection) -> dict[str, FeedState]:
    """Return the state of every feed that was ever fetched, by feed_id."""
    names = [f.name for f in record_fields(FeedState)]
    rows = con.execute(f"SELECT {', '.join(names)} FROM store.feed_states").fetchall()  # noqa: S608
    known = [dict(zip(names, row, strict=True)) for row in rows]
    return {
        values["feed_id"]: FeedState(**{n: v for n, v in values.items() if v is not None})
        for values in known
    }


def start_run(con: DuckDBPyConnection, run_id: str, flow: str, started_at: datetime) -> None:
    """Record the start of a flow run."""
    con.execute(
        "INSERT INTO store.runs (run_id, flow, started_at) SELECT ?, ?, ? "
        "WHERE NOT EXISTS (FROM store.runs WHERE run_id = ?)",
        [run_id, flow, started_at, run_id],
    )


def end_run(
    con: DuckDBPyConnection, run_id: str, outcome: str, ended_at: datetime, detail: str | None
) -> None:
    """Record the end of a flow run; outcome is `ok`, `partial` or `failed`."""
    con.execute(
        "UPDATE store.runs SET outcome = ?, ended_at = ?, detail = ? WHERE run_id = ?",
        [outcome, ended_at, detail, run_id],
    )


def save_ingest(
    con: DuckDBPyConnection,
    *,
    fetches: Sequence[Fetch] = (),
    states: Sequence[FeedState] = (),
    articles: Sequence[Article] = (),
) -> dict[str, IngestCount]:
    """Store fetches, feed states and articles, all or none; return counts by feed_id.

    Safe to retry. The version and first_seen_at of a given article count only when it is new;
    otherwise the stored article decides (see `decide`). Sets new_count and changed_count on the
    last successful fetch of each feed. The cost depends on the batch, not on what is stored.
    """
    counts: dict[str, IngestCount] = {}
    with transaction(con):
        # Most passes bring no articles: every feed answers "not modified".
        if articles:
            stored, counts = decide(articles, held_articles(con, articles))
            with registered(con, article_batch=batch(stored, columns.ARTICLES)):
                con.execute(load_query("insert_articles"))
                con.execute(load_query("insert_article_texts"))
                con.execute(load_query("drop_outdated_unread"))
                con.execute(load_query("insert_unread"))
        with registered(con, fetch_batch=batch(ledger(fetches, counts), columns.FETCHES)):
            con.execute(load_query("insert_fetches"))
        rows = batch([fields(state, columns.FEED_STATES) for state in states], columns.FEED_STATES)
        with registered(con, state_batch=rows):
            con.execute(load_query("save_feed_states"))
    return counts


def ledger(fetches: Sequence[Fetch], counts: Mapping[str, IngestCount]) -> list[dict[str, Any]]:
    """Return fetches as rows, with the article counts on each feed's last answer."""
    rows = [fields(fetch, columns.FETCHES) for fetch in fetches]
    last_ok = {row["feed_id"]: row for row in rows if row["outcome"] == "ok"}
    for feed_id, row in last_ok.items():
        count = counts.get(feed_id, IngestCount())
        row["new_count"], row["changed_count"] = count.new, count.changed
    return rows


def held_articles(con: DuckDBPyConnection, articles: Sequence[Article]) -> dict[int, list[Held]]:
    """Return the stored articles that share a key with each article, by its position in the batch.

    Those with exactly its text first, then by quality of the key, latest first; at most 20 each.
    """
    keys = [
        {
            "position": position,
            "feed_id": article.feed_id,
            "guid": article.guid,
            "canonical_url": article.canonical_url,
            # An older release normalised addresses differently, so look up the raw one too.
            "url": article.url if guid_is_address(article.guid) else None,
            "entry_digest": article.entry_digest,
            "bare": not article.guid and not article.canonical_url,
        }
        for position, article in enumerate(articles)
    ]
    with registered(con, key_batch=batch(keys, columns.ARTICLE_KEYS)):
        found = con.execute(load_query("held_articles"))
        names = [column[0] for column in found.description or ()][1:]
        rows = found.fetchall()
    # Entries that match the same article share one record: each sees the other's changes.
    by_id: dict[str, Held] = {}
    candidates: dict[int, list[Held]] = {}
    for position, *values in rows:
        row = dict(zip(names, values, strict=True))
        row["digests"] = set(row["digests"])
        for clock in ("first_seen_at", "published_at"):
            row[clock] = row[clock] and row[clock].astimezone(UTC)
        held = by_id.setdefault(row["article_id"], Held(**row))
        candidates.setdefault(position, []).append(held)
    return candidates


def guid_is_address(guid: str | None) -> bool:
    """Return whether a guid is missing or is an address, which is normalised like any address."""
    return guid is None or guid.startswith(("http://", "https://"))


def new_or_changed(con: DuckDBPyConnection, articles: Sequence[Article]) -> list[int]:
    """Return the positions of articles whose entry is new, or differs from the stored one."""
    matches = match_entries(articles, held_articles(con, articles))
    return [position for position, match in enumerate(matches) if match.outcome != "same"]


def decide(
    articles: Sequence[Article], candidates: Mapping[int, Sequence[Held]]
) -> tuple[list[dict[str, Any]], dict[str, IngestCount]]:
    """Return the rows to store, with article_id and version (see identity.py), and the counts.

    The first_seen_at of an article never changes.
    """
    stored: list[dict[str, Any]] = []
    outcomes: dict[str, Counter[str]] = {}
    for article, match in zip(articles, match_entries(articles, candidates), strict=True):
        outcomes.setdefault(article.feed_id, Counter())[match.outcome] += 1
        if match.outcome == "same":
            continue
        stored.append(
            fields(article, columns.ARTICLES)
            | {
                "article_id": match.held.article_id,
                "version": match.version,
                "first_seen_at": match.held.first_seen_at,
                "text_length": len(article.text),
            }
        )
    return stored, {feed_id: IngestCount(**count) for feed_id, count in outcomes.items()}


def count_to_extract(con: DuckDBPyConnection, extractor_version: str) -> int:
    """Return how many articles wait for this extractor, including those being read now."""
    row = con.execute(
        load_query("count_to_extract"), {"extractor_version": extractor_version}
    ).fetchone()
    assert row is not None, "a count is one row"
    return int(row[0])


def articles_to_extract(
    con: DuckDBPyConnection, extractor_version: str, limit: int = 500
) -> list[Article]:
    """Return English articles that no extractor has read, in their newest version; oldest first.

    Includes articles that an older extractor refused, and those in an unknown language. Leaves out
    those that an older extractor read (they need a re-extraction: a new release must not delay the
    news) and those whose text was deleted.
    """
    return load_chosen(con, articles_waiting(con, extractor_version, limit))


def lease_articles(
    con: DuckDBPyConnection,
    extractor_version: str,
    limit: int,
    owner: str,
    lease_s: float,
    parts: int = 1,
) -> list[Article]:
    """Return `articles_to_extract` without a lease, and lease them to the owner.

    At most 1/`parts` of the queue, but at least FEWEST_LEASED articles.
    """
    with transaction(con):
        con.execute("UPDATE store.lease_turns SET turn = turn + 1")
        chosen = articles_waiting(con, extractor_version, limit, parts)
        resources = [article_resource(row["article_id"]) for row in chosen]
        take_free(con, resources, owner, lease_s, dead=any(row["dead"] for row in chosen))
    return load_chosen(con, chosen)


def articles_waiting(
    con: DuckDBPyConnection, extractor_version: str, limit: int, parts: int = 1
) -> list[dict[str, Any]]:
    """Return waiting articles as rows of CHOSEN, plus `dead`: a dead worker has the lease."""
    found = con.execute(
        load_query("articles_waiting"),
        {
            "extractor_version": extractor_version,
            "limit": limit,
            "parts": parts,
            "fewest": FEWEST_LEASED,
        },
    ).fetchall()
    return [dict(zip((*CHOSEN, "dead"), row, strict=True)) for row in found]


def load_chosen(con: DuckDBPyConnection, chosen: Sequence[Mapping[str, Any]]) -> list[Article]:
    """Return the chosen articles with their texts."""
    if not chosen:
        return []
    names = [f.name for f in record_fields(Article)]
    with registered(con, chosen_batch=batch(chosen, CHOSEN)):
        found = con.execute(load_query("articles_to_extract")).fetchall()
    return [Article(**dict(zip(names, row, strict=True))) for row in found]


def find_article(con: DuckDBPyConnection, article_id: str) -> Article | None:
    """Return the newest version of the article with this id or id prefix; None if there is none.

    Raises WarehouseError when several ids match, or when retention deleted the text.
    """
    names = [f.name for f in record_fields(Article)]
    cursor = con.execute(load_query("find_article"), {"article_id": article_id})
    found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    if not found:
        return None
    if len(found) > 1:
        raise WarehouseError(f"article {article_id}: several ids start so; give more of it")
    if found[0]["text"] is None:
        raise WarehouseError(f"article {article_id}: its text was dropped by retention")
    return Article(**found[0])


def last_fetched_at(con: DuckDBPyConnection) -> datetime | None:
    """Return when the newest version of any article was fetched; None in an empty warehouse."""
    row = con.execute("SELECT max(fetched_at) FROM store.articles").fetchone()
    return row[0].astimezone(UTC) if row and row[0] else None
