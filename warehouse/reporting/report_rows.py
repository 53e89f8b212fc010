"""Reads the report's rows: a bounded part of the views, kept as temporary tables of one session.

The views are asked once; pages are then made from these small tables, a batch of measures at a
time, so memory does not grow with the warehouse.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from models.errors import WarehouseError
from warehouse.connection import STORAGE_FAULTS, load_query
from warehouse.faults import warehouse_error
from warehouse.snapshot import one_line, open_snapshot

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much the report holds. `most` counts measures, by their last report; days are days."""

    most: int = 2000
    most_new: int = 500
    most_dates: int = 500
    most_steps: int = 100
    most_steps_in_all: int = 10_000
    most_sources: int = 6
    most_sessions: int = 2600
    most_rows: int = 100
    most_feeds: int = 5000
    days_ahead: int = 90
    days_back: int = 30
    months: int = 36


# In this order: later ones read earlier ones.
TABLES: dict[str, tuple[str, ...]] = {
    "report_measures": ("today", "most", "most_new", "most_dates", "days_ahead", "days_back"),
    "report_severities": (),
    "report_steps": ("most_steps", "most_steps_in_all"),
    "report_ties": (),
    "report_sources": ("most_sources",),
    "report_prices": ("most_sessions",),
    "report_days": ("today",),
}
OF_MEASURES = """
SELECT held.* FROM {table} AS held
WHERE held.measure_id IN (SELECT unnest($measures)) ORDER BY {order}
"""
OF_STEPS = """
SELECT step.measure_id, held.* FROM {table} AS held
JOIN report_steps AS step ON step.development_id = held.development_id
WHERE step.measure_id IN (SELECT unnest($measures)) ORDER BY {order}
"""


class ReportRows:
    """One report's rows. All methods read the same state of the snapshot."""

    def __init__(self, con: DuckDBPyConnection, today: date, bounds: Bounds) -> None:
        self.con = con
        self.today = today
        self.bounds = bounds

    def prepare(self) -> None:
        """Read the bounded part of the views into temporary tables."""
        for table, names in TABLES.items():
            sql = f"CREATE OR REPLACE TEMP TABLE {table} AS {load_query(table)}"
            self.con.execute(sql, self.parameters(*names) or None)

    def parameters(self, *names: str) -> Row:
        """The values of named parameters: bounds, and today."""
        held: Row = {"today": self.today, **asdict(self.bounds)}
        return {name: held[name] for name in names}

    def rows(self, query: str, *names: str, **given: object) -> list[Row]:
        """The rows of queries/<query>.sql, with bounds by name and other values as given."""
        return self.answer(load_query(query), self.parameters(*names) | given)

    def answer(self, sql: str, parameters: Row) -> list[Row]:
        """Rows by column name. Every query of the report is bounded, so they fit in memory."""
        cursor = self.con.execute(sql, parameters or None)
        columns = [column[0] for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def measures(self) -> list[Row]:
        """The report's measures, the last reported first: rows of measure_status."""
        sql = "FROM report_measures ORDER BY last_reported_at DESC, measure_id"
        return self.answer(sql, {})

    def of_measures(self, table: str, measures: Sequence[str], order: str) -> dict[str, list[Row]]:
        """Rows of a temporary table by measure_id, for these measures."""
        sql = OF_STEPS if table == "report_sources" else OF_MEASURES
        found: dict[str, list[Row]] = {measure: [] for measure in measures}
        statement = sql.format(table=table, order=order)
        for row in self.answer(statement, {"measures": list(measures)}):
            found[row["measure_id"]].append(row)
        return found

    def prices(self, listings: Sequence[str], since: date, until: date) -> dict[str, list[Row]]:
        """Adjusted closes of these listings between two days, by listing, in order of time."""
        found: dict[str, list[Row]] = {listing: [] for listing in listings}
        sql = (
            "FROM report_prices WHERE listing_id IN (SELECT unnest($listings)) "
            "AND session_date BETWEEN $since AND $until ORDER BY listing_id, session_date"
        )
        given = {"listings": list(listings), "since": since, "until": until}
        for row in self.answer(sql, given):
            found[row["listing_id"]].append(row)
        return found


@contextmanager
def open_report(snapshot: Path | str, today: date, bounds: Bounds) -> Iterator[ReportRows]:
    """Open the published snapshot and read what the report holds.

    Raises WarehouseError, on one line, without a snapshot or when a query fails.
    """
    con = open_snapshot(snapshot)
    try:
        rows = ReportRows(con, today, bounds)
        rows.prepare()
        yield rows
    except STORAGE_FAULTS as error:
        raise warehouse_error(error, snapshot) from error
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise WarehouseError(one_line(str(error))) from error
    finally:
        con.close()
