"""Articles as stored, and the rule that identifies them."""

from dataclasses import dataclass
from datetime import datetime

from models.identity import digest_id


def article_id(
    *, guid: str | None, canonical_url: str | None, feed_id: str, text_digest: str
) -> str:
    """Return the id of a new entry, from its guid, else its canonical URL, else its text.

    A guid is unique only within its feed. The lookup of known entries uses the same order
    (warehouse/articles/identity.py).
    """
    if guid:
        return digest_id("guid", feed_id, guid)
    if canonical_url:
        return digest_id("url", canonical_url)
    return digest_id("text", feed_id, text_digest)


def text_digest(title: str, text: str) -> str:
    """Return a digest of what the extractor reads; texts with equal digests are parsed once."""
    return digest_id("text", title, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One version of one article. All times are UTC.

    `published_at` is the publisher's claim; it may be null, wrong or in the future (`date_flag`
    says which). `first_seen_at` is when we could first have known; prices join to it. `text` is
    clean prose without navigation; `text_source` is `feed`, `page` or `archive`. `entry_digest`
    covers the feed entry, so it detects an edit even if the text is from a page.
    """

    article_id: str
    version: int
    feed_id: str
    guid: str | None
    url: str | None
    canonical_url: str | None
    title: str
    text: str
    text_digest: str
    entry_digest: str
    text_source: str
    language: str | None
    published_at: datetime | None
    updated_at: datetime | None
    fetched_at: datetime
    first_seen_at: datetime
    date_flag: str | None = None
