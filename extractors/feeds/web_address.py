"""Links from feeds as addresses that are safe to store, show and follow."""

import re
from urllib.parse import quote, urlsplit, urlunsplit

# Spaces, controls, quotes, brackets, direction overrides and invisible characters are not allowed
# in an address.
_UNFIT = re.compile(
    r'[\x00-\x20"<>\\^`{|}\x7f-\xa0\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\ufffb'
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_MOST = 4_000


def web_address(link: str | None) -> str | None:
    """Return a web link without user name and password; None if it is not a web link.

    `javascript:`, `data:`, `file:` and other schemes are not article addresses. Characters that are
    not allowed in an address are percent-encoded.
    """
    if not link:
        return None
    try:
        parts = urlsplit(link.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or _UNFIT.search(host):
        return None
    place = parts.netloc.rpartition("@")[2]
    if _UNFIT.search(place) or (port is not None and not 0 < port < 65_536):
        return None
    rest = (_encoded(part) for part in (parts.path, parts.query, parts.fragment))
    found = urlunsplit((parts.scheme.lower(), place, *rest))
    return found if len(found) <= _MOST else None


def _encoded(part: str) -> str:
    return _UNFIT.sub(lambda odd: quote(odd[0], safe="", errors="replace"), part)
