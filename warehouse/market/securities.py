"""Issuers, listings, exposures and trading sessions: stored, read back, and checked."""

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
from warehouse.operations import batches
from warehouse.operations.batches import Columns, batch, fields, registered


def save_securities(
    con: DuckDBPyConnection, securities: Securities, markets: Iterable[Market]
) -> int:
    """Store all of it, or nothing; return how many listings the warehouse then holds.

    Running it twice changes nothing. A listing that belongs to another issuer from now on ends
    (valid_to) and stays; names, exposures and the prior become what is given.
    """
    benchmarks = dict(securities.benchmarks)
    issuers = [
        fields(issuer, batches.ISSUERS) | {"position": place}
        for place, issuer in enumerate(securities.issuers)
    ]
    listings = [
        fields(listing, batches.LISTINGS)
        | {"benchmark_id": benchmark_of(listing, benchmarks), "position": place}
        for place, listing in enumerate(securities.listings)
    ]
    with (
        transaction(con),
        registered(
            con,
            issuer_batch=batch(issuers, batches.ISSUERS),
            listing_batch=batch(listings, batches.LISTINGS),
            alias_batch=table(securities.aliases, batches.COMPANY_ALIASES),
            exposure_batch=table(securities.exposures, batches.EXPOSURES),
            sign_batch=table(securities.signs, batches.EXPOSURE_SIGNS),
            market_batch=table(tuple(markets), batches.MARKETS),
        ),
    ):
        for statement in load_query("save_securities").split(";"):
            if statement.strip():
                con.execute(statement)
    return count_listings(con)


def count_listings(con: DuckDBPyConnection) -> int:
    """How many listings are held, past ones included."""
    row = con.execute("SELECT count(*) FROM store.listings").fetchone()
    assert row is not None, "count gives a row"
    return int(row[0])


def table(records: Sequence[object], columns: Columns) -> Any:
    """Records as an Arrow table of these columns."""
    return batch([fields(record, columns) for record in records], columns)


def benchmark_of(listing: Listing, benchmarks: dict[str, str]) -> str | None:
    """What its returns are measured against: its own, its market's, or the default; not itself."""
    chosen = (
        benchmarks.get(listing.listing_id)
        or benchmarks.get(listing.mic)
        or benchmarks.get("default")
    )
    return None if chosen == listing.listing_id else chosen


def load_securities(con: DuckDBPyConnection) -> Securities:
    """What the warehouse holds and is valid today, as it was saved."""
    return Securities(
        issuers=tuple(Issuer(**row) for row in rows(con, "stored_issuers")),
        listings=tuple(Listing(**row) for row in rows(con, "stored_listings")),
        aliases=tuple(CompanyAlias(**row) for row in rows(con, "stored_aliases")),
        exposures=tuple(Exposure(**row) for row in rows(con, "stored_exposures")),
        signs=tuple(ExposureSign(**row) for row in rows(con, "stored_signs")),
    )


def rows(con: DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """The rows of a query as keyword arguments; lists as tuples."""
    cursor = con.execute(load_query(query))
    names = [column[0] for column in cursor.description or ()]
    return [
        {n: tuple(v) if isinstance(v, list) else v for n, v in zip(names, row, strict=True)}
        for row in cursor.fetchall()
    ]


def check_securities(con: DuckDBPyConnection) -> list[str]:
    """What is odd about the securities held, a line each; empty when nothing is."""
    return [line for (line,) in con.execute(load_query("check_securities")).fetchall()]


def save_sessions(con: DuckDBPyConnection, sessions: Sequence[Session]) -> int:
    """Store trading sessions; return how many were new or changed. Twice changes nothing."""
    if not sessions:
        return 0
    with transaction(con), registered(con, session_batch=table(sessions, batches.SESSIONS)):
        row = con.execute(load_query("save_sessions")).fetchone()
    assert row is not None, "MERGE reports its row count"
    return int(row[0])


def calendars_needed(
    con: DuckDBPyConnection, look_back_days: int = 0
) -> list[tuple[str, date, date]]:
    """(calendar, first day, last day) that bars and developments at hand call for."""
    found = con.execute(load_query("calendars_needed"), {"look_back": look_back_days}).fetchall()
    return [(str(calendar), first, last) for calendar, first, last in found]


def touched_listings(con: DuckDBPyConnection) -> list[Listing]:
    """The listings standing developments touch, and their benchmarks."""
    return [Listing(**row) for row in rows(con, "touched_listings")]


def find_securities(con: DuckDBPyConnection, words: str) -> list[dict[str, Any]]:
    """Listings whose ticker, id, name or alias holds `words`, the closest first; 20 at most."""
    cursor = con.execute(load_query("find_securities"), {"words": words})
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def listings_without_figi(con: DuckDBPyConnection, words: str | None = None) -> list[Listing]:
    """Listings of today without a FIGI: those that fit `words`, else those of exposed issuers."""
    cursor = con.execute(load_query("listings_without_figi"), {"words": words})
    names = [column[0] for column in cursor.description or ()]
    return [Listing(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def save_figis(con: DuckDBPyConnection, figis: dict[str, str]) -> None:
    """Add FIGIs to listings that have none, by listing id."""
    rows = [{"listing_id": key, "figi": figi} for key, figi in figis.items()]
    columns = {"listing_id": batches.TEXT, "figi": batches.TEXT}
    with transaction(con), registered(con, figi_batch=batch(rows, columns)):
        con.execute(load_query("save_figis"))


def find_closed_days(con: DuckDBPyConnection, *, now: datetime) -> list[tuple[str, date]]:
    """Sessions that the bars at hand show to have been none, as (calendar, day); all of them.

    What was found before and is contradicted by a bar since is taken back.
    """
    found = con.execute(load_query("closed_days")).fetchall()
    held = con.execute("SELECT mic, session_date FROM store.closed_days ORDER BY ALL").fetchall()
    if found != held:
        days = [{"mic": mic, "session_date": day, "found_at": now} for mic, day in found]
        schema = {"mic": batches.TEXT, "session_date": batches.DAY, "found_at": batches.INSTANT}
        with transaction(con), registered(con, day_batch=batch(days, schema)):
            con.execute("DELETE FROM store.closed_days")
            con.execute("INSERT INTO store.closed_days BY NAME FROM day_batch")
    return [(mic, day) for mic, day in found]
