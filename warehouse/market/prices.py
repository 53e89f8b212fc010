"""Loads price tables: checked as a whole, then merged, all rows or none.

The rows never pass through Python: DuckDB reads, checks and merges a file of ten million rows.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from models.errors import WarehouseError
from models.identity import digest_id
from models.reading import ReadCount
from models.reference.markets import US_MARKETS, load_markets
from models.security import DailyBar
from warehouse.connection import load_query, transaction
from warehouse.operations.batches import batch, fields, registered
from warehouse.operations.columns import DAILY_BARS, INSTANT, PRICE_LOADS, SYMBOL_MAP

# Accepted column names, in lower case, letters and digits only.
COLUMN_NAMES = {
    "symbol": ("listingid", "listing", "ticker", "symbol", "code"),
    "session_date": ("sessiondate", "date", "day", "tradingday", "timestamp"),
    "close": ("close", "rawclose", "closeraw", "last", "pxlast"),
    "adj_close": ("adjclose", "adjustedclose", "closeadj", "closeadjusted"),
    "volume": ("volume", "vol"),
    "currency": ("currency", "ccy"),
    "dividend": ("dividend", "dividends", "divcash"),
    "split": ("split", "splits", "stocksplits", "splitfactor"),
}
FAULT_LINES = {
    "no ticker": "rows without a ticker",
    "ticker": "{detail}",
    "date": "not a date: {detail!r}",
    "future": "a day in the future",
    "price": "price is {detail}",
    "volume": "volume is {detail}",
    "dividend": "dividend is {detail}",
    "split": "split is {detail}",
    "currency": "currency {detail}",
    "conflict": "{detail} for one day with different values",
    "duplicate": "{detail} for one day with equal values: kept once",
    "no session": "not a session of its market",
    "missing": "session without a price",
    "jump": "adjusted close moved {detail} in a day: unadjusted split?",
    "stale": "series ends here, {detail}",
}
MAX_LINES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLoad:
    """Counts of one load, in rows. `warnings` has one line each; with errors nothing is loaded."""

    origin: str
    source: str
    row_count: int
    new_count: int
    changed_count: int
    listing_count: int
    first_date: date | None
    last_date: date | None
    warnings: tuple[str, ...]
    read_count: int = 0
    unknown_count: int = 0

    @property
    def reading(self) -> ReadCount:
        """Return what happened to the rows; rows with unknown tickers count as refused."""
        stored = self.new_count + self.changed_count
        return ReadCount(
            stored=stored,
            known=self.read_count - stored - self.unknown_count,
            refused=self.unknown_count,
        )


def load_price_file(
    con: DuckDBPyConnection,
    path: Path,
    *,
    source: str,
    fetched_at: datetime,
    listing_id: str | None = None,
    skip_unknown: bool = False,
) -> PriceLoad:
    """Load a CSV (plain, .gz, .zst) or Parquet file of daily prices, all rows or none.

    Columns are recognised by their usual names. Required: a date, close or adj_close, and a ticker
    or `listing_id`; dividends and splits are optional. A ticker is "MIC:TICKER" or the bare ticker
    of one known listing. `skip_unknown` leaves out unknown tickers, with a warning. Loading twice
    changes nothing. Raises WarehouseError with one line per fault, and loads nothing then.
    """
    if not path.exists():
        raise WarehouseError(f"{path}: no such file")
    try:
        if path.suffix == ".parquet":
            raw = con.read_parquet(str(path))
        else:
            raw = con.read_csv(str(path), all_varchar=True, header=True)
        return load_prices(
            con,
            raw,
            origin=str(path),
            source=source,
            fetched_at=fetched_at,
            listing_id=listing_id,
            skip_unknown=skip_unknown,
        )
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise WarehouseError(f"{path}: not a readable price table: {reason}") from error


def save_bars(con: DuckDBPyConnection, bars: Sequence[DailyBar]) -> PriceLoad | None:
    """Store bars of one source, with the same checks as a file. Returns None without bars."""
    if not bars:
        return None
    sources = {bar.source for bar in bars}
    if len(sources) > 1:
        raise WarehouseError(f"one load has bars of {len(sources)} sources: {sorted(sources)}")
    rows = [fields(bar, DAILY_BARS) for bar in bars]
    with registered(con, bar_batch=batch(rows, DAILY_BARS)):
        return load_prices(
            con,
            con.table("bar_batch"),
            origin=bars[0].source,
            source=bars[0].source,
            fetched_at=bars[0].fetched_at,
        )


def load_prices(
    con: DuckDBPyConnection,
    raw: DuckDBPyRelation,
    *,
    origin: str,
    source: str,
    fetched_at: datetime,
    listing_id: str | None = None,
    skip_unknown: bool = False,
) -> PriceLoad:
    """Stage, check and merge one table of prices; see load_price_file."""
    columns = detect_columns(raw.columns, origin, needs_symbol=listing_id is None)
    with staged(con, raw, columns, listing_id):
        mapping = symbol_map(con)
        facts = pa.table({"source": [source], "fetched_at": pa.array([fetched_at], INSTANT)})
        with registered(con, symbol_map=mapping, load_facts=facts):
            con.execute(load_query("local_sessions"))
            faults = con.execute(
                load_query("check_prices"), {"today": fetched_at.date()}
            ).fetchall()
            errors, warnings = fault_lines(faults, skip_unknown)
            if errors:
                raise WarehouseError("\n".join(f"{origin}: {line}" for line in errors))
            if "close" not in columns:
                warnings.append("no raw close: only adjusted closes are stored")
            if "adj_close" not in columns:
                warnings.append("no adjusted close: the raw close is used, not adjusted for splits")
            con.execute(load_query("checked_bars"))
            return merge(con, origin, source, fetched_at, tuple(warnings))


def detect_columns(names: Sequence[str], origin: str, *, needs_symbol: bool) -> dict[str, str]:
    """Return our column name -> theirs. Raises WarehouseError when a required one is missing."""
    plain = {"".join(c for c in name.lower() if c.isalnum()): name for name in reversed(names)}
    found = {
        ours: plain[theirs]
        for ours, spellings in COLUMN_NAMES.items()
        for theirs in reversed(spellings)
        if theirs in plain
    }
    missing = [
        what
        for what, absent in (
            ("a date", "session_date" not in found),
            ("close or adj_close", "close" not in found and "adj_close" not in found),
            ("a ticker (or name the listing)", needs_symbol and "symbol" not in found),
        )
        if absent
    ]
    if missing:
        raise WarehouseError(f"{origin}: no column for {missing[0]} among {', '.join(names)}")
    return found


@contextmanager
def staged(
    con: DuckDBPyConnection,
    raw: DuckDBPyRelation,
    columns: dict[str, str],
    listing_id: str | None,
) -> Iterator[None]:
    """Provide the table under our column names as staged_prices, for as long as the block runs."""
    chosen = [
        (
            duckdb.ConstantExpression(listing_id)
            if ours == "symbol" and listing_id
            else duckdb.ColumnExpression(columns[ours])
            if ours in columns
            else duckdb.ConstantExpression(None)
        )
        .cast("VARCHAR")
        .alias(ours)
        for ours in COLUMN_NAMES
    ]
    raw.select(*chosen).create_view("raw_prices", replace=True)
    try:
        con.execute(load_query("stage_prices"))
        yield
    finally:
        con.execute("DROP VIEW IF EXISTS checked_bars")
        con.execute("DROP TABLE IF EXISTS staged_prices")
        con.execute("DROP VIEW IF EXISTS raw_prices")


def symbol_map(con: DuckDBPyConnection) -> pa.Table:
    """Return for each staged symbol its listing, currency and calendar, or the problem with it."""
    listings: dict[str, list[tuple[str, str | None, str | None, str | None]]] = defaultdict(list)
    markets = load_markets()
    for listing, ticker, mic, currency, calendar in con.execute(
        load_query("listings_to_match")
    ).fetchall():
        facts = (listing, currency, calendar, markets[mic].zone if mic in markets else None)
        listings[listing].append(facts)
        listings[ticker].append(facts)
        if mic in US_MARKETS:
            # A bare ticker in a price file means the US listing if there is one.
            listings[f"US {ticker}"].append(facts)
    rows = []
    for (symbol,) in con.execute("SELECT DISTINCT symbol FROM staged_prices").fetchall():
        held = listings.get(f"US {symbol}") or listings.get(symbol) or []
        row = {"symbol": symbol, "listing_id": None, "problem": None}
        if len(held) == 1:
            row["listing_id"], row["currency"], row["calendar"], row["zone"] = held[0]
        elif held:
            several = " or ".join(sorted(listing for listing, *_ in held))
            row["problem"] = f"ticker on several markets: write {several}"
        else:
            row["problem"] = "unknown ticker: load its listing first, or pass skip_unknown"
        rows.append(row)
    return batch(rows, SYMBOL_MAP)


def fault_lines(
    faults: Sequence[tuple[object, ...]], skip_unknown: bool
) -> tuple[list[str], list[str]]:
    """Return the faults as lines: errors, which stop the load, and warnings."""
    errors: list[str] = []
    warnings: list[str] = []
    for severity, kind, who, first, count, detail in faults:
        skipped = kind == "ticker" and skip_unknown
        into = errors if severity == "stop" and not skipped else warnings
        line = f"{who} {first or ''}".strip() + ": " + FAULT_LINES[str(kind)].format(detail=detail)
        line = f"{who}: left out, unknown ticker" if skipped else line
        if isinstance(count, int) and count > 1:
            line += f" ({count} times, first one shown)"
        into.append(line)
    for lines in (errors, warnings):
        if len(lines) > MAX_LINES:
            lines[MAX_LINES:] = [f"and {len(lines) - MAX_LINES} more"]
    return errors, warnings


def merge(
    con: DuckDBPyConnection,
    origin: str,
    source: str,
    fetched_at: datetime,
    warnings: tuple[str, ...],
) -> PriceLoad:
    """Merge checked_bars into the store and record the load, in one transaction."""
    count: Callable[[], int] = lambda: scalar(con, "SELECT count(*) FROM store.daily_bars")  # noqa: E731
    with transaction(con):
        before = count()
        merged = scalar(con, load_query("merge_bars"))
        con.execute(load_query("merge_actions"))
        new = count() - before
        rows, listings, first, last = con.execute(load_query("bars_summary")).fetchall()[0]
        load = PriceLoad(
            origin=origin,
            source=source,
            row_count=rows,
            new_count=new,
            changed_count=merged - new,
            listing_count=listings,
            first_date=first,
            last_date=last,
            warnings=warnings,
            read_count=scalar(con, "SELECT count(*) FROM staged_prices"),
            unknown_count=scalar(con, load_query("unknown_prices")),
        )
        row = fields(load, PRICE_LOADS) | {
            "load_id": digest_id(origin, source, fetched_at.isoformat()),
            "loaded_at": fetched_at,
        }
        with registered(con, load_batch=batch([row], PRICE_LOADS)):
            con.execute("INSERT INTO store.price_loads BY NAME FROM load_batch")
    return load


def scalar(con: DuckDBPyConnection, sql: str) -> int:
    """Return the single number that a statement gives."""
    row = con.execute(sql).fetchone()
    assert row is not None, "counts and MERGE report one row"
    return int(row[0])
