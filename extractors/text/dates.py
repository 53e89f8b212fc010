"""Dates in texts, resolved relative to publication, as precise as stated."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

_MONTHS = {
    m: i
    for i, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        1,
    )
    for m in names
}
_DAYS = {
    d: i
    for i, d in enumerate(
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    )
}
_M = "|".join(sorted(_MONTHS, key=len, reverse=True))
_D = "|".join(_DAYS)
_COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {"a": 1, "an": 1} | {word: i for i, word in enumerate(_COUNTS, 1)}
_N = rf"{'|'.join(_NUMBERS)}|\d{{1,2}}"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(expression, re.I))
    for kind, expression in (
        ("iso", r"\b(?P<y>(?:19|20)\d{2})-(?P<mo>\d{2})-(?P<d>\d{2})\b"),
        (
            "mdy",
            rf"\b(?P<m>{_M})(?:\.\s*|\s+)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d{{2}})\b",
        ),
        (
            "dmy",
            rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m>{_M})\.?,?\s+(?P<y>(?:19|20)\d{{2}})\b",
        ),
        (
            "part",
            rf"\b(?:the )?(?P<part>end|start|beginning|early|mid|late|middle)"
            rf"[\s-]+(?:of\s+)?(?:the\s+)?(?P<what>(?:{_M})(?:,?\s+(?:19"
            rf"|20)\d{{2}})?|(?:first|second|third|fourth) quarter(?: of (?:19|20)\d{{2}})?"
            rf"|(?:this|next|the|last) (?:week|month|year)|week|month|year|(?:19|20)\d{{2}})\b",
        ),
        ("my", rf"\b(?P<m>{_M})\.?,?\s+(?:of\s+)?(?P<y>(?:19|20)\d{{2}})\b"),
        (
            "md",
            rf"\b(?:(?P<rel>last|next) )?(?P<m>{_M})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b"
            rf"(?!\s*(?:%|percent|pct|mln|million|billion|:))",
        ),
        ("dm", rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m>{_M})\b"),
        (
            "quarter",
            r"\b(?:the )?(?P<q>first|second|third|fourth) quarter(?: of (?P<y>(?:19"
            r"|20)\d{2}))?\b|\bq(?P<qn>[1-4])\s+(?P<y2>(?:19|20)\d{2})\b",
        ),
        ("weekday", rf"\b(?:(?P<rel>last|next|this|on) )?(?P<w>{_D})\b"),
        (
            "rel",
            r"\b(?:earlier |later )?(?P<rel2>today|yesterday|tomorrow|tonight|immediately"
            r"|(?:earlier |later )?(?:this|next|last) (?:week|month|year|quarter)|year-?end"
            r"|end-year)\b",
        ),
        (
            "month",
            rf"\b(?:in|by|since|from|until|till|through|before|after|for|(?P<rel>last|next)|this"
            rf"|effective|starting|around|on)\s+(?P<m>{_M})\b",
        ),
        (
            "span",
            rf"\b(?:(?P<ago>{_N}) (?P<unit>day|week|month|year)s? ago"
            rf"|in (?P<ahead>{_N}) (?P<unit2>day|week|month|year)s?(?: from now|.s time)?)\b",
        ),
        (
            "year",
            r"\b(?:in|by|since|from|until|till|through|before|after|of|for|during|hitting "
            r"zero by)\s+(?P<y>(?:19|20)\d{2})\b",
        ),
    )
)
_DIGITS_ONLY = re.compile(r"^\d+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """A date in a text. `value` is YYYY, YYYY-MM, YYYY-Qn or YYYY-MM-DD; empty if unresolved."""

    text: str
    start: int
    end: int
    value: str


def parse_published(text: str | None) -> date | None:
    """Parse the publication day from the forms that feeds and archives use; None if there is none.

    Reads ISO dates and times, 20251224, 23/05/2025 (day first) and 19-OCT-1987 01:54:58.
    """
    if not text:
        return None
    text = text.strip()
    for m, form in (
        (re.match(r"\d{4}-\d{2}-\d{2}", text), "%Y-%m-%d"),
        (re.match(r"\d{8}(?!\d)", text), "%Y%m%d"),
        (re.match(r"\d{1,2}/\d{1,2}/\d{4}", text), "%d/%m/%Y"),
        (re.match(r"\d{1,2}-[A-Za-z]{3}-\d{4}", text), "%d-%b-%Y"),
    ):
        if m:
            try:
                return datetime.strptime(m.group(), form).date()
            except ValueError:
                return None
    return None


def find_dates(text: str, published: date | None, *, future: bool = False) -> list[DateMention]:
    """Return the dates in `text`, in order. `future` says how to read a bare weekday or month."""
    return list(_dates_of(text, published, future))


# Cached: every measure of a sentence asks for the same dates.
@lru_cache(maxsize=64)
def _dates_of(text: str, published: date | None, future: bool) -> tuple[DateMention, ...]:
    found: list[DateMention] = []
    for kind, expression in _PATTERNS:
        for m in expression.finditer(text):
            start, end = _span(kind, m)
            if any(start < f.end and f.start < end for f in found):
                continue
            if kind in ("md", "month", "my", "dm") and m.group("m") == "may" and kind != "my":
                continue  # the verb, unless it has a capital
            value = _resolve(kind, m, published, future)
            if value is not None:
                found.append(DateMention(text=text[start:end], start=start, end=end, value=value))
    return tuple(sorted(found, key=lambda f: f.start))


def _span(kind: str, m: re.Match[str]) -> tuple[int, int]:
    if kind == "month":
        if m.group().lower().startswith(("last", "next", "this")):
            return m.span()
        return m.span("m")
    if kind == "year":
        return m.span("y")
    if kind == "weekday":
        rel = m.group("rel")
        return (m.start("w"), m.end()) if rel and rel.lower() == "on" else m.span()
    return m.span()


def _iso(y: int, mo: int, d: int) -> str | None:
    try:
        return date(y, mo, d).isoformat()
    except ValueError:
        return None


def _resolve(kind: str, m: re.Match[str], published: date | None, future: bool) -> str | None:
    g = m.groupdict()
    if kind == "iso":
        return _iso(int(g["y"]), int(g["mo"]), int(g["d"]))
    if kind in ("mdy", "dmy"):
        return _iso(int(g["y"]), _MONTHS[g["m"].lower()], int(g["d"]))
    if kind == "my":
        return f"{g['y']}-{_MONTHS[g['m'].lower()]:02d}"
    if kind == "year":
        return g["y"]
    if kind == "quarter":
        year = g["y"] or g["y2"] or (str(published.year) if published else None)
        q = g["qn"] or str(("first", "second", "third", "fourth").index(g["q"].lower()) + 1)
        return f"{year}-Q{q}" if year else ""
    if published is None:
        return ""
    if kind in ("md", "dm", "month"):
        month = _MONTHS[g["m"].lower()]
        day = int(g["d"]) if g.get("d") else None
        year = _nearest_year(published, month, day, future)
        if g.get("rel"):
            year = _year_beside(published, month, day, g["rel"].lower())
        if day is None:
            return f"{year}-{month:02d}"
        return _iso(year, month, day)
    if kind == "weekday":
        return _weekday(published, _DAYS[g["w"].lower()], g["rel"], future).isoformat()
    if kind == "span":
        number, unit = g["ago"] or g["ahead"], g["unit"] or g["unit2"]
        count = _NUMBERS.get(number.lower()) or int(number)
        return _away(published, -count if g["ago"] else count, unit.lower())
    if kind == "part":
        return _part(g["part"].lower(), g["what"].lower(), published, future)
    return _relative(g["rel2"].lower(), published)


def _nearest_year(published: date, month: int, day: int | None, future: bool) -> int:
    """Return the year that puts month and day closest to publication; a later one if `future`."""
    anchor = day or 15
    best, best_gap = published.year, 10**6
    for year in (published.year - 1, published.year, published.year + 1):
        try:
            gap = (date(year, month, min(anchor, 28)) - published).days
        except ValueError:
            continue
        cost = (
            abs(gap)
            + (200 if future and gap < -31 else 0)
            + (0 if future else (90 if gap > 90 else 0))
        )
        if cost < best_gap:
            best, best_gap = year, cost
    return best


def _year_beside(published: date, month: int, day: int | None, rel: str) -> int:
    """Return the year of "last June" or "next March 31"."""
    now, there = (published.month, published.day), (month, day or 0)
    if rel == "last":
        return published.year - (there >= now if day else month >= published.month)
    return published.year + (there <= now if day else month <= published.month)


def _away(published: date, count: int, unit: str) -> str:
    """Return a time so many days, weeks, months or years off, as precise as its unit."""
    if unit in ("day", "week"):
        return (published + timedelta(days=count * (7 if unit == "week" else 1))).isoformat()
    if unit == "year":
        return str(published.year + count)
    index = published.year * 12 + published.month - 1 + count
    return f"{index // 12}-{index % 12 + 1:02d}"


def _weekday(published: date, weekday: int, rel: str | None, future: bool) -> date:
    back = (published.weekday() - weekday) % 7
    if (rel or "").lower() == "next" or (future and (rel or "").lower() != "last"):
        ahead = (weekday - published.weekday()) % 7
        return published + timedelta(days=ahead or 7)
    if (rel or "").lower() == "last" and back == 0:
        back = 7
    return published - timedelta(days=back)


def _relative(word: str, published: date) -> str:
    day = timedelta(days=1)
    if word in ("today", "tonight", "immediately"):
        return published.isoformat()
    if word == "yesterday":
        return (published - day).isoformat()
    if word == "tomorrow":
        return (published + day).isoformat()
    if word in ("year-end", "yearend", "end-year"):
        return f"{published.year}-12-31"
    step = -1 if "last" in word else 1 if "next" in word else 0
    if "year" in word:
        return str(published.year + step)
    if "quarter" in word:
        index = published.year * 4 + (published.month - 1) // 3 + step
        return f"{index // 4}-Q{index % 4 + 1}"
    if "month" in word:
        index = published.year * 12 + published.month - 1 + step
        return f"{index // 12}-{index % 12 + 1:02d}"
    # There is no form for a week: the month in which it begins is what is known.
    monday = published - timedelta(days=published.weekday()) + timedelta(days=7 * step)
    return monday.isoformat()[:7]


def _part(part: str, what: str, published: date, future: bool) -> str:
    year_m = re.search(r"(?:19|20)\d{2}", what)
    ends = part == "end"
    q = re.search(r"(first|second|third|fourth) quarter", what)
    year = int(year_m.group()) if year_m else published.year
    if q:
        index = ("first", "second", "third", "fourth").index(q.group(1)) + 1
        return _month_end(year, index * 3) if ends else f"{year}-Q{index}"
    month_m = re.match(rf"({_M})", what)
    if month_m:
        month = _MONTHS[month_m.group(1)]
        if not year_m:
            year = _nearest_year(published, month, None, future)
        return _month_end(year, month) if ends else f"{year}-{month:02d}"
    if "week" in what:
        friday = published + timedelta(
            days=(4 - published.weekday()) % 7 + (7 if "next" in what else 0)
        )
        return friday.isoformat() if ends else published.isoformat()
    if "month" in what:
        index = published.year * 12 + published.month - 1 + (1 if "next" in what else 0)
        return (
            _month_end(index // 12, index % 12 + 1)
            if ends
            else f"{index // 12}-{index % 12 + 1:02d}"
        )
    if "next" in what:
        year += 1
    return f"{year}-12-31" if ends else str(year)


def _month_end(year: int, month: int) -> str:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).isoformat()


def precision_start(value: str) -> date | None:
    """Return the first day a date of any precision can mean; None if empty or malformed."""
    m = re.fullmatch(r"(\d{4})(?:-(?:Q([1-4])|(\d{2})(?:-(\d{2}))?))?", value)
    if not m:
        return None
    month = int(m.group(2)) * 3 - 2 if m.group(2) else int(m.group(3) or 1)
    try:
        return date(int(m.group(1)), month, int(m.group(4) or 1))
    except ValueError:
        return None
