"""What was loaded already: a pass asks before it loads an input that has not changed."""

from datetime import datetime

from duckdb import DuckDBPyConnection

from warehouse.connection import load_query


def is_loaded(con: DuckDBPyConnection, name: str, digest: str) -> bool:
    """Was exactly this content of the input loaded last?"""
    return bool(
        con.execute(
            "SELECT 1 FROM store.loaded_inputs WHERE input = ? AND digest = ?", [name, digest]
        ).fetchone()
    )


def note_loaded(con: DuckDBPyConnection, name: str, digest: str, at: datetime) -> None:
    """Note that this content is in; call it once the load itself is stored.

    A run that is killed between the two loads once more, which changes nothing.
    """
    con.execute(load_query("note_loaded"), {"input": name, "digest": digest, "loaded_at": at})
