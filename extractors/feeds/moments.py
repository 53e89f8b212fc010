"""Publication dates as UTC times, with a flag if part of the date is a guess.

feedparser reads the usual forms (RFC 822 and ISO 8601 with an offset). This module reads what
feedparser would read without its zone, or only in part: named zones (lexicon/time_zones.toml),
dates in other languages (dateparser), Chinese, Japanese and Korean date signs, digits only.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, Final
from zoneinfo import ZoneInfo

from feedparser.datetimes import _parse_date

from extractors.text.invisible import visible

LONGEST: Final = 100
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# The most dates per feed for the slow reader, at 1 to 2 ms each.
SLOW_AT_MOST: Final = 1000
_HOUR: Final = r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-6]\d(?:[.,]\d{1,9})?)?"
_EAST: Final = r"[+-](?:0\d|1[0-4]):?[0-5]\d"
_RFC_822: Final = (
    rf"(?:[A-Za-z]{{3,9}},?\s*)?\d{{1,2}}\s[A-Za-z]{{3,9}}\s(?:\d\d){{1,2}}(?:\s{_HOUR})?"
)
_ISO: Final = rf"\d{{4}}-\d\d-\d\d(?:[Tt ]{_HOUR})?"
_SURE: Final = re.compile(
    rf"{_RFC_822}(?<=:\d\d)\s*(?:GMT|UTC?|Z|{_EAST})"
    rf"|{_ISO}(?<=\d)(?<!\d-\d\d)\s*(?:[Zz]|{_EAST})"
)
_BARE: Final = re.compile(rf"{_RFC_822}|{_ISO}")
_ENGLISH_DAY: Final = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s|\d", re.I)
_COMMENT: Final = re.compile(r"\s*\(([^()]{0,40})\)$")
_OFFSET: Final = re.compile(
    r"(?P<time>:\d\d(?:[.,]\d{1,9})?(?:\s*[AaPp]\.?[Mm]\.?)?)\s*(?:GMT|UTC|UT|Z)?\s*"
    r"(?P<sign>[+\-−])(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d))?(?=\s|$)"
)
_NAME: Final = re.compile(
    r"(?P<time>:\d\d(?:[.,]\d{1,9})?(?:\s*[AaPp]\.?[Mm]\.?)?)\s*"
    r"(?P<zone>(?!AM\b|PM\b|A\.M|P\.M)(?:Etc/)?[A-Z]{1,5}|[A-Z][a-z]+/[A-Z][A-Za-z_]+)(?![\w.])"
)
_CJK: Final = re.compile(
    r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号號]?"
    r"\D{0,8}?(?:(\d{1,2})\s*[時时點点시:]\s*(\d{1,2})\s*(?:[分분:]\s*(?:(\d{1,2})\s*[秒초]?)?)?)?"
)
_DIGITS: Final = re.compile(r"(?:[^\W\d_]{2,12}\.?,?\s+)?(\d{1,2})([./-])(\d{1,2})\2(\d{4})\b")
_YEAR_FIRST: Final = re.compile(r"(\d{4})([./])(\d{1,2})\2(\d{1,2})\b")
_HOUR_MARK: Final = re.compile(r"(?<![\d.:])([01]?\d|2[0-4])\s?[h.]\s?([0-5]\d)(?=\s*[^\W\d_]*$)")
_COMPACT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)[Tt ](\d\d)(\d\d)(\d\d)?(?!\d)")
_EPOCH: Final = re.compile(r"(\d{10})(?:\d{3})?")
_LANGUAGES: Final = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "zh",
    "ja",
    "ko",
    "ru",
    "pl",
    "tr",
    "el",
    "hu",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A parsed date: `at` in UTC, None if unreadable.

    `doubt` is `no_zone` (none given, UTC assumed), `unsure_zone` (the abbreviation is ambiguous or
    unknown), `unsure_day` (day and month may be swapped), or None.
    """

    at: datetime | None
    doubt: str | None = None


