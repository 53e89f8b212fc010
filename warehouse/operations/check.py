"""Checks the warehouse by queries for what other databases enforce with keys and constraints."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.connection import load_query
from warehouse.snapshot import is_current, one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One failed check: its name, the number of rows, and an example."""

    check: str
    rows: int
    example: str


def check_warehouse(con: DuckDBPyConnection) -> list[Problem]:
    """Return all problems with data and views; empty when there are none.

    Finds duplicate rows, dangling references, gaps between revisions, times that run backwards,
    and views that do not open.
    """
    found = [
        Problem(check=name, rows=rows, example=example)
        for name, rows, example in con.execute(load_query("check_tables")).fetchall()
    ]
    return found + broken_views(con)


def broken_views(con: DuckDBPyConnection) -> list[Problem]:
    """Return a problem for each view that cannot be read."""
    problems = []
    views = con.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal AND schema_name = 'main' "
        "AND database_name = current_database() ORDER BY 1"
    ).fetchall()
    for (name,) in views:
        try:
            con.execute(f'SELECT * FROM "{name}" LIMIT 0')  # noqa: S608 - names from the catalogue
        except duckdb.Error as error:
            problems.append(
                Problem(check="view_opens", rows=1, example=one_line(f"{name}: {error}"))
            )
    return problems


def check_snapshot(live: Path, snapshot: Path) -> list[Problem]:
    """Return a problem when the snapshot is missing or older than the live file."""
    if not snapshot.exists():
        return [Problem(check="snapshot_fresh", rows=1, example=f"{snapshot}: not published yet")]
    if is_current(live, snapshot):
        return []
    behind = timedelta(seconds=live.stat().st_mtime - snapshot.stat().st_mtime)
    return [
        Problem(
            check="snapshot_fresh",
            rows=1,
            example=f"{snapshot}: {max(behind, timedelta())} older than {live}",
        )
    ]
