"""Retention: deletes old texts and gives disk space back. Mentions and developments always stay."""

from datetime import datetime, timedelta
from pathlib import Path

from duckdb import DuckDBPyConnection

from warehouse.connection import PATIENCE_S, connect_patiently, load_query, transaction
from warehouse.snapshot import copy_file


def drop_texts(con: DuckDBPyConnection, *, older_than_days: int, now: datetime) -> int:
    """Delete the texts of articles first seen before that; return how many.

    Rows and mentions stay, and search still finds the articles. A text that no extractor has read
    is kept at any age.
    """
    before = now - timedelta(days=older_than_days)
    with transaction(con):
        row = con.execute(load_query("drop_texts"), {"before": before}).fetchone()
        con.execute(load_query("drop_unread_without_text"), {"before": before})
    assert row is not None, "a delete reports its row count"
    return int(row[0])


def count_droppable(con: DuckDBPyConnection, *, older_than_days: int, now: datetime) -> int:
    """Return how many texts `drop_texts` would delete."""
    before = now - timedelta(days=older_than_days)
    row = con.execute(load_query("droppable_texts"), {"before": before}).fetchone()
    assert row is not None, "a count is one row"
    return int(row[0])


def compact(path: Path) -> tuple[int, int]:
    """Rewrite the live file without unused space; return its size before and after, in bytes.

    Keeps the file open until the new one is on disk and has replaced it: otherwise writes of
    another process would be lost. Raises WarehouseBusyError when it stays busy.
    """
    size = path.stat().st_size
    fresh = path.with_name(f".{path.name}.compact")
    synced = path.with_name(f".{path.name}.synced")
    con = connect_patiently(path, PATIENCE_S)
    try:
        fresh.unlink(missing_ok=True)
        con.execute("FORCE CHECKPOINT")
        source = con.execute("SELECT current_database()").fetchone()
        assert source is not None, "every connection has a database"
        con.execute(f"ATTACH '{str(fresh).replace(chr(39), chr(39) * 2)}' AS fresh")
        con.execute(f'COPY FROM DATABASE "{source[0]}" TO fresh')
        con.execute("DETACH fresh")
        copy_file(fresh, synced)
        synced.replace(path)
    finally:
        con.close()
        fresh.unlink(missing_ok=True)
        synced.unlink(missing_ok=True)
    return size, path.stat().st_size
