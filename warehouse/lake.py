"""The warehouse for several machines: a DuckLake with its catalogue in Postgres.

Named `ducklake:postgres:<libpq keywords> [data_path=<folder or s3:// address>]`, for example
`ducklake:postgres:dbname=policywire host=db data_path=/srv/lake`. Needs the `lake` extra.
"""

import re
import threading
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from models.errors import ConfigError, WarehouseError

PREFIX = "ducklake:"
CATALOG = "lake"
EXTENSIONS = ("ducklake", "postgres_scanner")
DATA_PATH = re.compile(r"\s*\bdata_path=(\S+)")
# pathlib turns two slashes into one; an address needs both.
LOST_SLASH = re.compile(r"\b(postgres(?:ql)?|s3):/(?!/)")
# Small batches stay in the catalogue; otherwise there would be thousands of tiny Parquet files.
INLINED_ROWS = 200
RETRIES = 20
_attached: dict[str, DuckDBPyConnection] = {}
_attaching = threading.Lock()


def is_lake_target(target: Path | str) -> bool:
    """Return whether the target is a DuckLake, not a file."""
    return str(target).startswith(PREFIX)


def connect_lake(target: Path | str, *, read_only: bool = False) -> DuckDBPyConnection:
    """Return a connection with the lake as its database.

    Loading the extensions takes longer than most queries, so the process stays attached to a lake
    it writes to. A read-only connection is separate, because its user may lock it down.
    Raises ConfigError when the lake extra is missing, WarehouseError when the catalogue cannot
    be reached.
    """
    if read_only:
        return attach(target, read_only=True)
    with _attaching:
        held = _attached.get(str(target))
        con = session(held) if held is not None else None
        if con is None:
            _attached[str(target)] = attach(target)
            con = _attached[str(target)].cursor()
            con.execute(f"USE {CATALOG}")
    return con


def session(held: DuckDBPyConnection) -> DuckDBPyConnection | None:
    """Return another connection from `held`; None when the catalogue no longer answers."""
    con = held.cursor()
    try:
        con.execute(f"USE {CATALOG}")
        con.execute(f"FROM ducklake_current_snapshot('{CATALOG}')").fetchall()
    except duckdb.Error:
        con.close()
        return None
    return con


def attach(target: Path | str, *, read_only: bool = False) -> DuckDBPyConnection:
    """Return a separate connection to a lake; raises like `connect_lake`."""
    address = LOST_SLASH.sub(r"\1://", str(target))
    data = DATA_PATH.search(address)
    address = DATA_PATH.sub("", address).replace("'", "''")
    options = [f"DATA_INLINING_ROW_LIMIT {INLINED_ROWS}"]
    if data:
        options.append("DATA_PATH '{}'".format(data[1].replace("'", "''")))
    if read_only:
        options = ["READ_ONLY"]
    con = duckdb.connect(":memory:")
    try:
        load_extensions(con)
        con.execute(f"ATTACH '{address}' AS {CATALOG} ({', '.join(options)})")
        con.execute(f"USE {CATALOG}")
        con.execute(f"SET ducklake_max_retry_count = {RETRIES}")
    except duckdb.Error as error:
        con.close()
        raise WarehouseError(f"{without_password(target)}: {error}") from error
    return con


def load_extensions(con: DuckDBPyConnection) -> None:
    """Load the extensions for lakes: installed ones, or else those from Python wheels."""
    for name in EXTENSIONS:
        try:
            con.execute(f"LOAD {name}")
            continue
        except duckdb.Error:
            pass
        try:
            from duckdb_extensions import import_extension

            import_extension(name, con=con)
            con.execute(f"LOAD {name}")
        except (ImportError, OSError, duckdb.Error) as error:
            raise ConfigError(
                f"no DuckDB extension {name}: pip install 'policywire[lake]' ({error})"
            ) from error


def without_password(target: Path | str) -> str:
    """Return the address of the lake without its password, for messages."""
    return re.sub(r"password=\S+|(?<=:)[^:@/\s]+(?=@)", "***", str(target))
