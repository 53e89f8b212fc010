"""Polite conditional GET of many feeds: each outcome is handed to the caller as it completes.

A feed that fails becomes an outcome with an error and a ledger row; the other feeds go on. This
module stores nothing. The caller stores state and articles in one transaction; otherwise, a kill
between the two would lose what the next 304 hides.
"""

import hashlib
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from flows.base.fetch_settings import FetchSettings
from flows.feeds.fetching.addresses import host_and_port
from flows.feeds.fetching.feed_request import FeedRequest
from flows.feeds.fetching.http_client import HttpClient
from flows.feeds.fetching.next_check import believable
from flows.feeds.fetching.outcome import FeedOutcome, with_parsed
from flows.feeds.fetching.pages import PageOutcome, PageRequest, fetch_page, fetch_pages
from flows.feeds.fetching.politeness import run_by_host
from models.errors import FetchError
from models.feed import Feed, FeedState

__all__ = [
    "FeedOutcome",
    "FetchSettings",
    "PageOutcome",
    "PageRequest",
    "fetch_feeds",
    "fetch_page",
    "fetch_pages",
    "with_parsed",
]


OnDone = Callable[[FeedOutcome], Awaitable[None] | None]


async def fetch_feeds(
    feeds: Sequence[Feed],
    states: Mapping[str, FeedState],
    settings: FetchSettings,
    *,
    on_done: OnDone,
    client: HttpClient | None = None,
) -> None:
    """Fetch every feed once, conditionally; call `on_done` with each outcome as it completes.

    At most `settings.max_at_once` feeds are in flight, counting an awaited `on_done`, so memory
    does not grow with the list. The caller decides which feeds are due (next_check.is_due); this
    skips only retired feeds and those whose server asked for a wait. Any error of a feed is in its
    outcome; an exception of `on_done` ends the run.
    """
    run_id = settings.run_id or uuid4().hex
    known = states_to_use(feeds, states, settings, now=settings.clock())
    async with AsyncExitStack() as stack:
        if client is None:
            client = await stack.enter_async_context(HttpClient(settings))
        used = client

        async def work(feed: Feed) -> None:
            outcome = await FeedRequest(feed, known[feed.feed_id], used, run_id).run()
            handled = on_done(outcome)
            if inspect.isawaitable(handled):
                await handled

        await run_by_host(
            [(_host(known[f.feed_id]), f) for f in in_order(feeds, known, run_id)],
            work,
            at_once=settings.max_at_once,
            per_host=settings.per_host,
            start_gap_s=settings.start_gap_s,
        )


def states_to_use(
    feeds: Sequence[Feed],
    states: Mapping[str, FeedState],
    settings: FetchSettings,
    *,
    now: datetime,
) -> dict[str, FeedState]:
    """The state of each feed by its id, without times that cannot be right."""
    return {
        feed.feed_id: believable(
            feed, current_state(feed, states.get(feed.feed_id)), settings, now=now
        )
        for feed in feeds
    }


def current_state(feed: Feed, state: FeedState | None) -> FeedState:
    """The stored state, or a new one for a new feed and for one whose listed address changed."""
    if state is None or (state.listed_url or state.url) != feed.url:
        return FeedState(feed_id=feed.feed_id, url=feed.url, listed_url=feed.url)
    return replace(state, listed_url=feed.url)


def in_order(feeds: Sequence[Feed], states: Mapping[str, FeedState], run_id: str) -> list[Feed]:
    """The feeds in an order of this run's own, with those that fail last.

    So the time-outs of failing feeds never keep a healthy one waiting.
    """

    def position(feed: Feed) -> tuple[int, bytes]:
        digest = hashlib.blake2b((run_id + feed.feed_id).encode(), digest_size=8).digest()
        return states[feed.feed_id].failure_count, digest

    return sorted(feeds, key=position)


def _host(state: FeedState) -> str:
    try:
        return host_and_port(state.url)[0]
    except FetchError:
        return ""
