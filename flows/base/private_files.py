"""Files that only who runs PolicyWire may read: what is made is 0600, folders 0700.

One umask for the process and all it starts decides it, so that no file is forgotten. What was made
before, or by a release before this one, is told by `policywire doctor` and left as it is.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

PRIVATE = 0o077


def keep_private() -> None:
    """Let files made from here on be their owner's alone; a stricter umask stays as it is."""
    os.umask(os.umask(PRIVATE) | PRIVATE)


def open_to_others(warehouse: Path, snapshot: Path) -> Iterator[Path]:
    """Files beside the warehouse that others may read; the snapshot only where all may.

    A group that was given the snapshot was given it on purpose.
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
