"""What we hold of an entry once it is cleaned, and the rule that says when two are the same."""

from dataclasses import dataclass
from datetime import datetime

from models.identity import digest_id


def article_id(
    *, guid: str | None, canonical_url: str | None, feed_id: str, text_digest: str
) -> str:
    """The id of an entry seen for the first time: its guid, else its canonical URL, else its text.

    A guid counts within its feed only, for publishers number their entries as they like.
    Looking up whether an entry is already known goes by the same order
    (warehouse/articles/articles.py).
    """
    if guid:
        return digest_id("guid", feed_id, guid)
    if canonical_url:
        return digest_id("url", canonical_url)
    return digest_id("text", feed_id, text_digest)


def text_digest(title: str, text: str) -> str:
    """Digest of what the extractor would read; equal digests are never parsed twice."""
    return digest_id("text", title, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One version of one article. All times UTC.

    `published_at` is the publisher's claim and may be null, wrong or in the future (`date_flag`
    says which); `first_seen_at` is when we could first have known, and what prices join to.
    `text` is clean prose without navigation; `text_source` is `feed`, `page` or `archive`.
    `entry_digest` is over what the feed said: it tells an edit, whatever page the text is from.
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
