"""A whole copy of the live file kept elsewhere, and a copy put back in its place.

Both keep out of a flow's way as a flow would: one writer at a time, by the file's own lock.
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
    """Copy the live warehouse to `target`, else beside it under a dated name; where it went.

    Waits its turn among those who write, so it may run beside a schedule. The copy is opened and
    counted before it takes its name. Raises WarehouseError, and leaves nothing, when the target
    is there already, the disk is full, or the copy is not what was copied.
    """
    not_a_lake(live)
    if not live.exists():
        raise WarehouseError(f"{live}: no such warehouse")
    named = f"{live.stem}.backup-{datetime.now(UTC).strftime(STAMP)}{live.suffix}"
    target = target or live.with_name(named)
    if target.is_dir():
        target = target / named
    if target.exists():
        raise WarehouseError(f"{target}: is there already; name another file")
    fresh = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    con = connect_patiently(live, patience_s)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        con.execute("FORCE CHECKPOINT")
        held = counted(con)
        copy_file(live, fresh)
        with connect(fresh, read_only=True) as copy:
            if counted(copy) != held:
                raise WarehouseError(f"{target}: the copy does not hold what the warehouse holds")
        os.replace(fresh, target)
    except (OSError, duckdb.Error) as error:
        raise warehouse_error(error, target, doing="not backed up") from error
    finally:
        con.close()
        fresh.unlink(missing_ok=True)
    return target


def restore(source: Path, live: Path) -> Path | None:
    """Put a backup or a snapshot in the place of the live file; where the old one is kept.

    None where there was no old one. Raises WarehouseError, and changes nothing, when the copy is
    no sound warehouse; WarehouseBusyError when somebody has the live file open.
    """
    not_a_lake(live)
    if not source.is_file():
        raise WarehouseError(f"{source}: no such file")
    if live.exists() and live.samefile(source):
        raise WarehouseError(f"{source}: is the live file itself")
    with connect(source, read_only=True) as con:
        try:
            if not counted(con):
                raise WarehouseError(f"{source}: a DuckDB database, but no PolicyWire warehouse")
        except duckdb.Error as error:
            raise warehouse_error(error, source) from error
    fresh = live.with_name(f".{live.name}.{os.getpid()}.tmp")
    kept = live.with_name(f"{live.name}.before-restore-{datetime.now(UTC).strftime(STAMP)}")
    if kept.exists():
        raise WarehouseError(f"{kept}: is there already; wait a second")
    old = live.exists()
    try:
        live.parent.mkdir(parents=True, exist_ok=True)
        copy_file(source, fresh)
        with held_alone(live):
            # The log of last writes belongs to the old file; with the new one it would be wrong.
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


def counted(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int | None]]:
    """Every table of the store with its number of rows and one digest of all their values.

    Every block that holds any is read, so that a damaged one is found.
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
def held_alone(live: Path) -> Iterator[None]:
    """Hold the file as DuckDB holds it, also where DuckDB can no more open it."""
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


def not_a_lake(live: Path) -> None:
    """Raise for a lake, whose catalogue and files have tools of their own."""
    if is_lake_target(live):
        raise ConfigError(
            "a lake is backed up where it lives: pg_dump for the catalogue, and its data folder"
        )
