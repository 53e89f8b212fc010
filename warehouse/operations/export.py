"""Exports the views as Parquet files, for tools without DuckDB."""

import shutil
from pathlib import Path

from duckdb import DuckDBPyConnection

from warehouse.connection import load_query
from warehouse.snapshot import open_snapshot

PARTITIONED = ("policy_events", "event_mentions", "event_tickers", "articles")
WHOLE = ("measure_status", "feed_health", "policy_index_daily", "crosswalks")


def export_parquet(snapshot: Path, folder: Path) -> dict[str, int]:
    """Write the views under `folder`, big ones partitioned by month; return rows per view.

    Files are <view>/month=YYYY-MM/*.parquet (month of first_seen_at, UTC) or <view>.parquet.
    An existing export of a view is replaced once the new one is complete.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open_snapshot(snapshot, locked=False) as con:
        rows = {view: export_view(con, view, folder, by_month=True) for view in PARTITIONED}
        return rows | {view: export_view(con, view, folder, by_month=False) for view in WHOLE}


def export_view(con: DuckDBPyConnection, view: str, folder: Path, *, by_month: bool) -> int:
    """Write one view to a temporary name, then replace the existing one; return its rows."""
    fresh = folder / f".{view}.new"
    target = folder / (view if by_month else f"{view}.parquet")
    clear(fresh)
    sql = load_query("export_by_month" if by_month else "export_whole")
    row = con.execute(sql.format(view=view, path=str(fresh).replace("'", "''"))).fetchone()
    assert row is not None, "a copy reports its row count"
    if not row[0] and by_month:
        fresh.mkdir(exist_ok=True)
    old = folder / f".{view}.old"
    clear(old)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    clear(old)
    return int(row[0])


def clear(path: Path) -> None:
    """Delete a file or folder if it exists."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
