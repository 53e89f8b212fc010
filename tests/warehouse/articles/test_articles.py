"""New, same or a new version: the identity of articles, on a real database."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest
from duckdb import DuckDBPyConnection

from models.article import Article, article_id, text_digest
from models.errors import WarehouseError
from models.event import Extraction
from models.feed import Feed, FeedState, Fetch
from warehouse.articles.articles import (
    IngestCount,
    articles_to_extract,
    count_to_extract,
    end_run,
    load_feed_states,
    save_feeds,
    save_ingest,
    start_run,
)
from warehouse.articles.retention import drop_texts
from warehouse.events.events import save_extractions

NOW = datetime(2025, 10, 9, 12, 0, tzinfo=UTC)


def article(
    *,
    guid: str | None = "g1",
    url: str | None = "https://example.org/a",
    text: str = "China adds holmium to its export licences.",
    feed_id: str = "wire",
    title: str = "Licences widened",
    seen: datetime = NOW,
    language: str | None = "en",
) -> Article:
    digest = text_digest(title, text)
    return Article(
        article_id=article_id(guid=guid, canonical_url=url, feed_id=feed_id, text_digest=digest),
        version=1,
        feed_id=feed_id,
        guid=guid,
        url=url,
        canonical_url=url,
        title=title,
        text=text,
        text_digest=digest,
        entry_digest=digest,
        text_source="feed",
        language=language,
        published_at=seen - timedelta(minutes=5),
        updated_at=None,
        fetched_at=seen,
        first_seen_at=seen,
    )


def reading(of: Article, version: str = "1", reject: str | None = None) -> Extraction:
    return Extraction(
        unit_id=of.article_id,
        version=of.version,
        events=(),
        entities=(),
        extractor_version=version,
        reject=reject,
    )


def fetch(fetch_id: str = "f1", feed_id: str = "wire", outcome: str = "ok") -> Fetch:
    return Fetch(
        fetch_id=fetch_id,
        feed_id=feed_id,
        run_id="r1",
        url="https://example.org/rss",
        started_at=NOW,
        duration_s=0.1,
        outcome=outcome,
        entry_count=2,
        notes=("charset: utf-8",),
    )


def rows(con: DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    return con.execute(sql).fetchall()


def test_storing_twice_changes_nothing(con: DuckDBPyConnection) -> None:
    for expected in (IngestCount(new=1), IngestCount(same=1)):
        counts = save_ingest(
            con,
            fetches=[fetch()],
            states=[FeedState(feed_id="wire", url="https://example.org/rss", etag="x")],
            articles=[article()],
        )
        assert counts == {"wire": expected}
    assert rows(con, "SELECT count(*) FROM store.articles") == [(1,)]
    assert rows(con, "SELECT count(*) FROM store.article_texts") == [(1,)]
    assert rows(con, "SELECT new_count, changed_count, notes FROM store.fetches") == [
        (1, 0, ["charset: utf-8"])
    ]
    assert load_feed_states(con)["wire"].etag == "x"


def test_an_edit_is_a_version_and_keeps_first_seen_at(con: DuckDBPyConnection) -> None:
    save_ingest(con, articles=[article()])
    later = NOW + timedelta(hours=3)
    edited = article(text="China adds holmium and erbium to its export licences.", seen=later)
    assert save_ingest(con, articles=[edited]) == {"wire": IngestCount(changed=1)}
    found = rows(
        con, "SELECT version, first_seen_at, fetched_at FROM store.articles ORDER BY version"
    )
    assert found == [(1, NOW, NOW), (2, NOW, later)]
    # When the publisher reverts its edit, there is no third version: that text is stored.
    assert save_ingest(con, articles=[article(seen=later)]) == {"wire": IngestCount(same=1)}


def test_guid_changed_url_same(con: DuckDBPyConnection) -> None:
    save_ingest(con, articles=[article()])
    assert save_ingest(con, articles=[article(guid="g2")]) == {"wire": IngestCount(same=1)}


def test_entries_sharing_one_link_stay_apart_by_guid(con: DuckDBPyConnection) -> None:
    both = [article(guid="g1", text="One."), article(guid="g2", text="Two.")]
    assert save_ingest(con, articles=both) == {"wire": IngestCount(new=2)}
    assert save_ingest(con, articles=both) == {"wire": IngestCount(same=2)}


def test_without_guid_and_url_the_text_is_the_identity(con: DuckDBPyConnection) -> None:
    bare = article(guid=None, url=None)
    assert save_ingest(con, articles=[bare, bare]) == {"wire": IngestCount(new=1, same=1)}
    assert save_ingest(con, articles=[bare]) == {"wire": IngestCount(same=1)}
    other_feed = article(guid=None, url=None, feed_id="other")
    assert save_ingest(con, articles=[other_feed]) == {"other": IngestCount(new=1)}


def test_the_same_page_in_two_feeds_is_one_article(con: DuckDBPyConnection) -> None:
    long = article(text="A full report. " * 20)
    summary = article(feed_id="other", guid="x", text="A full report.")
    assert save_ingest(con, articles=[long, summary]) == {
        "wire": IngestCount(new=1),
        "other": IngestCount(same=1),
    }
    fuller = article(feed_id="other", guid="x", text="A full report. " * 40)
    assert save_ingest(con, articles=[fuller]) == {"other": IngestCount(changed=1)}
    assert rows(con, "SELECT count(DISTINCT article_id), max(version) FROM store.articles") == [
        (1, 2)
    ]


def test_a_failed_batch_leaves_nothing(con: DuckDBPyConnection) -> None:
    con.execute("DROP TABLE store.feed_states")
    with pytest.raises(WarehouseError):
        save_ingest(
            con,
            fetches=[fetch()],
            states=[FeedState(feed_id="wire", url="u")],
            articles=[article()],
        )
    assert rows(con, "SELECT count(*) FROM store.articles") == [(0,)]
    assert rows(con, "SELECT count(*) FROM store.fetches") == [(0,)]


def test_feed_list_changes_are_stored(con: DuckDBPyConnection) -> None:
    first = Feed(feed_id="wire", name="Wire", url="https://example.org/rss")
    save_feeds(con, [first, Feed(feed_id="old", name="Old", url="https://example.org/old")])
    save_feeds(con, [replace(first, name="The Wire")])
    assert rows(con, "SELECT feed_id, name, listed FROM store.feeds ORDER BY 1") == [
        ("old", "Old", False),
        ("wire", "The Wire", True),
    ]


def test_articles_that_wait_for_the_extractor(con: DuckDBPyConnection) -> None:
    save_ingest(
        con,
        articles=[
            article(),
            article(guid="de", url="https://example.org/de", language="de", text="Zölle"),
            article(guid="un", url="https://example.org/un", language=None, text="?"),
        ],
    )
    edited = article(text="Edited.", seen=NOW + timedelta(hours=1))
    save_ingest(con, articles=[edited])
    waiting = articles_to_extract(con, "1")
    assert [(a.guid, a.version) for a in waiting if a.guid != "un"] == [("g1", 2)]
    assert waiting[0].first_seen_at == NOW
    (known,) = (a for a in waiting if a.guid != "un")
    (unknown,) = (a for a in waiting if a.guid == "un")
    save_extractions(con, [reading(known)], NOW)
    assert [a.guid for a in articles_to_extract(con, "1")] == ["un"]
    assert [a.guid for a in articles_to_extract(con, "2")] == ["un"], (
        "extracted articles do not wait"
    )
    save_extractions(con, [reading(unknown, reject="too long")], NOW)
    assert articles_to_extract(con, "1") == []
    assert [a.guid for a in articles_to_extract(con, "2")] == ["un"], "the next extractor retries"
    assert (count_to_extract(con, "1"), count_to_extract(con, "2")) == (0, 1)
    save_ingest(con, articles=[article(text="Again.", seen=NOW + timedelta(hours=2))])
    assert [(a.guid, a.version) for a in articles_to_extract(con, "1")] == [("g1", 3)]
    assert len(articles_to_extract(con, "2", limit=1)) == 1


WAITING = (resources.files("warehouse") / "migrations" / "0040_waiting.sql").read_text("utf-8")


@pytest.mark.parametrize("seed", range(4))
def test_the_queue_equals_a_search_of_everything(con: DuckDBPyConnection, seed: int) -> None:
    dice = random.Random(seed)
    for hour in range(60):
        seen = NOW + timedelta(hours=hour)
        what = dice.choice(["news", "news", "read", "drop"])
        if what == "news":
            given = [
                article(
                    guid=f"g{dice.randrange(12)}",
                    url=None,
                    text=f"Text {dice.randrange(4)}",
                    language=dice.choice(["en", "en-GB", None, "de"]),
                    seen=seen,
                )
                for _ in range(3)
            ]
            save_ingest(con, articles=list({a.article_id: a for a in given}.values()))
        elif what == "read":
            version = dice.choice(["1", "2"])
            waiting = articles_to_extract(con, version, limit=4)
            reasons = [dice.choice([None, None, "too long"]) for _ in waiting]
            readings = [reading(a, version, r) for a, r in zip(waiting, reasons, strict=True)]
            save_extractions(con, readings, seen)
        else:
            drop_texts(con, older_than_days=1, now=seen)
        kept = con.execute("SELECT * FROM store.unread ORDER BY ALL").fetchall()
        con.execute("BEGIN; DROP TABLE store.unread; DROP TABLE store.unlinked")
        con.execute(WAITING)
        assert kept == con.execute("SELECT * FROM store.unread ORDER BY ALL").fetchall(), hour
        con.execute("ROLLBACK")


def test_runs_are_recorded_once(con: DuckDBPyConnection) -> None:
    start_run(con, "r1", "ingest", NOW)
    start_run(con, "r1", "ingest", NOW)
    end_run(con, "r1", "ok", NOW, None)
    assert rows(con, "SELECT run_id, outcome FROM store.runs") == [("r1", "ok")]
