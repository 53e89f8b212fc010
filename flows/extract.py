"""From articles to developments: read what is new, link it to what is known, join tickers.

Each step reads what is not yet done and writes it in short transactions, so that a run that is
killed anywhere goes on there. The warehouse is closed while texts are parsed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from prefect import flow

from extractors.extract import EXTRACTOR_VERSION
from extractors.link_index import index_keys_wanted
from extractors.linking import blocks_of, link
from extractors.near_duplicates import fingerprint, first_sources
from flows.feed_list import load_feeds
from flows.progress import track
from flows.runtime import RUN_TIMEOUT_S, run_name
from flows.settings import Settings, settings_of
from flows.warm_up import ready_extractor, ready_listings
from models.article import Article
from models.event import TextUnit
from models.feed import Feed
from warehouse.articles import articles_to_extract, count_to_extract
from warehouse.connection import open_warehouse
from warehouse.copies import articles_to_print, prints_near, save_prints
from warehouse.events import developments_to_join, save_event_tickers, save_extractions
from warehouse.links import blocks_to_relink, load_link_input, mentions_to_link, save_links
from warehouse.search import index_articles

# Official feeds speak for a state: what they announce without naming it, it does.
OFFICIAL = "official"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractResult:
    """What one pass over new articles gave. Rejects are texts the extractor refused."""

    articles: int
    mentions: int
    rejects: int
    new_developments: int

    def __str__(self) -> str:
        return (
            f"{self.articles} articles read, {self.rejects} refused: {self.mentions} mentions, "
            f"{self.new_developments} new developments"
        )


@flow(name="extract", flow_run_name=run_name, timeout_seconds=RUN_TIMEOUT_S)
def extract(
    config: str | None = None, warehouse: str | None = None, feeds: str | None = None
) -> ExtractResult:
    """Read all articles this version of the extractor has not read, and link what they say."""
    return read_news(settings_of(config, warehouse, feeds))


def read_news(settings: Settings) -> ExtractResult:
    """One pass: texts to mentions, mentions to developments, developments to tickers."""
    articles, mentions, rejects = read_articles(settings)
    group_copies(settings.warehouse)
    new_developments = link_mentions(settings.warehouse)
    join_tickers(settings.warehouse)
    index_texts(settings.warehouse)
    return ExtractResult(
        articles=articles, mentions=mentions, rejects=rejects, new_developments=new_developments
    )


def read_articles(settings: Settings) -> tuple[int, int, int]:
    """Extract every waiting article; how many they were, their mentions, and the refused ones."""
    with open_warehouse(settings.warehouse) as con:
        waiting = count_to_extract(con, EXTRACTOR_VERSION)
    if not waiting:
        return 0, 0, 0
    extractor = ready_extractor(gate=settings.extract.gate)
    feeds = {feed.feed_id: feed for feed in load_feeds(settings.feeds)}
    articles = mentions = rejects = 0
    with track("articles", waiting) as advance:
        for batch in waiting_articles(settings.warehouse, settings.extract.batch_articles):
            extractions = []
            for extraction in extractor.extract(unit_of(article, feeds) for article in batch):
                extractions.append(extraction)
                advance(1)
            with open_warehouse(settings.warehouse) as con:
                save_extractions(con, extractions, datetime.now(UTC))
            articles += len(batch)
            mentions += sum(len(extraction.events) for extraction in extractions)
            rejects += sum(extraction.reject is not None for extraction in extractions)
    return articles, mentions, rejects


def waiting_articles(warehouse: Path, limit: int) -> Iterator[list[Article]]:
    """Batches of articles to read, each taken once the one before it is stored."""
    while True:
        with open_warehouse(warehouse) as con:
            batch = articles_to_extract(con, EXTRACTOR_VERSION, limit)
        if not batch:
            return
        yield batch


def unit_of(article: Article, feeds: Mapping[str, Feed]) -> TextUnit:
    """The article as the extractor reads it, with the state an official publisher speaks for."""
    feed = feeds.get(article.feed_id)
    speaks_for_state = feed is not None and feed.category.startswith(OFFICIAL)
    published = article.published_at or article.first_seen_at
    return TextUnit(
        unit_id=article.article_id,
        version=article.version,
        text=article.text,
        title=article.title,
        published=published.date(),
        language=article.language,
        publisher_country=feed.country if feed is not None and speaks_for_state else None,
    )


def group_copies(warehouse: Path) -> int:
    """Find which new articles repeat another's text, so that they confirm nothing; how many."""
    found = 0
    while True:
        with open_warehouse(warehouse) as con:
            waiting = articles_to_print(con)
            known = prints_near(con, waiting)
        if not waiting:
            return found
        prints = {article.article_id: fingerprint(article.text) for article in waiting}
        copies = first_sources(
            prints.items(), [(p.article_id, p.group_id, p.fingerprint) for p in known]
        )
        with open_warehouse(warehouse) as con:
            save_prints(con, waiting, prints, copies)
        found += len(copies)


def link_mentions(warehouse: Path) -> int:
    """Link all waiting mentions to developments; how many developments are new."""
    new = 0
    while True:
        with open_warehouse(warehouse) as con:
            waiting = mentions_to_link(con)
            if not waiting and not blocks_to_relink(con):
                return new
            given = load_link_input(con, waiting, blocks_of(waiting), index_keys_wanted)
            new += save_links(con, link(given))


def join_tickers(warehouse: Path) -> int:
    """Work out which listings new and changed developments touch; how many developments."""
    joined = 0
    while True:
        with open_warehouse(warehouse) as con:
            waiting = developments_to_join(con)
        if not waiting:
            return joined
        touched = ready_listings()
        links = [
            (item.development_id, item.revision, touched.by_event(item.unit, item.event))
            for item in waiting
        ]
        with open_warehouse(warehouse) as con:
            save_event_tickers(con, links)
        joined += len(links)


def index_texts(warehouse: Path) -> None:
    """Make the texts of new articles searchable."""
    while True:
        with open_warehouse(warehouse) as con:
            if not index_articles(con):
                return
