"""From feeds to articles: ask every feed, parse what came, clean it, store it.

Nothing is held open while the network is waited for: the warehouse is opened for each batch.
A feed's new state is stored together with its articles, so a run that is killed asks again for
exactly what it had not stored.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from prefect import flow

from extractors.article import article_from_entry
from extractors.feed_reading import first_seen_at
from flows.cadence import half_gap
from flows.clock import Clock, utc_now
from flows.feed_list import fetchable, load_feeds
from flows.feed_readers import FeedReaders, workers_for
from flows.fetch import FeedOutcome, fetch_feeds, with_parsed
from flows.fetch_pages import PageOutcome, PageRequest, fetch_pages
from flows.fetch_settings import FetchSettings
from flows.next_check import is_due
from flows.progress import track
from flows.runtime import RUN_TIMEOUT_S, run_name
from flows.settings import Settings, settings_of
from flows.unread import Unread
from flows.worker import leased_feeds
from models.article import Article
from models.errors import FeedParseError, PipelineError
from models.feed import Feed, FeedEntry, FeedState, FetchedFeed
from warehouse.articles import load_feed_states, save_feeds, save_ingest, unseen
from warehouse.connection import open_warehouse

BATCH_ARTICLES = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestResult:
    """What one pass over the feeds did: feeds by outcome, articles by what they proved to be."""

    run_id: str
    outcomes: dict[str, int]
    new_articles: int
    new_versions: int

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
    wanted = [
        feed
        for feed in askable
        if not due_only or is_due(states.get(feed.feed_id), now=clock() + early)
    ]
    intake = Intake(
        warehouse=settings.warehouse,
        fetching=replace(settings.fetch.settings(run_id=uuid4().hex), clock=clock),
        archive_clock=settings.archive_clock,
    )
    with leased_feeds(settings, wanted) as wanted:
        asyncio.run(intake.take(wanted, states))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One feed's outcome with what its body held, entries and articles in the same order."""

    outcome: FeedOutcome
    entries: tuple[FeedEntry, ...] = ()
    articles: tuple[Article, ...] = ()


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
            async with FeedReaders(workers_for(len(feeds))) as readers, Unread() as unread:

                async def take_in(outcome: FeedOutcome) -> None:
                    answer = await self.read(outcome, readers)
                    # Not `self.pending.append(await ...)`: that looks the list up before it
                    # waits, and `store` may have put a new one in its place by then.
                    self.pending.append(answer)
                    advance(1)
                    if sum(len(answer.articles) for answer in self.pending) >= BATCH_ARTICLES:
                        await self.store()

                async def on_done(outcome: FeedOutcome) -> None:
                    if outcome.fetched is None:
                        await take_in(outcome)
                    else:
                        await unread.start(take_in(outcome), len(outcome.fetched.body))

                await fetch_feeds(feeds, states, self.fetching, on_done=on_done)
        await self.store()

    async def read(self, outcome: FeedOutcome, readers: FeedReaders) -> Answer:
        """The outcome completed by what its body holds, and the articles in it."""
        answer = Answer(outcome=outcome)
        if outcome.fetched is not None:
            # The body has been read then; kept in the batch it would only take memory.
            light = replace(outcome, fetched=replace(outcome.fetched, body=b""))
            try:
                got = await readers.read(outcome.fetched, archive_clock=self.archive_clock)
            except FeedParseError as error:
                answer = Answer(outcome=with_parsed(light, error, self.fetching))
            else:
                answer = Answer(
                    outcome=with_parsed(light, got.parsed, self.fetching),
                    entries=got.parsed.entries,
                    articles=got.articles,
                )
        self.outcomes[answer.outcome.fetch.outcome] += 1
        if answer.outcome.error is not None:
            self.failed += 1
            self.first_error = self.first_error or str(answer.outcome.error)
        return answer

    def article(self, entry: FeedEntry, fetched: FetchedFeed, page: bytes | str) -> Article:
        """The entry as an article with the text of its page."""
        return article_from_entry(
            entry,
            fetched_at=fetched.fetched_at,
            first_seen_at=first_seen_at(
                entry, fetched.fetched_at, archive_clock=self.archive_clock
            ),
            page_html=page,
        )

    async def store(self) -> None:
        """Write what is pending: ledger, feed states and articles in one transaction."""
        async with self.storing:
            batch, self.pending = self.pending, []
            if batch:
                batch = await self.with_pages(batch)
                await asyncio.to_thread(self.write, batch)

    async def with_pages(self, batch: list[Answer]) -> list[Answer]:
        """The batch with the text of article pages, where the feed allows them and we lack it.

        A page that cannot be had leaves the feed's own text.
        """
        allowed = [n for n, answer in enumerate(batch) if answer.outcome.feed.full_text]
        wanted = [(n, i) for n in allowed for i in range(len(batch[n].articles))]
        if not wanted:
            return batch
        lacking = await asyncio.to_thread(self.lacking, [batch[n].articles[i] for n, i in wanted])
        requests = [
            PageRequest(url=article.url, feed=batch[n].outcome.feed, key=f"{n} {i}")
            for n, i in (wanted[position] for position in lacking)
            if (article := batch[n].articles[i]).url is not None
        ]
        pages: dict[str, bytes | str] = {}
        with track("article pages", len(requests)) as advance:

            def on_done(done: PageOutcome) -> None:
                advance(1)
                if done.html is not None:
                    pages[done.request.key] = done.html

            await fetch_pages(requests, self.fetching, on_done=on_done)
        return [self.read_again(n, answer, pages) for n, answer in enumerate(batch)]

    def read_again(self, n: int, answer: Answer, pages: Mapping[str, bytes | str]) -> Answer:
        """The answer with its articles' text from `pages`, keyed by positions in the batch."""
        fetched = answer.outcome.fetched
        if fetched is None:
            return answer
        articles = tuple(
            self.article(answer.entries[i], fetched, page)
            if (page := pages.get(f"{n} {i}")) is not None
            else article
            for i, article in enumerate(answer.articles)
        )
        return replace(answer, articles=articles)

    def lacking(self, articles: Sequence[Article]) -> list[int]:
        with open_warehouse(self.warehouse) as con:
            return unseen(con, articles)

    def write(self, batch: Sequence[Answer]) -> None:
        with open_warehouse(self.warehouse) as con:
            counts = save_ingest(
                con,
                fetches=[answer.outcome.fetch for answer in batch],
                states=[answer.outcome.state for answer in batch],
                articles=[article for answer in batch for article in answer.articles],
            )
        self.new += sum(count.new for count in counts.values())
        self.changed += sum(count.changed for count in counts.values())
