"""Article pages for a batch of feeds: fetched where the feed allows it, read as they arrive."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from extractors.feeds.reading import first_seen_at
from flows.base.fetch_settings import FetchSettings
from flows.base.progress import track
from flows.feeds.fetching.outcome import FeedOutcome
from flows.feeds.fetching.pages import PageOutcome, PageRequest, fetch_pages
from flows.feeds.fetching.readers import FeedReaders
from models.article import Article
from models.errors import FeedParseError
from models.fault import fault_line
from models.feed import FeedEntry
from warehouse.articles.articles import new_or_changed
from warehouse.connection import open_warehouse


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedResult:
    """One feed's outcome with the entries and articles of its body, both in the same order."""

    outcome: FeedOutcome
    entries: tuple[FeedEntry, ...] = ()
    articles: tuple[Article, ...] = ()
    characters: int = 0

    def noting(self, *notes: str) -> "FeedResult":
        """The same result with more notes in its ledger row."""
        if not notes:
            return self
        fetch = replace(self.outcome.fetch, notes=self.outcome.fetch.notes + notes)
        return replace(self, outcome=replace(self.outcome, fetch=fetch))


@dataclass(slots=True, kw_only=True)
class PageIntake:
    """Replaces articles by those of their pages; without a page, the feed's text stays."""

    batch: list[FeedResult]
    readers: FeedReaders
    fetching: FetchSettings
    archive_clock: bool
    found: dict[tuple[int, int], Article] = field(default_factory=dict)
    missed: dict[int, Counter[str]] = field(default_factory=dict)

    async def complete(self, wanted: Sequence[tuple[int, int]]) -> list[FeedResult]:
        """The batch with the pages of `wanted`, which has positions: (result, entry)."""
        requests = [
            PageRequest(url=article.url, feed=self.batch[n].outcome.feed, key=f"{n} {i}")
            for n, i in wanted
            if (article := self.batch[n].articles[i]).url is not None
        ]
        with track("article pages", len(requests)) as advance:

            async def on_done(done: PageOutcome) -> None:
                await self.take(done)
                advance(1)

            await fetch_pages(requests, self.fetching, on_done=on_done)
        return [self.completed(n, result) for n, result in enumerate(self.batch)]

    async def take(self, done: PageOutcome) -> None:
        """Read a page as soon as it arrives, so that only pages in flight are in memory."""
        n, i = (int(part) for part in done.request.key.split())
        try:
            if done.error is not None:
                kind = done.error.kind
            else:
                kind = await self.read(n, i, done.html or "")
        except FeedParseError as error:
            kind = f"{error.kind} ({error.reason})"
        except Exception as error:  # noqa: BLE001 - one page's fault must not be the others'
            kind = f"internal_error ({fault_line(error)})"
        if kind:
            self.missed.setdefault(n, Counter())[kind] += 1

    async def read(self, n: int, i: int, html: bytes | str) -> str:
        """Keep the article of a page; return why its text is not the page's, "" if it is."""
        result = self.batch[n]
        fetched = result.outcome.fetched
        assert fetched is not None, "there are no articles without a body"
        entry = result.entries[i]
        article = await self.readers.page(
            entry,
            html,
            fetched_at=fetched.fetched_at,
            first_seen_at=first_seen_at(
                entry, fetched.fetched_at, archive_clock=self.archive_clock
            ),
        )
        self.found[n, i] = article
        return "" if article.text_source == "page" else "no_article"

    def completed(self, n: int, result: FeedResult) -> FeedResult:
        """One result with the pages found for it, and notes on those that were not."""
        articles = tuple(
            self.found.get((n, i), article) for i, article in enumerate(result.articles)
        )
        missed = self.missed.get(n, Counter[str]())
        notes = (
            f"{count} page{'s' if count > 1 else ''} without text: {why}"
            for why, count in missed.most_common()
        )
        return replace(result, articles=articles).noting(*notes)


def pages_wanted(warehouse: Path, batch: Sequence[FeedResult]) -> list[tuple[int, int]]:
    """The positions (result, entry) of new articles whose feeds have full_text on."""
    allowed = [n for n, result in enumerate(batch) if result.outcome.feed.full_text]
    places = [(n, i) for n in allowed for i in range(len(batch[n].articles))]
    if not places:
        return []
    with open_warehouse(warehouse) as con:
        lacking = new_or_changed(con, [batch[n].articles[i] for n, i in places])
    return [places[position] for position in lacking]
