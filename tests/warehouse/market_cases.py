"""A small synthetic market: listings, sessions and prices."""

import math
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from duckdb import DuckDBPyConnection

from models.reference.markets import load_markets
from models.reference.sessions import Session
from models.security import DailyBar, Issuer, Listing, Securities
from warehouse.market.prices import save_bars
from warehouse.market.securities import save_securities, save_sessions

LOADED = datetime(2026, 1, 1, tzinfo=UTC)
START = date(2024, 1, 1)


def small_market() -> Securities:
    """Return two shares and their benchmark fund; one of the shares trades abroad."""
    names = {"XNYS:AAA": "sun", "XNAS:BBB": "sun", "XASX:CCC": "moon", "ARCX:SPY": "fund"}
    return Securities(
        issuers=tuple(
            Issuer(issuer_id=f"issuer {key}", name=f"{key} Corp", country="US", sector=sector)
            for key, sector in names.items()
        ),
        listings=tuple(
            Listing(
                listing_id=key,
                issuer_id=f"issuer {key}",
                mic=key[:4],
                ticker=key[5:],
                currency="AUD" if key.startswith("XASX") else "USD",
            )
            for key in names
        ),
        benchmarks=(("default", "ARCX:SPY"),),
    )


def weekdays(count: int, start: date = START) -> list[date]:
    """Return the first weekdays from `start` on."""
    days = (start + timedelta(days=n) for n in range(2 * count + 10))
    return [day for day in days if day.weekday() < 5][:count]


def sessions(days: Iterable[date], mic: str = "XNYS") -> list[Session]:
    """Return sessions with New York winter hours: 14:30 to 21:00 UTC."""
    return [
        Session(
            mic=mic,
            session_date=day,
            open_at=datetime(day.year, day.month, day.day, 14, 30, tzinfo=UTC),
            close_at=datetime(day.year, day.month, day.day, 21, tzinfo=UTC),
        )
        for day in days
    ]


def bars(listing_id: str, days: Sequence[date], returns: Sequence[float]) -> list[DailyBar]:
    """Return closes that start at 100 and move by `returns`."""
    close = 100.0
    found = []
    for day, move in zip(days, returns, strict=True):
        close *= 1 + move
        found.append(
            DailyBar(
                listing_id=listing_id,
                session_date=day,
                close=close,
                adj_close=close,
                volume=1000.0,
                currency=None,
                source="made up",
                fetched_at=datetime(2027, 1, 1, tzinfo=UTC),
            )
        )
    return found


def noise(count: int, seed: int, scale: float = 0.01) -> list[float]:
    """Return realistic returns, the same each time."""
    chance = random.Random(seed)
    return [math.tanh(chance.gauss(0, 1)) * scale for _ in range(count)]


def fill_market(con: DuckDBPyConnection, count: int = 260) -> list[date]:
    """Store the small market with `count` sessions of prices; return the sessions."""
    days = weekdays(count)
    save_securities(con, small_market(), load_markets().values())
    save_sessions(con, sessions(days))
    market = noise(count, 1)
    for seed, (listing, beta) in enumerate((("XNYS:AAA", 1.4), ("XNAS:BBB", 0.3)), start=2):
        own = noise(count, seed)
        moves = [0.0002 + beta * m + e for m, e in zip(market, own, strict=True)]
        save_bars(con, bars(listing, days, moves))
    save_bars(con, bars("ARCX:SPY", days, market))
    return days


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A time of a day, UTC."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC)


def add_event(
    con: DuckDBPyConnection,
    event_id: str,
    seen: datetime,
    listings: Sequence[str] = ("XNYS:AAA",),
    **values: str,
) -> None:
    """Store a development first seen at `seen` that affects `listings`."""
    con.execute(
        "INSERT INTO store.developments (development_id, revision, type, status, first_seen_at, "
        "actors, retracted) VALUES (?, 1, ?, ?, ?, ['CN'], false)",
        [event_id, values.get("type", "tariff"), values.get("status", "raised"), seen],
    )
    for listing in listings:
        con.execute(
            "INSERT INTO store.event_tickers (development_id, listing_id, link, sign, relevance) "
            "VALUES (?, ?, 'named', ?, 50)",
            [event_id, listing, values.get("sign", "?")],
        )
