"""Ticker tags: "(NYSE: MP)", "(ASX:LYC)", "$MP", "MP.N", "MP MaterialsMP-- (MP)".

The exchange or the notation makes them certain; the listing is looked up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.reference.markets import load_markets

# Market names used in press releases -> MICs to look in, in this order.
US = ("XNYS", "XNAS", "XASE", "ARCX", "BATS")
OTC = ("OTCM",)
MARKETS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"nyse(?:[\s-]*(?:american|amex|mkt|arca|euronext|a))?", US),
    (r"nasdaq(?:[\s-]*(?:gs|gm|cm|capital\s+market|global(?:\s+select)?(?:\s+market)?))?", US),
    (r"amex|new\s+york\s+stock\s+exchange|cboe(?:\s+bzx)?|bats", US),
    (
        r"otc[\s.-]*(?:qb|qx|id|pink|pinks|pk|markets|mkts|bb|m)?"
        r"(?:\s+(?:market|best market|symbol))?",
        OTC,
    ),
    (r"pink(?:\s+sheets?)?", OTC),
    (r"asx", ("XASX",)),
    (r"tsx[\s.-]*v(?:enture)?|tsxv", ("XTSX",)),
    (r"tsx|toronto\s+stock\s+exchange", ("XTSE",)),
    (r"lse|lon|london\s+stock\s+exchange", ("XLON",)),
    (r"hkex|sehk|hkg?|hkse", ("XHKG",)),
    (r"tse|tyo|tokyo", ("XTKS",)),
    (r"krx|kospi", ("XKRX",)),
    (r"sse|sha", ("XSHG",)),
    (r"szse|she", ("XSHE",)),
    (r"nse", ("XNSE",)),
    (r"xetra|etr|fra|fwb|fse", ("XETR",)),
    (r"euronext(?:\s+\w+)?|epa|ams", ("XPAR", "XAMS", "XBRU")),
    (r"sgx", ("XSES",)),
    (r"bursa|klse|myx", ("XKLS",)),
    (r"cse|cboe\s+ca|neo|aim|tase|bse|jse|idx|six|bmv|b3", ()),
)
MARKET_OF = tuple((re.compile(pattern, re.I), mics) for pattern, mics in MARKETS)
MARKET = "|".join(f"(?:{pattern})" for pattern, _ in MARKETS)
SYMBOL = r"[A-Z0-9]{1,6}(?:[.\-/][A-Z]{1,2})?"
TAG = re.compile(
    rf"(?<![A-Za-z0-9])(?i:({MARKET}))(?i:\s*(?:ticker|symbol))?\s*:\s*(?:\$)?"
    rf"({SYMBOL}(?:\s*(?:,|;|&|/|and)\s*(?!(?i:{MARKET})\s*:){SYMBOL}(?![a-z:]))*)(?![a-z])"
)
CASHTAG = re.compile(r"(?<![\w$])\$([A-Z]{1,5}(?:[.\-][A-Z])?)(?![\w(^{$\\])")
RIC_MARKETS = {
    suffix: US if market.mic in US else (market.mic,)
    for market in load_markets().values()
    for suffix in market.ric_suffixes
}
RIC_SUFFIXES = "|".join(sorted(RIC_MARKETS, key=len, reverse=True))
RIC = re.compile(rf"(?<![\w.$])([A-Z0-9]{{1,6}})\.({RIC_SUFFIXES})(?![\w.])")
# "(MP)", "(GOOG, GOOGL)", and page noise such as "MaterialsMP-- (MP)".
BRACKET = re.compile(r"\(\$?([A-Z]{1,5}(?:[.\-][A-Z])?(?:,\s*[A-Z]{1,5})*)\)")
NOISE = re.compile(r"(?<=[a-z.])([A-Z]{1,5})(?:\+|-)?--(?=\s|$|\()")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A written ticker; a bare "(MP)" is not certain and needs the name before it."""

    symbol: str
    mics: tuple[str, ...]
    start: int
    end: int
    sure: bool = True


def find_tags(text: str) -> Iterator[Tag]:
    """Yield all ticker tags of a text, in no particular order."""
    if ":" in text:
        for hit in TAG.finditer(text):
            mics = next(m for pattern, m in MARKET_OF if pattern.fullmatch(hit[1]))
            for symbol in re.finditer(SYMBOL, hit[2]):
                start = hit.start(2) + symbol.start()
                if symbol[0] != "AND":
                    yield Tag(symbol=symbol[0], mics=mics, start=start, end=start + len(symbol[0]))
    if "$" in text:
        for hit in CASHTAG.finditer(text):
            yield Tag(symbol=hit[1], mics=US, start=hit.start(1), end=hit.end(1))
    if "." in text:
        for hit in RIC.finditer(text):
            # "U.N" and "J.K" are not tickers: a single letter counts only in brackets.
            bracketed = text[hit.start() - 1 : hit.start()] in ("(", "<", "[")
            if len(hit[1]) > 1 or bracketed:
                mics = RIC_MARKETS[hit[2]]
                yield Tag(symbol=hit[1], mics=mics, start=hit.start(), end=hit.end())
    if "(" in text:
        for hit in BRACKET.finditer(text):
            for symbol in re.finditer(r"[A-Z]+(?:[.\-][A-Z])?", hit[1]):
                start = hit.start(1) + symbol.start()
                yield Tag(
                    symbol=symbol[0], mics=(), start=start, end=start + len(symbol[0]), sure=False
                )
    if "--" in text:
        for hit in NOISE.finditer(text):
            yield Tag(symbol=hit[1], mics=US, start=hit.start(1), end=hit.end(1), sure=False)


def strip_tags(text: str) -> str:
    """Return the text without its exchange tags and cashtags, for measuring name linking."""
    without = re.sub(rf"\(\s*{TAG.pattern}(?:\s*[;,)]\s*\(?{TAG.pattern})*\s*\)", " ", text)
    return CASHTAG.sub(" ", TAG.sub(" ", without))
