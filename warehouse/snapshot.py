"""The read-only copy that analysts open: published whole, read by many, never in a flow's way.

DuckDB lets one process write or many read. So the live file is the flows' alone; after each load
a copy takes the snapshot's name in one step. Who holds the old copy keeps it, for the name moves
and the file stays until the last reader closes it.
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
    """What a query gave: column names in order, and the rows as an Arrow table."""

    columns: tuple[str, ...]
    table: pa.Table

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """The rows as Python values."""
        values = [column.to_pylist() for column in self.table.columns]
        return list(zip(*values, strict=True)) if values else []


def publish(live_path: Path | str, snapshot_path: Path | str) -> bool:
    """Publish the live warehouse; False when nothing changed since the last time.

    A DuckLake has no need of it, its readers are in nobody's way: False as well.

    The live file is held while it is copied, so that the copy is whole. The copy is on disk
    before it takes the snapshot's name; when anything fails the old snapshot stays.
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
        state = state_of(live)
        sweep(snapshot)
        copy_file(live, fresh)
        keep_mode(snapshot, fresh)
        os.replace(fresh, snapshot)
        write_mark(snapshot, state)
    except (OSError, duckdb.Error) as error:
        doing = "not published, the old one stays"
        raise warehouse_error(error, snapshot, doing=doing) from error
    finally:
        con.close()
        fresh.unlink(missing_ok=True)
    return True


def keep_mode(old: Path, fresh: Path) -> None:
    """Give a new snapshot the mode and group of the one before, which an operator may have set."""
    try:
        found = old.stat()
    except FileNotFoundError:
        return
    fresh.chmod(stat.S_IMODE(found.st_mode))
    if found.st_gid != fresh.stat().st_gid:
        try:
            os.chown(fresh, -1, found.st_gid)
        except PermissionError:
            # Not a member of that group any more: then nobody but the owner reads it.
            fresh.chmod(0o600)


def is_current(live: Path, snapshot: Path) -> bool:
    """Does the snapshot hold what the live file holds? Told by size and time, nothing is opened."""
    if not live.exists() or not snapshot.exists() or live.with_name(live.name + ".wal").exists():
        return False
    try:
        mark = json.loads(mark_path(snapshot).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(mark == {"source": state_of(live), "copy": state_of(snapshot)})


def state_of(path: Path) -> list[int]:
    """What tells one content of a file from the next: inode, size, time of change."""
    found = path.stat()
    return [found.st_ino, found.st_size, found.st_mtime_ns]


def mark_path(snapshot: Path) -> Path:
    return snapshot.with_name(f".{snapshot.name}.mark")


def write_mark(snapshot: Path, source: list[int]) -> None:
    """Note of what the snapshot is a copy; losing it only costs one more copy."""
    fresh = mark_path(snapshot).with_suffix(".tmp")
    fresh.write_text(json.dumps({"source": source, "copy": state_of(snapshot)}), "utf-8")
    os.replace(fresh, mark_path(snapshot))


def sweep(snapshot: Path) -> None:
    """Remove what a publisher that was killed left behind; we hold the live file, so none runs."""
    for left in snapshot.parent.glob(f".{snapshot.name}.*.tmp"):
        left.unlink(missing_ok=True)


def copy_file(source: Path, target: Path) -> None:
    """Copy to disk, through to the platter; a copy-on-write clone where the file system can."""
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
    """Let the file system share the blocks; False where it cannot."""
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.ioctl(target, FICLONE, source)
    except OSError:
        return False
    return True


def open_snapshot(path: Path | str, *, locked: bool = True) -> DuckDBPyConnection:
    """A read-only connection to the published snapshot.

    `locked` (as `policywire sql` has it) keeps queries inside the snapshot: no other file, no
    network, no setting can be reached from SQL. Raises WarehouseError when none is published.
    """
    if is_lake_target(path):
        con = connect(path, read_only=True)
        add_session_macros(con)
        # Its data are files, so only the settings can be locked.
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
    """Run one query on the snapshot, with its $named parameters.

    Raises WarehouseError, in one line, when it is refused.
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
    """An error of the database without its picture of the query."""
    told = re.split(r"\n+LINE \d+:", text, maxsplit=1)[0]
    return " ".join(told.split())
