"""History through the same stages: an archive, stored articles, or what an older extractor read.

The work is cut into pieces. What a piece gave is stored whole before the next is noted, so that a
backfill that is stopped or killed goes on with the first piece that is missing. Articles of an
archive are read before they are stored: a live pass beside a backfill never has to work on them.
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
    """How far a backfill is: pieces done, share of the whole, seconds gone and to come."""

    pieces: int
    share: float
    count: ChunkCount
    gone_s: float

    @property
    def left_s(self) -> float | None:
        """Seconds still to come, at the pace so far; None when that cannot be said yet."""
        return self.gone_s * (1 - self.share) / self.share if self.share > 0.001 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillResult:
    """What all of a backfill gave, pieces of earlier runs included."""

    backfill_id: str
    count: ChunkCount
    resumed_pieces: int
    new_developments: int
    finished_before: datetime | None = None

    def __str__(self) -> str:
        resumed = f", {self.resumed_pieces} pieces of them earlier" if self.resumed_pieces else ""
        return (
            f"{self.count.articles} articles read ({self.count.held} were held already, "
            f"{self.count.rejects} rejected by the extractor{resumed}): "
            f"{self.count.mentions} mentions, "
            f"{self.new_developments} new developments"
        )


OnStep = Callable[[BackfillStep], None]


def archive_order(path: Path, **asked: object) -> BackfillOrder:
    """The order to read an archive, by this extractor."""
    return BackfillOrder(
        kind="archive",
        source=archive_identity(path),
        extractor_version=EXTRACTOR_VERSION,
        **asked,  # type: ignore[arg-type]
    )


# An archive says how many texts it holds only when it is read; packed, a text has about as many.
_BYTES_A_TEXT = 2000


def stored_order(kind: str, **asked: object) -> BackfillOrder:
    """The order to read stored articles, by this extractor."""
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
    """Bring an archive's articles into the warehouse and read them.

    Articles of `order.feed_id` where that is given, else of the feed the archive names, else of
    one named after the file. Held articles are left as they are.
    """
    job = Job(settings=settings, order=order, on_step=on_step, chunk_articles=chunk_articles)
    finished = job.open()
    if finished is not None:
        return replace(job.result(0), finished_before=finished)
    texts = path.stat().st_size // _BYTES_A_TEXT
    job.pieces_of_archive(path, runner or local_runner(settings, texts))
    return job.finish()


def backfill_stored(
    settings: Settings,
    order: BackfillOrder,
    *,
    runner: ChunkRunner | None = None,
    on_step: OnStep | None = None,
    chunk_articles: int = CHUNK_ARTICLES,
) -> BackfillResult:
    """Read stored articles: those nobody read, or (a re-extraction) those an older one read.

    Raises ConfigError when the order's predicate is no condition over the view `articles`.
    """
    job = Job(settings=settings, order=order, on_step=on_step, chunk_articles=chunk_articles)
    with open_warehouse(settings.warehouse) as con:
        wanted = articles_wanted(con, order)
    job.open(again=True)
    job.pieces_of_store(wanted, runner or local_runner(settings, len(wanted)))
    return job.finish()


@dataclass(slots=True, kw_only=True)
class Job:
    """One backfill at work."""

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
        """Note the order and learn what is done of it; when it was finished, if it was."""
        with open_warehouse(self.settings.warehouse) as con:
            finished = None if again else was_finished(con, self.order)
            if finished is None:
                self.done = open_backfill(con, self.order, now=datetime.now(UTC))
            else:
                self.done = progress(con, self.order)
            self.resumed = len(self.done)
        return finished

    def pieces_of_archive(self, path: Path, runner: ChunkRunner) -> None:
        """Read the archive piece by piece and store what each gave."""
        listed = load_feeds(self.settings.feeds)
        with open_warehouse(self.settings.warehouse) as con:
            save_feeds(con, listed)
        feeds = {feed.feed_id: feed for feed in listed}
        pending: dict[int, tuple[list[Article], int, ReadCount, float]] = {}

        def chunks() -> Iterator[Chunk]:
            found = read_archive(path, on_progress=self.progressed)
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
            self.stepped(share)

    def articles_of(self, piece: "Piece", path: Path) -> tuple[list[Article], ReadCount]:
        """A piece's articles of the days ordered, and what became of its other records."""
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
        """Whether a look at the item's own dates leaves it in the days ordered."""
        at = item.seen_at or item.published_at
        return at is None or item.html is not None or self.in_days(at)

    def is_wanted(self, article: Article) -> bool:
        """Was the article first seen in the days ordered?"""
        return self.in_days(article.first_seen_at)

    def in_days(self, at: datetime) -> bool:
        """Does a moment lie in the days ordered?"""
        first, last = self.order.from_date, self.order.to_date
        return (first is None or at >= datetime.combine(first, day_time(), UTC)) and (
            last is None or at <= datetime.combine(last, day_time.max, UTC)
        )

    def pieces_of_store(self, wanted: list[tuple[str, int]], runner: ChunkRunner) -> None:
        """Read stored articles piece by piece; what is read already is not among `wanted`."""
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
            self.stepped(read / max(len(wanted), 1))

    def store(self, chunk: Chunk, extractions: tuple[Extraction, ...]) -> ChunkCount:
        """Store what a piece of stored articles gave."""
        with open_warehouse(self.settings.warehouse) as con:
            return save_stored_chunk(
                con, self.order, chunk.number, extractions, now=datetime.now(UTC)
            )

    def progressed(self, share: float) -> None:
        self.share = share

    def stepped(self, share: float) -> None:
        """Tell who watches how far it is; the pace is that of this run."""
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
        """What all pieces gave so far."""
        return sum(self.done.values(), ChunkCount())

    def finish(self) -> BackfillResult:
        """Link what was read, join tickers, index, note the end, publish."""
        warehouse = self.settings.warehouse
        with as_worker(self.settings) as owner:
            new = link_developments(self.settings, owner)
        with open_warehouse(warehouse) as con:
            end_backfill(con, self.order, now=datetime.now(UTC))
        publish(warehouse, self.settings.snapshot)
        return self.result(new)

    def result(self, new_developments: int) -> BackfillResult:
        """What there is to say of it."""
        return BackfillResult(
            backfill_id=self.order.backfill_id,
            count=self.total(),
            resumed_pieces=self.resumed,
            new_developments=new_developments,
        )


@dataclass(slots=True)
class Piece:
    """Some items of an archive, and what else stood between them."""

    items: list[ArchiveItem] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


def archive_pieces(found: Iterable[Found], size: int) -> Iterator[Piece]:
    """Pieces of `size` items, in order; what comes after the last item is in the last piece."""
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
    """The article of an item, or why there is none; one bad page is nobody else's matter."""
    try:
        article = article_from_archive(item, feed_id=feed_id, fetched_at=fetched_at)
    except Exception as error:  # noqa: BLE001 - a library's fault over one page is that page's
        return Refusal(place=item.place, reason=f"{type(error).__name__}: {error}"[:200])
    return article or Refusal(place=item.place, reason="no article text in it")


def pieces(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    """Lists of up to `size` items, in order."""
    while piece := list(islice(items, size)):
        yield piece
