"""Rewrites models/reference/sessions.csv.gz from exchange-calendars.

    python bench/trading_sessions.py

Run it after a new release of exchange-calendars, or once a year: days beyond the file are computed
when needed, which takes longer.
"""

import csv
import gzip
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flows.markets.sessions import computed_sessions
from models.reference.markets import load_markets

FIRST = date(2014, 1, 1)
TARGET = Path("models/reference/sessions.csv.gz")


def main() -> None:
    # Future days may still become holidays.
    last = datetime.now(UTC).date() - timedelta(days=1)
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(("calendar", "date", "open_utc", "close_utc"))
    for calendar in sorted({market.calendar for market in load_markets().values()}):
        for s in computed_sessions(calendar, FIRST, last):
            out.writerow(
                (calendar, s.session_date, *(f"{t:%H%M}" for t in (s.open_at, s.close_at)))
            )
    with TARGET.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(text.getvalue().encode())
    print(f"{TARGET}: {len(text.getvalue().splitlines()) - 1} sessions to {last}")


if __name__ == "__main__":
    main()
