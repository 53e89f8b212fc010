"""Opening the warehouse, transactions, and the SQL that lives in files."""

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TypeVar

import duckdb
from duckdb import DuckDBPyConnection

from models.errors import (
    WarehouseBusyError,
    WarehouseConflictError,
)
from warehouse.faults import warehouse_error
from warehouse.lake import connect_lake, is_lake_target
from warehouse.migrate import migrate

PATIENCE_S = 120.0
_in_transaction: set[int] = set()
# What a worker does not notice for as long is that a newer release has migrated its lake.
SCHEMA_GOOD_S = 60.0
_lakes_checked: dict[str, float] = {}
CONFLICT_RETRIES = 12
# What is the matter with the file, the disk or the memory, and not with what was asked.
STORAGE_FAULTS = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.OutOfMemoryException,
)
Result = TypeVar("Result")
CONNECTION_SETTINGS = (
    "SET TimeZone = 'UTC'; SET preserve_insertion_order = false; SET enable_progress_bar = false; "
    # `rowid IN (SELECT ...)` then reads only the blocks in which wanted rows lie, also where these
    # are a few thousand: queries that pick wide rows go by it, and cost what they pick.
    "SET dynamic_or_filter_threshold = 5000"
)


def connect(path: Path | str, *, read_only: bool = False) -> DuckDBPyConnection:
    """A connection with our settings and no look at what the file holds; `:memory:` works.

    Raises WarehouseBusyError when another process holds the file, MigrationError when it is no
    DuckDB database, WarehouseDamagedError when it is one no more.
    """
    if is_lake_target(path):
        con = connect_lake(path, read_only=read_only)
        con.execute(CONNECTION_SETTINGS)
        return con
    target = str(path)
    if target != ":memory:" and not read_only:
        try:
            Path(target).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise warehouse_error(error, target) from error
    try:
        con = duckdb.connect(target, read_only=read_only)
    except duckdb.Error as error:
        raise warehouse_error(error, target) from error
    con.execute(CONNECTION_SETTINGS)
    return con


def connect_patiently(path: Path | str, patience_s: float) -> DuckDBPyConnection:
    """`connect`, waiting while another process has the file."""
    given_up = time.monotonic() + patience_s
    wait_s = 0.02
    while True:
        try:
            return connect(path)
        except WarehouseBusyError:
            if time.monotonic() > given_up:
                raise
        # Spread, so that two who wait do not keep meeting.
        time.sleep(wait_s * (0.5 + random.random()))  # noqa: S311 - no secret hangs on it
        wait_s = min(wait_s * 1.5, 0.5)


@contextmanager
def open_warehouse(
    path: Path | str, *, patience_s: float = PATIENCE_S
) -> Iterator[DuckDBPyConnection]:
    """The live warehouse, brought to the newest schema; hold it as briefly as you can.

    Only flows open it, one process at a time; another one waits `patience_s` for its turn.
    Raises MigrationError when the file is from a newer release or is not a warehouse,
    WarehouseBusyError when it stays busy.
    """
    con = connect_patiently(path, patience_s)
    try:
        # On a lake two queries at every open would cost more than most of what is asked then.
        checked_at = _lakes_checked.get(str(path))
        if checked_at is None or time.monotonic() - checked_at > SCHEMA_GOOD_S:
            migrate(con, name=str(path))
            if is_lake_target(path):
                _lakes_checked[str(path)] = time.monotonic()
        yield con
    except STORAGE_FAULTS as error:
        raise warehouse_error(error, path) from error
    finally:
        con.close()


def with_retries(
    path: Path | str, work: Callable[[DuckDBPyConnection], Result], tries: int = CONFLICT_RETRIES
) -> Result:
    """What `work` gives on the live warehouse, done again when another worker was first.

    `work` is one transaction, safe to repeat. Raises WarehouseConflictError after `tries`.
    """
    wait_s = 0.05
    for left in reversed(range(tries)):
        try:
            with open_warehouse(path) as con:
                return work(con)
        except WarehouseConflictError:
            if not left:
                raise
        time.sleep(wait_s * (0.5 + random.random()))  # noqa: S311 - no secret hangs on it
        wait_s = min(wait_s * 1.6, 2.0)
    raise AssertionError("the last try returns or raises")


@contextmanager
def transaction(con: DuckDBPyConnection) -> Iterator[None]:
    """All or nothing. Raises WarehouseError, with the cause, when the database refuses.

    One inside another is part of it: what the outer one holds stands or falls together.
    """
    if id(con) in _in_transaction:
        yield
        return
    con.execute("BEGIN TRANSACTION")
    _in_transaction.add(id(con))
    try:
        yield
        con.execute("COMMIT")
    except BaseException as error:
        with suppress(duckdb.Error):  # a refused commit has rolled back already
            con.execute("ROLLBACK")
        if is_interrupt(error):
            raise KeyboardInterrupt from error
        if isinstance(error, duckdb.Error):
            # A lake's conflicts come as other classes, with the word in them.
            if re.search(r"\bconflict", str(error), re.IGNORECASE):
                raise WarehouseConflictError(f"another worker was first: {error}") from error
            raise warehouse_error(error, "warehouse", doing="nothing was written") from error
        raise
    finally:
        _in_transaction.discard(id(con))


def is_interrupt(error: BaseException) -> bool:
    """Is this Ctrl-C? While DuckDB runs a query it shows as an error of DuckDB's own."""
    return isinstance(error, KeyboardInterrupt | duckdb.InterruptException) or (
        isinstance(error, RuntimeError) and str(error) == "Query interrupted"
    )


@cache
def load_query(name: str) -> str:
    """The SQL of queries/<name>.sql."""
    return (resources.files("warehouse") / "queries" / f"{name}.sql").read_text("utf-8")
