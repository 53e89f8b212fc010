"""A fast path for ordinary feeds, read by libxml2: well-formed RSS 2.0 and Atom 1.0 in UTF-8.

feedparser is this project's reader and handles every oddity, at 0.7 ms per entry. Most feeds have
no oddities. This module returns the same keys and values as feedparser, and returns None for
anything it is not certain about; feedparser then reads the feed.
`tests/extractors/feeds/test_fast_path.py` compares the two, and `bench/feed_suites.py` does so over
the test suites of the well-known parsers.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from feedparser.datetimes import _parse_date
from feedparser.urls import _urljoin, make_safe_absolute_uri
from lxml import etree

from extractors.feeds.limits import MAX_ENTRIES, beyond

_ATOM = "{http://www.w3.org/2005/Atom}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
_SY = "{http://purl.org/rss/1.0/modules/syndication/}"
_SLASH = "{http://purl.org/rss/1.0/modules/slash/}"
_WFW = "{http://wellformedweb.org/CommentAPI/}"
_THR = "{http://purl.org/syndication/thread/1.0}"
_WORDPRESS = "{com-wordpress:feed-additions:1}"
_MEDIA = "{http://search.yahoo.com/mrss/}"

# Elements of an item that hold nothing we keep. Only if childless: feedparser may read their
# children as a title or a description.
_SILENT: Final = frozenset(
    {
        "comments",
        "enclosure",
        "source",
        f"{_SLASH}comments",
        f"{_WFW}commentRss",
        f"{_WORDPRESS}post-id",
        f"{_MEDIA}content",
        f"{_MEDIA}thumbnail",
        f"{_THR}total",
    }
)
_CHANNEL_TEXTS = {
    "title": "title",
    "language": "language",
    "ttl": "ttl",
    f"{_SY}updatePeriod": "sy_updateperiod",
    f"{_SY}updateFrequency": "sy_updatefrequency",
}
_CHANNEL_ODD = frozenset({f"{_DC}language", f"{_DC}title"})
_ENTRY_NAMES = frozenset({"item", "items", "entry"})
_XML = "{http://www.w3.org/XML/1998/namespace}"
_ODD_BYTES = re.compile(rb"<!DOCTYPE|<!ENTITY")
# What feedparser repairs in any text: disguised Windows-1252, and UTF-8 encoded twice.
_ODD_TEXT = re.compile("[\x80-\x9f]|[\xc2-\xf4][\x80-\xbf]")
# The most items that are compared with all earlier ones.
MAX_CHILDREN = 300
_QUERY_ENTITY = re.compile(r"&([A-Za-z0-9_]+);")
_EMAIL_OR_BRACKET = re.compile(r"[@<>()&]")


class _Odd(Exception):
    """Something unusual: leave the feed to feedparser."""


def read_simple_feed(body: bytes, *, base: str, language: str | None) -> dict[str, Any] | None:
    """Return the feed as feedparser would (version, feed, entries), or None if it is unusual.

    `body` must be UTF-8; `base` is the feed's address, `language` HTTP's Content-Language.
    """
    if _ODD_BYTES.search(body):
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
        declared = root.get(f"{_XML}base")
        if body.count(b"xml:base") != (declared is not None):
            return None
        base = make_safe_absolute_uri(base, declared) or base
        if root.tag == "rss":
            return _rss(root, base, language, body)
        if root.tag == f"{_ATOM}feed":
            return _atom(root, base, language, body)
    except (_Odd, etree.XMLSyntaxError, ValueError):
        return None
    return None


def _rss(root: Any, base: str, language: str | None, body: bytes) -> dict[str, Any]:
    channels = root.findall("channel")
    if root.get("version") != "2.0" or len(channels) != 1 or len(root) != 1 or b"xml:lang" in body:
        raise _Odd
    feed: dict[str, Any] = {"links": []}
    entries: list[dict[str, Any]] = []
    if language:
        feed["language"] = language
    for child in channels[0]:
        tag = child.tag
        if tag == "item":
            if len(entries) < MAX_ENTRIES:
                entries.append(_item(child, base, language))
        elif _is_odd(tag) or (tag in _CHANNEL_TEXTS and entries):
            raise _Odd
        elif tag in _CHANNEL_TEXTS:
            feed[_once(feed, _CHANNEL_TEXTS[tag])] = _text(child)
        elif tag == f"{_ATOM}link":
            feed["links"].append(dict(child.attrib))
    cuts = beyond(len(channels[0].findall("item")))
    return {"version": "rss20", "feed": feed, "entries": entries, "cuts": cuts}


def _item(item: Any, base: str, language: str | None) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    if item.attrib or len(item) > MAX_CHILDREN:
        raise _Odd
    for child in item:
        tag = child.tag
        reader = _RSS_READERS.get(tag)
        if reader is not None:
            reader(raw, child, base, language)
        elif tag not in _SILENT or len(child):
            raise _Odd
    if "link" not in raw and "guidislink" not in raw and item.find("enclosure") is not None:
        raise _Odd
    content = raw.get("content")
    if content and "summary" not in raw:
        raw["summary"] = content[0]["value"]
    if "guidislink" in raw and "link" not in raw:
        raw["link"] = raw["id"]
    return raw


def _plain(key: str) -> Callable[[dict[str, Any], Any, str, str | None], None]:
    def read(raw: dict[str, Any], child: Any, _base: str, language: str | None) -> None:
        if child.attrib:
            raise _Odd
        raw[_once(raw, key)] = _text(child)
        raw[f"{key}_detail"] = {"language": language}

    return read


def _encoded(raw: dict[str, Any], child: Any, _base: str, language: str | None) -> None:
    # After a description it is the content; before one, feedparser copies it to the summary.
    if child.attrib or "content" in raw or "summary" not in raw:
        raise _Odd
    raw["content"] = [{"value": _text(child), "language": language}]


def _rss_link(raw: dict[str, Any], child: Any, base: str, _language: str | None) -> None:
    text = _text(child)
    if child.attrib or not text or "link" in raw:
        raise _Odd
    link = _urljoin(base, text).replace("&amp;", "&")
    raw["link"] = _QUERY_ENTITY.sub(r"&\g<1>", link)


def _guid(raw: dict[str, Any], child: Any, base: str, _language: str | None) -> None:
    text = _text(child)
    if set(child.attrib) - {"isPermaLink"} or not text or "id" in raw:
        raise _Odd
    permanent = child.get("isPermaLink", "true") == "true"
    raw["id"] = _urljoin(base, text) if permanent else text
    if permanent:
        raw["guidislink"] = True


def _date(key: str) -> Callable[[dict[str, Any], Any, str, str | None], None]:
    def read(raw: dict[str, Any], child: Any, _base: str, _language: str | None) -> None:
        if child.attrib:
            raise _Odd
        text = _text(child)
        raw[_once(raw, key)] = text
        raw[f"{key}_parsed"] = _moment(text)

    return read


def _author(raw: dict[str, Any], child: Any, _base: str, _language: str | None) -> None:
    text = _text(child)
    if child.attrib or not text or _EMAIL_OR_BRACKET.search(text):
        raise _Odd
    raw[_once(raw, "author")] = text
    raw["authors"] = [{"name": text}]


def _category(raw: dict[str, Any], child: Any, _base: str, _language: str | None) -> None:
    text, domain = _text(child), child.get("domain")
    if set(child.attrib) - {"domain"} or (domain and not text):
        raise _Odd
    if domain:
        # Terms with a domain are repeated as often as they occur; plain terms occur once.
        raw.setdefault("tags", []).append({"term": text, "scheme": domain})
    elif text:
        _tag(raw, text)


_RSS_READERS = {
    "title": _plain("title"),
    "description": _plain("summary"),
    "link": _rss_link,
    "guid": _guid,
    "pubDate": _date("published"),
    "author": _author,
    "category": _category,
    f"{_DC}creator": _author,
    f"{_DC}date": _date("updated"),
    f"{_DC}subject": _category,
    f"{_CONTENT}encoded": _encoded,
}


def _atom(root: Any, base: str, language: str | None, body: bytes) -> dict[str, Any]:
    declared = root.get(f"{_XML}lang")
    if body.count(b"xml:lang") != (declared is not None):
        raise _Odd
    language = (declared or language or "").replace("_", "-") or None
    feed: dict[str, Any] = {"links": []}
    if language:
        feed["language"] = language
    entries: list[dict[str, Any]] = []
    for child in root:
        tag = child.tag
        if tag == f"{_ATOM}entry":
            if len(entries) < MAX_ENTRIES:
                entries.append(_atom_entry(child, base, language))
        elif tag == f"{_ATOM}title":
            feed[_once(feed, "title")] = _atom_text(child)
        elif tag == f"{_ATOM}link":
            feed["links"].append(dict(child.attrib))
        elif tag in (f"{_SY}updatePeriod", f"{_SY}updateFrequency"):
            feed[_once(feed, _CHANNEL_TEXTS[tag])] = _text(child)
        elif _is_odd(tag):
            raise _Odd
    cuts = beyond(len(root.findall(f"{_ATOM}entry")))
    return {"version": "atom10", "feed": feed, "entries": entries, "cuts": cuts}


def _atom_entry(entry: Any, base: str, language: str | None) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    if entry.attrib or len(entry) > MAX_CHILDREN:
        raise _Odd
    for child in entry:
        match child.tag.removeprefix(_ATOM):
            case "id":
                raw[_once(raw, "id")] = _urljoin(base, _text(child))
                if child.attrib or not raw["id"]:
                    raise _Odd
            case "title" | "summary" as key:
                raw[_once(raw, key)] = _atom_text(child)
                raw[f"{key}_detail"] = {"language": language, "type": _kind(child)}
            case "content":
                text = _atom_text(child)
                content = {"value": text, "language": language, "type": _kind(child)}
                raw[_once(raw, "content")] = [content]
            case "published" | "updated" as key:
                _date(key)(raw, child, base, language)
            case "link":
                _atom_link(raw, child, base)
            case "author":
                names = [_text(c) for c in child if c.tag == f"{_ATOM}name"]
                if child.attrib or len(names) != 1 or len(child) != 1 or not names[0]:
                    raise _Odd
                raw[_once(raw, "author")] = names[0]
                raw["authors"] = [{"name": names[0]}]
            case "category":
                if len(child) or child.text or not child.get("term"):
                    raise _Odd
                _tag(raw, child.get("term"), child.get("scheme"), child.get("label"))
            case "rights":
                _atom_text(child)
            case _:
                if child.tag not in _SILENT or len(child):
                    raise _Odd
    if "id" not in raw or "link" not in raw:
        raise _Odd
    if "content" in raw and "summary" not in raw:
        raw["summary"] = raw["content"][0]["value"]
    return raw


def _kind(child: Any) -> str:
    return f"text/{'html' if child.get('type') == 'html' else 'plain'}"


def _atom_text(child: Any) -> str:
    if child.get("type", "text") not in ("text", "html") or set(child.attrib) - {"type"}:
        raise _Odd
    return _text(child)


def _atom_link(raw: dict[str, Any], child: Any, base: str) -> None:
    href = child.get("href")
    if not href or len(child) or child.text or child.get("url") or child.get("uri"):
        raise _Odd
    if child.get("rel", "alternate") == "alternate":
        if child.get("type", "text/html") != "text/html" or "link" in raw:
            raise _Odd
        raw["link"] = _urljoin(base, href)


def _is_odd(tag: str) -> bool:
    # An entry under another name, or a language or title from another vocabulary.
    return tag in _CHANNEL_ODD or tag.rpartition("}")[2] in _ENTRY_NAMES


def _tag(
    raw: dict[str, Any], term: str, scheme: str | None = None, label: str | None = None
) -> None:
    tags: list[dict[str, str | None]] = raw.setdefault("tags", [])
    tag = {"term": term, "scheme": scheme, "label": label}
    if tag not in tags:
        tags.append(tag)


def _once(raw: dict[str, Any], key: str) -> str:
    # For a repeated element, feedparser sometimes takes the first and sometimes the last.
    if key in raw and key != "language":
        raise _Odd
    return key


def _text(child: Any) -> str:
    if len(child):
        raise _Odd
    text = (child.text or "").strip()
    if not text.isascii() and _ODD_TEXT.search(text):
        raise _Odd
    return text


@lru_cache(maxsize=4096)
def _moment(text: str) -> Any:
    return _parse_date(text)
