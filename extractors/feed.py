"""Feed bytes to entries: RSS, Atom, RDF and CDF by feedparser, JSON Feed by our own reader.

A damaged feed gives what it holds, with the reason kept; what is no feed at all raises, with a
hint at what it is instead.
"""

import codecs
import io
import re
import time
from calendar import timegm
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import feedparser
from lxml import etree
from lxml import html as lxml_html

from extractors.feed_limits import MAX_ENTRIES, within_limits
from extractors.json_feed import parse_json_feed
from extractors.plain_text import fit, title_text
from extractors.usual_feed import read_usual_feed
from extractors.web_address import web_address
from models.errors import FeedParseError
from models.feed import FeedEntry, FetchedFeed, ParsedFeed

_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel", "rdf:rdf", "item", "entry", "atom:feed"})
_HTML_ROOTS = frozenset({"html", "head", "body", "title", "meta", "script", "div", "p", "h1"})
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"\x00<", b"<\x00")
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
# Not allowed in XML 1.0; escape (1b) is left, for ISO-2022-JP is made of it.
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")
_BEFORE_ROOT = re.compile(
    rb"\s+|<\?.{0,2000}?\?>|<!--.{0,20000}?-->|<!DOCTYPE[^\[>]{0,2000}(?:\[.{0,20000}?\]\s*)?>",
    re.DOTALL | re.IGNORECASE,
)
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]{0,60})")
# A feed wrapped into a page by its publishing system; pages about feeds escape such words.
_FEED_INSIDE = re.compile(rb"<(?:feed|rss|rdf:RDF)\s[^>]{0,300}?(?:xmlns|version)")
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
_LATIN = frozenset({"iso8859-1", "ascii", "cp1252"})
# Python's codecs that are no charsets of text; asked for by name they may fail in odd ways.
_ODD_CODECS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})


def parse_feed(fetched: FetchedFeed) -> ParsedFeed:
    """The entries of one answer, in the feed's order, empty and repeated ones dropped.

    Plain and free of state, so that it can run in a worker process. Raises FeedParseError when
    the body holds no feed.
    """
    return without_useless(parse_all(fetched))


def parse_all(fetched: FetchedFeed) -> ParsedFeed:
    """Every entry of one answer as it stands. Raises FeedParseError when there is no feed."""
    body = fetched.body
    start = _bare_start(body)
    if not start:
        raise FeedParseError(fetched.url, "not a feed: the body is empty", kind="empty")
    if start[:1] in (b"{", b"["):
        return parse_json_feed(fetched)
    root = _root_name(start)
    if root == "html" and not _FEED_INSIDE.search(body):
        raise _html_instead(fetched)
    charset, notes = _charset(fetched)
    body, repairs = _mended(body, charset)
    language = (fetched.header("content-language") or "").split(",")[0].strip() or None
    usual = _says_utf8(body, charset) and read_usual_feed(body, base=fetched.url, language=language)
    cuts = usual["cuts"] if usual else ()
    if not usual:
        body, cuts = within_limits(body)
    result = usual or _with_feedparser(fetched, body, charset, language)
    if root == "html" and not result["entries"]:
        raise _html_instead(fetched)
    if not result.get("version") and not result["entries"] and root not in _FEED_ROOTS:
        raise _something_else(fetched, root, start)
    feed = result["feed"]
    entries = tuple(_entry(fetched, e, feed) for e in result["entries"][:MAX_ENTRIES])
    return ParsedFeed(
        feed_id=fetched.feed_id,
        url=fetched.url,
        entries=entries,
        title=title_text(_string(feed, "title")) or None,
        language=_string(feed, "language") or None,
        format=result.get("version") or "",
        bozo="; ".join(filter(None, (_bozo_reason(result), *cuts))) or None,
        ttl_s=_ttl_s(feed),
        self_url=_self_url(feed),
        notes=notes + repairs,
    )


