"""Opens the warehouse, runs transactions, loads SQL files."""

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
# A worker checks the schema of its lake at most this often: a newer release may have migrated it.
SCHEMA_CHECK_S = 60.0
_lakes_checked: dict[str, float] = {}
CONFLICT_RETRIES = 12
# Errors of the file, the disk or the memory, not of the query.
STORAGE_FAULTS = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.OutOfMemoryException,
)
Result = TypeVar("Result")
CONNECTION_SETTINGS = (
    "SET TimeZone = 'UTC'; SET preserve_insertion_order = false; SET enable_progress_bar = false; "
    # `rowid IN (SELECT ...)` then reads only the blocks that contain selected rows, also for a few
    # thousand rows. Queries that select wide rows rely on it: they cost what they select.
    "SET dynamic_or_filter_threshold = 5000"
)


def connect(path: Path | str, *, read_only: bool = False) -> DuckDBPyConnection:
    """Return a connection with our settings; does not check the content. `:memory:` works.

    Raises WarehouseBusyError when another process has the file open, MigrationError when it is
    not a DuckDB database, WarehouseDamagedError when it is damaged.
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
    """Like `connect`, but wait up to `patience_s` while another process has the file open."""
    deadline = time.monotonic() + patience_s
    wait_s = 0.02
    while True:
        try:
            return connect(path)
        except WarehouseBusyError:
            if time.monotonic() > deadline:
                raise
        # Random, so that two waiting processes do not keep colliding.
        time.sleep(wait_s * (0.5 + random.random()))  # noqa: S311 - not a secret
        wait_s = min(wait_s * 1.5, 0.5)


@contextmanager
def open_warehouse(
    path: Path | str, *, patience_s: float = PATIENCE_S
) -> Iterator[DuckDBPyConnection]:
    """Open the live warehouse, migrated to the newest schema. Keep it open as briefly as you can.

    Only flows open it, one process at a time; others wait up to `patience_s`.
    Raises MigrationError when the file is from a newer release or is not a warehouse,
    WarehouseBusyError when it stays busy.
    """
    con = connect_patiently(path, patience_s)
    try:
        # On a lake the two queries of the check cost more than most work done in one opening.
        checked_at = _lakes_checked.get(str(path))
        if checked_at is None or time.monotonic() - checked_at > SCHEMA_CHECK_S:
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
    """Return the result of `work` on the live warehouse; repeat it after a conflict.

    `work` is one transaction and safe to repeat. Raises WarehouseConflictError after `tries`.
    """
    wait_s = 0.05
    for left in reversed(range(tries)):
        try:
            with open_warehouse(path) as con:
                return work(con)
        except WarehouseConflictError:
            if not left:
                raise
        time.sleep(wait_s * (0.5 + random.random()))  # noqa: S311 - not a secret
        wait_s = min(wait_s * 1.6, 2.0)
    raise AssertionError("the last try returns or raises")


@contextmanager
def transaction(con: DuckDBPyConnection) -> Iterator[None]:
    """Run a block as one transaction. Raises WarehouseError, with the cause, when it fails.

    A transaction inside another one is part of the outer one.
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
            # A lake reports conflicts as other classes; only the message says so.
            if re.search(r"\bconflict", str(error), re.IGNORECASE):
                raise WarehouseConflictError(f"another worker was faster: {error}") from error
            raise warehouse_error(error, "warehouse", doing="nothing was written") from error
        raise
    finally:
        _in_transaction.discard(id(con))


def is_interrupt(error: BaseException) -> bool:
    """Return whether the error means Ctrl-C; during a query DuckDB raises an error of its own."""
    return isinstance(error, KeyboardInterrupt | duckdb.InterruptException) or (
        isinstance(error, RuntimeError) and str(error) == "Query interrupted"
    )


@cache
def load_query(name: str) -> str:
    """Return the SQL of queries/<name>.sql."""
    return (resources.files("warehouse") / "queries" / f"{name}.sql").read_text("utf-8")
