"""What a reader process is asked, and what it answers when it cannot."""

from dataclasses import dataclass
from datetime import datetime

from models.feed import FeedEntry, FetchedFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedBody:
    """A feed's body, wanted as articles: answered by ReadFeed."""

    fetched: FetchedFeed
    archive_clock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOfEntry:
    """An article page, wanted as the article of its entry: answered by Article."""

    entry: FeedEntry
    fetched_at: datetime
    first_seen_at: datetime
    html: bytes | str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRead:
    """Why something could not be read: the ledger's class of error, and a line for a person."""

    kind: str
    reason: str


ReadingRequest = FeedBody | PageOfEntry
