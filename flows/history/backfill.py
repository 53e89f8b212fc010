"""Read an archive, or stored articles that no extractor or only an older one has read.

The work is split into chunks. The result of a chunk is stored as a whole, so a backfill that was
stopped or killed continues with the first missing chunk. Articles of an archive are read before
they are stored, so a live pass at the same time never has to read them.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from datetime import time as day_time
from itertools import islice
from pathlib import Path
from typing import TypeVar

from extractors.extract import EXTRACTOR_VERSION
from extractors.feeds.archive_article import article_from_archive
from flows.base.counts import counted
from flows.base.settings import Settings
from flows.extract import unit_of
from flows.feeds.feed_list import load_feeds
from flows.history.archives import Found, archive_identity, read_archive
from flows.history.chunk_runner import ChunkRunner, local_runner
from flows.link import link_developments
from flows.workers.leases import as_worker
from models.archive import ArchiveItem
from models.article import Article
from models.backfill import BackfillOrder, Chunk, ChunkCount
from models.event import Extraction
from models.reading import ReadCount, Refusal, Tally
from warehouse.articles.articles import save_feeds
from warehouse.articles.backfills import (
    add_archive_feed,
    articles_wanted,
    end_backfill,
    load_articles,
    not_held,
    open_backfill,
    progress,
    save_archive_chunk,
    save_stored_chunk,
    was_finished,
)
from warehouse.connection import open_warehouse
from warehouse.snapshot import publish

CHUNK_ARTICLES = 200
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillStep:
    """Progress of a backfill: chunks done, share of the whole, seconds elapsed and left."""

    pieces: int
    share: float
    count: ChunkCount
    gone_s: float

    @property
    def left_s(self) -> float | None:
        """Return the estimated seconds left at the pace so far; None if it is too early to say."""
        return self.gone_s * (1 - self.share) / self.share if self.share > 0.001 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillResult:
    """The result of a whole backfill, including chunks of earlier runs."""

    backfill_id: str
    count: ChunkCount
    resumed_pieces: int
    new_developments: int
    finished_before: datetime | None = None

    def __str__(self) -> str:
        resumed = (
            f"; {counted(self.resumed_pieces, 'chunk')} done before" if self.resumed_pieces else ""
        )
        return (
            f"{counted(self.count.articles, 'article')} read ({self.count.held} already stored, "
            f"{self.count.rejects} rejected by the extractor{resumed}): "
            f"{counted(self.count.mentions, 'mention')}, "
            f"{counted(self.new_developments, 'new development')}"
        )


OnStep = Callable[[BackfillStep], None]


def archive_order(path: Path, **asked: object) -> BackfillOrder:
    """Return the order to read an archive with this extractor."""
    return BackfillOrder(
        kind="archive",
        source=archive_identity(path),
        extractor_version=EXTRACTOR_VERSION,
        **asked,  # type: ignore[arg-type]
    )


# To estimate the number of texts in an archive: the average compressed size of a text.
_BYTES_PER_TEXT = 2000


def stored_order(kind: str, **asked: object) -> BackfillOrder:
    """Return the order to read stored articles with this extractor."""
    return BackfillOrder(kind=kind, extractor_version=EXTRACTOR_VERSION, **asked)  # type: ignore[arg-type]


def backfill_archive(
    settings: Settings,
    order: BackfillOrder,
    path: Path,
    *,
    runner: ChunkRunner | None = None,
    on_step: OnStep | None = None,
    chunk_articles: int = CHUNK_ARTICLES,
) -> BackfillResult:
    """Load the articles of an archive into the warehouse and read them.

    They belong to `order.feed_id` if given, else to the feed that the archive names, else to a feed
    named after the file. Articles already stored are not changed.
    """
    job = BackfillJob(
        settings=settings, order=order, on_step=on_step, chunk_articles=chunk_articles
    )
    finished = job.open()
    if finished is not None:
        return replace(job.result(0), finished_before=finished)
    texts = path.stat().st_size // _BYTES_PER_TEXT
    job.read_archive_in_chunks(path, runner or local_runner(settings, texts))
    return job.finish()


def backfill_stored(
    settings: Settings,
    order: BackfillOrder,
    *,
    runner: ChunkRunner | None = None,
    on_step: OnStep | None = None,
    chunk_articles: int = CHUNK_ARTICLES,
) -> BackfillResult:
    """Read stored articles that no extractor, or (re-extraction) only an older one, has read.

    Raises ConfigError when the order's predicate is not a condition on the view `articles`.
    """
    job = BackfillJob(
        settings=settings, order=order, on_step=on_step, chunk_articles=chunk_articles
    )
    with open_warehouse(settings.warehouse) as con:
        wanted = articles_wanted(con, order)
    job.open(again=True)
    job.read_stored_in_chunks(wanted, runner or local_runner(settings, len(wanted)))
    return job.finish()


@dataclass(slots=True, kw_only=True)
class BackfillJob:
    """One running backfill: open it, read the chunks, finish it."""

    settings: Settings
    order: BackfillOrder
    on_step: OnStep | None
    chunk_articles: int
    done: dict[int, ChunkCount] = field(default_factory=dict)
    resumed: int = 0
    share: float = 0.0
    share_before: float = 0.0
    began: float = field(default_factory=time.monotonic)

    def open(self, *, again: bool = False) -> datetime | None:
        """Store the order, load the chunks done before; return when it was finished, if so."""
        with open_warehouse(self.settings.warehouse) as con:
            finished = None if again else was_finished(con, self.order)
            if finished is None:
                self.done = open_backfill(con, self.order, now=datetime.now(UTC))
            else:
                self.done = progress(con, self.order)
            self.resumed = len(self.done)
        return finished

    def read_archive_in_chunks(self, path: Path, runner: ChunkRunner) -> None:
        """Read the archive chunk by chunk and store the result of each."""
        listed = load_feeds(self.settings.feeds)
        with open_warehouse(self.settings.warehouse) as con:
            save_feeds(con, listed)
        feeds = {feed.feed_id: feed for feed in listed}
        pending: dict[int, tuple[list[Article], int, ReadCount, float]] = {}

        def chunks() -> Iterator[Chunk]:
            found = read_archive(path, on_progress=self.set_share)
            for number, piece in enumerate(archive_pieces(found, self.chunk_articles)):
                if number in self.done:
                    self.share_before = self.share
                    continue
                articles, left_out = self.articles_of(piece, path)
                with open_warehouse(self.settings.warehouse) as con:
                    fresh = not_held(con, articles)
                held = len(articles) - len(fresh)
                pending[number] = (fresh, held, left_out, self.share)
                yield Chunk(number=number, units=tuple(unit_of(a, feeds) for a in fresh))

        for chunk, extractions in runner.read(chunks()):
            fresh, held, left_out, share = pending.pop(chunk.number)
            with open_warehouse(self.settings.warehouse) as con:
                now = datetime.now(UTC)
                for feed_id in sorted({a.feed_id for a in fresh} - feeds.keys()):
                    add_archive_feed(con, feed_id, source=path.name, now=now)
                self.done[chunk.number] = save_archive_chunk(
                    con,
                    self.order,
                    chunk.number,
                    fresh,
                    extractions,
                    held=held,
                    left_out=left_out,
                    now=now,
                )
            self.report_progress(share)

    def articles_of(self, piece: "Piece", path: Path) -> tuple[list[Article], ReadCount]:
        """Return the articles of a chunk in the ordered days, and counts of its other records."""
        now = datetime.now(UTC)
        named = path.name.split(".")[0]
        tally, articles = piece.tally, []
        for item in piece.items:
            if not self.may_be_wanted(item):
                tally.passed += 1
                continue
            article = article_or_refusal(
                item, feed_id=self.order.feed_id or item.feed_id or named, fetched_at=now
            )
            if isinstance(article, Refusal):
                tally.refuse(article)
            elif self.is_wanted(article):
                articles.append(article)
            else:
                tally.passed += 1
        return articles, tally.count

    def may_be_wanted(self, item: ArchiveItem) -> bool:
        """Return whether the item, by its own dates, may be in the ordered days."""
        at = item.seen_at or item.published_at
        return at is None or item.html is not None or self.in_days(at)

    def is_wanted(self, article: Article) -> bool:
        """Return whether the article was first seen in the ordered days."""
        return self.in_days(article.first_seen_at)

    def in_days(self, at: datetime) -> bool:
        """Return whether a time is in the ordered days."""
        first, last = self.order.from_date, self.order.to_date
        return (first is None or at >= datetime.combine(first, day_time(), UTC)) and (
            last is None or at <= datetime.combine(last, day_time.max, UTC)
        )

    def read_stored_in_chunks(self, wanted: list[tuple[str, int]], runner: ChunkRunner) -> None:
        """Read stored articles chunk by chunk; `wanted` excludes those already read."""
        feeds = {feed.feed_id: feed for feed in load_feeds(self.settings.feeds)}
        first = max(self.done, default=-1) + 1
        read = 0

        def chunks() -> Iterator[Chunk]:
            for number, keys in enumerate(pieces(iter(wanted), self.chunk_articles), first):
                with open_warehouse(self.settings.warehouse) as con:
                    articles = load_articles(con, keys)
                yield Chunk(number=number, units=tuple(unit_of(a, feeds) for a in articles))

        for chunk, extractions in runner.read(chunks()):
            self.done[chunk.number] = self.store(chunk, extractions)
            read += len(chunk.units)
            self.report_progress(read / max(len(wanted), 1))

    def store(self, chunk: Chunk, extractions: tuple[Extraction, ...]) -> ChunkCount:
        """Store the result of a chunk of stored articles."""
        with open_warehouse(self.settings.warehouse) as con:
            return save_stored_chunk(
                con, self.order, chunk.number, extractions, now=datetime.now(UTC)
            )

    def set_share(self, share: float) -> None:
        """Remember which share of the archive is read."""
        self.share = share

    def report_progress(self, share: float) -> None:
        """Report the progress of this run, without chunks done before it."""
        if self.on_step is None:
            return
        here = (share - self.share_before) / max(1 - self.share_before, 1e-9)
        self.on_step(
            BackfillStep(
                pieces=len(self.done),
                share=min(max(here, 0.0), 1.0),
                count=self.total(),
                gone_s=time.monotonic() - self.began,
            )
        )

    def total(self) -> ChunkCount:
        """Return the sum of all chunks so far."""
        return sum(self.done.values(), ChunkCount())

    def finish(self) -> BackfillResult:
        """Link mentions, join tickers, index texts, mark the backfill finished, publish."""
        warehouse = self.settings.warehouse
        with as_worker(self.settings) as owner:
            new = link_developments(self.settings, owner)
        with open_warehouse(warehouse) as con:
            end_backfill(con, self.order, now=datetime.now(UTC))
        publish(warehouse, self.settings.snapshot)
        return self.result(new)

    def result(self, new_developments: int) -> BackfillResult:
        """Return the result so far."""
        return BackfillResult(
            backfill_id=self.order.backfill_id,
            count=self.total(),
            resumed_pieces=self.resumed,
            new_developments=new_developments,
        )


@dataclass(slots=True)
class Piece:
    """Some items of an archive, and counts of the other records between them."""

    items: list[ArchiveItem] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


def archive_pieces(found: Iterable[Found], size: int) -> Iterator[Piece]:
    """Yield pieces of `size` items in order; records after the last item go to the last piece."""
    piece, full = Piece(), None
    for record in found:
        if isinstance(record, ArchiveItem):
            if full is not None:
                yield full
                full = None
            piece.items.append(record)
            if len(piece.items) == size:
                piece, full = Piece(), piece
            continue
        tally = (full or piece).tally
        if isinstance(record, Refusal):
            tally.refuse(record)
        else:
            tally.passed += 1
    if full is not None:
        yield full
    elif piece.items or piece.tally.count.read:
        yield piece


def article_or_refusal(
    item: ArchiveItem, *, feed_id: str, fetched_at: datetime
) -> Article | Refusal:
    """Return the article of an item, or why it is refused."""
    try:
        article = article_from_archive(item, feed_id=feed_id, fetched_at=fetched_at)
    except Exception as error:  # noqa: BLE001 - one bad page must not stop the others
        return Refusal(place=item.place, reason=f"{type(error).__name__}: {error}"[:200])
    return article or Refusal(place=item.place, reason="no article text found")


def pieces(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    """Yield lists of up to `size` items, in order."""
    while piece := list(islice(items, size)):
        yield piece