@cache
def _zones() -> dict[str, dict[str, Any]]:
    source = resources.files("extractors.events.lexicon").joinpath("time_zones.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def region_of(language: str | None, host: str | None) -> str | None:
    """Return a feed's country: "IN" from "en-IN", else from a host under .in; else None."""
    tag = (language or "").replace("_", "-").split("-")
    for part in tag[1:]:
        if len(part) == 2 and part.isalpha():
            return part.upper()
    domain = (host or "").rpartition(".")[2]
    return domain.upper() if len(domain) == 2 and domain.isalpha() else None


class MomentReader:
    """Reads the dates of one feed; its language and region decide ambiguous cases."""

    def __init__(self, *, language: str | None = None, region: str | None = None) -> None:
        self.language = (language or "").replace("_", "-").partition("-")[0].lower()
        self.region = region
        self.slow_left = SLOW_AT_MOST
        self._dateparser: Any = None

    def read(self, text: str, parsed: Any = None) -> Moment:
        """Return the time a date means. `parsed` is feedparser's reading of it, if there is one."""
        if _SURE.fullmatch(text) and (_ENGLISH_DAY.match(text)):
            at = _of_struct(parsed) or _iso(text) or _of_struct(_parse_date(text))
            if at is not None:
                return Moment(at=_bounded(at))
        text = " ".join(visible(text).split())
        if not text or len(text) > LONGEST:
            return Moment(at=None)
        if epoch := _EPOCH.fullmatch(text):
            return Moment(at=datetime.fromtimestamp(int(epoch[1]), UTC))
        text = _COMPACT.sub(lambda m: "{}-{}-{}T{}:{}:{}".format(*m.groups(default="00")), text)
        try:
            return self._in_parts(text)
        except (ValueError, OverflowError):
            return Moment(at=None)

    def _in_parts(self, text: str) -> Moment:
        """Read the date and its zone separately, then combine them."""
        comment = _COMMENT.search(text)
        text = _COMMENT.sub("", text)
        named: str | int | None
        if found := _OFFSET.search(text):
            minutes = int(found["hours"]) * 60 + int(found["minutes"] or 0)
            named = minutes if found["sign"] == "+" else -minutes
            sure = minutes <= 14 * 60
        elif found := _NAME.search(text):
            named, sure = self._meaning(found["zone"].removeprefix("Etc/"))
        elif text[-1:] in "Zz" and text[-2:-1].isdigit():
            text, named, sure = text[:-1], 0, True
        else:
            named, sure = self._meaning(comment[1].strip()) if comment else (None, True)
        bare = _OFFSET.sub(r"\g<time>", text)
        bare = (_NAME.sub(r"\g<time>", bare) if named is not None or found else bare).strip(" ,")
        naive, doubt = self._naive(bare)
        if naive is None:
            return Moment(at=None)
        if naive.tzinfo is not None:
            return Moment(at=_bounded(naive.astimezone(UTC)), doubt=doubt)
        if not sure:
            doubt = "unsure_zone"
        elif named is None:
            doubt = doubt or "no_zone"
        return Moment(at=_bounded(_placed(naive, named or 0)), doubt=doubt)

    def _meaning(self, zone: str) -> tuple[str | int | None, bool]:
        """Return minutes east or an IANA name for a zone abbreviation, and if it is certain."""
        if "/" in zone:
            return zone, True
        zone = zone.upper()
        if zone in _zones()["sure"]:
            return _zones()["sure"][zone], True
        meanings = _zones()["unsure"].get(zone)
        if meanings is None:
            return None, False
        if self.region in meanings:
            return meanings[self.region], True
        return meanings["usual"], bool(meanings.get("*"))

    def _naive(self, text: str) -> tuple[datetime | None, str | None]:
        """Return date and time of a text without its zone, and a doubt about the day."""
        doubt = None
        if cjk := _CJK.match(text):
            numbers = [int(n) for n in cjk.groups() if n]
            rest = text[cjk.end() :].strip()
            if not rest and not re.search("[下午오후]", cjk.group()):
                return datetime(*numbers), None  # type: ignore[arg-type]
        if digits := _DIGITS.match(text):
            first, second = int(digits[1]), int(digits[3])
            month_first = digits[2] == "/" and self.region in ("US", "PH")
            if first > 12 or second > 12:
                month_first = second > 12
            elif first != second and digits[2] != ".":
                doubt = "unsure_day"
            day, month = (second, first) if month_first else (first, second)
            text = f"{digits[4]}-{month:02}-{day:02}{text[digits.end() :].replace(',', '')}"
        text = _YEAR_FIRST.sub(lambda m: f"{m[1]}-{int(m[3]):02}-{int(m[4]):02}", text, count=1)
        if ":" not in text:
            text = _HOUR_MARK.sub(r"\1:\2", text)
        text = text.strip()
        if _BARE.fullmatch(text) and _ENGLISH_DAY.match(text):
            # Without a zone, feedparser reads no RFC 822 date with a weekday.
            spoken = ":" in text and not text[:4].isdigit()
            at = _of_struct(_parse_date(f"{text} GMT" if spoken else text))
            if at is not None:
                return at.replace(tzinfo=None), doubt
        return self._slowly(text), doubt

    def _slowly(self, text: str) -> datetime | None:
        # Without a year and another number it is not a date.
        if self.slow_left <= 0 or not re.search(r"\d{4}", text) or len(text) > LONGEST:
            return None
        self.slow_left -= 1
        if self._dateparser is None:
            self._dateparser = _date_parser(self.language)
        found: datetime | None = self._dateparser.get_date_data(text).date_obj
        return found


@cache
def _date_parser(language: str) -> Any:
    from dateparser.data.languages_info import language_order  # takes 0.2 s, so only if needed
    from dateparser.date import DateDataParser

    languages = [c for c in dict.fromkeys((language, *_LANGUAGES)) if c in language_order]
    settings = {"PARSERS": ["absolute-time"], "REQUIRE_PARTS": ["day", "month", "year"]}
    return DateDataParser(languages=languages, use_given_order=True, settings=settings)


def _iso(text: str) -> datetime | None:
    """Parse ISO 8601 with fractions of a second, which feedparser drops."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def _of_struct(parsed: Any) -> datetime | None:
    if parsed is None:
        return None
    year, month, day, hour, minute, second = tuple(parsed)[:6]
    try:
        # timedelta, because feedparser passes on second 60 and hour 24.
        whole = timedelta(hours=hour, minutes=minute, seconds=second)
        return datetime(year, month, day, tzinfo=UTC) + whole
    except (ValueError, OverflowError):
        return None


def _placed(naive: datetime, zone: str | int) -> datetime:
    if isinstance(zone, int):
        return naive.replace(tzinfo=UTC) - timedelta(minutes=zone)
    try:
        return naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (KeyError, OSError) as error:
        raise ValueError(f"no such zone: {zone}") from error


def _bounded(at: datetime) -> datetime | None:
    return at if EARLIEST <= at <= LATEST else None
