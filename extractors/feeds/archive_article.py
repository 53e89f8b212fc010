"""Turns an archive's text or page into an article."""

from datetime import UTC, datetime

from extractors.feeds.article import date_flag, guid_key
from extractors.feeds.canonical_url import canonical_url
from extractors.feeds.page_text import PageTooLargeError, page_text
from extractors.feeds.web_address import web_address
from extractors.text.charset import decoded
from extractors.text.invisible import visible
from extractors.text.language import language_of
from models.archive import ArchiveItem
from models.article import Article, article_id, text_digest


def article_from_archive(
    item: ArchiveItem, *, feed_id: str, fetched_at: datetime
) -> Article | None:
    """Return the article of an archive item; None if it has no text.

    `first_seen_at` is the archive's capture time, else the publication time, else `fetched_at`
    (now): the time when we could first have known.
    """
    title, text, published = (
        visible(item.title).strip(),
        visible(item.text).strip(),
        item.published_at,
    )
    if item.html is not None:
        title, text, published = read_page(item)
    if not text and not title:
        return None
    digest = text_digest(title, text)
    url = web_address(item.url)
    canonical = canonical_url(url)
    guid = guid_key(item.guid)
    seen = min(item.seen_at or published or fetched_at, fetched_at)
    return Article(
        article_id=article_id(
            guid=guid, canonical_url=canonical, feed_id=feed_id, text_digest=digest
        ),
        version=1,
        feed_id=feed_id,
        guid=guid,
        url=url,
        canonical_url=canonical,
        title=title,
        text=text,
        text_digest=digest,
        entry_digest=digest,
        text_source="archive",
        language=language_of(f"{title}\n{text}", declared=item.language),
        published_at=published,
        updated_at=None,
        fetched_at=item.seen_at or fetched_at,
        first_seen_at=seen,
        date_flag=date_flag(published, seen_at=seen, words=None),
    )


def read_page(item: ArchiveItem) -> tuple[str, str, datetime | None]:
    """Return a page's title, prose and publication time; both are empty without prose."""
    from trafilatura import extract_metadata  # slow to import, so only for pages

    assert item.html is not None, "only pages are read here"
    page = decoded(item.html, page=True).text
    try:
        text = page_text(page, url=item.url)
    except PageTooLargeError:
        text = ""
    if not text:
        return "", "", None
    metadata = extract_metadata(page, default_url=item.url)
    published = item.published_at
    if published is None and metadata is not None and metadata.date:
        published = datetime.fromisoformat(metadata.date).replace(tzinfo=UTC)
    title = visible(
        item.title or (metadata.title if metadata is not None and metadata.title else "")
    ).strip()
    # Many pages begin with their headline; do not repeat it.
    return title, text.removeprefix(title).lstrip() if title else text, published
