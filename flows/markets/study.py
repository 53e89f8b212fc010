"""Event studies of the published snapshot, or of a CSV of dates with price files."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from flows.markets.sessions import LOOK_BACK, sessions_between
from models.errors import ConfigError
from models.event import EventStatus, EventType
from models.reference.markets import load_markets
from models.reference.securities import load_securities
from models.security import Listing, Securities
from warehouse.connection import open_warehouse
from warehouse.market.prices import load_price_file
from warehouse.market.securities import (
    benchmark_of,
    calendars_needed,
    find_closed_days,
    save_securities,
    save_sessions,
)
from warehouse.market.study import (
    DatedEvent,
    StudyFilter,
    StudyResult,
    run_study,
    save_dated_events,
)
from warehouse.snapshot import open_snapshot

NEEDED = ("id", "announced", "type", "status", "actor", "target")


def study_snapshot(snapshot: Path, chosen: StudyFilter, *, alone: bool = False) -> StudyResult:
    """Study developments of the published snapshot. Raises WarehouseError without a snapshot."""
    con = open_snapshot(snapshot)
    try:
        return run_study(con, chosen, alone=alone)
    finally:
        con.close()


def study_dates(
    events: Path,
    prices: Sequence[Path],
    tickers: Sequence[str],
    chosen: StudyFilter,
    *,
    alone: bool = False,
) -> StudyResult:
    """Study a CSV of dated events (id, announced, type, status, actor, target) on `tickers`.

    Needs no warehouse: everything is in memory. Every event is paired with every ticker; `chosen`
    filters further. Raises ConfigError for the list, WarehouseError for a price file.
    """
    listings = listings_named(tickers)
    wanted = [event for event in dated_events(events) if fits(event, chosen)]
    named = tuple(listing.listing_id for listing in listings)
    now = datetime.now(UTC)
    with open_warehouse(":memory:") as con:
        save_securities(con, only_needed(load_securities(), named), load_markets().values())
        for path in prices:
            load_price_file(
                con, path, source=path.name.split(".")[0], fetched_at=now, skip_unknown=True
            )
        save_dated_events(con, wanted, named)
        for calendar, first, last in calendars_needed(con):
            reach = min(last, now.date() + timedelta(days=60))
            save_sessions(con, sessions_between(calendar, first - LOOK_BACK, reach))
        find_closed_days(con, now=now)
        result = run_study(con, chosen, alone=alone)
    studied = {row["listing_id"] for row in result.listings}
    return replace(result, without=tuple(name for name in named if name not in studied))


def only_needed(held: Securities, named: Sequence[str]) -> Securities:
    """Return only the named listings and their benchmarks, out of about 10,000 listings."""
    scopes = dict(held.benchmarks)
    listings = {k.listing_id: k for k in held.listings}
    beside = {benchmark_of(listings[name], scopes) for name in named}
    chosen = [k for key, k in listings.items() if key in beside or key in named]
    owners = {k.issuer_id for k in chosen}
    return Securities(
        issuers=tuple(i for i in held.issuers if i.issuer_id in owners),
        listings=tuple(chosen),
        benchmarks=held.benchmarks,
    )


def fits(event: DatedEvent, chosen: StudyFilter) -> bool:
    """Return whether the filter selects the event. Others must not count as overlapping."""
    return not (
        (chosen.type and event.type not in chosen.type.split(","))
        or (chosen.status and event.status not in chosen.status.split(","))
        or (chosen.actor and chosen.actor not in event.actors)
        or (chosen.target and chosen.target not in event.targets)
    )


def listings_named(tickers: Sequence[str]) -> list[Listing]:
    """Return the shipped listings of "MIC:TICKER" or bare tickers, preferring US ones.

    Raises ConfigError for an unknown ticker.
    """
    listings = load_securities().listings
    found = []
    for name in tickers:
        held = [k for k in listings if name in (k.listing_id, k.ticker)]
        held.sort(key=lambda k: (k.currency != "USD", k.mic == "OTCM"))
        if not held:
            raise ConfigError(f"unknown ticker {name!r}: write MIC:TICKER, for example XNYS:MP")
        found.append(held[0])
    return found


def dated_events(path: Path) -> list[DatedEvent]:
    """Return the events of a CSV list. Raises ConfigError, naming the line of the error."""
    events: list[DatedEvent] = []
    seen: set[str] = set()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            absent = [c for c in NEEDED if c not in (reader.fieldnames or ())]
            if absent:
                raise ConfigError(f"{path}: no column {absent[0]!r}; needed: {', '.join(NEEDED)}")
            for row in reader:
                where = f"{path}: line {reader.line_num}"
                event = dated_event(row, where)
                if event.event_id in seen:
                    raise ConfigError(f"{where}: id {event.event_id!r} twice")
                seen.add(event.event_id)
                events.append(event)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not readable: {error}") from error
    return events


def dated_event(row: dict[str, str], where: str) -> DatedEvent:
    """Return one row of the list as an event."""
    try:
        day = date.fromisoformat(row["announced"])
    except ValueError as error:
        raise ConfigError(f"{where}: announced: not a date: {row['announced']!r}") from error
    for column, kinds in (("type", EventType), ("status", EventStatus)):
        if row[column] not in {kind.value for kind in kinds}:
            raise ConfigError(f"{where}: unknown {column} {row[column]!r}")
    return DatedEvent(
        event_id=row["id"],
        day=day,
        type=row["type"],
        status=row["status"],
        actors=tuple(part for part in row["actor"].split(",") if part),
        targets=tuple(part for part in row["target"].split(",") if part),
    )


def show_study(result: StudyResult, console: Console) -> None:
    """Print the results: event windows, the placebo, and each listing."""
    if not result.windows:
        console.print("No matching event has prices for the 120 sessions before it.")
        return
    console.print(windows_table(result))
    console.print(
        "sign: effect expected. n: listing x step, on so many days. t: from the models' errors; "
        "t_d: by day, for listings move together; BMP: across standardised returns; rank: "
        "Corrado's z; pos: sign test.",
        style="dim",
    )
    for table in (placebo_table(result), listings_table(result)):
        console.print()
        console.print(table)
    if result.without:
        console.print(
            f"Left out: {', '.join(result.without)}; no prices for 120 sessions before an event.",
            style="dim",
            highlight=False,
        )


def plain_table(title: str) -> Table:
    """An empty table of numbers as narrow as it can be: a number that is cut says another one."""
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=None,
        pad_edge=False,
        collapse_padding=True,
    )


def windows_table(result: StudyResult) -> Table:
    """Return the abnormal returns and test statistics of each event window."""
    table = plain_table("Cumulative abnormal return around the event, in percent")
    for name in ("window", "sign", "n", "days", "mean", "median", "> 0"):
        left = name in ("window", "sign")
        table.add_column(name, justify="left" if left else "right", no_wrap=True)
    for name in ("t", "t_d", "BMP", "rank", "pos"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in result.windows:
        table.add_row(
            escape(row["window_name"]),
            row["sign"],
            str(row["event_count"]),
            str(row["day_count"]),
            percent(row["mean_car"]),
            percent(row["median_car"]),
            percent(row["share_positive"], 0),
            *(number(row[name]) for name in ("t", "t_day", "z_bmp", "z_rank", "z_sign")),
        )
    return table


def placebo_table(result: StudyResult) -> Table:
    """Return the same windows on quiet days."""
    table = plain_table("Placebo: the same listings on quiet days")
    for name in ("window", "n", "days", "mean %", "t_x", "t_d", "beyond 1.96 %"):
        table.add_column(name, justify="left" if name == "window" else "right")
    for row in result.placebo:
        table.add_row(
            escape(row["window_name"]),
            str(row["placebo_count"]),
            str(row["day_count"]),
            percent(row["mean_car"]),
            number(row["t_cross"]),
            number(row["t_day"]),
            percent(row["share_beyond_196"], 1),
        )
    return table


def listings_table(result: StudyResult) -> Table:
    """Return the abnormal return of each listing around the events."""
    table = plain_table(escape("By listing, [0,+1]"))
    for name in ("listing", "events", "mean %", "> 0", "t cross", "beta"):
        table.add_column(name, justify="left" if name == "listing" else "right")
    for row in result.listings:
        table.add_row(
            Text(row["listing_id"]),
            str(row["event_count"]),
            percent(row["mean_car"]),
            percent(row["share_positive"], 0),
            number(row["t_cross"]),
            number(row["mean_beta"]),
        )
    return table


def percent(value: float | None, digits: int = 2) -> str:
    """Return a fraction as percent, or a dash."""
    return "-" if value is None else f"{100 * value:.{digits}f}"


def number(value: float | None) -> str:
    """Return a number with two decimals, or a dash."""
    return "-" if value is None else f"{value:.2f}"
