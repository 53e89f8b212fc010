"""From articles to developments: read what is new, then link it to what is known (flows/link.py).

Each step reads what is not yet done and writes it in short transactions, so that a run that is
killed anywhere goes on there. The warehouse is closed while texts are parsed.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from prefect import flow

from extractors.extract import EXTRACTOR_VERSION
from flows.base.progress import track
from flows.base.runtime import RUN_TIMEOUT_S, run_name
from flows.base.settings import Settings, settings_of
from flows.feeds.feed_list import load_feeds
from flows.link import ASK_AGAIN_S, find_copies, link_news
from flows.workers.extract_workers import ExtractWorkers, workers_for
from flows.workers.leases import at_work, shares
from flows.workers.warm_up import ready_workers
from models.article import Article
from models.event import Extraction, TextUnit
from models.feed import Feed
from warehouse.articles.articles import count_to_extract, lease_articles
from warehouse.articles.rejects import left_out_since
from warehouse.connection import open_warehouse, with_retries
from warehouse.events.events import save_extractions
from warehouse.lake import is_lake_target
from warehouse.operations.leases import being_read

# Official feeds speak for a state: what they announce without naming it, it does.
OFFICIAL = "official"
log = logging.getLogger("policywire.extract")
READ_ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractResult:
    """What one pass over new articles gave. Rejects are texts the extractor refused; what a later
    stage could not work on is `left_out`.
    """

    articles: int
    mentions: int
    rejects: int
    new_developments: int
    left_out: int = 0

    def in_short(self) -> tuple[str, ...]:
        """The counts of the log's line."""
        return f"{self.articles} articles read", f"{self.new_developments} new developments"

    def __str__(self) -> str:
        told = (
            f"{self.articles} articles read, {self.rejects} refused: {self.mentions} mentions, "
            f"{self.new_developments} new developments"
        )
        if self.left_out:
            told += f"; {self.left_out} left out of linking, tickers, copies or search"
        if self.rejects or self.left_out:
            told += ' (why: policywire sql "FROM rejects")'
        return told


@flow(name="extract", flow_run_name=run_name, timeout_seconds=RUN_TIMEOUT_S)
def extract(
    config: str | None = None, warehouse: str | None = None, feeds: str | None = None
) -> ExtractResult:
    """Read all articles this version of the extractor has not read, and link what they say."""
    return read_news(settings_of(config, warehouse, feeds))


def read_news(settings: Settings) -> ExtractResult:
    """One pass: texts to mentions, mentions to developments, developments to tickers."""
    began = datetime.now(UTC)
    with at_work(settings) as owner:
        if is_lake_target(settings.warehouse):
            # Others read meanwhile what this worker does not.
            find_copies(settings, owner)
        found = read_all(settings, owner)
        new_developments = link_news(settings, owner)
    return ExtractResult(
        articles=found["articles"],
        mentions=found["mentions"],
        rejects=found["rejects"],
        new_developments=new_developments,
        left_out=sum(
            with_retries(settings.warehouse, partial(left_out_since, since=began)).values()
        ),
    )


def read_all(settings: Settings, owner: str) -> Counter[str]:
    """Read what waits, and what others are reading or left behind by dying.

    A lease may run out between two looks, so a round that found others, or articles, is followed by
    another one; not for ever, for news keeps coming.
    """
    found = read_articles(settings, owner)
    for _ in range(READ_ROUNDS):
        waited = wait_for_others(settings, owner)
        if not waited and not is_lake_target(settings.warehouse):
            break
        more = read_articles(settings, owner)
        found += more
        if not waited and not more["articles"]:
            break
    return found


def read_articles(settings: Settings, owner: str) -> Counter[str]:
    """Extract every waiting article; how many `articles`, their `mentions`, and the `rejects`.

    Each batch is leased to `owner` while it is read, so that of several workers no two read the
    same; many articles are read in worker processes.
    """
    with open_warehouse(settings.warehouse) as con:
        waiting = count_to_extract(con, EXTRACTOR_VERSION)
    if not waiting:
        return Counter()
    feeds = {feed.feed_id: feed for feed in load_feeds(settings.feeds)}
    batches = (
        [unit_of(article, feeds) for article in batch] for batch in leased_articles(settings, owner)
    )
    counts: Counter[str] = Counter()
    with track("articles", waiting) as advance, extractions_of(settings, batches, waiting) as found:
        for extractions in found:
            now = datetime.now(UTC)
            save = partial(save_extractions, extractions=extractions, extracted_at=now, owner=owner)
            with_retries(settings.warehouse, save)
            advance(len(extractions))
            counts["articles"] += len(extractions)
            counts["mentions"] += sum(len(extraction.events) for extraction in extractions)
            counts["rejects"] += sum(extraction.reject is not None for extraction in extractions)
    return counts


@contextmanager
def extractions_of(
    settings: Settings, batches: Iterable[list[TextUnit]], waiting: int
) -> Iterator[Iterable[list[Extraction]]]:
    """What batches of texts hold, read in one worker process or, when many wait, in more.

    Never in this process: a text that hangs its reader is only stopped by killing that.
    """
    workers = workers_for(waiting, settings.extract.workers)
    if workers == 1:
        ready = ready_workers(settings)
        try:
            yield ready.extract(batches)
        except BaseException:
            # Cut short: nobody waits for what is underway, nor is the program to.
            ready.close()
            raise
        return
    with ExtractWorkers(
        workers, gate=settings.extract.gate, budget=settings.extract.budget
    ) as pool:
        yield pool.extract(batches)


def leased_articles(settings: Settings, owner: str) -> Iterator[list[Article]]:
    """Batches of articles to read, until none is left that nobody reads."""
    choose = partial(
        lease_articles,
        extractor_version=EXTRACTOR_VERSION,
        limit=settings.extract.batch_articles,
        owner=owner,
        lease_s=settings.extract.lease_s,
        parts=shares(settings),
    )
    while batch := with_retries(settings.warehouse, choose):
        yield batch


def wait_for_others(settings: Settings, owner: str) -> bool:
    """Wait until what others are reading now is read, or left by one that died; was there any?

    Linking without it would have who was when killed, or slow, show in the developments.
    """
    others = partial(being_read, owner=owner)
    awaited = with_retries(settings.warehouse, others)
    if not awaited:
        return False
    log.info("waiting for %d articles that another worker is reading", len(awaited))
    while awaited:
        time.sleep(ASK_AGAIN_S)
        awaited &= with_retries(settings.warehouse, others)
    return True


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
