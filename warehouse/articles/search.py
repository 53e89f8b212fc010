"""Full-text search over titles and bodies: an incremental index, ranked by BM25."""

from duckdb import DuckDBPyConnection

from warehouse.connection import load_query, transaction
from warehouse.operations.leases import INDEXING, check_turn

INDEXED_AT_ONCE = 2000


def index_articles(
    con: DuckDBPyConnection, limit: int = INDEXED_AT_ONCE, indexer: str | None = None
) -> int:
    """Index a batch of article versions that are not indexed yet, all or none; return how many.

    Safe to retry. The terms of a batch are stored sorted, so a search reads few of them. With an
    `indexer`, raises WarehouseConflictError when another worker took over indexing.
    """
    with transaction(con):
        if indexer is not None:
            check_turn(con, INDEXING, indexer)
        con.execute(load_query("search_waiting"), {"limit": limit})
        row = con.execute("SELECT count(*) FROM search_batch").fetchone()
        assert row is not None, "a count is one row"
        if row[0]:
            con.execute(load_query("index_documents"))
            con.execute(load_query("index_postings"))
        con.execute("DROP TABLE search_batch")
    return int(row[0])
