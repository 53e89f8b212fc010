"""JSON Feed (jsonfeed.org, versions 1 and 1.1) as feed entries."""

import json
from typing import Any
from urllib.parse import urljoin, urlsplit

from extractors.feeds.limits import MAX_ENTRIES, beyond
from extractors.feeds.moments import Moment, MomentReader, region_of
from extractors.text.invisible import visible
from extractors.text.plain_text import plain_as_html, title_text, without_controls
from models.errors import FeedParseError
from models.feed import FeedEntry, FetchedFeed, ParsedFeed

_LONG_NUMBER = 100


def parse_json_feed(fetched: FetchedFeed, text: str) -> ParsedFeed:
    """Return the entries of a JSON Feed. Raises FeedParseError for broken or other JSON."""
    try:
        data: Any = json.loads(text, parse_int=_number)
    except (ValueError, RecursionError) as error:
        raise FeedParseError(fetched.url, f"broken JSON: {error}", kind="malformed") from error
    items = data.get("items") if isinstance(data, dict) else None
    known = isinstance(data, dict) and "jsonfeed.org" in str(data.get("version", ""))
    if not isinstance(items, list) or not (known or data.get("title")):
        raise FeedParseError(
            fetched.url, "not a feed: JSON, but no JSON Feed (no version, no items)"
        )
    language = _text(data.get("language")) or None
    faults = (*(() if known else ("no JSON Feed version",)), *beyond(len(items)))
    host = urlsplit(fetched.url).hostname if "//" in fetched.url else None
    dates = MomentReader(language=language, region=region_of(language, host))
    return ParsedFeed(
        feed_id=fetched.feed_id,
        url=fetched.url,
        entries=tuple(
            _entry(i, fetched, language, dates) for i in items[:MAX_ENTRIES] if isinstance(i, dict)
        ),
        title=title_text(_text(data.get("title"))) or None,
        language=language,
        format=f"json {_text(data.get('version')).rpartition('/')[2]}".strip(),
        bozo="; ".join(faults) or None,
        self_url=_text(data.get("feed_url")) or None,
    )


def _number(digits: str) -> int | str:
    # An id may be a number of any length; Python refuses to parse thousands of digits.
    return int(digits) if len(digits) < _LONG_NUMBER else digits


def _entry(
    item: dict[str, Any], fetched: FetchedFeed, language: str | None, dates: MomentReader
) -> FeedEntry:
    published = _text(item.get("date_published"))
    moment = dates.read(published) if published else Moment(at=None)
    modified = _text(item.get("date_modified"))
    updated = dates.read(modified) if modified else Moment(at=None)
    authors = item.get("authors")
    people = authors if isinstance(authors, list) else [item.get("author")]
    tags = item.get("tags")
    link = _link(item.get("url"), fetched.url) or _link(item.get("external_url"), fetched.url)
    return FeedEntry(
        feed_id=fetched.feed_id,
        guid=_text(item.get("id")) or None,
        link=link,
        title=title_text(_text(item.get("title"))),
        summary_html=plain_as_html(_text(item.get("summary"))),
        content_html=_text(item.get("content_html"))
        or plain_as_html(_text(item.get("content_text"))),
        published_at=moment.at,
        updated_at=updated.at,
        authors=tuple(
            visible(_text(p.get("name"))) for p in people if isinstance(p, dict) and p.get("name")
        ),
        tags=tuple(visible(_text(t)) for t in tags if _text(t)) if isinstance(tags, list) else (),
        language=_text(item.get("language")) or language,
        published_text=published[:100] if published and not moment.at else None,
        date_doubt=(moment if moment.at else updated).doubt,
    )


def _text(value: object) -> str:
    # Some feeds use numbers as ids although the format requires strings.
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return without_controls(str(value)).strip()


def _link(value: object, base: str) -> str | None:
    text = _text(value)
    if not text:
        return None
    try:
        return urljoin(base, text)
    except ValueError:
        return None
