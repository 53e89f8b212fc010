"""From articles to developments: read what is new, link it to what is known, join tickers.

Each step reads what is not yet done and writes it in short transactions, so that a run that is
killed anywhere goes on there. The warehouse is closed while texts are parsed.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

from prefect import flow

from extractors.extract import EXTRACTOR_VERSION
from extractors.link_index import index_keys_wanted
from extractors.linking import blocks_of, link
from extractors.near_duplicates import fingerprint, first_sources
from flows.extract_workers import ExtractWorkers, workers_for
from flows.feed_list import load_feeds
from flows.progress import track
from flows.runtime import RUN_TIMEOUT_S, run_name
from flows.securities import INPUT as SECURITIES
from flows.settings import Settings, settings_of
from flows.warm_up import ready_extractor, ready_listings
from flows.worker import worker_name
from models.article import Article
from models.errors import WarehouseBusyError, WarehouseConflictError, WarehouseError
from models.event import Extraction, TextUnit
from models.feed import Feed
from warehouse.articles import count_to_extract
from warehouse.connection import open_warehouse, with_retries
from warehouse.copies import articles_to_print, prints_near, save_prints
from warehouse.events import developments_to_join, save_event_tickers, save_extractions
from warehouse.inputs import loaded_digest
from warehouse.lake import is_lake_target
from warehouse.leases import LINKING, lease, lease_articles, lease_linking, release
from warehouse.links import blocks_to_relink, load_link_input, mentions_to_link, save_links
from warehouse.search import index_articles

# Official feeds speak for a state: what they announce without naming it, it does.
OFFICIAL = "official"
LINK_TRIES = 5
SHARES, FEWEST_LEASED = 16, 10


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
    owner = worker_name()
    articles, mentions, rejects = read_articles(settings, owner)
    new_developments = link_news(settings, owner)
    return ExtractResult(
        articles=articles, mentions=mentions, rejects=rejects, new_developments=new_developments
    )


def read_articles(settings: Settings, owner: str) -> tuple[int, int, int]:
    """Extract every waiting article; how many they were, their mentions, and the refused ones.

    Each batch is leased to `owner` while it is read, so that of several workers no two read the
    same; many articles are read in worker processes.
    """
    with open_warehouse(settings.warehouse) as con:
        waiting = count_to_extract(con, EXTRACTOR_VERSION)
    if not waiting:
        return 0, 0, 0
    feeds = {feed.feed_id: feed for feed in load_feeds(settings.feeds)}
    batches = (
        [unit_of(article, feeds) for article in batch]
        for batch in leased_articles(settings, owner, waiting)
    )
    articles = mentions = rejects = 0
    with track("articles", waiting) as advance, extractions_of(settings, batches, waiting) as found:
        for extractions in found:
            now = datetime.now(UTC)
            save = partial(save_extractions, extractions=extractions, extracted_at=now, owner=owner)
            with_retries(settings.warehouse, save)
            advance(len(extractions))
            articles += len(extractions)
            mentions += sum(len(extraction.events) for extraction in extractions)
            rejects += sum(extraction.reject is not None for extraction in extractions)
    return articles, mentions, rejects


def link_news(settings: Settings, owner: str) -> int:
    """All that follows reading, done by one worker at a time; how many developments are new.

    Done again when another worker was first, or took over from one it held for dead.
    """
    for left in reversed(range(LINK_TRIES)):
        try:
            with sole_linker(settings, owner):
                group_copies(settings.warehouse)
                new = link_mentions(settings.warehouse, owner)
                join_tickers(settings.warehouse)
                index_texts(settings.warehouse)
                return new
        except WarehouseConflictError:
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


@contextmanager
def extractions_of(
    settings: Settings, batches: Iterable[list[TextUnit]], waiting: int
) -> Iterator[Iterable[list[Extraction]]]:
    """What batches of texts hold, read here or, when many wait, in worker processes."""
    workers = workers_for(waiting, settings.extract.workers)
    pool = ExtractWorkers(workers, gate=settings.extract.gate) if workers else nullcontext()
    with pool as running:
        if running is not None:
            yield running.extract(batches)
        else:
            extractor = ready_extractor(gate=settings.extract.gate)
            yield (list(extractor.extract(batch)) for batch in batches)


def leased_articles(settings: Settings, owner: str, waiting: int) -> Iterator[list[Article]]:
    """Batches of articles to read, until none is left that nobody reads.

    On a lake others may read beside us: small enough that all of them end at about the same time.
    """
    size = settings.extract.batch_articles
    if is_lake_target(settings.warehouse):
        size = min(size, max(FEWEST_LEASED, waiting // SHARES))
    choose = partial(
        lease_articles,
        extractor_version=EXTRACTOR_VERSION,
        limit=size,
        owner=owner,
        lease_s=settings.extract.lease_s,
    )
    while batch := with_retries(settings.warehouse, choose):
        yield batch


@contextmanager
def sole_linker(settings: Settings, owner: str) -> Iterator[None]:
    """Linking folds what all workers found into one account, so one of them at a time does it.

    Raises WarehouseBusyError when another keeps it for longer than its lease.
    """
    resources = [LINKING]
    lease_s = settings.extract.lease_s
    ask = partial(lease_linking, owner=owner, lease_s=lease_s)
    renew = partial(lease, resources=resources, owner=owner, lease_s=lease_s)
    given_up = time.monotonic() + 2 * lease_s
    while not with_retries(settings.warehouse, ask):
        if time.monotonic() > given_up:
            raise WarehouseBusyError("another worker is linking; the next pass goes on")
        time.sleep(0.5)
    done = Event()
    beat = Thread(target=keep_lease, args=(settings, renew, done), daemon=True)
    # A file is held by one process anyhow; on a lake long linking must not lose its lease.
    if is_lake_target(settings.warehouse):
        beat.start()
    try:
        yield
    finally:
        done.set()
        if beat.is_alive():
            beat.join()
        with_retries(settings.warehouse, partial(release, resources=resources, owner=owner))


def keep_lease(settings: Settings, renew: Callable[[Any], set[str]], done: Event) -> None:
    """Renew a lease until done; a renewal that fails is tried again at the next turn."""
    while not done.wait(settings.extract.lease_s / 3):
        with suppress(WarehouseError):
            with_retries(settings.warehouse, renew)


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


def link_mentions(warehouse: Path, owner: str | None = None) -> int:
    """Link all waiting mentions to developments; how many developments are new.

    As `owner`, the one worker that links; raises WarehouseConflictError when it is no more.
    """
    new = 0
    while True:
        with open_warehouse(warehouse) as con:
            waiting = mentions_to_link(con)
            if not waiting and not blocks_to_relink(con):
                return new
            given = load_link_input(con, waiting, blocks_of(waiting), index_keys_wanted)
            new += save_links(con, link(given), owner)


def join_tickers(warehouse: Path) -> int:
    """Work out which listings new and changed developments touch; how many developments."""
    joined = 0
    while True:
        with open_warehouse(warehouse) as con:
            waiting = developments_to_join(con)
            loaded = loaded_digest(con, SECURITIES)
        if not waiting:
            return joined
        touched = ready_listings(warehouse, loaded)
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
