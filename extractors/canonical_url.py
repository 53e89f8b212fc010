"""One address per article: tracking parameters, fragments and spelling variants dropped."""

import base64
import binascii
import re
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

_TRACKING_PREFIXES = ("utm_", "hsa_", "mtm_", "pk_", "piwik_", "matomo_", "at_", "__hs", "_hs")
_TRACKING = frozenset(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid igshid igsh li_fat_id
    mc_cid mc_eid mkt_tok oly_anon_id oly_enc_id vero_id wickedid _openstat ns_campaign
    ns_mchannel ns_source ns_linkname ns_fee ito cmpid cmp campaign_id icid ncid sr_share smid
    smtyp partner taid cid ocid guccounter guce_referrer guce_referrer_sig soc_src soc_trk tsrc
    .tsrc ref_src ref_url feedtype outputtype rssfeed xtor s_cid xid ftag feature__ spm share
    sharetype traffic_source wt_mc wt.mc_id wtmc ga_source ga_medium ga_campaign _ga _gl epik
    srsltid syndication cn-reloaded
    """.split()  # noqa: SIM905 - a hundred words read better without their quotes
)
# Names that elsewhere identify a page; dropped only when their value gives them away.
_TRACKING_VALUES = {
    "ref": ("rss", "feed", "twitter", "facebook", "newsletter", "homepage"),
    "source": ("rss", "feed", "twitter", "facebook", "newsletter", "email"),
    "src": ("rss", "feed", "twitter", "facebook", "newsletter"),
    "mod": ("rss", "mktw", "newsviewer_click", "pls_whats_news_us_business_f"),
    "from": ("rss", "feed"),
    "via": ("rss", "feed"),
    "amp": ("", "1", "true"),
    "rss": ("", "1", "true", "yes"),
}
_UNRESERVED = "-._~!$&'()*+,;=:@/"
_GOOGLE_NEWS = re.compile(r"^/(?:rss/)?(?:articles|read)/(C[\w-]+={0,2})$")
_URL_IN_BYTES = re.compile(rb"https?://[\x21-\x7e]{8,2000}")


def canonical_url(url: str | None) -> str | None:
    """The canonical form of an article's address, or None if it is no web address.

    A key, not a link to follow: http reads as https, `www.` stays, a slash at the end goes.
    Redirect links that carry their target are resolved first. Twice gives the same as once.
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
            parts.fragment if parts.fragment.startswith("!") else "",
        )
    )


def redirect_target(url: str) -> str | None:
    """Where a known redirect link leads, if the link itself says so; no network.

    Knows Google's and Bing's click links, Google News links of the form that holds its target
    (the newer form does not), Yahoo's RU= and Facebook's l.php.
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
    lowered = name.lower()
    if lowered in _TRACKING or lowered.startswith(_TRACKING_PREFIXES):
        return True
    return value.lower() in _TRACKING_VALUES.get(lowered, ())


def _path(path: str) -> str:
    path = quote(unquote(path, errors="surrogateescape"), _UNRESERVED, errors="surrogateescape")
    return re.sub(r"/{2,}$", "/", path).rstrip("/")
