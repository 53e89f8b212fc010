"""Stores, loads and checks issuers, listings, exposures and trading sessions."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from duckdb import DuckDBPyConnection

from models.reference.markets import Market
from models.reference.sessions import Session
from models.security import (
    CompanyAlias,
    Exposure,
    ExposureSign,
    Issuer,
    Listing,
    Securities,
)
from warehouse.connection import load_query, transaction
from warehouse.operations import columns
from warehouse.operations.batches import batch, fields, registered
from warehouse.operations.columns import Columns


def save_securities(
    con: DuckDBPyConnection, securities: Securities, markets: Iterable[Market]
) -> int:
    """Store securities and markets, all or none; return how many listings are stored then.

    Running it twice changes nothing. When a listing moves to another issuer, its old row ends
    (valid_to) and stays. Names, exposures and signs are replaced.
    """
    benchmarks = dict(securities.benchmarks)
    issuers = [
        fields(issuer, columns.ISSUERS) | {"position": place}
        for place, issuer in enumerate(securities.issuers)
    ]
    listings = [
        fields(listing, columns.LISTINGS)
        | {"benchmark_id": benchmark_of(listing, benchmarks), "position": place}
        for place, listing in enumerate(securities.listings)
    ]
    with (
        transaction(con),
        registered(
            con,
            issuer_batch=batch(issuers, columns.ISSUERS),
            listing_batch=batch(listings, columns.LISTINGS),
            alias_batch=table(securities.aliases, columns.COMPANY_ALIASES),
            exposure_batch=table(securities.exposures, columns.EXPOSURES),
            sign_batch=table(securities.signs, columns.EXPOSURE_SIGNS),
            market_batch=table(tuple(markets), columns.MARKETS),
        ),
    ):
        for statement in load_query("save_securities").split(";"):
            if statement.strip():
                con.execute(statement)
    return count_listings(con)


def count_listings(con: DuckDBPyConnection) -> int:
    """Return how many listings are stored, including past ones."""
    row = con.execute("SELECT count(*) FROM store.listings").fetchone()
    assert row is not None, "a count is one row"
    return int(row[0])


def table(records: Sequence[object], columns: Columns) -> Any:
    """Return records as an Arrow table of these columns."""
    return batch([fields(record, columns) for record in records], columns)


def benchmark_of(listing: Listing, benchmarks: dict[str, str]) -> str | None:
    """Return the benchmark of a listing: its own, its market's, or the default; never itself."""
    chosen = (
        benchmarks.get(listing.listing_id)
        or benchmarks.get(listing.mic)
        or benchmarks.get("default")
    )
    return None if chosen == listing.listing_id else chosen


def load_securities(con: DuckDBPyConnection) -> Securities:
    """Return the stored securities that are valid today, as they were saved."""
    return Securities(
        issuers=tuple(Issuer(**row) for row in rows(con, "stored_issuers")),
        listings=tuple(Listing(**row) for row in rows(con, "stored_listings")),
        aliases=tuple(CompanyAlias(**row) for row in rows(con, "stored_aliases")),
        exposures=tuple(Exposure(**row) for row in rows(con, "stored_exposures")),
        signs=tuple(ExposureSign(**row) for row in rows(con, "stored_signs")),
    )


def rows(con: DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """Return the rows of a query as keyword arguments; lists as tuples."""
    cursor = con.execute(load_query(query))
    names = [column[0] for column in cursor.description or ()]
    return [
        {n: tuple(v) if isinstance(v, list) else v for n, v in zip(names, row, strict=True)}
        for row in cursor.fetchall()
    ]


def check_securities(con: DuckDBPyConnection) -> list[str]:
    """Return warnings about the stored securities, one line each."""
    return [line for (line,) in con.execute(load_query("check_securities")).fetchall()]


def save_sessions(con: DuckDBPyConnection, sessions: Sequence[Session]) -> int:
    """Store trading sessions; return how many were new or changed. Safe to repeat."""
    if not sessions:
        return 0
    with transaction(con), registered(con, session_batch=table(sessions, columns.SESSIONS)):
        row = con.execute(load_query("save_sessions")).fetchone()
    assert row is not None, "MERGE reports its row count"
    return int(row[0])


def calendars_needed(
    con: DuckDBPyConnection, look_back_days: int = 0
) -> list[tuple[str, date, date]]:
    """Return (calendar, first day, last day) that the stored bars and developments need."""
    found = con.execute(load_query("calendars_needed"), {"look_back": look_back_days}).fetchall()
    return [(str(calendar), first, last) for calendar, first, last in found]


def affected_listings(con: DuckDBPyConnection) -> list[Listing]:
    """Return the listings that standing developments affect, and their benchmarks."""
    return [Listing(**row) for row in rows(con, "affected_listings")]


def find_securities(con: DuckDBPyConnection, words: str) -> list[dict[str, Any]]:
    """Return at most 20 listings whose ticker, id, name or alias contains `words`, best first."""
    cursor = con.execute(load_query("find_securities"), {"words": words})
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def listings_without_figi(con: DuckDBPyConnection, words: str | None = None) -> list[Listing]:
    """Return current listings without a FIGI: those matching `words`, or of exposed issuers."""
    cursor = con.execute(load_query("listings_without_figi"), {"words": words})
    names = [column[0] for column in cursor.description or ()]
    return [Listing(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def save_figis(con: DuckDBPyConnection, figis: dict[str, str]) -> None:
    """Store FIGIs by listing id, for listings without one."""
    rows = [{"listing_id": key, "figi": figi} for key, figi in figis.items()]
    wanted = {"listing_id": columns.TEXT, "figi": columns.TEXT}
    with transaction(con), registered(con, figi_batch=batch(rows, wanted)):
        con.execute(load_query("save_figis"))


def find_closed_days(con: DuckDBPyConnection, *, now: datetime) -> list[tuple[str, date]]:
    """Find planned sessions that were closed days, from the stored bars; return all of them.

    Each is (calendar, day). A day found earlier is removed when a bar on it has arrived since.
    """
    found = con.execute(load_query("closed_days")).fetchall()
    held = con.execute("SELECT mic, session_date FROM store.closed_days ORDER BY ALL").fetchall()
    if found != held:
        days = [{"mic": mic, "session_date": day, "found_at": now} for mic, day in found]
        schema = {"mic": columns.TEXT, "session_date": columns.DAY, "found_at": columns.INSTANT}
        with transaction(con), registered(con, day_batch=batch(days, schema)):
            con.execute("DELETE FROM store.closed_days")
            con.execute("INSERT INTO store.closed_days BY NAME FROM day_batch")
    return [(mic, day) for mic, day in found]
