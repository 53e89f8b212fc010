"""The snapshot: a read-only copy of the warehouse for analysts. Its readers never block flows.

DuckDB allows one writing process or many reading ones. So only flows open the live file; after
each load, a copy replaces the snapshot in one step (rename). Readers with the old snapshot open
keep it: the old file exists until the last of them closes it.
"""

import json
import os
import re
import shutil
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from models.errors import WarehouseError
from warehouse.connection import STORAGE_FAULTS, connect
from warehouse.faults import warehouse_error
from warehouse.lake import is_lake_target
from warehouse.migrate import add_session_macros, migrate

FICLONE = 0x40049409
LOCK_DOWN = "SET enable_external_access = false; SET lock_configuration = true"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryResult:
    """The result of a query: column names in order, and the rows as an Arrow table."""

    columns: tuple[str, ...]
    table: pa.Table

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """Return the rows as tuples of Python values."""
        values = [column.to_pylist() for column in self.table.columns]
        return list(zip(*values, strict=True)) if values else []


def publish(live_path: Path | str, snapshot_path: Path | str) -> bool:
    """Publish the live warehouse. Returns False when nothing changed since the last time.

    A DuckLake needs no snapshot, because readers never block writers there: also False.

    The live file stays open during the copy, so the copy is consistent. The copy is flushed to
    disk before it replaces the snapshot; if anything fails, the old snapshot stays.
    Raises WarehouseBusyError when another process writes, WarehouseError when the disk is full.
    """
    if is_lake_target(live_path):
        return False
    live, snapshot = Path(live_path), Path(snapshot_path)
    if is_current(live, snapshot):
        return False
    snapshot.parent.mkdir(parents=True, exist_ok=True)
    fresh = snapshot.with_name(f".{snapshot.name}.{os.getpid()}.tmp")
    con = connect(live)
    try:
        migrate(con, name=str(live))
        con.execute("FORCE CHECKPOINT")
        state = file_state(live)
        remove_leftovers(snapshot)
        copy_file(live, fresh)
        keep_mode(snapshot, fresh)
        os.replace(fresh, snapshot)
        write_mark(snapshot, state)
    except (OSError, duckdb.Error) as error:
        doing = "not published; the old snapshot stays"
        raise warehouse_error(error, snapshot, doing=doing) from error
    finally:
        con.close()
        fresh.unlink(missing_ok=True)
    return True


def keep_mode(old: Path, fresh: Path) -> None:
    """Give the new snapshot the mode and group of the old one: an operator may have set them."""
    try:
        found = old.stat()
    except FileNotFoundError:
        return
    fresh.chmod(stat.S_IMODE(found.st_mode))
    if found.st_gid != fresh.stat().st_gid:
        try:
            os.chown(fresh, -1, found.st_gid)
        except PermissionError:
            # No longer a member of that group: only the owner may read it.
            fresh.chmod(0o600)


def is_current(live: Path, snapshot: Path) -> bool:
    """Return whether the snapshot is up to date, by size and time; opens neither file."""
    if not live.exists() or not snapshot.exists() or live.with_name(live.name + ".wal").exists():
        return False
    try:
        mark = json.loads(mark_path(snapshot).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(mark == {"source": file_state(live), "copy": file_state(snapshot)})


def file_state(path: Path) -> list[int]:
    """Return inode, size and modification time (ns): they change with the content."""
    found = path.stat()
    return [found.st_ino, found.st_size, found.st_mtime_ns]


def mark_path(snapshot: Path) -> Path:
    return snapshot.with_name(f".{snapshot.name}.mark")


def write_mark(snapshot: Path, source: list[int]) -> None:
    """Record what the snapshot is a copy of; without the record it is only copied once more."""
    fresh = mark_path(snapshot).with_suffix(".tmp")
    fresh.write_text(json.dumps({"source": source, "copy": file_state(snapshot)}), "utf-8")
    os.replace(fresh, mark_path(snapshot))


def remove_leftovers(snapshot: Path) -> None:
    """Delete files of a killed publisher. We have the live file open, so no other one runs."""
    for left in snapshot.parent.glob(f".{snapshot.name}.*.tmp"):
        left.unlink(missing_ok=True)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file and flush it to disk; a copy-on-write clone if the file system supports it."""
    with source.open("rb") as read, target.open("wb") as write:
        if not clone(read.fileno(), write.fileno()):
            shutil.copyfileobj(read, write, 16 << 20)
        write.flush()
        os.fsync(write.fileno())
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def clone(source: int, target: int) -> bool:
    """Clone a file by sharing its blocks; False when the file system cannot."""
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.ioctl(target, FICLONE, source)
    except OSError:
        return False
    return True


def open_snapshot(path: Path | str, *, locked: bool = True) -> DuckDBPyConnection:
    """Return a read-only connection to the published snapshot.

    With `locked`, SQL cannot reach other files or the network, or change settings.
    Raises WarehouseError when no snapshot is published.
    """
    if is_lake_target(path):
        con = connect(path, read_only=True)
        add_session_macros(con)
        # A lake's data are files, so only the settings can be locked.
        con.execute("SET lock_configuration = true")
        return con
    if not Path(path).exists():
        raise WarehouseError(f"{path}: no snapshot yet; `policywire run` publishes one")
    con = connect(path, read_only=True)
    if locked:
        con.execute(LOCK_DOWN)
    return con


def query(
    path: Path | str, sql: str, parameters: Mapping[str, object] | None = None
) -> QueryResult:
    """Run one query on the snapshot, with $named parameters.

    Raises WarehouseError, on one line, when the query fails.
    """
    con = open_snapshot(path)
    try:
        result = con.execute(sql, parameters or None).to_arrow_table()
    except STORAGE_FAULTS as error:
        raise warehouse_error(error, path) from error
    except duckdb.Error as error:
        raise WarehouseError(one_line(str(error))) from error
    finally:
        con.close()
    return QueryResult(columns=tuple(result.column_names), table=result)


def one_line(text: str) -> str:
    """Return a database error on one line, without its excerpt of the query."""
    message = re.split(r"\n+LINE \d+:", text, maxsplit=1)[0]
    return " ".join(message.split())
