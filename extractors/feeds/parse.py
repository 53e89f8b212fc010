"""Feed bytes to entries: RSS, Atom, RDF and CDF by feedparser, JSON Feed by our own reader.

A damaged feed returns its readable entries with the reason. A body that is not a feed raises, with
a hint at what it is.
"""

import io
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
from lxml import etree
from lxml import html as lxml_html

from extractors.feeds.fast_path import read_simple_feed
from extractors.feeds.json_feed import parse_json_feed
from extractors.feeds.limits import MAX_ENTRIES, within_limits
from extractors.feeds.media_captions import caption
from extractors.feeds.moments import Moment, MomentReader, region_of
from extractors.feeds.web_address import web_address
from extractors.feeds.xml_repair import repaired
from extractors.text.charset import Decoded, decoded
from extractors.text.invisible import visible
from extractors.text.plain_text import plain_as_html, title_text, without_controls
from models.errors import FeedParseError
from models.feed import FeedEntry, FetchedFeed, ParsedFeed

_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel", "rdf:rdf", "item", "entry", "atom:feed"})
_HTML_ROOTS = frozenset({"html", "head", "body", "title", "meta", "script", "div", "p", "h1"})
_BEFORE_ROOT = re.compile(
    r"\s+|<\?.{0,2000}?\?>|<!--.{0,20000}?-->|<!DOCTYPE[^\[>]{0,2000}(?:\[.{0,20000}?\]\s*)?>",
    re.DOTALL | re.IGNORECASE,
)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]{0,60})")
# A feed wrapped in an HTML page by its publishing system; pages about feeds escape such tags.
_FEED_INSIDE = re.compile(r"<(?:feed|rss|rdf:RDF)\s[^>]{0,300}?(?:xmlns|version)")
_ALTERNATE_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_PERIOD_S = {
    "hourly": 3600,
    "daily": 86400,
    "weekly": 604800,
    "monthly": 2592000,
    "yearly": 31536000,
}
_ENTRY = re.compile(r"<(?:[\w.-]{1,20}:)?(?:item|entry)[\s>]")


def parse_feed(fetched: FetchedFeed) -> ParsedFeed:
    """Return the entries of one response in feed order, without empty and repeated ones.

    Stateless, so that it can run in a worker process. Raises FeedParseError if the body is not a
    feed.
    """
    return without_useless(parse_all(fetched))


def parse_all(fetched: FetchedFeed) -> ParsedFeed:
    """Return every entry of one response unchanged. Raises FeedParseError if it is not a feed."""
    read = decoded(fetched.body, content_type=fetched.header("content-type"))
    start = read.text[:65536].lstrip(" \t\r\n\f\v\x00\ufeff")
    if not start:
        raise FeedParseError(fetched.url, "not a feed: the body is empty", kind="empty")
    if start[:1] in ("{", "["):
        return _with_share(parse_json_feed(fetched, read.text), read)
    root = _root_name(start)
    if root == "html" and not _FEED_INSIDE.search(read.text):
        raise _html_instead(fetched)
    text, repairs = repaired(read.text)
    body = text.encode("utf-8", "ignore")
    language = (fetched.header("content-language") or "").split(",")[0].strip() or None
    usual = read_simple_feed(body, base=fetched.url, language=language)
    cuts = usual["cuts"] if usual else ()
    if not usual:
        body, cuts = within_limits(body)
    result = usual or _with_feedparser(fetched, body, language)
    if root == "html" and not result["entries"]:
        raise _html_instead(fetched)
    if not result.get("version") and not result["entries"] and root not in _FEED_ROOTS:
        raise _something_else(fetched, root, start)
    if not result["entries"] and read.replaced and _ENTRY.search(text):
        reason = f"no entry can be read: {_replaced(read)}"
        raise FeedParseError(fetched.url, reason, kind="undecodable")
    feed = result["feed"]
    declared = _string(feed, "language") or language
    host = urlsplit(fetched.url).hostname if "//" in fetched.url else None
    dates = MomentReader(language=declared, region=region_of(declared, host))
    entries = tuple(_entry(fetched, e, feed, dates) for e in result["entries"][:MAX_ENTRIES])
    parsed = ParsedFeed(
        feed_id=fetched.feed_id,
        url=fetched.url,
        entries=entries,
        title=title_text(_string(feed, "title")) or None,
        language=_string(feed, "language") or None,
        format=result.get("version") or "",
        bozo="; ".join(filter(None, (_bozo_reason(result), *cuts))) or None,
        ttl_s=_ttl_s(feed),
        self_url=_self_url(feed),
        notes=repairs,
    )
    return _with_share(parsed, read)


def _with_share(parsed: ParsedFeed, read: Decoded) -> ParsedFeed:
    """Add what decoding found: notes, and the share of unreadable characters."""
    notes = (*read.notes, *((_replaced(read),) if read.replaced else ()), *parsed.notes)
    if read.charset == "utf-8" and not read.notes and not read.replaced:
        return parsed
    return replace(
        parsed,
        notes=tuple(n for n in notes if n != "no charset declared"),
        replaced_share=read.replaced_share,
        bozo=parsed.bozo or (_replaced(read) if read.replaced else None),
    )


