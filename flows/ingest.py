"""From feeds to articles: fetch every feed, parse what came, clean it, store it.

The warehouse is opened for each batch only, never while waiting for the network. A feed's new
state is stored together with its articles, so a run that is killed fetches again exactly what it
had not stored.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from prefect import flow

from flows.base.cadence import half_gap
from flows.base.clock import Clock, utc_now
from flows.base.fetch_settings import FetchSettings
from flows.base.interrupts import run_async
from flows.base.progress import track
from flows.base.runtime import RUN_TIMEOUT_S, run_name
from flows.base.settings import Settings, settings_of
from flows.feeds.feed_list import fetchable, load_feeds
from flows.feeds.fetching.fetch import FeedOutcome, fetch_feeds, with_parsed
from flows.feeds.fetching.held_bodies import HeldBodies
from flows.feeds.fetching.next_check import believable, is_due
from flows.feeds.fetching.page_intake import FeedResult, PageIntake, pages_wanted
from flows.feeds.fetching.readers import FeedReaders, readers_for
from flows.workers.leases import leased_feeds
from models.errors import FeedParseError, PipelineError
from models.fault import fault_line
from models.feed import Feed, FeedState, FetchedFeed
from warehouse.articles.answers import FeedAnswer, save_answers
from warehouse.articles.articles import load_feed_states, save_feeds
from warehouse.connection import open_warehouse

log = logging.getLogger("policywire.ingest")
BATCH_ARTICLES = 5000
BATCH_CHARACTERS = 50_000_000
__all__ = ["FeedResult", "IngestResult", "Intake", "ingest", "ingest_feeds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestResult:
    """Counts of one pass over the feeds: feeds by outcome, new articles and new versions."""

    run_id: str
    outcomes: dict[str, int]
    new_articles: int
    new_versions: int

    def log_counts(self) -> tuple[str, ...]:
        """The counts for the pass's log line."""
        return (
            f"{sum(self.outcomes.values())} feeds asked",
            f"{self.new_articles} new articles",
        )

    def __str__(self) -> str:
        answers = ", ".join(f"{count} {name}" for name, count in sorted(self.outcomes.items()))
        return (
            f"{sum(self.outcomes.values())} feeds ({answers}): "
            f"{self.new_articles} new articles, {self.new_versions} new versions"
        )


@flow(name="ingest", flow_run_name=run_name, timeout_seconds=RUN_TIMEOUT_S)
def ingest(
    config: str | None = None,
    warehouse: str | None = None,
    feeds: str | None = None,
    due_only: bool = False,
) -> IngestResult:
    """Fetch the feeds (with `due_only`, only those that are due) and store what is new."""
    settings = settings_of(config, warehouse, feeds)
    early = half_gap(settings.schedule.news, utc_now())
    return ingest_feeds(settings, due_only=due_only, early=early)


def ingest_feeds(
    settings: Settings,
    *,
    due_only: bool = False,
    early: timedelta = timedelta(),
    clock: Clock = utc_now,
) -> IngestResult:
    """Run one pass over the feeds; with `due_only`, over those that are due within `early`.

    A feed that fails is a row in the ledger. Raises PipelineError if all feeds fail.
    """
    listed = load_feeds(settings.feeds)
    with open_warehouse(settings.warehouse) as con:
        save_feeds(con, listed)
        states = load_feed_states(con)
    enabled, _ = fetchable(listed)
    fetching = replace(settings.fetch.settings(run_id=uuid4().hex), clock=clock)
    now = clock()
    chosen = [feed for feed in enabled if not due_only or due(feed, states, fetching, now, early)]
    intake = Intake(
        warehouse=settings.warehouse,
        fetching=fetching,
        archive_clock=settings.archive_clock,
    )
    with leased_feeds(settings, chosen) as chosen:
        run_async(intake.run(chosen, states))
    if chosen and intake.failed == len(chosen):
        raise PipelineError(
            f"all {len(chosen)} feeds failed, first: {intake.first_error}; is the network up?"
        )
    return IngestResult(
        run_id=intake.fetching.run_id,
        outcomes=dict(sorted(intake.outcomes.items(), key=lambda told: (-told[1], told[0]))),
        new_articles=intake.new,
        new_versions=intake.changed,
    )


def due(
    feed: Feed,
    states: Mapping[str, FeedState],
    fetching: FetchSettings,
    now: datetime,
    early: timedelta,
) -> bool:
    """Is a feed due within `early`? Stored times that cannot be right are ignored."""
    state = states.get(feed.feed_id)
    if state is not None:
        state = believable(feed, state, fetching, now=now)
    return is_due(state, now=now + early)


