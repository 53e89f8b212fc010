"""A feed, one response from it, and its entries, exactly as the publisher wrote them."""

from dataclasses import dataclass, field
from datetime import datetime

# How the categories of feeds begin whose publisher is a state or an office of it.
OFFICIAL = "official"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One entry of the operator's feed list. `feed_id` is the operator's name for the feed.

    `poll_minutes` and `poll_max_minutes` bound the adaptive polling. `full_text` allows fetching
    article pages; `allow_private` allows the feed's host to be in a private network.
    """

    feed_id: str
    name: str
    url: str
    kind: str = "rss"
    publisher: str = ""
    category: str = "other"
    language: str = "en"
    country: str | None = None
    poll_minutes: int = 60
    trust_tier: int = 3
    enabled: bool = True
    full_text: bool = False
    allow_private: bool = False
    poll_max_minutes: int | None = None
    terms: str = ""
    note: str = ""

    @property
    def speaks_for(self) -> str | None:
        """Return the state whose own publication this is, as a code; None for all others.

        Trust is another matter: a top wire is as trusted, and speaks for nobody.
        """
        return (self.country or None) if self.category.startswith(OFFICIAL) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What we remember of a feed between runs, so that the next request can be conditional.

    `listed_url` is the address in the operator's list; `url` is the one we request, which a
    permanent redirect may have changed. `interval_s` is the learned update interval, `ttl_s` the
    declared one. `hold_until` is a wait the server asked for. `body_digest` detects an unchanged
    body if the server sends no validators.
    """

    feed_id: str
    url: str
    etag: str | None = None
    last_modified: str | None = None
    next_check_at: datetime | None = None
    redirect_url: str | None = None
    redirect_count: int = 0
    failure_count: int = 0
    retired: bool = False
    listed_url: str | None = None
    interval_s: float | None = None
    ttl_s: float | None = None
    hold_until: datetime | None = None
    body_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFeed:
    """One response to one request: the decompressed bytes.

    `status` is the HTTP status; `body` is empty for 304. `url` is the final address after
    redirects.
    """

    feed_id: str
    url: str
    status: int
    fetched_at: datetime
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first header of that name, case-insensitively."""
        wanted = name.lower()
        return next((v for k, v in self.headers if k.lower() == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry of a feed as the publisher wrote it; only the encoding is normalised.

    `title` is plain text. An unreadable date is kept as text in `published_text`. `original_link`
    is the publisher's own address, if the feed gives one besides a tracking link. `date_doubt` says
    what was guessed in the date: `no_zone`, `unsure_zone`, `unsure_day`.
    """

    feed_id: str
    guid: str | None
    link: str | None
    title: str
    summary_html: str = ""
    content_html: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    published_text: str | None = None
    original_link: str | None = None
    date_doubt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """The content of one response body. `bozo` says what was malformed; entries are kept anyway.

    `ttl_s` is the polling interval the feed asks for (RSS ttl, sy:updatePeriod). `notes` are
    remarks for the ledger, such as a wrongly declared charset. `replaced_share` is the share of
    unreadable characters, 0 to 1.
    """

    feed_id: str
    url: str
    entries: tuple[FeedEntry, ...]
    title: str | None = None
    language: str | None = None
    format: str = ""
    bozo: str | None = None
    ttl_s: float | None = None
    self_url: str | None = None
    notes: tuple[str, ...] = ()
    replaced_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One request to one feed: a row of the fetch ledger.

    `outcome` is `ok`, `not_modified`, `skipped` or the class of the error (`timeout`, `http_500`,
    `not_a_feed`, ...); `error` is the readable message. Sizes in bytes, times in seconds.
    """

    fetch_id: str
    feed_id: str
    run_id: str
    url: str
    started_at: datetime
    duration_s: float
    outcome: str
    status: int | None = None
    body_bytes: int = 0
    entry_count: int = 0
    new_count: int = 0
    changed_count: int = 0
    retry_count: int = 0
    bozo: str | None = None
    replaced_share: float = 0.0
    error: str | None = None
    next_check_at: datetime | None = None
    next_check_reason: str | None = None
    notes: tuple[str, ...] = field(default=())
