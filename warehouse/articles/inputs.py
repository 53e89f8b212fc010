"""Digests of loaded inputs: a pass skips an input that has not changed."""

from datetime import datetime

from duckdb import DuckDBPyConnection

from warehouse.connection import load_query


def is_loaded(con: DuckDBPyConnection, name: str, digest: str) -> bool:
    """Return whether exactly this content of the input was loaded last."""
    return loaded_digest(con, name) == digest


def loaded_digest(con: DuckDBPyConnection, name: str) -> str | None:
    """Return the digest of the last loaded content of an input; None when there is none."""
    row = con.execute("SELECT digest FROM store.loaded_inputs WHERE input = ?", [name]).fetchone()
    return str(row[0]) if row else None


def note_loaded(con: DuckDBPyConnection, name: str, digest: str, at: datetime) -> None:
    """Record that this content is loaded; call it after the load itself is stored.

    A run killed in between loads it once more, which changes nothing.
    """
    con.execute(load_query("note_loaded"), {"input": name, "digest": digest, "loaded_at": at})