@dataclass(slots=True)
class Intake:
    """One pass over feeds: fetches them, reads their bodies, stores the results in batches."""

    warehouse: Path
    fetching: FetchSettings
    archive_clock: bool
    outcomes: Counter[str] = field(default_factory=Counter)
    new: int = 0
    changed: int = 0
    failed: int = 0
    first_error: str = ""
    pending: list[FeedResult] = field(default_factory=list)
    storing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, feeds: Sequence[Feed], states: Mapping[str, FeedState]) -> None:
        """Fetch all feeds; bodies are read and batches stored while other feeds are fetched."""
        with track("feeds", len(feeds)) as advance:
            async with readers_for(len(feeds), self.fetching) as readers:
                async with HeldBodies() as bodies:

                    async def on_done(outcome: FeedOutcome) -> None:
                        work = self.take(outcome, readers, advance)
                        if outcome.fetched is None:
                            await work
                        else:
                            await bodies.start(work, len(outcome.fetched.body))

                    await fetch_feeds(feeds, states, self.fetching, on_done=on_done)
                await self.store(readers)

    async def take(
        self, outcome: FeedOutcome, readers: FeedReaders, advance: Callable[[int], None]
    ) -> None:
        """Read one feed's body, if there is one; store the batch when it is full."""
        result = FeedResult(outcome=outcome)
        if outcome.fetched is not None:
            result = await self.read(outcome, outcome.fetched, readers)
        self.count(result)
        # `self.pending.append(await ...)` would be wrong: it looks the list up before it waits,
        # and `store` may have replaced the list by then.
        self.pending.append(result)
        advance(1)
        if self.is_full():
            await self.store(readers)

    async def read(
        self, outcome: FeedOutcome, fetched: FetchedFeed, readers: FeedReaders
    ) -> FeedResult:
        """The outcome with the entries and articles of its body, or with the error it met."""
        # The body is read here; kept in the batch, it would only take memory.
        light = replace(outcome, fetched=replace(fetched, body=b""))
        try:
            got = await readers.read(fetched, archive_clock=self.archive_clock)
            return FeedResult(
                outcome=with_parsed(light, got.parsed, self.fetching),
                entries=got.parsed.entries,
                articles=got.articles,
                characters=sum(len(article.text) for article in got.articles),
            )
        except FeedParseError as error:
            return FeedResult(outcome=with_parsed(light, error, self.fetching))
        except Exception as error:
            log.debug("feed %s", outcome.feed.feed_id, exc_info=error)
            fault = FeedParseError(fetched.url, fault_line(error), kind="internal_error")
            return FeedResult(outcome=with_parsed(light, fault, self.fetching))

    def count(self, result: FeedResult) -> None:
        """Count a feed by its outcome, and its failure if it failed."""
        self.outcomes[result.outcome.fetch.outcome] += 1
        if result.outcome.error is not None:
            self.failed += 1
            self.first_error = self.first_error or str(result.outcome.error)

    def is_full(self) -> bool:
        """Is there enough for a batch, in articles or in characters?"""
        articles = sum(len(result.articles) for result in self.pending)
        characters = sum(result.characters for result in self.pending)
        return articles >= BATCH_ARTICLES or characters >= BATCH_CHARACTERS

    async def store(self, readers: FeedReaders) -> None:
        """Write the pending batch; first fetch the article pages that its feeds allow."""
        async with self.storing:
            batch, self.pending = self.pending, []
            if not batch:
                return
            batch = await self.with_pages(batch, readers)
            await asyncio.to_thread(self.write, batch)

    async def with_pages(self, batch: list[FeedResult], readers: FeedReaders) -> list[FeedResult]:
        """The batch with the text of article pages, for new articles of feeds with full_text."""
        if not any(result.outcome.feed.full_text for result in batch):
            return batch
        wanted = await asyncio.to_thread(pages_wanted, self.warehouse, batch)
        if not wanted:
            return batch
        pages = PageIntake(
            batch=batch,
            readers=readers,
            fetching=self.fetching,
            archive_clock=self.archive_clock,
        )
        return await pages.complete(wanted)

    def write(self, batch: Sequence[FeedResult]) -> None:
        """Write ledger rows, feed states and articles in one transaction; count what is new."""
        answers = [
            FeedAnswer(
                fetch=result.outcome.fetch,
                state=result.outcome.state,
                articles=result.articles,
            )
            for result in batch
        ]
        with open_warehouse(self.warehouse) as con:
            counts = save_answers(con, answers)
        self.new += sum(count.new for count in counts)
        self.changed += sum(count.changed for count in counts)
