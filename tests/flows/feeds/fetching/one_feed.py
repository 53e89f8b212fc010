"""Fetches one feed from the test server: for tests of single answers."""

import asyncio
from collections.abc import Callable

from flows.base.fetch_settings import FetchSettings
from flows.feeds.fetching.fetch import FeedOutcome
from models.feed import Feed, FeedState
from tests.flows.conftest import BRISK, outcomes_of

RSS = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>Desk</title>'
    b"<item><guid>1</guid><title>Ministry delays quota</title></item></channel></rss>"
)
MakeFeed = Callable[..., Feed]


def run_one(
    feed: Feed, state: FeedState | None = None, settings: FetchSettings = BRISK
) -> FeedOutcome:
    """Fetch a feed once; its outcome."""
    states = {feed.feed_id: state} if state else {}
    return asyncio.run(outcomes_of([feed], states, settings))[feed.feed_id]