def _says_utf8(body: bytes, charset: str | None) -> bool:
    """Is it UTF-8, and does the XML declaration say so too?"""
    told = _XML_ENCODING.match(body[:1000])
    return charset in ("utf-8", "ascii") and (
        told is None or _codec(told[1].decode("ascii")) in ("utf-8", "ascii")
    )


def _with_feedparser(
    fetched: FetchedFeed, body: bytes, charset: str | None, language: str | None
) -> dict[str, Any]:
    # feedparser takes charset and base from headers; a media type it knows keeps it from
    # calling every feed sent as text/plain or text/html malformed.
    headers = {
        "content-type": f"application/xml; charset={charset}" if charset else "application/xml",
        "content-location": fetched.url,
    }
    if language:
        headers["content-language"] = language
    try:
        # A stream, for feedparser opens bytes that look like a path or an address.
        result: dict[str, Any] = feedparser.parse(
            io.BytesIO(body),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    # Whatever a hostile body breaks in there, it is this feed's failure and no other's.
    except Exception as error:
        reason = f"malformed beyond reading: {type(error).__name__}: {error}"
        raise FeedParseError(fetched.url, reason, kind="malformed") from error
    return result


def without_useless(parsed: ParsedFeed) -> ParsedFeed:
    """Drop what cannot be an article: empty entries and repetitions within the feed.

    A guid that stands on entries with different links identifies none of them: it is taken off,
    so that they are told apart by their links. What differs in anything is no repetition.
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
            kind="no_usable_entries",
        )
    return replace(parsed, entries=tuple(kept.values()), notes=tuple(notes))


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _entry(fetched: FetchedFeed, raw: dict[str, Any], feed: dict[str, Any]) -> FeedEntry:
    # dict.get, not raw.get: feedparser's own falls back from one date to the other.
    published = _moment(dict.get(raw, "published_parsed"))
    updated = _moment(dict.get(raw, "updated_parsed"))
    created = _moment(dict.get(raw, "created_parsed"))
    words = _own(raw, "published") or _own(raw, "updated") or _own(raw, "created")
    contents = [c for c in dict.get(raw, "content", ()) if isinstance(c, dict)]
    best = max((str(c.get("value") or "") for c in contents), key=len, default="")
    return FeedEntry(
        feed_id=fetched.feed_id,
        guid=_own(raw, "id").strip() or None,
        link=_link(raw, fetched.url),
        title=title_text(_own(raw, "title")),
        summary_html=fit(_own(raw, "summary")),
        content_html=fit(best),
        published_at=published or created,
        updated_at=updated,
        authors=_authors(raw),
        tags=tuple(t for t in (_string(tag, "term") for tag in dict.get(raw, "tags", ())) if t),
        language=_language(raw, contents) or _string(feed, "language") or None,
        published_text=fit(words)[:100] if words and not (published or updated) else None,
        original_link=_own(raw, "feedburner_origlink") or None,
    )


def _own(raw: dict[str, Any], key: str) -> str:
    value = dict.get(raw, key)
    return fit(value) if isinstance(value, str) else ""


def _string(raw: object, key: str) -> str:
    value = raw.get(key) if isinstance(raw, dict) else None
    return fit(value).strip() if isinstance(value, str) else ""


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
    names = [_string(a, "name") for a in dict.get(raw, "authors", ())]
    return tuple(dict.fromkeys(n for n in (*names, _own(raw, "author").strip()) if n))


def _language(raw: dict[str, Any], contents: list[dict[str, Any]]) -> str:
    details = (dict.get(raw, "title_detail"), dict.get(raw, "summary_detail"), *contents)
    return next((lang for d in details if (lang := _string(d, "language"))), "")


def _moment(parsed: object) -> datetime | None:
    if not isinstance(parsed, time.struct_time):
        return None
    try:
        # timedelta, for fromtimestamp fails before 1970 on some systems.
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=timegm(parsed))
    except (ValueError, OverflowError):
        return None


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
    return fit(f"{type(error).__name__}: {error}")[:300]


def _charset(fetched: FetchedFeed) -> tuple[str | None, tuple[str, ...]]:
    """The charset to try first: HTTP's, unless the bytes speak against it. With notes on that."""
    declared = re.search(
        r"charset\s*=\s*[\"']?([\w.:-]+)", fetched.header("content-type") or "", re.I
    )
    http = _codec(declared[1]) if declared else None
    match = _XML_ENCODING.match(fetched.body[:1000])
    xml = _codec(match[1].decode("ascii")) if match else None
    if fetched.body.startswith(_BOMS):
        return None, ()
    told = http or xml
    if _is_utf8(fetched.body):
        # Servers say ISO-8859-1 by default, and no such text happens to be well-formed UTF-8.
        if told in _LATIN and not fetched.body.isascii():
            return "utf-8", (f"declared as {told}, but is utf-8",)
        return told or "utf-8", ()
    if told in ("utf-8", None):
        other = xml if xml and xml != "utf-8" else None
        return other or "utf-8", ("declared as utf-8, but is not",) if told else ()
    return told, ()


def _mended(body: bytes, charset: str | None) -> tuple[bytes, tuple[str, ...]]:
    """The body without two faults that would cost the strict parser: see the notes given."""
    if charset is None or charset.startswith(("utf-16", "utf-32")):
        return body, ()
    notes: list[str] = []
    if body[:1].isspace() and body.lstrip()[:5] == b"<?xml":
        body = body.lstrip()
        notes.append("space before the XML declaration")
    if _CONTROLS.search(body):
        body = _CONTROLS.sub(b"", body)
        notes.append("control characters")
    return body, tuple(notes)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _codec(name: str) -> str | None:
    try:
        known = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    text = getattr(known, "_is_text_encoding", True) and known.name not in _ODD_CODECS
    return known.name if text else None


def _bare_start(body: bytes) -> bytes:
    start = body[:65536]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in start[:4]:
        start = start.replace(b"\x00", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return start.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\f\v\x00")


def _root_name(start: bytes) -> str | None:
    at = 0
    while (match := _BEFORE_ROOT.match(start, at)) and match.end() > at:
        at = match.end()
    found = _ROOT.match(start, at)
    name = found[1].decode("ascii", "replace").lower() if found else None
    if name in _FEED_ROOTS:
        return name
    if name in _HTML_ROOTS or b"<!doctype html" in start[:2000].lower():
        return "html"
    return name


def _html_instead(fetched: FetchedFeed) -> FeedParseError:
    found = find_alternates(fetched.body, fetched.url)
    kind = (fetched.header("content-type") or "text/html").partition(";")[0].strip()
    reason = f"not a feed: {kind}, {len(fetched.body):,} bytes"
    if found:
        reason += f"; the page points to {found[0]}"
    elif b"enable javascript" in fetched.body.lower() or b"captcha" in fetched.body.lower():
        reason += "; a browser check, the site turns programs away"
    else:
        reason += "; open the address in a browser and look for its feed"
    return FeedParseError(fetched.url, reason, alternates=found)


def _something_else(fetched: FetchedFeed, root: str | None, start: bytes) -> FeedParseError:
    size = f"{len(fetched.body):,} bytes"
    if root and root not in _FEED_ROOTS:
        return FeedParseError(fetched.url, f"not a feed: XML with root <{root}>, {size}")
    kind = (fetched.header("content-type") or "unknown type").partition(";")[0].strip()
    if start.startswith(b"%PDF"):
        kind = "a PDF file"
    return FeedParseError(fetched.url, f"not a feed: {kind}, {size}")


def find_alternates(page: bytes, base: str) -> tuple[str, ...]:
    """The feeds an HTML page announces with <link rel=alternate>, as absolute addresses."""
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
