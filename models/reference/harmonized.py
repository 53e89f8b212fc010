"""The Harmonized System, edition of 2022: which codes name goods, and which are one commodity.

hs_chapters.csv   chapter, last_heading: the chapters 01 to 97 that hold goods (77 is kept free by
                  the WCO; 98 and 99 belong to national schedules and hold special provisions)
hs_goods.csv      hs_code, commodity_id: codes whose goods are all one commodity; an empty id says
                  that what is below it, but for longer codes listed here, is no single one

Codes are digits only: two for a chapter, four for a heading, six for a subheading.
"""

from functools import cache

from models.errors import ConfigError
from models.reference import load_commodities, read_rows

CHAPTER, HEADING, SUBHEADING = 2, 4, 6


@cache
def last_headings() -> dict[str, str]:
    """Each chapter of goods with its last heading, in order."""
    rows = read_rows("hs_chapters.csv", ("chapter", "last_heading"))
    return {row["chapter"]: row["last_heading"] for _, row in rows}


def names_goods(code: str) -> bool:
    """Can this be a code of goods? Of a heading only its place in the chapter is known.

    Most years are none: chapter 19 ends with heading 1905, chapter 20 with heading 2009.
    """
    last = last_headings().get(code[:CHAPTER])
    if last is None or len(code) not in (CHAPTER, HEADING, SUBHEADING):
        return False
    heading = code[:HEADING]
    return len(code) == CHAPTER or f"{code[:CHAPTER]}00" < heading <= last


def through(first: str, last: str) -> tuple[str, ...]:
    """The codes from one to another of the same length; the two ends where that is not known.

    A range of headings that leaves its chapter holds whole chapters in between, as such. Which
    subheadings lie between two is not in our data: their ends stand for the range. All chapters
    are all goods, which no code narrows: none.
    """
    if first >= last or len(first) != len(last) or len(first) == SUBHEADING:
        return tuple(dict.fromkeys((first, last)))
    if (first, last) == ("01", "97"):
        return ()
    if len(first) == CHAPTER:
        return tuple(c for c in last_headings() if first <= c <= last)
    start, end = first[:CHAPTER], last[:CHAPTER]
    if start == end:
        return _headings(first, last)
    between = (c for c in last_headings() if start < c < end)
    return (*_headings(first, last_headings()[start]), *between, *_headings(f"{end}01", last))


def _headings(first: str, last: str) -> tuple[str, ...]:
    return tuple(f"{number:04d}" for number in range(int(first), int(last) + 1))


@cache
def _goods() -> dict[str, str]:
    """hs_goods.csv by code. Raises ConfigError on a code or commodity that does not exist."""
    found: dict[str, str] = {}
    for line, row in read_rows("hs_goods.csv", ("hs_code",)):
        code, commodity = row["hs_code"], row["commodity_id"]
        if not names_goods(code) or code in found:
            raise ConfigError(f"hs_goods.csv: line {line}: {code!r} is no code, or twice")
        if commodity and commodity not in load_commodities():
            raise ConfigError(f"hs_goods.csv: line {line}: unknown commodity {commodity!r}")
        found[code] = commodity
    return found


def commodity_of(code: str) -> str | None:
    """The commodity that all goods of a code are, by the longest code that it begins with.

    "740311" is copper, as chapter 74 is; "26" is none, for it holds ores of all metals.
    """
    for length in range(len(code), 0, -2):
        commodity = _goods().get(code[:length])
        if commodity is not None:
            return commodity or None
    return None
