"""Full text search over titles and bodies, where DuckDB's fts extension is at hand."""

import duckdb
from duckdb import DuckDBPyConnection


def load_search(con: DuckDBPyConnection) -> bool:
    """Load the fts extension into a connection; False where it is not installed."""
    try:
        con.execute("LOAD fts")
    except duckdb.Error:
        return False
    return True
