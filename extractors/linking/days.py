"""When a step was decided, from the dates and the time frame of a mention."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from models.event import TAKEN, EventMention, EventStatus, TimeFrame
from models.link import LinkMention

CURRENT_DAYS = 7
# A step dated before these days is no news by now, whatever words tell it.
PAST_DAYS = 14
ACT_NUMBER = (
    r"\b(?:orders?|proclamations?|announcements?|notices?|regulations?|memorand(?:um|a)|directives?)"
    r" (?:\(\w{2,4}\) )?(?:nos?\.? )?\d[\w/-]*,? (?:of|dated|from) "
)
MEASURE_NAMED = (
    r"\b(?:rules?|controls?|curbs?|bans?|tariffs?|duties|measures|orders?|proclamations?"
    r"|announcements?|notices?|regulations?|licen[cs]\w+) (?:of|from|dated) "
)
DONE_BY_ACT = re.compile(r"\W*(?:\(?\w{1,3}\)\W*)?(?:in|by|through|with|on)\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """When a step was decided: between `low` and `high`, None where open.

    `stated` means that the text gives a date; otherwise it is derived from the time of the report.
    """

    low: date | None
    high: date
    precision: str | None
    stated: bool

    def gap_days(self, other: "Interval") -> int:
        """Return the days between the two; 0 if they overlap."""
        gaps = [0]
        if self.low:
            gaps.append((self.low - other.high).days)
        if other.low:
            gaps.append((other.low - self.high).days)
        return max(gaps)

    def tolerance_days(self, other: "Interval") -> int:
        """Return how far apart the dates of two reports of one step may be (ontology section 7)."""
        exact = {"day", None}
        return 3 if self.precision in exact and other.precision in exact else 10


def decided(item: LinkMention, time_frame: TimeFrame) -> Interval:
    """Return when the step was decided, from the mention's dates, else from its time frame."""
    m = item.mention
    dates = {
        d.role: d.date
        for d in reversed(m.dates)
        if d.role != "date_announced" or not of_another(d.text, m)
    }
    reported = item.reported_date
    stated = dates.get("date_announced")
    if stated is None and m.status is EventStatus.IN_FORCE:
        stated = dates.get("date_effective")
    if stated is None and m.status is EventStatus.EXPIRED:
        stated = dates.get("date_end")
    span = days_of(stated) if stated else None
    week_before = reported - timedelta(days=CURRENT_DAYS)
    current = time_frame is not TimeFrame.BACKGROUND
    # In a report of today, "this year" is less precise than the report's own date.
    vague = span and span[2] != "day" and current and span[1] >= week_before
    if span and not vague and span[0] <= reported + timedelta(days=1):
        return Interval(low=span[0], high=min(span[1], reported), precision=span[2], stated=True)
    if time_frame is TimeFrame.BACKGROUND:
        return Interval(low=None, high=week_before, precision=None, stated=False)
    return Interval(low=week_before, high=reported, precision=None, stated=False)


def of_another(text: str, mention: EventMention) -> bool:
    """Is the date that of a measure or an act to which the step is done, not that of the step?

    "It suspends its controls of 9 October", "the rule of 29 September is suspended".
    """
    done_to = mention.status not in TAKEN
    named = re.search(rf"{MEASURE_NAMED}{re.escape(text)}", mention.sentence, re.I)
    return bool(text and done_to and named) or dates_cited_act(text, mention.sentence)


def dates_cited_act(text: str, sentence: str) -> bool:
    """Is the date that of an act under which a step is taken, or which the step changes?

    "18% under Executive Order 14257 of April 2, 2025". What a sentence says to be done in or by the
    act ("In Executive Order 14259 of April 8, the rate was raised") was done on that day.
    """
    cited = re.search(rf"{ACT_NUMBER}{re.escape(text)}", sentence, re.I) if text else None
    return bool(cited) and not DONE_BY_ACT.match(sentence)


def days_of(text: str) -> tuple[date, date, str] | None:
    """Return first day, last day and precision of YYYY, YYYY-Qn, YYYY-MM or YYYY-MM-DD."""
    try:
        if re.fullmatch(r"\d{4}", text):
            return date(int(text), 1, 1), date(int(text), 12, 31), "year"
        if found := re.fullmatch(r"(\d{4})-Q([1-4])", text):
            year, last = int(found[1]), int(found[2]) * 3
            return date(year, last - 2, 1), month_end(year, last), "quarter"
        if found := re.fullmatch(r"(\d{4})-(\d{2})", text):
            year, month = int(found[1]), int(found[2])
            return date(year, month, 1), month_end(year, month), "month"
        exact = date.fromisoformat(text)
    except ValueError:
        return None
    return exact, exact, "day"


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
