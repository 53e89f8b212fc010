"""Requests to a reader process, and its answer when it cannot read."""

from dataclasses import dataclass
from datetime import datetime

from models.feed import FeedEntry, FetchedFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedBody:
    """A feed's body to turn into articles: answered by ReadFeed."""

    fetched: FetchedFeed
    archive_clock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOfEntry:
    """An article page to turn into the article of its entry: answered by Article."""

    entry: FeedEntry
    fetched_at: datetime
    first_seen_at: datetime
    html: bytes | str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRead:
    """Why a body could not be read: the error class for the ledger, and a readable line."""

    kind: str
    reason: str


ReadingRequest = FeedBody | PageOfEntry
