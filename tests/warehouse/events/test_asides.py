"""Asides: mentions that an article is not taken to tell are stored and make nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from duckdb import DuckDBPyConnection

from models.article import Article
from models.link import LinkMention
from tests.alert_world import rule
from tests.extractors.link_cases import told
from tests.warehouse.events.test_links import LIVES, NOW, extraction, link_all, store
from warehouse.alerting.alerts import enqueue_in_transaction
from warehouse.articles.articles import save_ingest
from warehouse.connection import open_warehouse
from warehouse.events.events import developments_to_join, save_event_tickers, save_extractions
from warehouse.events.links import load_mentions, mentions_to_link
from warehouse.operations.check import check_warehouse
from warehouse.operations.export import export_parquet
from warehouse.snapshot import publish

NEWS = told("2025-10-09", "tariff raised", actors=["US"], commodities=["steel"], article="a")
# The same article recalls an older step in passing.
ASIDE = told(
    "2025-10-09",
    "export_ban adopted",
    actors=["CN"],
    commodities=["gallium"],
    article="a",
    start=400,
    confidence=0.2,
)
STEEL = "US:us-proclamation-9704"
GALLIUM = "CN:export_ban:gallium:world:2025-10"


def read_again(
    con: DuckDBPyConnection,
    version: int,
    events: Sequence[LinkMention],
    asides: Sequence[LinkMention],
) -> None:
    """Store what a later extractor says of article a."""
    found = [
        [replace(item.mention, extractor_version=str(version)) for item in items]
        for items in (events, asides)
    ]
    again = extraction("a", found[0], str(version), asides=found[1])
    save_extractions(con, [again], NOW + timedelta(days=version))
    link_all(con)


def measures(con: DuckDBPyConnection) -> set[str]:
    return {key for key, _ in con.execute(LIVES).fetchall()}


def test_an_aside_is_a_mention_and_no_policy_event(con: DuckDBPyConnection) -> None:
    store(con, [NEWS], asides=[ASIDE])
    assert link_all(con) == 1
    mentions = con.execute(
        "SELECT told, type, confidence, development_id IS NULL FROM event_mentions ORDER BY told"
    ).fetchall()
    assert mentions == [(False, "export_ban", 0.2, True), (True, "tariff", 0.8, False)]
    assert con.execute("SELECT type FROM policy_events").fetchall() == [("tariff",)]
    assert con.execute("SELECT type FROM policy_events_as_of(now())").fetchall() == [("tariff",)]
    assert con.execute("SELECT type FROM measure_status").fetchall() == [("tariff",)]
    assert con.execute("SELECT event_count FROM articles").fetchall() == [(1,)]
    assert con.execute("SELECT mention_count FROM feed_health").fetchall() == [(1,)]
    counted = con.execute(
        "SELECT family FROM policy_index_daily WHERE policy_article_count > 0 ORDER BY 1"
    ).fetchall()
    assert counted == [("all",), ("import",)]
    assert check_warehouse(con) == []


def test_an_aside_touches_no_listing_and_raises_no_alert(con: DuckDBPyConnection) -> None:
    store(con, [NEWS], asides=[ASIDE])
    link_all(con)
    (job,) = developments_to_join(con)
    assert job.event.mention_id == NEWS.mention.mention_id
    save_event_tickers(con, [(job.development_id, job.revision, [])])
    asked = enqueue_in_transaction(con, [rule()], now=NOW)
    assert (asked.considered, asked.owed) == (1, 1)
    sent = con.execute("SELECT development_id FROM store.alerts").fetchall()
    assert sent == [(job.development_id,)]


def test_linking_does_not_read_asides(con: DuckDBPyConnection) -> None:
    alone = told("2025-10-10", "tariff cut", actors=["US"], article="b")
    store(con, [NEWS], asides=[ASIDE, alone])
    # An article that tells nothing does not wait, and of another its news alone is read.
    assert con.execute("SELECT article_id FROM store.unlinked").fetchall() == [("a",)]
    assert [m.mention.mention_id for m in mentions_to_link(con)] == [NEWS.mention.mention_id]
    assert load_mentions(con, ["b"]) == []
    link_all(con)
    assert con.execute("SELECT count(*) FROM store.unlinked").fetchone() == (0,)
    assert check_warehouse(con) == []


def test_an_aside_that_is_told_on_a_second_reading_is_linked_then(con: DuckDBPyConnection) -> None:
    store(con, [NEWS], asides=[ASIDE])
    link_all(con)
    assert measures(con) == {STEEL}
    read_again(con, 2, [NEWS, ASIDE], [])
    assert measures(con) == {STEEL, GALLIUM}
    rows = con.execute(
        "SELECT extractor_version, told, is_newest, development_id IS NULL FROM event_mentions "
        "WHERE type = 'export_ban' ORDER BY 1"
    ).fetchall()
    assert rows == [("1", False, False, True), ("2", True, True, False)]
    assert check_warehouse(con) == []


def test_what_becomes_an_aside_on_a_second_reading_is_no_development_any_more(
    con: DuckDBPyConnection,
) -> None:
    store(con, [NEWS, ASIDE])
    link_all(con)
    read_again(con, 2, [NEWS], [ASIDE])
    assert measures(con) == {STEEL}
    assert con.execute("SELECT type FROM policy_events").fetchall() == [("tariff",)]
    # An article of asides alone: all it told is taken back.
    read_again(con, 3, [], [NEWS, ASIDE])
    assert measures(con) == set()
    assert con.execute("SELECT count(*) FROM event_mentions WHERE is_newest").fetchone() == (2,)
    assert con.execute("SELECT count(*) FROM event_mentions WHERE told").fetchone() == (3,)
    assert check_warehouse(con) == []


def edited(
    con: DuckDBPyConnection, events: Sequence[LinkMention], asides: Sequence[LinkMention]
) -> None:
    """Store a second version of article a, and what the extractor says of it."""
    (row,) = con.execute("SELECT guid, url, feed_id FROM store.articles").fetchall()
    guid, url, feed_id = row
    later = NEWS.first_seen_at + timedelta(days=1)
    article = Article(
        article_id="a",
        version=2,
        feed_id=feed_id,
        guid=guid,
        url=url,
        canonical_url=url,
        title="Edited",
        text="Edited.",
        text_digest="edited",
        entry_digest="edited",
        text_source="feed",
        language="en",
        published_at=NEWS.reported_at,
        updated_at=later,
        fetched_at=later,
        first_seen_at=NEWS.first_seen_at,
    )
    save_ingest(con, articles=[article])
    found = [
        [
            replace(m, article_version=2, mention_id=f"{m.mention_id}-2")
            for m in (item.mention for item in items)
        ]
        for items in (events, asides)
    ]
    again = replace(extraction("a", found[0], asides=found[1]), version=2)
    save_extractions(con, [again], NOW + timedelta(days=1))
    link_all(con)


def test_an_edited_article_that_tells_a_step_in_passing_only_does_not_withdraw_it(
    con: DuckDBPyConnection,
) -> None:
    store(con, [NEWS])
    link_all(con)
    edited(con, [], [NEWS])
    assert con.execute("SELECT article_version, change_reason FROM policy_events").fetchall() == [
        (1, None)
    ]
    assert check_warehouse(con) == []


def test_an_edited_article_that_tells_what_was_an_aside_reports_it_from_then_on(
    con: DuckDBPyConnection,
) -> None:
    store(con, [NEWS], asides=[ASIDE])
    link_all(con)
    edited(con, [NEWS, ASIDE], [])
    assert measures(con) == {STEEL, GALLIUM}
    before = "SELECT type FROM policy_events_as_of(?)"
    assert con.execute(before, [NEWS.first_seen_at]).fetchall() == [("tariff",)]
    assert check_warehouse(con) == []


def test_an_export_says_which_mentions_are_told(tmp_path: Path) -> None:
    live, snapshot = tmp_path / "live.duckdb", tmp_path / "snapshot.duckdb"
    with open_warehouse(live) as con:
        store(con, [NEWS], asides=[ASIDE])
        link_all(con)
    publish(live, snapshot)
    assert export_parquet(snapshot, tmp_path / "out")["event_mentions"] == 2
    with open_warehouse(":memory:") as con:
        files = tmp_path / "out" / "event_mentions" / "**" / "*.parquet"
        rows = con.execute(
            "SELECT told, type FROM read_parquet(?) ORDER BY told", [str(files)]
        ).fetchall()
    assert rows == [(False, "export_ban"), (True, "tariff")]
