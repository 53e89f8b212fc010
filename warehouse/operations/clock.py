"""Finds rows written while the clock ran ahead."""

from duckdb import DuckDBPyConnection

from warehouse.connection import load_query


def times_ahead(con: DuckDBPyConnection) -> dict[str, int]:
    """Return how many articles, fetches and runs have a time more than an hour in the future."""
    rows = con.execute(load_query("times_ahead")).fetchall()
    return {what: count for what, count in rows if count}
