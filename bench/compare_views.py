"""Compares the views of two warehouses row by row: did a code change alter any answer?

    python -m bench.load_corpus whitehouse before.duckdb --since 2025-01-01   # on one commit
    python -m bench.load_corpus whitehouse after.duckdb --since 2025-01-01    # on another
    python -m bench.compare_views before.duckdb after.duckdb

Columns with a time of writing are ignored. Exit code 1 when a row differs.
"""

import argparse
import sys
from pathlib import Path

import duckdb
from rich.progress import track

# Times of writing are not content.
WRITTEN = ("recorded_at", "extracted_at", "created_at", "updated_at", "linked_at", "indexed_at")


def columns_of(con: duckdb.DuckDBPyConnection, side: str) -> dict[str, list[str]]:
    """Return view -> its columns, without the times of writing."""
    found: dict[str, list[str]] = {}
    columns = con.execute(
        "SELECT held.table_name, held.column_name FROM duckdb_columns() AS held "
        "SEMI JOIN duckdb_views() AS view ON view.database_name = held.database_name "
        "AND view.schema_name = held.schema_name AND view.view_name = held.table_name "
        "WHERE held.database_name = ? AND held.schema_name = 'main' AND NOT held.internal "
        "ORDER BY held.table_name, held.column_index",
        [side],
    ).fetchall()
    for view, column in columns:
        if column not in WRITTEN:
            found.setdefault(view, []).append(column)
    return found


def difference(con: duckdb.DuckDBPyConnection, view: str, columns: list[str]) -> tuple[int, int]:
    """Return the rows of the view, and how many of them only one side has."""
    chosen = ", ".join(f'"{column}"' for column in columns)
    row = con.execute(
        f"WITH a AS (SELECT {chosen} FROM before.{view}), b AS (SELECT {chosen} FROM after.{view}) "
        "SELECT (SELECT count(*) FROM a), "
        "(SELECT count(*) FROM (FROM a EXCEPT ALL FROM b)) "
        "+ (SELECT count(*) FROM (FROM b EXCEPT ALL FROM a))"
    ).fetchone()
    assert row is not None, "counts are one row"
    return int(row[0]), int(row[1])


def main() -> int:
    """Compare; print one line per view that differs, and the total."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    given = parser.parse_args()
    con = duckdb.connect(":memory:")
    for side, path in (("before", given.before), ("after", given.after)):
        con.execute(f"ATTACH '{path}' AS {side} (READ_ONLY)")
    before, after = columns_of(con, "before"), columns_of(con, "after")
    for view in sorted(before.keys() ^ after.keys()):
        print(f"{view}: only in one warehouse")
    rows = differing = 0
    for view in track(sorted(before.keys() & after.keys()), "views", transient=True):
        if before[view] != after[view]:
            print(f"{view}: different columns")
            differing += 1
            continue
        held, apart = difference(con, view, before[view])
        rows, differing = rows + held, differing + apart
        if apart:
            print(f"{view}: {apart:,} of {held:,} rows differ")
    print(f"{len(before)} views, {rows:,} rows, {differing:,} differences")
    return min(1, differing + len(before.keys() ^ after.keys()))


if __name__ == "__main__":
    sys.exit(main())
