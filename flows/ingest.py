"""From feeds to articles: ask every feed, parse what came, clean it, store it.

Nothing is held open while the network is waited for: the warehouse is opened for each batch.
A feed's new state is stored together with its articles, so a run that is killed asks again for
exactly what it had not stored.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
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
from flows.feeds.fetching.held_bodies import Unread
from flows.feeds.fetching.next_check import believable, is_due
from flows.feeds.fetching.page_intake import Answer, Pages, pages_wanted
from flows.feeds.fetching.readers import FeedReaders, readers_for
from flows.workers.leases import leased_feeds
from models.errors import FeedParseError, PipelineError
from models.fault import fault_line
from models.feed import Feed, FeedState
from warehouse.articles.answers import FeedAnswer, save_answers
from warehouse.articles.articles import load_feed_states, save_feeds
from warehouse.connection import open_warehouse

log = logging.getLogger("policywire.ingest")
BATCH_ARTICLES = 5000
BATCH_CHARACTERS = 50_000_000
__all__ = ["Answer", "IngestResult", "Intake", "gather_news", "ingest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestResult:
    """What one pass over the feeds did: feeds by outcome, articles by what they proved to be."""

    run_id: str
    outcomes: dict[str, int]
    new_articles: int
    new_versions: int

    def in_short(self) -> tuple[str, ...]:
        """The counts of the log's line."""
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
    """Fetch the feeds (with `due_only` those whose time has come) and store what is new."""
    settings = settings_of(config, warehouse, feeds)
    return gather_news(
        settings, due_only=due_only, early=half_gap(settings.schedule.news, utc_now())
    )


def gather_news(
    settings: Settings,
    *,
    due_only: bool = False,
    early: timedelta = timedelta(),
    clock: Clock = utc_now,
) -> IngestResult:
    """One pass over the feeds. One failing feed is a line in the ledger; raises if all fail.

    With `due_only` those are asked whose time comes within `early`.
    """
    listed = load_feeds(settings.feeds)
    with open_warehouse(settings.warehouse) as con:
        save_feeds(con, listed)
        states = load_feed_states(con)
    askable, _ = fetchable(listed)
    fetching = replace(settings.fetch.settings(run_id=uuid4().hex), clock=clock)
    now = clock()
    wanted = [feed for feed in askable if not due_only or due(feed, states, fetching, now, early)]
    intake = Intake(
        warehouse=settings.warehouse,
        fetching=fetching,
        archive_clock=settings.archive_clock,
    )
    with leased_feeds(settings, wanted) as wanted:
        run_async(intake.take(wanted, states))
    if wanted and intake.failed == len(wanted):
        raise PipelineError(
            f"all {len(wanted)} feeds failed, first: {intake.first_error}; is the network up?"
        )
    return IngestResult(
        run_id=intake.fetching.run_id,
        outcomes=dict(intake.outcomes),
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
    """Is it time to ask a feed, as far as its remembered times can be believed?"""
    state = states.get(feed.feed_id)
    if state is not None:
        state = believable(feed, state, fetching, now=now)
    return is_due(state, now=now + early)


@dataclass(slots=True)
class Intake:
    """Takes answers as they come and stores them in batches."""

    warehouse: Path
    fetching: FetchSettings
    archive_clock: bool
    outcomes: Counter[str] = field(default_factory=Counter)
    new: int = 0
    changed: int = 0
    failed: int = 0
    first_error: str = ""
    pending: list[Answer] = field(default_factory=list)
    storing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take(self, feeds: Sequence[Feed], states: Mapping[str, FeedState]) -> None:
        """Ask all feeds; read bodies and store batches while others are still on their way."""
        with track("feeds", len(feeds)) as advance:
            async with readers_for(len(feeds), self.fetching) as readers:
                async with Unread() as unread:

                    async def take_in(outcome: FeedOutcome) -> None:
                        answer = await self.read(outcome, readers)
                        # Not `self.pending.append(await ...)`: that looks the list up before it
                        # waits, and `store` may have put a new one in its place by then.
                        self.pending.append(answer)
                        advance(1)
                        if self.is_full():
                            await self.store(readers)

                    async def on_done(outcome: FeedOutcome) -> None:
                        if outcome.fetched is None:
                            await take_in(outcome)
                        else:
                            await unread.start(take_in(outcome), len(outcome.fetched.body))

                    await fetch_feeds(feeds, states, self.fetching, on_done=on_done)
                await self.store(readers)

    def is_full(self) -> bool:
        """Is there enough for a batch, in articles or in text?"""
        articles = sum(len(answer.articles) for answer in self.pending)
        characters = sum(answer.characters for answer in self.pending)
        return articles >= BATCH_ARTICLES or characters >= BATCH_CHARACTERS

    async def read(self, outcome: FeedOutcome, readers: FeedReaders) -> Answer:
        """The outcome completed by what its body holds, and the articles in it.

        Whatever goes wrong is this feed's: the outcome says what, the others go on.
        """
        answer = Answer(outcome=outcome)
        if outcome.fetched is not None:
            # The body has been read then; kept in the batch it would only take memory.
            light = replace(outcome, fetched=replace(outcome.fetched, body=b""))
            try:
                got = await readers.read(outcome.fetched, archive_clock=self.archive_clock)
                answer = Answer(
                    outcome=with_parsed(light, got.parsed, self.fetching),
                    entries=got.parsed.entries,
                    articles=got.articles,
                    characters=sum(len(article.text) for article in got.articles),
                )
            except FeedParseError as error:
                answer = Answer(outcome=with_parsed(light, error, self.fetching))
            except Exception as error:
                log.debug("feed %s", outcome.feed.feed_id, exc_info=error)
                fault = FeedParseError(
                    outcome.fetched.url, fault_line(error), kind="internal_error"
                )
                answer = Answer(outcome=with_parsed(light, fault, self.fetching))
        self.outcomes[answer.outcome.fetch.outcome] += 1
        if answer.outcome.error is not None:
            self.failed += 1
            self.first_error = self.first_error or str(answer.outcome.error)
        return answer

    async def store(self, readers: FeedReaders) -> None:
        """Write what is pending: ledger, feed states and articles in one transaction."""
        async with self.storing:
            batch, self.pending = self.pending, []
            if not batch:
                return
            wanted = []
            if any(answer.outcome.feed.full_text for answer in batch):
                wanted = await asyncio.to_thread(pages_wanted, self.warehouse, batch)
            if wanted:
                pages = Pages(
                    batch=batch,
                    readers=readers,
                    fetching=self.fetching,
                    archive_clock=self.archive_clock,
                )
                batch = await pages.complete(wanted)
            await asyncio.to_thread(self.write, batch)

    def write(self, batch: Sequence[Answer]) -> None:
        with open_warehouse(self.warehouse) as con:
            counts = save_answers(
                con,
                [
                    FeedAnswer(
                        fetch=answer.outcome.fetch,
                        state=answer.outcome.state,
                        articles=answer.articles,
                    )
                    for answer in batch
                ],
            )
        self.new += sum(count.new for count in counts)
        self.changed += sum(count.changed for count in counts)
