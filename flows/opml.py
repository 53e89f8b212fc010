"""Feed lists of other readers: OPML in and out."""

import re
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import quoteattr

from lxml import etree

from flows.addresses import host_and_port, literal_address, why_not_public
from flows.feed_list import new_feed_id
from models.errors import ConfigError, FetchError
from models.feed import Feed

_OPML_CAP_BYTES = 15 * 1024 * 1024


def feeds_from_opml(data: bytes, *, where: str, taken: Iterable[str] = ()) -> tuple[Feed, ...]:
    """The feeds of an OPML file, ids made from their titles and none of `taken` used again.

    An address in a private network is left out: an OPML file is somebody else's list, and what
    stands in ours counts as meant. Raises ConfigError when the file is no OPML.
    """
    if len(data) > _OPML_CAP_BYTES:
        raise ConfigError(f"{where}: too large for OPML: {len(data):,} bytes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ConfigError(f"{where}: not OPML: {error}") from error
    if root is None or root.tag.lower() != "opml":
        raise ConfigError(f"{where}: not OPML: no <opml> in it")
    ids, urls, found = set(taken), set[str](), []
    for outline in root.iter("outline", "OUTLINE"):
        keys = {k.lower(): v.strip() for k, v in outline.attrib.items()}
        url = keys.get("xmlurl", "")
        if url in urls or not _importable(url):
            continue
        name = keys.get("title") or keys.get("text") or url
        parent = outline.getparent()
        folder = (parent.get("text") or parent.get("title") or "") if parent is not None else ""
        feed_id = new_feed_id(name, url, ids)
        ids.add(feed_id)
        urls.add(url)
        found.append(
            Feed(
                feed_id=feed_id,
                name=" ".join(name.split()),
                url=url,
                kind="atom" if keys.get("type", "").lower() == "atom" else "rss",
                category=re.sub(r"[^a-z0-9]+", "_", folder.lower()).strip("_") or "other",
                language=_language(keys.get("language", "")),
            )
        )
    if not found:
        raise ConfigError(f"{where}: no feeds in it: no <outline xmlUrl> with a public address")
    return tuple(found)


def _importable(url: str) -> bool:
    try:
        host, _port = host_and_port(url)
    except FetchError:
        return False
    address = literal_address(host)
    return not re.search(r"[\s{}]", url) and (address is None or why_not_public(address) is None)


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
