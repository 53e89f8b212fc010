"""Keeps our files private: new files get mode 0600, new folders 0700.

One umask for the process and its children does this, so that no file is forgotten. Files made by
an earlier release are not changed; `policywire doctor` lists them.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o077


def keep_private() -> None:
    """Make all files created from now on private to their owner; keep a stricter umask."""
    os.umask(os.umask(PRIVATE) | PRIVATE)


def open_to_others(warehouse: Path, snapshot: Path) -> Iterator[Path]:
    """Files beside the warehouse that other users may read.

    The snapshot counts only if everyone may read it: an operator may share it with a group.
    """
    folder = warehouse.parent
    secrets = [
        path
        for pattern in ("prefect/*", "*.log", "*.token", ".policywire*")
        for path in folder.glob(pattern)
    ]
    copies = folder.glob(f"{warehouse.stem}.backup-*")
    for path in sorted({warehouse, Path(f"{warehouse}.wal"), *secrets, *copies}):
        if path.exists() and not path.is_symlink() and mode_of(path) & PRIVATE:
            yield path
    if snapshot.exists() and mode_of(snapshot) & stat.S_IRWXO:
        yield snapshot


def create_private(path: Path, text: str) -> None:
    """Write a new file that only its owner can read; keep one that another process made meanwhile.

    The file appears with its whole text.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = path.with_name(f"{path.name}.{os.getpid()}")
    made.unlink(missing_ok=True)
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
    try:
        with suppress(FileExistsError):
            os.link(made, path)
    finally:
        made.unlink()


def mode_of(path: Path) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)
