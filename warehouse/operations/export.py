"""Exports all views as Parquet files, for tools without DuckDB."""

import json
import shutil
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.connection import load_query
from warehouse.faults import warehouse_error
from warehouse.operations.dictionary import views_of
from warehouse.snapshot import open_snapshot

# The column by whose month (UTC) a view is partitioned. The others are small, or have no date that
# divides them: one file each.
DATED = {
    "alerts": "created_at",
    "articles": "first_seen_at",
    "daily_returns": "session_date",
    "event_cars": "first_seen_at",
    "event_mentions": "first_seen_at",
    "event_returns": "first_seen_at",
    "event_tickers": "first_seen_at",
    "policy_events": "first_seen_at",
    "prices": "session_date",
    "rejects": "rejected_at",
}
STAGING, OLD, MANIFEST = ".export.new", ".export.old", "export.json"


def export_parquet(snapshot: Path, folder: Path) -> dict[str, int]:
    """Write every view under `folder`; return rows per view.

    Files are <view>/month=YYYY-MM/*.parquet (month of the column in DATED) or <view>.parquet.
    All are written beside the existing export first, then each replaces its predecessor by a
    rename, so no file is ever half written. export.json, replaced last, has the rows per view.
    Other files in the folder stay. Raises WarehouseError when there is no snapshot, or when the
    files cannot be written; then the old export stays.
    """
    staging, old = folder / STAGING, folder / OLD
    with open_snapshot(snapshot, locked=False) as con:
        try:
            for path in (staging, old):
                clear(path)
                path.mkdir(parents=True)
            names = [view.name for view in views_of(con)]
            rows = {name: write_view(con, name, staging) for name in names}
            manifest = json.dumps({"rows": rows, "partitioned_by_month_of": DATED}, indent=2)
            (staging / MANIFEST).write_text(manifest + "\n", "utf-8")
            for name in names:
                replace(staging / file_of(name), folder, old)
            (staging / MANIFEST).replace(folder / MANIFEST)
        except (OSError, duckdb.Error) as error:
            raise warehouse_error(error, folder, doing="the old export stays") from error
        finally:
            clear(staging)
            clear(old)
    return rows


def file_of(view: str) -> str:
    """Return the name of a view's folder or file."""
    return view if view in DATED else f"{view}.parquet"


def write_view(con: DuckDBPyConnection, view: str, folder: Path) -> int:
    """Write one view into `folder`; return its rows."""
    target = folder / file_of(view)
    sql = load_query("export_by_month" if view in DATED else "export_whole")
    path = str(target).replace("'", "''")
    row = con.execute(sql.format(view=view, path=path, date=DATED.get(view))).fetchone()
    assert row is not None, "a copy reports its row count"
    if view in DATED:
        target.mkdir(exist_ok=True)  # without rows, nothing is written
    return int(row[0])


def replace(fresh: Path, folder: Path, old: Path) -> None:
    """Move a new file or folder to its place, the one that is there to `old`."""
    target = folder / fresh.name
    if target.exists():
        target.rename(old / fresh.name)
    fresh.rename(target)


def clear(path: Path) -> None:
    """Delete a file or folder if it exists."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
