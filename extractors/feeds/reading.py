"""One response of a feed to articles: what a parse worker does for each body."""

from dataclasses import dataclass, replace
from datetime import datetime

from extractors.feeds.article import WEB_BEGAN, TellLanguage, article_from_entry
from extractors.feeds.parse import parse_feed
from extractors.text.language import UNDECIDED, language_of
from models.article import Article
from models.feed import FeedEntry, FetchedFeed, ParsedFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFeed:
    """A parsed body and its articles; entries and articles are in the same order."""

    parsed: ParsedFeed
    articles: tuple[Article, ...]


def read_feed(
    fetched: FetchedFeed,
    *,
    archive_clock: bool = False,
    tell_language: TellLanguage = language_of,
) -> ReadFeed:
    """Parse a body and turn its entries into articles. Raises FeedParseError if it is not a feed.

    With `archive_clock` an article's `first_seen_at` is its publisher's date. A worker passes
    `language_at_sight` and leaves undecided texts to `with_languages` in its parent: the model
    takes almost a second to load, and one process with it is enough.
    """
    parsed = parse_feed(fetched)
    articles = tuple(
        article_from_entry(
            entry,
            fetched_at=fetched.fetched_at,
            first_seen_at=first_seen_at(entry, fetched.fetched_at, archive_clock=archive_clock),
            tell_language=tell_language,
        )
        for entry in parsed.entries
    )
    return ReadFeed(parsed=parsed, articles=articles)


def with_languages(read: ReadFeed) -> ReadFeed:
    """Return the same with the languages that a worker left undecided."""
    if all(article.language != UNDECIDED for article in read.articles):
        return read
    articles = tuple(
        article
        if article.language != UNDECIDED
        else replace(
            article,
            language=language_of(f"{article.title}\n{article.text}", declared=entry.language),
        )
        for entry, article in zip(read.parsed.entries, read.articles, strict=True)
    )
    return replace(read, articles=articles)


def first_seen_at(entry: FeedEntry, fetched_at: datetime, *, archive_clock: bool) -> datetime:
    """Return when we could first have known an entry: now, or the publisher's date for an archive.

    A date from before the web existed is ignored.
    """
    claimed = entry.published_at or entry.updated_at
    if not archive_clock or claimed is None or not WEB_BEGAN <= claimed < fetched_at:
        return fetched_at
    return claimed
