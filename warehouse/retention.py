"""What may be dropped, and giving the room back. Mentions, names and lives always stay."""

from datetime import datetime, timedelta
from pathlib import Path

from duckdb import DuckDBPyConnection

from warehouse.connection import connect, load_query, transaction
from warehouse.snapshot import copy_file


def drop_texts(con: DuckDBPyConnection, *, older_than_days: int, now: datetime) -> int:
    """Drop the texts of articles first seen longer ago; how many. Their rows and mentions stay.

    A text that no extractor has read yet is kept, however old. Search still finds the articles.
    """
    before = now - timedelta(days=older_than_days)
    with transaction(con):
        row = con.execute(load_query("drop_texts"), {"before": before}).fetchone()
    assert row is not None, "a delete reports its row count"
    return int(row[0])


def compact(path: Path) -> tuple[int, int]:
    """Rewrite the live file without dead space; its bytes before and after.

    The new file is whole and on disk before it takes the name; the file must not be open.
    """
    size = path.stat().st_size
    fresh = path.with_name(f".{path.name}.compact")
    fresh.unlink(missing_ok=True)
    con = connect(path)
    try:
        con.execute("FORCE CHECKPOINT")
        source = con.execute("SELECT current_database()").fetchone()
        assert source is not None, "every connection has a database"
        con.execute(f"ATTACH '{str(fresh).replace(chr(39), chr(39) * 2)}' AS fresh")
        con.execute(f'COPY FROM DATABASE "{source[0]}" TO fresh')
        con.execute("DETACH fresh")
    finally:
        con.close()
    synced = path.with_name(f".{path.name}.synced")
    copy_file(fresh, synced)
    synced.replace(path)
    fresh.unlink()
    return size, path.stat().st_size