def _replaced(read: Decoded) -> str:
    return f"{read.replaced:,} of {len(read.text):,} characters unreadable as {read.charset}"


def _with_feedparser(fetched: FetchedFeed, body: bytes, language: str | None) -> dict[str, Any]:
    # feedparser takes charset and base from headers. A media type it knows keeps it from flagging
    # every text/plain or text/html feed as malformed.
    headers = {
        "content-type": "application/xml; charset=utf-8",
        "content-location": fetched.url,
    }
    if language:
        headers["content-language"] = language
    try:
        # A stream, because feedparser opens bytes that look like a path or an address.
        result: dict[str, Any] = feedparser.parse(
            io.BytesIO(body),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    # A hostile body may raise anything; only this feed fails.
    except Exception as error:
        reason = f"malformed beyond reading: {type(error).__name__}: {error}"
        raise FeedParseError(fetched.url, reason, kind="malformed") from error
    return result


def without_useless(parsed: ParsedFeed) -> ParsedFeed:
    """Drop entries that cannot be articles: empty ones and repetitions within the feed.

    A guid shared by entries with different links identifies none of them: it is removed, and their
    links identify them. Entries that differ in any field are not repetitions.
    """
    addressed = [replace(e, link=web_address(e.link)) for e in parsed.entries]
    full = [e for e in addressed if e.title or e.link or e.summary_html or e.content_html]
    links: dict[str, set[str | None]] = {}
    for entry in full:
        if entry.guid:
            links.setdefault(entry.guid, set()).add(entry.link)
    shared = {guid for guid, found in links.items() if len(found) > 1}
    kept: dict[object, FeedEntry] = {}
    for entry in full:
        if entry.guid in shared:
            entry = replace(entry, guid=None)
        said = (entry.title, entry.summary_html, entry.content_html)
        kept.setdefault((entry.guid, entry.link, said), entry)
    notes = list(parsed.notes)
    lost = sum(
        bool(was.link) and not now.link for was, now in zip(parsed.entries, addressed, strict=True)
    )
    if lost:
        notes.append(f"{_count(lost, 'link', 'links')} to no web address")
    if dropped := len(parsed.entries) - len(full):
        notes.append(f"{_count(dropped, 'entry', 'entries')} without title, link and text")
    if repeated := len(full) - len(kept):
        notes.append(f"{_count(repeated, 'entry', 'entries')} repeated")
    if shared:
        notes.append(f"{_count(len(shared), 'guid', 'guids')} on several entries, not used")
    if parsed.entries and not full:
        raise FeedParseError(
            parsed.url,
            f"all {len(parsed.entries)} entries lack title, link and text",
            kind="undecodable" if parsed.replaced_share else "no_usable_entries",
        )
    return replace(parsed, entries=tuple(kept.values()), notes=tuple(notes))


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _entry(
    fetched: FetchedFeed, raw: dict[str, Any], feed: dict[str, Any], dates: MomentReader
) -> FeedEntry:
    published, updated, created = (
        _moment(raw, key, dates) for key in ("published", "updated", "created")
    )
    words = _own(raw, "published") or _own(raw, "updated") or _own(raw, "created")
    claimed = next((m for m in (published, created, updated) if m.at), Moment(at=None))
    contents = [c for c in dict.get(raw, "content", ()) if isinstance(c, dict)]
    best = max((_html(c.get("value"), c) for c in contents if _is_text(c)), key=len, default="")
    summary = _html(dict.get(raw, "summary"), dict.get(raw, "summary_detail"))
    if not best.strip() and not summary.strip():
        summary = without_controls(caption(raw))
    return FeedEntry(
        feed_id=fetched.feed_id,
        guid=_own(raw, "id").strip() or None,
        link=_link(raw, fetched.url),
        title=title_text(_own(raw, "title")),
        summary_html=without_controls(summary),
        content_html=without_controls(best),
        published_at=published.at or created.at,
        updated_at=updated.at,
        authors=_authors(raw),
        tags=tuple(t for t in (_words(tag, "term") for tag in dict.get(raw, "tags", ())) if t),
        language=_language(raw, contents) or _string(feed, "language") or None,
        published_text=without_controls(words)[:100]
        if words and not (published.at or updated.at)
        else None,
        original_link=_own(raw, "feedburner_origlink") or None,
        date_doubt=claimed.doubt,
    )


def _html(value: object, detail: object) -> str:
    """Return a text as HTML. Atom's `type="text"` is plain; other types may contain HTML."""
    text = value if isinstance(value, str) else ""
    plain = isinstance(detail, dict) and dict.get(detail, "type") == "text/plain"
    return plain_as_html(text) if plain else text


def _is_text(content: dict[str, Any]) -> bool:
    kind = str(content.get("type") or "text/html")
    return not kind.startswith(("image/", "audio/", "video/"))


def _own(raw: dict[str, Any], key: str) -> str:
    value = dict.get(raw, key)
    return without_controls(value) if isinstance(value, str) else ""


def _string(raw: object, key: str) -> str:
    value = raw.get(key) if isinstance(raw, dict) else None
    return without_controls(value).strip() if isinstance(value, str) else ""


def _words(raw: object, key: str) -> str:
    return visible(_string(raw, key)).strip()


def _link(raw: dict[str, Any], base: str) -> str | None:
    found = _own(raw, "link").strip()
    if not found:
        hrefs = [_string(each, "href") for each in dict.get(raw, "links", ())]
        found = next((h for h in hrefs if h.startswith(("http://", "https://"))), "")
    if not found:
        return None
    try:
        return urljoin(base, found)
    except ValueError:
        return None


def _authors(raw: dict[str, Any]) -> tuple[str, ...]:
    names = [_words(a, "name") for a in dict.get(raw, "authors", ())]
    return tuple(dict.fromkeys(n for n in (*names, visible(_own(raw, "author")).strip()) if n))


def _language(raw: dict[str, Any], contents: list[dict[str, Any]]) -> str:
    details = (dict.get(raw, "title_detail"), dict.get(raw, "summary_detail"), *contents)
    return next((lang for d in details if (lang := _string(d, "language"))), "")


def _moment(raw: dict[str, Any], key: str, dates: MomentReader) -> Moment:
    # dict.get, not raw.get: feedparser's own falls back from one date to another.
    text = _own(raw, key)
    return dates.read(text, dict.get(raw, f"{key}_parsed")) if text else Moment(at=None)


def _ttl_s(feed: dict[str, Any]) -> float | None:
    hints: list[float] = []
    ttl = _string(feed, "ttl")
    if re.fullmatch(r"\d{1,6}", ttl) and int(ttl):
        hints.append(int(ttl) * 60.0)
    period = _PERIOD_S.get(_string(feed, "sy_updateperiod").lower())
    if period:
        frequency = _string(feed, "sy_updatefrequency")
        times = int(frequency) if re.fullmatch(r"\d{1,4}", frequency) else 1
        hints.append(period / max(1, times))
    return max(hints, default=None)


def _self_url(feed: dict[str, Any]) -> str | None:
    for link in dict.get(feed, "links", ()):
        if _string(link, "rel") == "self" and _string(link, "href"):
            return _string(link, "href")
    return None


def _bozo_reason(result: dict[str, Any]) -> str | None:
    if not result.get("bozo"):
        return None
    error = result.get("bozo_exception")
    return without_controls(f"{type(error).__name__}: {error}")[:300]


def _root_name(start: str) -> str | None:
    at = 0
    while (match := _BEFORE_ROOT.match(start, at)) and match.end() > at:
        at = match.end()
    found = _ROOT.match(start, at)
    name = found[1].lower() if found else None
    if name in _FEED_ROOTS:
        return name
    if name in _HTML_ROOTS or "<!doctype html" in start[:2000].lower():
        return "html"
    return name


def _html_instead(fetched: FetchedFeed) -> FeedParseError:
    found = find_alternates(fetched.body, fetched.url)
    kind = (fetched.header("content-type") or "text/html").partition(";")[0].strip()
    reason = f"not a feed: {kind}, {len(fetched.body):,} bytes"
    if found:
        reason += f"; the page points to {found[0]}"
    elif b"enable javascript" in fetched.body.lower() or b"captcha" in fetched.body.lower():
        reason += "; a browser check; the site rejects programs"
    else:
        reason += "; open the address in a browser and look for its feed"
    return FeedParseError(fetched.url, reason, alternates=found)


def _something_else(fetched: FetchedFeed, root: str | None, start: str) -> FeedParseError:
    size = f"{len(fetched.body):,} bytes"
    if root and root not in _FEED_ROOTS:
        return FeedParseError(fetched.url, f"not a feed: XML with root <{root}>, {size}")
    kind = (fetched.header("content-type") or "unknown type").partition(";")[0].strip()
    if start.startswith("%PDF"):
        kind = "a PDF file"
    return FeedParseError(fetched.url, f"not a feed: {kind}, {size}")


def find_alternates(page: bytes, base: str) -> tuple[str, ...]:
    """Return the feeds that an HTML page links with <link rel=alternate>, as absolute addresses."""
    try:
        root = lxml_html.document_fromstring(page[:2_000_000])
    except (etree.LxmlError, ValueError, AssertionError):
        return ()
    found: dict[str, None] = {}
    for link in root.iter("link"):
        types = (link.get("type") or "").partition(";")[0].strip().lower()
        rels = (link.get("rel") or "").lower().split()
        if "alternate" in rels and types in _ALTERNATE_TYPES and link.get("href"):
            try:
                found[urljoin(base, link.get("href").strip())] = None
            except ValueError:
                continue
    return tuple(found)
