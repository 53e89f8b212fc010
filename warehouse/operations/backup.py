"""Backs up the live file, and restores a copy.

Both use the lock of the file, like a flow: one writer at a time.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from models.errors import ConfigError, WarehouseBusyError, WarehouseError
from warehouse.connection import PATIENCE_S, connect, connect_patiently
from warehouse.faults import warehouse_error
from warehouse.lake import is_lake_target
from warehouse.snapshot import copy_file

STAMP = "%Y%m%dT%H%M%SZ"
IN_STORE = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'store' ORDER BY 1"


def backup(live: Path, target: Path | None = None, *, patience_s: float = PATIENCE_S) -> Path:
    """Copy the live warehouse to `target`, or beside it with a dated name; return the path.

    Waits for other writers, so it may run beside a schedule. The copy is opened and compared
    before it gets its name. Raises WarehouseError, and leaves no file, when the target exists, the
    disk is full, or the copy differs from the original.
    """
    refuse_lake(live)
    if not live.exists():
        raise WarehouseError(f"{live}: no such warehouse")
    named = f"{live.stem}.backup-{datetime.now(UTC).strftime(STAMP)}{live.suffix}"
    target = target or live.with_name(named)
    if target.is_dir():
        target = target / named
    if target.exists():
        raise WarehouseError(f"{target}: already exists; choose another file")
    fresh = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    con = connect_patiently(live, patience_s)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        con.execute("FORCE CHECKPOINT")
        held = table_digests(con)
        copy_file(live, fresh)
        with connect(fresh, read_only=True) as copy:
            if table_digests(copy) != held:
                raise WarehouseError(f"{target}: the copy differs from the warehouse")
        os.replace(fresh, target)
    except (OSError, duckdb.Error) as error:
        raise warehouse_error(error, target, doing="not backed up") from error
    finally:
        con.close()
        fresh.unlink(missing_ok=True)
    return target


def restore(source: Path, live: Path) -> Path | None:
    """Replace the live file with a backup or a snapshot; return where the old file is kept.

    Returns None when there was no old file. Raises WarehouseError, and changes nothing, when the
    copy is damaged or not a warehouse; WarehouseBusyError when a process has the live file open.
    """
    refuse_lake(live)
    if not source.is_file():
        raise WarehouseError(f"{source}: no such file")
    if live.exists() and live.samefile(source):
        raise WarehouseError(f"{source}: this is the live file; choose a copy of it")
    with connect(source, read_only=True) as con:
        try:
            if not table_digests(con):
                raise WarehouseError(f"{source}: a DuckDB database, not a PolicyWire warehouse")
        except duckdb.Error as error:
            raise warehouse_error(error, source) from error
    fresh = live.with_name(f".{live.name}.{os.getpid()}.tmp")
    kept = live.with_name(f"{live.name}.before-restore-{datetime.now(UTC).strftime(STAMP)}")
    if kept.exists():
        raise WarehouseError(f"{kept}: already exists; wait a second and try again")
    old = live.exists()
    try:
        live.parent.mkdir(parents=True, exist_ok=True)
        copy_file(source, fresh)
        with exclusive_lock(live):
            # The write-ahead log belongs to the old file and must not be applied to the new one.
            for suffix in ("", ".wal"):
                part = live.with_name(live.name + suffix)
                if part.exists():
                    os.replace(part, kept.with_name(kept.name + suffix))
            os.replace(fresh, live)
    except OSError as error:
        raise warehouse_error(error, live, doing="not restored") from error
    finally:
        fresh.unlink(missing_ok=True)
    return kept if old else None


def table_digests(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int | None]]:
    """Return (row count, digest of all values) for each table of the store.

    Reads every block with data, so it finds damaged ones.
    """
    found = {}
    for (table,) in con.execute(IN_STORE).fetchall():
        row = con.execute(
            f'SELECT count(*), bit_xor(hash(held)) FROM store."{table}" AS held'  # noqa: S608
        ).fetchone()
        assert row is not None, "an aggregate gives one row"
        found[table] = (int(row[0]), row[1])
    return found


@contextmanager
def exclusive_lock(live: Path) -> Iterator[None]:
    """Lock the file as DuckDB does; works also when DuckDB can no longer open it."""
    if not live.exists():
        yield
        return
    import fcntl

    with live.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise WarehouseBusyError(
                f"{live}: another process has it open; stop `policywire serve` and runs first"
            ) from error
        yield


def refuse_lake(live: Path) -> None:
    """Raise ConfigError for a lake: its catalogue and files have their own backup tools."""
    if is_lake_target(live):
        raise ConfigError(
            "back up a lake with its own tools: pg_dump for the catalogue, a copy of its data"
        )
