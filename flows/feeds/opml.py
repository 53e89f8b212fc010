"""Imports and exports feed lists as OPML, the format that feed readers exchange."""

import re
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import quoteattr

import httpx
from lxml import etree

from extractors.feeds.web_address import web_address
from flows.feeds.feed_list import feed_as_toml, new_feed_id, read_feeds
from flows.feeds.fetching.addresses import host_and_port, literal_address, why_not_public
from models.errors import ConfigError, FetchError
from models.feed import Feed
from models.reading import ReadCount, Refusal, Tally

_FEED_TYPES = frozenset({"rss", "atom", "rdf", "feed"})
_OPML_CAP_BYTES = 15 * 1024 * 1024
_MOST_OUTLINES = 10_000


def feeds_from_opml(
    data: bytes, *, where: str, listed: Iterable[Feed] = ()
) -> tuple[tuple[Feed, ...], ReadCount]:
    """The new feeds of an OPML file, and what became of each outline that is a feed.

    Ids are made from titles and differ from those of `listed`. One address is one feed, whether it
    says http, https or feed. An address in a private network is refused, because an OPML file is
    somebody else's list. Raises ConfigError when the file is not OPML, or no outline names a feed.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    opml_import = _Import(listed)
    for outline in _outlines(data, parser, where):
        opml_import.take(outline)
    tally = opml_import.tally
    if not tally.count.read:
        raise ConfigError(f"{where}: no feeds in it: no <outline xmlUrl>")
    for fault in parser.error_log:
        reason = f"broken XML, this part may be lost: {fault.message}"
        tally.refuse(Refusal(place=f"line {fault.line}", reason=reason))
    return tuple(opml_import.found), tally.count


def _outlines(data: bytes, parser: etree.XMLParser, where: str) -> list[etree._Element]:
    """The outlines of an OPML file. Raises ConfigError if it is not OPML or has too many."""
    if len(data) > _OPML_CAP_BYTES:
        raise ConfigError(f"{where}: too large for OPML: {len(data):,} bytes")
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ConfigError(f"{where}: not OPML: {error}") from error
    if root is None or str(root.tag).lower() != "opml":
        raise ConfigError(f"{where}: not OPML: no <opml> in it")
    outlines = list(root.iter("{*}outline", "{*}OUTLINE"))
    if len(outlines) > _MOST_OUTLINES:
        count = f"{len(outlines):,} outlines, at most {_MOST_OUTLINES:,} are read"
        raise ConfigError(f"{where}: {count}")
    return outlines


class _Import:
    """Feeds found in outlines so far, and the count of outlines by what became of them."""

    def __init__(self, listed: Iterable[Feed]) -> None:
        listed = tuple(listed)
        self.found: list[Feed] = []
        self.tally = Tally()
        self.ids = {feed.feed_id for feed in listed}
        # Where each address was seen first.
        self.seen = {_key(feed.url): f"feed {feed.feed_id!r} of your list" for feed in listed}

    def take(self, outline: etree._Element) -> None:
        """Add an outline's feed, or count it as known or refused; ignore folders and notes."""
        keys = {str(k).lower(): v.strip() for k, v in outline.attrib.items()}
        url = _web(keys.get("xmlurl", ""))
        if not url and not _should_be_feed(outline, keys):
            return
        name = " ".join((keys.get("title") or keys.get("text") or url).split())
        place = f"line {outline.sourceline} {name!r}"
        reason = _why_not(url)
        address = web_address(url)
        if reason is None and address is None:
            reason = f"not a web address: {url!r}"
        if reason is not None:
            self.tally.refuse(Refusal(place=place, reason=reason))
            return
        assert address is not None, "refused above"
        if _key(address) in self.seen:
            self.tally.known += 1
            self.tally.note(place, f"{address}: a repeat of {self.seen[_key(address)]}")
            return
        feed = _feed_of(outline, keys, new_feed_id(name, address, self.ids), name, address)
        try:
            read_feeds(feed_as_toml(feed), where="as a feed")
        except ConfigError as error:
            self.tally.refuse(Refusal(place=place, reason=str(error)))
            return
        self.ids.add(feed.feed_id)
        self.seen[_key(address)] = f"{name!r}, line {outline.sourceline}"
        self.tally.stored += 1
        self.found.append(feed)


