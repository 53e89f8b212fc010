"""One address for all copies of a page, without tracking parameters and spelling variants.

It finds copies; it does not decide alone that two entries are one article
(warehouse/articles/identity.py).
"""

import base64
import binascii
import csv
import re
from functools import cache
from importlib import resources
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

_UNRESERVED = "-._~!$&'()*+,;=:@/"
_GOOGLE_NEWS = re.compile(r"^/(?:rss/)?(?:articles|read)/(C[\w-]+={0,2})$")
_URL_IN_BYTES = re.compile(rb"https?://[\x21-\x7e]{8,2000}")


def canonical_url(url: str | None) -> str | None:
    """Return the canonical form of an article's address; None if it is not a web address.

    It is a key, not a link to follow: http becomes https, `www.` stays, a trailing slash goes. A
    fragment stays if it names a page (`#/story/5`, `#!story`) and goes if it names a position on
    one. Redirect links that contain their target are resolved first. Idempotent.
    """
    if not url:
        return None
    target = redirect_target(url.strip()) or url.strip()
    try:
        parts = urlsplit(target)
        host, port = parts.hostname, parts.port
        if parts.scheme.lower() not in ("http", "https") or not host:
            return None
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if ":" in host:
        host = f"[{host}]"
    default = port in (None, 80 if parts.scheme.lower() == "http" else 443)
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _tracks(k, v)]
    return urlunsplit(
        (
            "https" if default else parts.scheme.lower(),
            host.rstrip(".") if default else f"{host}:{port}",
            _path(parts.path),
            urlencode(query),
            parts.fragment if parts.fragment.startswith(("!", "/")) else "",
        )
    )


def redirect_target(url: str) -> str | None:
    """Return the target of a known redirect link if the link contains it; no network access.

    Knows click links of Google and Bing, Google News links that contain their target (the newer
    form does not), Yahoo's RU= and Facebook's l.php.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        query = parse_qs(parts.query)
    except ValueError:
        return None
    found: str | None = None
    if host == "news.google.com" and (match := _GOOGLE_NEWS.match(parts.path)):
        found = _google_news(match[1])
    elif re.fullmatch(r"google(?:\.[a-z]{2,3}){1,2}", host) and parts.path == "/url":
        found = next(iter(query.get("q", []) + query.get("url", [])), None)
    elif host == "bing.com" and parts.path.endswith("/apiclick.aspx"):
        found = next(iter(query.get("url", [])), None)
    elif host in ("l.facebook.com", "lm.facebook.com") and parts.path == "/l.php":
        found = next(iter(query.get("u", [])), None)
    elif host == "r.search.yahoo.com" and (at := parts.path.find("/RU=")) >= 0:
        found = unquote(parts.path[at + 4 :].split("/", 1)[0])
    return found if found and found.startswith(("http://", "https://")) else None


def _google_news(token: str) -> str | None:
    try:
        raw = base64.urlsafe_b64decode(token.rstrip("=") + "=" * (-len(token.rstrip("=")) % 4))
    except (binascii.Error, ValueError):
        return None
    # A protobuf: 08 13 22 <length> <url> ...; the length is a varint of one or two bytes.
    if not raw.startswith(b"\x08\x13\x22") or len(raw) < 6:
        return None
    length, at = raw[3], 4
    if length & 0x80:
        length, at = (length & 0x7F) | raw[4] << 7, 5
    match = _URL_IN_BYTES.fullmatch(raw[at : at + length])
    return match[0].decode("ascii") if match else None


def _tracks(name: str, value: str) -> bool:
    names, prefixes = trackers()
    lowered = name.lower()
    if lowered.startswith(prefixes):
        return True
    values = names.get(lowered)
    return values is not None and (not values or value.lower() in values)


@cache
def trackers() -> tuple[dict[str, frozenset[str]], tuple[str, ...]]:
    """Return (tracking parameters with the values that make them so, prefixes).

    An empty set of values means any value.
    """
    text = (resources.files("extractors.events.lexicon") / "trackers.csv").read_text("utf-8")
    names: dict[str, frozenset[str]] = {}
    prefixes = []
    for row in csv.DictReader(text.splitlines()):
        if row["parameter"].endswith("*"):
            prefixes.append(row["parameter"].removesuffix("*"))
        else:
            values = row["values"].split("|") if row["values"] else ()
            names[row["parameter"]] = frozenset(values)
    return names, tuple(prefixes)


def _path(path: str) -> str:
    path = quote(unquote(path, errors="surrogateescape"), _UNRESERVED, errors="surrogateescape")
    return re.sub(r"/{2,}$", "/", path).rstrip("/")
