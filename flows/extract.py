"""From articles to developments: read new articles, then link what they say (flows/link.py).

Each step takes what is not done yet and stores it in short transactions, so a run that is killed
continues in the next one. The warehouse is closed while texts are read.

What several workers on one warehouse agree on is in flows/workers: leases.py, turns.py.
"""

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
from flows.link import group_copies, link_developments
from flows.workers.extract_workers import ExtractWorkers, workers_for
from flows.workers.leases import as_worker, leased_articles
from flows.workers.turns import read_with_others
from flows.workers.warm_up import ready_workers
from models.article import Article
from models.event import Extraction, TextUnit
from models.feed import Feed
from warehouse.articles.articles import count_to_extract
from warehouse.articles.rejects import left_out_since
from warehouse.connection import open_warehouse, with_retries
from warehouse.events.events import save_extractions


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractResult:
    """Counts of one pass over new articles.

    `rejects` are texts the extractor refused; `left_out` are items that a later step could not
    process.
    """

    articles: int
    mentions: int
    rejects: int
    new_developments: int
    left_out: int = 0

    def log_counts(self) -> tuple[str, ...]:
        """The counts for the pass's log line."""
        return f"{self.articles} articles read", f"{self.new_developments} new developments"

    def __str__(self) -> str:
        text = (
            f"{self.articles} articles read, {self.rejects} refused: {self.mentions} mentions, "
            f"{self.new_developments} new developments"
        )
        if self.left_out:
            text += f"; {self.left_out} left out of linking, tickers, copies or search"
        if self.rejects or self.left_out:
            text += ' (why: policywire sql "FROM rejects")'
        return text


@flow(name="extract", flow_run_name=run_name, timeout_seconds=RUN_TIMEOUT_S)
def extract(
    config: str | None = None, warehouse: str | None = None, feeds: str | None = None
) -> ExtractResult:
    """Read all articles that this version of the extractor has not read, and link what they say."""
    return extract_and_link(settings_of(config, warehouse, feeds))


def extract_and_link(settings: Settings) -> ExtractResult:
    """Run one pass: texts to mentions, mentions to developments, developments to tickers."""
    began = datetime.now(UTC)
    with as_worker(settings) as owner:
        counts = read_with_others(
            settings,
            owner,
            partial(read_articles, settings, owner),
            group_copies=partial(group_copies, settings.warehouse, owner),
        )
        new_developments = link_developments(settings, owner)
    left_out = with_retries(settings.warehouse, partial(left_out_since, since=began))
    return ExtractResult(
        articles=counts["articles"],
        mentions=counts["mentions"],
        rejects=counts["rejects"],
        new_developments=new_developments,
        left_out=sum(left_out.values()),
    )


def read_articles(settings: Settings, owner: str) -> Counter[str]:
    """Extract every waiting article; return the counts of `articles`, `mentions` and `rejects`."""
    with open_warehouse(settings.warehouse) as con:
        waiting = count_to_extract(con, EXTRACTOR_VERSION)
    if not waiting:
        return Counter()
    feeds = {feed.feed_id: feed for feed in load_feeds(settings.feeds)}
    batches = (
        [unit_of(article, feeds) for article in batch]
        for batch in leased_articles(settings, owner, EXTRACTOR_VERSION)
    )
    counts: Counter[str] = Counter()
    with track("articles", waiting) as advance, extractions_of(settings, batches, waiting) as found:
        for extractions in found:
            store_extractions(settings, owner, extractions)
            advance(len(extractions))
            counts += counts_of(extractions)
    return counts


def unit_of(article: Article, feeds: Mapping[str, Feed]) -> TextUnit:
    """The article as input of the extractor, with the country that an official feed speaks for."""
    feed = feeds.get(article.feed_id)
    published = article.published_at or article.first_seen_at
    return TextUnit(
        unit_id=article.article_id,
        version=article.version,
        text=article.text,
        title=article.title,
        published=published.date(),
        language=article.language,
        publisher_country=feed.speaks_for if feed is not None else None,
    )


@contextmanager
def extractions_of(
    settings: Settings, batches: Iterable[list[TextUnit]], waiting: int
) -> Iterator[Iterable[list[Extraction]]]:
    """The extractions of each batch, read in one worker process, or in several if many wait.

    Never in this process: a text that hangs its reader can be stopped only by killing a process.
    """
    workers = workers_for(waiting, settings.extract.workers)
    if workers == 1:
        ready = ready_workers(settings)
        try:
            yield ready.extract(batches)
        except BaseException:
            # Cut short: do not wait for requests that are still running.
            ready.close()
            raise
        return
    with ExtractWorkers(
        workers, gate=settings.extract.gate, budget=settings.extract.budget
    ) as pool:
        yield pool.extract(batches)


def store_extractions(settings: Settings, owner: str, extractions: list[Extraction]) -> None:
    """Store one batch with the time it was read."""
    now = datetime.now(UTC)
    save = partial(save_extractions, extractions=extractions, extracted_at=now, owner=owner)
    with_retries(settings.warehouse, save)


def counts_of(extractions: list[Extraction]) -> Counter[str]:
    """How many articles, mentions and rejects a batch has."""
    return Counter(
        articles=len(extractions),
        mentions=sum(len(extraction.events) for extraction in extractions),
        rejects=sum(extraction.reject is not None for extraction in extractions),
    )
