"""Turns a feed entry, with its page if fetched, into an article."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from extractors.feeds.canonical_url import canonical_url, redirect_target
from extractors.feeds.page_text import page_text, why_not_the_article
from extractors.feeds.web_address import web_address
from extractors.text.language import language_of
from extractors.text.plain_text import fragment_text
from models.article import Article, article_id, text_digest
from models.feed import FeedEntry

TellLanguage = Callable[..., str | None]
_CLOCK_SKEW = timedelta(minutes=15)
_FAR_FUTURE = timedelta(days=366)
WEB_BEGAN = datetime(1990, 1, 1, tzinfo=UTC)
_LONG_TITLE, _TAIL_WORDS = 20, 100

__all__ = ["article_from_entry", "canonical_url", "date_flag"]


def article_from_entry(
    entry: FeedEntry,
    *,
    fetched_at: datetime,
    first_seen_at: datetime,
    page_html: bytes | str | None = None,
    tell_language: TellLanguage = language_of,
) -> Article:
    """Return the first version of an article, from its feed entry and, if given, its page.

    The page's text is used if it is the announced article and longer than the feed's text. For a
    consent wall, paywall or teaser, the feed's own content is used. `version` is always 1: the
    warehouse counts versions. Times must be timezone-aware.
    """
    link = entry.original_link or entry.link
    url = web_address((redirect_target(link) or link) if link else None)
    feed_text = _feed_text(entry)
    text, source = feed_text, "feed"
    if page_html:
        page = page_text(page_html, url=url)
        if why_not_the_article(page, title=entry.title, teaser=text) is None:
            text, source = page, "page"
    title = entry.title or _first_words(text)
    digest = text_digest(title, text)
    said = text_digest(entry.title, feed_text)
    guid = guid_key(entry.guid)
    canonical = canonical_url(url)
    published = entry.published_at or entry.updated_at
    return Article(
        article_id=article_id(
            guid=guid, canonical_url=canonical, feed_id=entry.feed_id, text_digest=said
        ),
        version=1,
        feed_id=entry.feed_id,
        guid=guid,
        url=url,
        canonical_url=canonical,
        title=title,
        text=text,
        text_digest=digest,
        entry_digest=said,
        text_source=source,
        language=tell_language(f"{title}\n{text}", declared=entry.language),
        published_at=published,
        updated_at=entry.updated_at,
        fetched_at=fetched_at,
        first_seen_at=first_seen_at,
        date_flag=date_flag(published, seen_at=fetched_at, words=entry.published_text)
        or entry.date_doubt,
    )


def guid_key(guid: str | None) -> str | None:
    """Return the guid as an identity key; an address in it loses its tracking parameters."""
    guid = " ".join((guid or "").split())
    if guid.startswith(("http://", "https://")):
        page, _, place = guid.partition("#")
        canonical = canonical_url(page)
        return f"{canonical}#{place}" if canonical and place else canonical or guid
    return guid or None


def date_flag(published: datetime | None, *, seen_at: datetime, words: str | None) -> str | None:
    """Return what is wrong with a publisher's date (missing, unreadable, absurd, future), or None.

    `absurd` is before the web existed or more than a year ahead; `future` is beyond clock error.
    """
    if published is None:
        return "unreadable" if words else "missing"
    if published < WEB_BEGAN or published > seen_at + _FAR_FUTURE:
        return "absurd"
    return "future" if published > seen_at + _CLOCK_SKEW else None


def _feed_text(entry: FeedEntry) -> str:
    content = fragment_text(entry.content_html)
    summary = fragment_text(entry.summary_html)
    # Some feeds put the article into the summary and a caption into the content.
    best = content if len(content) >= len(summary) else summary
    return without_tail(best, entry.title)


def without_tail(text: str, title: str) -> str:
    """Return the text without a last paragraph that only names the article itself.

    "The post X appeared first on Y", in any language.
    """
    while len(title) >= _LONG_TITLE:
        head, parting, last = text.rpartition("\n\n")
        if not parting or title not in " ".join(last.split()):
            break
        if len(last) - len(title) > _TAIL_WORDS:
            break
        text = head.rstrip()
    return text


def _first_words(text: str) -> str:
    # Microblogs have no titles, but readers need one.
    first = text.partition("\n")[0]
    return first if len(first) <= 100 else first[:100].rpartition(" ")[0] + "…"
