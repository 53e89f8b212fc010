"""From stored mentions to stored developments, on a real database, in any order of texts."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from duckdb import DuckDBPyConnection

from extractors.linking.index import index_keys_wanted
from extractors.linking.link import blocks_of, link
from models.article import Article, text_digest
from models.event import EntityMention, EventMention, Extraction
from models.feed import Feed
from models.link import LinkMention
from models.security import TickerLink
from tests.extractors.link_cases import told
from tests.extractors.linking.test_link import truce
from warehouse.articles.articles import save_feeds, save_ingest
from warehouse.connection import open_warehouse
from warehouse.events.events import developments_to_join, save_event_tickers, save_extractions
from warehouse.events.links import blocks_to_relink, load_link_input, mentions_to_link, save_links
from warehouse.operations.check import check_warehouse

NOW = datetime(2026, 2, 1, tzinfo=UTC)


def store(
    con: DuckDBPyConnection, reports: Sequence[LinkMention], asides: Sequence[LinkMention] = ()
) -> None:
    """Store the articles of reports and asides, and their extractions."""
    by_article: dict[str, list[LinkMention]] = {}
    for item in (*reports, *asides):
        by_article.setdefault(item.mention.article_id, []).append(item)
    states = {item.publisher: item.speaks_for for item in (*reports, *asides)}
    save_feeds(
        con,
        [
            Feed(
                feed_id=p,
                name=p,
                url=f"https://{p}.example.org/rss",
                publisher=p,
                category="official" if state else "news",
                country=state,
            )
            for p, state in sorted(states.items())
        ],
    )
    for article_id, told_there in by_article.items():
        first = told_there[0]
        text = " ".join(item.mention.sentence for item in told_there)
        save_ingest(
            con,
            articles=[
                Article(
                    article_id=article_id,
                    version=1,
                    feed_id=first.publisher,
                    guid=article_id,
                    url=f"https://{first.publisher}.example.org/{article_id}",
                    canonical_url=f"https://{first.publisher}.example.org/{article_id}",
                    title=title_of(first),
                    text=text,
                    text_digest=text_digest(article_id, text),
                    entry_digest=text_digest(article_id, text),
                    text_source="feed",
                    language="en",
                    published_at=first.reported_at,
                    updated_at=None,
                    fetched_at=first.first_seen_at,
                    first_seen_at=first.first_seen_at,
                )
            ],
        )
    save_extractions(
        con,
        [
            extraction(
                key,
                [i.mention for i in items if i in reports],
                asides=[i.mention for i in items if i in asides],
            )
            for key, items in by_article.items()
        ],
        NOW,
    )


def title_of(item: LinkMention) -> str:
    """Return the content of a case, where it has more than type and status."""
    plain = item.mention.sentence.endswith(f"told on {item.reported_date}.")
    return f"Told on {item.reported_date}" if plain else item.mention.sentence


def extraction(
    article_id: str,
    events: Sequence[EventMention],
    version: str = "1",
    asides: Sequence[EventMention] = (),
) -> Extraction:
    return Extraction(
        unit_id=article_id,
        version=1,
        events=tuple(events),
        asides=tuple(asides),
        entities=(EntityMention(text="China", label="COUNTRY", start=0, end=5, entity_id="CN"),),
        extractor_version=version,
    )


def link_all(con: DuckDBPyConnection, limit: int = 20_000) -> int:
    """Run linking like a flow; return how many developments are new."""
    pending = mentions_to_link(con, limit)
    given = load_link_input(con, pending, blocks_of(pending), index_keys_wanted)
    return save_links(con, link(given))


LIVES = """
    SELECT measure.measure_key, list(step.status ORDER BY step.decision_date)
    FROM store.developments AS step
    JOIN store.measures AS measure ON measure.measure_id = step.measure_id
    WHERE NOT step.retracted AND NOT measure.retracted
      AND (step.development_id, step.revision) IN
          (SELECT (development_id, max(revision)) FROM store.developments GROUP BY development_id)
      AND (measure.measure_id, measure.revision) IN
          (SELECT (measure_id, max(revision)) FROM store.measures GROUP BY measure_id)
    GROUP BY 1 ORDER BY 1
