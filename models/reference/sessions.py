"""Trading sessions of past years as a table: working them out takes seconds, reading does not."""

import csv
import gzip
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One trading session of the calendar `mic`; times UTC."""

    mic: str
    session_date: date
    open_at: datetime
    close_at: datetime


@cache
def shipped_sessions(calendar: str) -> tuple[Session, ...]:
    """The sessions of one calendar that ship with the project, in order; none for one unknown.

    Made by bench/trading_sessions.py from exchange-calendars; all calendars reach as far.
    """
    found = []
    for row in rows_by_calendar().get(calendar, ()):
        day = date.fromisoformat(row[1])
        opens, closes = (moment(day, text) for text in row[2:])
        # East of Greenwich a session may open on the day before, by UTC.
        if opens > closes:
            opens -= timedelta(days=1)
        found.append(Session(mic=calendar, session_date=day, open_at=opens, close_at=closes))
    return tuple(found)


@cache
def rows_by_calendar() -> dict[str, list[list[str]]]:
    """The rows of the file, by calendar."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    path = resources.files("models.reference") / "sessions.csv.gz"
    with path.open("rb") as raw, gzip.open(raw, "rt", encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            found[row[0]].append(row)
    return dict(found)


@cache
def shipped_span() -> tuple[date, date]:
    """The days the shipped sessions cover, first and last: those of the calendar of New York."""
    sessions = shipped_sessions("XNYS")
    return sessions[0].session_date, sessions[-1].session_date


def moment(day: date, hours: str) -> datetime:
    """A day and "HHMM", UTC."""
    return datetime.combine(day, time(int(hours[:2]), int(hours[2:])), UTC)
