"""Keeps our files private: new files get mode 0600, new folders 0700.

One umask for the process and its children does this, so that no file is forgotten. Files made by
an earlier release are not changed; `policywire doctor` lists them.
"""

import os
import stat
from collections.abc import Iterator
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
    secrets = [*folder.glob("prefect/*"), *folder.glob("*.log"), *folder.glob(".policywire*")]
    copies = folder.glob(f"{warehouse.stem}.backup-*")
    for path in sorted({warehouse, Path(f"{warehouse}.wal"), *secrets, *copies}):
        if path.exists() and not path.is_symlink() and mode_of(path) & PRIVATE:
            yield path
    if snapshot.exists() and mode_of(snapshot) & stat.S_IRWXO:
        yield snapshot


def mode_of(path: Path) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)