"""


def test_a_chain_is_stored_and_stays_when_linked_again(con: DuckDBPyConnection) -> None:
    store(con, truce())
    assert link_all(con) == 7
    lives = con.execute(LIVES).fetchall()
    assert lives == [
        ("CN+US:trade_agreement:all_goods:world:2025-10", ["adopted"]),
        ("CN:mofcom-2025-58", ["adopted", "suspended"]),
        ("CN:mofcom-2025-61", ["adopted", "suspended"]),
        ("US:tariff:all_goods:CN:2025-10", ["threatened", "averted"]),
    ]
    assert mentions_to_link(con) == []
    assert link_all(con) == 0
    store(con, truce())
    assert link_all(con) == 0
    assert con.execute(LIVES).fetchall() == lives
    assert con.execute("SELECT max(revision) FROM store.developments").fetchall() == [(1,)]


def test_batches_in_any_order_give_the_same_developments(con: DuckDBPyConnection) -> None:
    store(con, truce())
    link_all(con)
    expected = con.execute(LIVES).fetchall()
    articles: dict[str, list[LinkMention]] = {}
    for item in truce():
        articles.setdefault(item.mention.article_id, []).append(item)
    some_orders = itertools.islice(itertools.permutations(articles.values()), 0, 40_000, 8_000)
    for order in some_orders:
        with open_warehouse(":memory:") as other:
            for told_there in order:
                store(other, told_there)
                link_all(other)
            assert other.execute(LIVES).fetchall() == expected


def test_history_is_appended_never_edited(con: DuckDBPyConnection) -> None:
    store(con, [told("2025-10-09", "export_control adopted", commodities=["rare_earths"])])
    link_all(con)
    first = con.execute("SELECT * FROM store.developments").fetchall()
    act = "Announcement No. 61"
    store(
        con,
        [
            told(
                "2025-10-10",
                "export_control adopted",
                commodities=["rare_earths"],
                instrument=act,
                publisher="daily",
            )
        ],
    )
    assert link_all(con) == 0
    rows = con.execute("SELECT * FROM store.developments ORDER BY revision").fetchall()
    assert rows[:1] == first
    assert len(rows) == 2
    keys = con.execute("SELECT measure_key FROM store.measures ORDER BY revision").fetchall()
    assert keys == [
        ("CN:export_ban:rare_earths:world:2025-10",),
        ("CN:mofcom-2025-61",),
    ]


def test_linking_in_small_batches_gives_the_same_result(con: DuckDBPyConnection) -> None:
    store(con, truce())
    while mentions_to_link(con, 1):
        link_all(con, 1)
    assert len(con.execute(LIVES).fetchall()) == 4


def test_extractions_are_stored_once_per_extractor(con: DuckDBPyConnection) -> None:
    report = told("2025-10-09", "tariff raised", actors=["US"], rate=25.0)
    store(con, [report])
    once = extraction(report.mention.article_id, [report.mention])
    assert save_extractions(con, [once, once], NOW) == 0
    later = extraction(report.mention.article_id, [], version="2")
    assert save_extractions(con, [later], NOW + timedelta(days=1)) == 1
    rows = con.execute(
        "SELECT extractor_version, event_count, entity_count FROM store.extractions ORDER BY 1"
    ).fetchall()
    assert rows == [("1", 1, 1), ("2", 0, 1)]
    stored = con.execute("SELECT rates, first_seen_at FROM store.event_mentions").fetchall()
    assert stored[0][0][0]["value"] == 25.0
    assert stored[0][1] == report.first_seen_at


def test_tickers_are_determined_once_per_revision(con: DuckDBPyConnection) -> None:
    store(con, [told("2025-10-09", "export_control adopted", commodities=["rare_earths"])])
    link_all(con)
    (development,) = developments_to_join(con)
    assert development.event.commodities == ("rare_earths",)
    tie = TickerLink(listing="XNYS:MP", link="exposed", sign="+", why="producer elsewhere")
    job = (development.development_id, development.revision, [tie])
    for _ in range(2):
        save_event_tickers(con, [job])
        rows = con.execute("SELECT listing_id, sign FROM store.event_tickers").fetchall()
        assert rows == [("XNYS:MP", "+")]
    assert developments_to_join(con) == []
    save_event_tickers(con, [(*job[:2], [])])
    assert con.execute("SELECT count(*) FROM store.event_tickers").fetchall() == [(0,)]


def test_a_re_extracted_text_is_relinked_and_the_old_extraction_stays(
    con: DuckDBPyConnection,
) -> None:
    first = told("2025-10-09", "tariff raised", actors=["US"], commodities=["steel"], article="a")
    other = told("2025-10-20", "tariff suspended", actors=["US"], commodities=["steel"])
    store(con, [first, other])
    link_all(con)
    again = told("2025-10-09", "tariff cut", actors=["US"], commodities=["steel"], article="a")
    mention = replace(again.mention, extractor_version="2")
    save_extractions(con, [extraction("a", [mention], version="2")], NOW + timedelta(days=1))
    link_all(con)
    lives = [("US:tariff:steel:world:2025-10", ["cut", "suspended"])]
    assert con.execute(LIVES).fetchall() == lives
    kept = con.execute(
        "SELECT status, extractor_version, is_newest FROM event_mentions WHERE article_id = 'a' "
        "ORDER BY 2"
    ).fetchall()
    assert kept == [("raised", "1", False), ("cut", "2", True)]
    assert mentions_to_link(con) == []
    assert check_warehouse(con) == []
    # An extraction without the step removes it from the measure; the record stays.
    save_extractions(con, [extraction("a", [], version="3")], NOW + timedelta(days=2))
    save_links(con, link(load_link_input(con, [], {}, index_keys_wanted)))
    assert con.execute(LIVES).fetchall() == [("US:tariff:steel:world:2025-10", ["suspended"])]
    assert blocks_to_relink(con) == {}
    assert check_warehouse(con) == []
    recorded = con.execute(
        "SELECT status FROM policy_events_as_recorded(now()) ORDER BY decision_date"
    ).fetchall()
    assert recorded == [("suspended",)]
    assert con.execute(
        "SELECT count(*) FROM policy_events_as_recorded('2020-01-01')"
    ).fetchone() == (0,)
