"""What a clock that was ahead has left in the warehouse."""

from duckdb import DuckDBPyConnection

from warehouse.connection import load_query


def times_ahead(con: DuckDBPyConnection) -> dict[str, int]:
    """How many articles, fetches and passes were stored with a time more than an hour from now."""
    rows = con.execute(load_query("times_ahead")).fetchall()
    return {what: count for what, count in rows if count}
