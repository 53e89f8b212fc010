"""The event study as records: results of the views and macros for chosen developments."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.connection import load_query, transaction
from warehouse.operations import columns
from warehouse.operations.batches import batch, registered


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFilter:
    """Which developments and listings a study includes; None includes all.

    type, status and ticker accept several values, separated by commas. A ticker is MIC:TICKER or
    bare; a ticker group is a sector. since and until limit day 0, both inclusive.
    """

    type: str | None = None
    status: str | None = None
    actor: str | None = None
    target: str | None = None
    commodity: str | None = None
    ticker: str | None = None
    ticker_group: str | None = None
    sign: str | None = None
    link: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedEvent:
    """A development with only a day known; day 0 is the first session on or after it."""

    event_id: str
    day: date
    type: str
    status: str
    actors: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyResult:
    """The result of a study: rows of the macros, and the data of its chart.

    `windows`: rows of event_study. `listings`: one row per listing for [0,+1]. `path`: event_path,
    and `placebo_path` the same on quiet days. `placebo`: event_placebo. `prices`: (listing_id,
    session_date, adj_close). `marks`: days of the events. `without`: requested listings without a
    result, for lack of prices or sessions.
    """

    windows: tuple[dict[str, Any], ...]
    listings: tuple[dict[str, Any], ...]
    path: tuple[dict[str, Any], ...]
    placebo: tuple[dict[str, Any], ...]
    prices: tuple[dict[str, Any], ...]
    marks: tuple[date, ...]
    placebo_path: tuple[dict[str, Any], ...] = ()
    without: tuple[str, ...] = ()


def run_study(con: DuckDBPyConnection, chosen: StudyFilter, *, alone: bool = False) -> StudyResult:
    """Study the chosen developments; every part of the result is empty when none matches.

    `alone` leaves out events that have another event on the same listing within five sessions.
    """
    filters = asdict(chosen)
    listings = rows(con, "study_listings", filters)
    shown = [row["listing_id"] for row in listings]
    return StudyResult(
        windows=rows(con, "study_windows", filters | {"alone": alone}),
        listings=listings,
        path=rows(con, "study_path", filters | {"placebo": False}),
        placebo_path=rows(con, "study_path", filters | {"placebo": True}),
        placebo=rows(con, "study_placebo", filters),
        prices=rows(con, "study_prices", {"listings": shown}),
        marks=tuple(sorted({day for row in listings for day in row["event_dates"]})),
    )


def rows(
    con: DuckDBPyConnection, query: str, parameters: dict[str, Any]
) -> tuple[dict[str, Any], ...]:
    """Return the rows of queries/<query>.sql."""
    cursor = con.execute(load_query(query), parameters)
    names = [column[0] for column in cursor.description or ()]
    return tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())


def save_dated_events(
    con: DuckDBPyConnection, events: Sequence[DatedEvent], listings: Sequence[str]
) -> None:
    """Store events from a list, each linked to every listing, in a separate warehouse.

    first_seen_at is the start of the day, UTC, so the session of that day counts as day 0.
    """
    developments = [
        {
            "development_id": event.event_id,
            "type": event.type,
            "status": event.status,
            "actors": list(event.actors),
            "targets": list(event.targets),
            "decision_date": event.day,
            "decision_precision": "day",
            "first_seen_at": datetime.combine(event.day, time(), UTC),
        }
        for event in events
    ]
    links = [
        {
            "development_id": event.event_id,
            "listing_id": listing,
            "link": "given",
            "sign": "?",
            "relevance": 100,
        }
        for event in events
        for listing in listings
    ]
    with (
        transaction(con),
        registered(
            con,
            development_batch=batch(developments, columns.DEVELOPMENTS),
            ticker_batch=batch(links, columns.EVENT_TICKERS),
        ),
    ):
        con.execute(load_query("insert_dated_events"))
        con.execute("INSERT INTO store.event_tickers BY NAME FROM ticker_batch")
