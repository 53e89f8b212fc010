"""Arrow batches: how records become rows, and how SQL reads them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from warehouse.operations.columns import Columns


def batch(rows: Sequence[Mapping[str, Any]], columns: Columns) -> pa.Table:
    """Return `rows` as an Arrow table; missing values are NULL."""
    return pa.Table.from_pydict(
        {
            name: pa.array([row.get(name) for row in rows], type=kind)
            for name, kind in columns.items()
        }
    )


def fields(record: object, columns: Columns) -> dict[str, Any]:
    """Return the attributes of a record named like the columns; tuples as lists."""
    row = {}
    for name in columns:
        value = getattr(record, name, None)
        row[name] = list(value) if isinstance(value, tuple) else value
    return row


@contextmanager
def registered(con: DuckDBPyConnection, **tables: pa.Table) -> Iterator[None]:
    """Make Arrow tables readable by name in SQL while the block runs."""
    for name, table in tables.items():
        con.register(name, table)
    try:
        yield
    finally:
        for name in tables:
            con.unregister(name)