def _feed_of(
    outline: etree._Element, keys: dict[str, str], feed_id: str, name: str, url: str
) -> Feed:
    """The feed of an outline; its category is the folder it is in."""
    parent = outline.getparent()
    folder = (parent.get("text") or parent.get("title") or "") if parent is not None else ""
    return Feed(
        feed_id=feed_id,
        name=name,
        url=url,
        kind="atom" if keys.get("type", "").lower() == "atom" else "rss",
        category=re.sub(r"[^a-z0-9]+", "_", folder.lower()).strip("_") or "other",
        language=_language(keys.get("language", "")),
    )


# Schemes that feed readers invented; all mean the web. "feed:https://..." contains the real one.
_READERS_SCHEMES = re.compile(r"(?:feeds?|rss|itpc|pcast):(?://)?(?=https?:)", re.IGNORECASE)
_PLAIN, _SECURE = re.compile(r"(?:feed|rss|itpc|pcast)://", re.I), re.compile(r"feeds://", re.I)


def _web(url: str) -> str:
    """The address with http or https in place of a feed reader's own scheme."""
    url = _READERS_SCHEMES.sub("", url, count=1) if _READERS_SCHEMES.match(url) else url
    if _SECURE.match(url):
        return _SECURE.sub("https://", url, count=1)
    return _PLAIN.sub("http://", url, count=1) if _PLAIN.match(url) else url


def _key(url: str) -> str:
    """The part of an address that identifies a feed: all but the scheme."""
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError):
        return url
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    return f"{parts.host.lower()}{port}{parts.raw_path.decode('ascii', 'replace')}"


def _should_be_feed(outline: etree._Element, keys: dict[str, str]) -> bool:
    """Is an outline without an address meant to be a feed? Folders and notes are not."""
    return not len(outline) and ("xmlurl" in keys or keys.get("type", "").lower() in _FEED_TYPES)


def _why_not(url: str) -> str | None:
    """Why an address is not imported, or None."""
    if not url:
        return "no xmlUrl"
    try:
        host, _port = host_and_port(url)
    except FetchError as error:
        return f"{url}: {error.reason}"
    address = literal_address(host)
    if address is not None and (kind := why_not_public(address)):
        return f"{url}: a {kind} address; if you want it, add it to your list by hand"
    if re.search(r"[\s{}]", url):
        return f"{url}: a space or brace in it"
    return None


def _language(tag: str) -> str:
    code = tag.partition("-")[0].lower()
    return code if re.fullmatch(r"[a-z]{2,3}", code) else "en"


def feeds_to_opml(feeds: Sequence[Feed], *, title: str = "PolicyWire") -> str:
    """The feeds as OPML 2.0, one folder per category. Templates are left out."""
    folders: dict[str, list[Feed]] = {}
    for feed in feeds:
        if not feed.kind.endswith("_template"):
            folders.setdefault(feed.category, []).append(feed)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"  <head><title>{_text(title)}</title></head>", "  <body>"]
    for category, members in folders.items():
        lines.append(f"    <outline text={_attr(category)}>")
        lines += [
            f"      <outline type={_attr('atom' if f.kind == 'atom' else 'rss')} "
            f"text={_attr(f.name)} title={_attr(f.name)} xmlUrl={_attr(f.url)} "
            f"language={_attr(f.language)}/>"
            for f in members
        ]
        lines.append("    </outline>")
    return "\n".join([*lines, "  </body>", "</opml>", ""])


_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _attr(value: str) -> str:
    return quoteattr(_NOT_XML.sub("", value))


def _text(value: str) -> str:
    return _NOT_XML.sub("", value).replace("&", "&amp;").replace("<", "&lt;")
