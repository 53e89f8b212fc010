"""A feed, one answer of it, and the entries it held: what the publisher said, untouched."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One line of the operator's feed list. `feed_id` is the operator's name for it.

    `poll_minutes` and `poll_max_minutes` bound the adaptive polling. `full_text` allows its
    article pages to be fetched; `allow_private` its own host to lie in a private network.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What we remember of a feed between runs, so that the next request can be conditional.

    `listed_url` is the address in the operator's list; `url` the one we ask, which a permanent
    redirect may have changed. `interval_s` is the feed's own rhythm as learned, `ttl_s` what it
    declares; `hold_until` is a wait its server asked for; `body_digest` tells an unchanged body
    where the server knows no validators.
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
    """One answer to one request: bytes as they came, decompressed.

    `status` is the HTTP status; `body` is empty for 304. `url` is the address that answered,
    after redirects.
    """

    feed_id: str
    url: str
    status: int
    fetched_at: datetime
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first header of that name, case-insensitively."""
        wanted = name.lower()
        return next((v for k, v in self.headers if k.lower() == wanted), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry of a feed as the publisher wrote it; nothing cleaned but the encoding.

    `title` is plain text. A date that could not be read leaves its words in `published_text`.
    `original_link` is the publisher's own address where the feed names one beside a tracker's.
    `date_doubt` says what was guessed in reading the date: `no_zone`, `unsure_zone`, `unsure_day`.
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
    """What one body held. `bozo` says in words what was wrong with it; entries are kept anyway.

    `ttl_s` is how long the feed asks to be left alone (RSS ttl, sy:updatePeriod). `notes` are
    remarks for the ledger, such as a charset that was not the one declared.
    `replaced_share` is the share of characters that could not be read, 0 to 1.
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
    """One attempt at one feed: a row of the fetch ledger.

    `outcome` is `ok`, `not_modified`, `skipped` or the class of the error (`timeout`, `http_500`,
    `not_a_feed`, ...); `error` the line a person reads. Sizes in bytes, times in seconds.
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
