"""What was loaded already: a pass asks before it loads an input that has not changed."""

from datetime import datetime

from duckdb import DuckDBPyConnection

from warehouse.connection import load_query


def is_loaded(con: DuckDBPyConnection, name: str, digest: str) -> bool:
    """Was exactly this content of the input loaded last?"""
    return loaded_digest(con, name) == digest


def loaded_digest(con: DuckDBPyConnection, name: str) -> str | None:
    """The digest of what was loaded last of an input; None when nothing was."""
    row = con.execute("SELECT digest FROM store.loaded_inputs WHERE input = ?", [name]).fetchone()
    return str(row[0]) if row else None


def note_loaded(con: DuckDBPyConnection, name: str, digest: str, at: datetime) -> None:
    """Note that this content is in; call it once the load itself is stored.

    A run that is killed between the two loads once more, which changes nothing.
    """
    con.execute(load_query("note_loaded"), {"input": name, "digest": digest, "loaded_at": at})
