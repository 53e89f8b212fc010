"""`policywire feeds check`: fetches feeds, stores nothing, and reports what came."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.base.interrupts import run_async
from flows.base.known_values import suggestion
from flows.base.progress import track
from flows.base.settings import Settings
from flows.feeds.feed_list import fetchable, load_feeds
from flows.feeds.fetching.fetch import FeedOutcome, FetchSettings, fetch_feeds, with_parsed
from flows.feeds.fetching.readers import FeedReaders, readers_for
from flows.feeds.summaries import summary_hint
from models.errors import ConfigError, FeedParseError
from models.feed import Feed, ParsedFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCheck:
    """The result of checking one feed. `cells` are the columns of its table row."""

    feed_id: str
    failed: bool
    cells: tuple[object, ...]


def check_feeds(settings: Settings, feed_id: str | None) -> list[FeedCheck]:
    """Fetch one feed, or all enabled ones, without validators; results are sorted by feed id.

    Raises ConfigError when there is no feed of that id, or when it is a template.
    """
    feeds = chosen(load_feeds(settings.feeds), feed_id)
    fetching = settings.fetch.settings(run_id="check")
    checks: list[FeedCheck] = []
    with track("feeds", len(feeds)) as advance:

        async def check() -> None:
            async with readers_for(len(feeds), fetching) as readers:

                async def on_done(outcome: FeedOutcome) -> None:
                    checks.append(await explain(outcome, fetching, readers))
                    advance(1)

                await fetch_feeds(feeds, {}, fetching, on_done=on_done)

        run_async(check())
    return sorted(checks, key=lambda check: check.feed_id)


def chosen(listed: Sequence[Feed], feed_id: str | None) -> Sequence[Feed]:
    """The feeds to check; a disabled one only when it is named."""
    if feed_id is None:
        return fetchable(listed)[0]
    found = next((feed for feed in listed if feed.feed_id == feed_id), None)
    if found is None:
        near = suggestion(feed_id, [feed.feed_id for feed in listed])
        raise ConfigError(f"no feed {feed_id!r} in the list; {near}")
    if found.kind.endswith("_template"):
        raise ConfigError(
            f"feed {feed_id!r} is a template ({found.kind}): fill in the {{...}} parts of its url"
        )
    return (found,)


async def explain(outcome: FeedOutcome, fetching: FetchSettings, readers: FeedReaders) -> FeedCheck:
    """The check of one feed: read its body, put the result into words."""
    parsed: ParsedFeed | None = None
    hint = ""
    if outcome.fetched is not None:
        try:
            parsed = (await readers.read(outcome.fetched)).parsed
        except FeedParseError as error:
            outcome = with_parsed(outcome, error, fetching)
            hint = f"; it links to {', '.join(error.alternates)}" if error.alternates else ""
        else:
            outcome = with_parsed(outcome, parsed, fetching)
    fetch = outcome.fetch
    dates = [e.published_at or e.updated_at for e in parsed.entries] if parsed else []
    newest = max((d for d in dates if d is not None), default=None)
    remarks = [fetch.error + hint if fetch.error else "", fetch.bozo or "", *fetch.notes]
    if fetch.next_check_reason:
        remarks.append(f"next check by {fetch.next_check_reason}")
    remarks.append(summary_hint(outcome.feed, parsed))
    return FeedCheck(
        feed_id=fetch.feed_id,
        failed=outcome.error is not None,
        cells=(
            fetch.feed_id,
            fetch.outcome,
            fetch.status,
            fetch.entry_count if parsed else None,
            newest,
            fetch.duration_s,
            "; ".join(remark for remark in remarks if remark),
        ),
    )
