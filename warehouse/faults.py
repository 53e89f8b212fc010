"""What DuckDB says when it cannot go on, told apart: one true line each, with what to do.

By its exception class and the fixed beginning of its message, tried on DuckDB 1.5.5; the path is
taken out first, since a folder may be called anything.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from models.errors import (
    MigrationError,
    WarehouseBusyError,
    WarehouseConflictError,
    WarehouseDamagedError,
    WarehouseError,
    WarehouseFullError,
)

RESTORE = (
    "`policywire warehouse restore SNAPSHOT_OR_BACKUP` puts a whole copy in its place and keeps "
    "this file"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind: words of the message (any of them), what it is, and the error it becomes."""

    words: tuple[str, ...]
    line: str
    error: type[WarehouseError]


FAULTS = (
    Fault(
        words=("Could not set lock on file", "Conflicting lock is held"),
        line="another process has it open; wait for its run to end, "
        "or read the published snapshot instead",
        error=WarehouseBusyError,
    ),
    Fault(
        words=("Failure while replaying WAL", "Corrupt WAL file"),
        line=f"its log of the last writes (.wal) is damaged; {RESTORE}",
        error=WarehouseDamagedError,
    ),
    Fault(
        words=(
            "Corrupt database file",
            "Could not read enough bytes",
            "Failed to deserialize",
            "Serialization Error",
            "Could not read from file",
        ),
        line=f"the file is damaged; {RESTORE}",
        error=WarehouseDamagedError,
    ),
    Fault(
        words=("database file with version number", "newer DuckDB version", "storage version"),
        line="written by a newer DuckDB; upgrade policywire, or restore a copy made before",
        error=MigrationError,
    ),
    Fault(
        words=("not a valid DuckDB database file", "sqlite_scanner"),
        line="not a PolicyWire warehouse, nor any DuckDB database; name another file "
        "(--warehouse), or move this one away",
        error=MigrationError,
    ),
    Fault(
        words=("No space left on device", "Disk quota exceeded", "File too large"),
        line="the disk is full, or a limit on file size was met; make room and run it again",
        error=WarehouseFullError,
    ),
    Fault(
        words=("Too many open files",),
        line="too many open files; raise the limit (`ulimit -n`)",
        error=WarehouseError,
    ),
    Fault(
        words=("Permission denied", "Read-only file system", "Operation not permitted"),
        line="not allowed to read or write it; look at who owns the file and its folder",
        error=WarehouseError,
    ),
    Fault(
        words=("No such file or directory", "database does not exist"),
        line="no such file or folder; look at the path",
        error=WarehouseError,
    ),
    Fault(
        words=("Is a directory",),
        line="a folder, not a file; name a file in it (--warehouse)",
        error=WarehouseError,
    ),
)


def warehouse_error(error: Exception, path: Path | str, *, doing: str = "") -> WarehouseError:
    """The error a person is told, for one of DuckDB's or of the system's; `path` is what it is of.

    `doing` is what was tried, and what it means that it failed.
    """
    text = str(error)
    plain = text.replace(str(path), "").replace(str(Path(path).absolute()), "")
    where = f"{path}: {doing}: " if doing else f"{path}: "
    told = brief(text)
    if isinstance(error, duckdb.TransactionException) and "onflict" in plain:
        return WarehouseConflictError(f"another worker was first: {told}")
    if isinstance(error, duckdb.OutOfMemoryException):
        line = "not enough memory; close other programs, or set DuckDB's temp folder on a disk"
        return WarehouseError(f"{where}{line} ({told})")
    # A folder as a file and a file cut short begin alike.
    for fault in sorted(FAULTS, key=lambda fault: "Is a directory" not in fault.words):
        if isinstance(error, duckdb.IOException | duckdb.SerializationException | OSError) and any(
            words in plain for words in fault.words
        ):
            return fault.error(f"{where}{fault.line} ({told})")
    if isinstance(error, duckdb.FatalException | duckdb.InternalException):
        return WarehouseDamagedError(
            f"{where}DuckDB stopped on a fault of its own or of the file; "
            f"`policywire warehouse check`, else {RESTORE} ({told})"
        )
    return WarehouseError(f"{where}{told}")


def brief(text: str) -> str:
    """A message of the database in one line that is not long."""
    line = " ".join(text.split("\n\nLINE ")[0].split("Stack Trace")[0].split())
    return line if len(line) <= 300 else line[:299] + "…"
