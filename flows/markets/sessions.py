"""Trading sessions of exchanges: past years are shipped, exchange-calendars computes the rest."""

from datetime import date, timedelta
from pathlib import Path

from models.errors import ConfigError
from models.reference.sessions import Session, shipped_sessions, shipped_span
from warehouse.connection import open_warehouse
from warehouse.market.securities import calendars_needed, save_sessions

# The market model needs half a year of sessions before the first day.
LOOK_BACK = timedelta(days=400)


def sessions_between(calendar: str, first: date, last: date) -> list[Session]:
    """Return the sessions of one calendar (a MIC) from `first` to `last`, times UTC.

    Raises ConfigError when exchange-calendars does not know the calendar or these years.
    """
    begin, end = shipped_span()
    shipped = shipped_sessions(calendar)
    if not shipped or first < begin:
        return computed_sessions(calendar, first, last)
    found = [s for s in shipped if first <= s.session_date <= last]
    if last > end:
        found += [s for s in computed_sessions(calendar, end, last) if s.session_date > end]
    return found


def computed_sessions(calendar: str, first: date, last: date) -> list[Session]:
    """Return sessions from exchange-calendars. It loads pandas: some seconds the first time."""
    from exchange_calendars import get_calendar
    from exchange_calendars.errors import CalendarError

    try:
        # Without an end, the library goes as far as it knows, at most a year ahead. With an end it
        # refuses a longer span, and some markets publish their holidays late.
        book = get_calendar(calendar, start=first.isoformat())
    except (CalendarError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(f"calendar {calendar!r}, {first} to {last}: {reason}") from error
    opens, closes = (book.schedule[name].dt.to_pydatetime() for name in ("open", "close"))
    return [
        Session(mic=calendar, session_date=day.date(), open_at=opens_at, close_at=closes_at)
        for day, opens_at, closes_at in zip(book.schedule.index, opens, closes, strict=True)
        if day.date() <= last
    ]


def fill_sessions(warehouse: Path) -> int:
    """Store the sessions that stored bars and developments need; return how many are new.

    Skips calendars that are complete: computing one takes half a second.
    """
    with open_warehouse(warehouse) as con:
        needed = calendars_needed(con, LOOK_BACK.days)
    found = [
        session
        for calendar, first, last in needed
        for session in sessions_between(calendar, first - LOOK_BACK, last)
    ]
    with open_warehouse(warehouse) as con:
        return save_sessions(con, found)
