"""Turns errors of DuckDB and the system into our own: one line each, with what to do next.

Each is recognised by its exception class and fixed words of its message (checked with DuckDB
1.5.5). The path is removed first: a folder name may contain any words.
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
    "`policywire warehouse restore SNAPSHOT_OR_BACKUP` replaces it with an intact copy and keeps "
    "this file"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of fault: words of the message (any of them), our line, and our error class."""

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
        line="not a PolicyWire warehouse and not a DuckDB database; choose another file "
        "(--warehouse), or move this one away",
        error=MigrationError,
    ),
    Fault(
        words=("No space left on device", "Disk quota exceeded", "File too large"),
        line="the disk is full, or a file size limit was reached; free some space and run again",
        error=WarehouseFullError,
    ),
    Fault(
        words=("Too many open files",),
        line="too many open files; raise the limit (`ulimit -n`)",
        error=WarehouseError,
    ),
    Fault(
        words=("Permission denied", "Read-only file system", "Operation not permitted"),
        line="no permission to read or write it; check the owner of the file and its folder",
        error=WarehouseError,
    ),
    Fault(
        words=("No such file or directory", "database does not exist"),
        line="no such file or folder; check the path",
        error=WarehouseError,
    ),
    Fault(
        words=("Is a directory",),
        line="a folder, not a file; choose a file in it (--warehouse)",
        error=WarehouseError,
    ),
)


def warehouse_error(error: Exception, path: Path | str, *, doing: str = "") -> WarehouseError:
    """Return our error for one of DuckDB or the system, about the file `path`.

    `doing` says what failed, such as "not backed up".
    """
    text = str(error)
    plain = text.replace(str(path), "").replace(str(Path(path).absolute()), "")
    where = f"{path}: {doing}: " if doing else f"{path}: "
    message = brief(text)
    if isinstance(error, duckdb.TransactionException) and "onflict" in plain:
        return WarehouseConflictError(f"another worker was faster: {message}")
    if isinstance(error, duckdb.BinderException) and "Unique file handle conflict" in plain:
        # A thread of this process closes the file while another one opens it.
        return WarehouseBusyError(f"{where}this process is just closing it ({message})")
    if isinstance(error, duckdb.OutOfMemoryException):
        line = "not enough memory; close other programs, or set DuckDB's temp folder on a disk"
        return WarehouseError(f"{where}{line} ({message})")
    # "Is a directory" first: its message also contains words of a truncated file.
    for fault in sorted(FAULTS, key=lambda fault: "Is a directory" not in fault.words):
        if isinstance(error, duckdb.IOException | duckdb.SerializationException | OSError) and any(
            words in plain for words in fault.words
        ):
            return fault.error(f"{where}{fault.line} ({message})")
    if isinstance(error, duckdb.FatalException | duckdb.InternalException):
        return WarehouseDamagedError(
            f"{where}DuckDB stopped: a bug in it, or a damaged file; "
            f"run `policywire warehouse check`; if it fails, {RESTORE} ({message})"
        )
    return WarehouseError(f"{where}{message}")


def brief(text: str) -> str:
    """Return a message of the database on one line of at most 300 characters."""
    line = " ".join(text.split("\n\nLINE ")[0].split("Stack Trace")[0].split())
    return line if len(line) <= 300 else line[:299] + "…"
