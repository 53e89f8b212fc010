"""Puts a finished folder in the place of the last one, in one step.

A build goes to a hidden folder beside the target. Linux (and macOS) exchange two folders in one
call, so a reader and a kill find either the old site or the new one, whole. Where the file system
cannot, the old folder is renamed away first; a kill between the two renames leaves it beside the
target, and the next build puts it back.
"""

import ctypes
import errno
import fcntl
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from models.errors import ConfigError, PipelineError

# A folder with this file is a report, and may be replaced.
MARK = ".policywire-report"
AT_FDCWD = -100
RENAME_EXCHANGE = 2
RENAME_SWAP = 2
CANNOT = frozenset(
    {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV, errno.ENOTTY}
)


class ReportBusyError(PipelineError):
    """Another process writes this report."""


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield an empty folder to fill; at the end of the block it becomes `target`.

    When the block fails, `target` stays as it was. Raises ConfigError when `target` holds other
    files, ReportBusyError when another process writes this report, PipelineError when the disk
    refuses.
    """
    target = target.absolute()
    fresh, old = beside(target, "new"), beside(target, "old")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with only_one(target):
            put_back(target, old)
            refuse_foreign(target)
            clear(fresh)
            fresh.mkdir()
            try:
                yield fresh
                (fresh / MARK).write_text("made by policywire report; replaced as a whole\n")
                keep_modes(target, fresh)
                exchange(fresh, target, old)
            finally:
                clear(fresh)
                if target.exists():
                    clear(old)
    except OSError as error:
        raise PipelineError(f"{target}: report not written: {error.strerror or error}") from error


def beside(target: Path, word: str) -> Path:
    """A hidden neighbour of the target, on the same file system."""
    return target.with_name(f".{target.name}.{word}")


@contextmanager
def only_one(target: Path) -> Iterator[None]:
    """Lock the target during the block. Raises ReportBusyError when another process has it."""
    with beside(target, "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ReportBusyError(
                f"{target}: another process writes this report; try again when it has ended"
            ) from error
        yield


def put_back(target: Path, old: Path) -> None:
    """Undo the first of two renames, if a build was killed between them."""
    if old.is_dir() and not target.exists():
        old.rename(target)


def refuse_foreign(target: Path) -> None:
    """Raise ConfigError unless the target is a report, an empty folder or absent."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise ConfigError(f"{target}: not a folder of its own; a report replaces a whole folder")
    if target.exists() and not (target / MARK).exists() and any(target.iterdir()):
        raise ConfigError(
            f"{target}: holds other files; a report replaces a whole folder, name a new one"
        )


def keep_modes(target: Path, fresh: Path) -> None:
    """Give the new site the group and the rights of the old folder: an operator may have set them.

    Files get what the folder has, without execution.
    """
    try:
        found = target.stat()
    except FileNotFoundError:
        return
    mode = stat.S_IMODE(found.st_mode)
    owner = fresh.stat()
    if mode == stat.S_IMODE(owner.st_mode) and found.st_gid == owner.st_gid:
        return
    for folder, _, files in os.walk(fresh):
        for path, rights in ((folder, mode), *((f"{folder}/{f}", mode & 0o666) for f in files)):
            if found.st_gid != owner.st_gid:
                with suppress(PermissionError):
                    os.chown(path, -1, found.st_gid)
            os.chmod(path, rights)


def exchange(fresh: Path, target: Path, old: Path) -> None:
    """Put `fresh` at `target`; what was there is then at `fresh`, or at `old`."""
    if not target.exists():
        fresh.rename(target)
        return
    if swapped(fresh, target):
        return
    clear(old)
    target.rename(old)
    fresh.rename(target)


def swapped(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot. Raises OSError."""
    library = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        code = library.renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE)
    elif sys.platform == "darwin" and hasattr(library, "renamex_np"):
        code = library.renamex_np(first, second, RENAME_SWAP)
    else:
        return False
    if code == 0:
        return True
    reason = ctypes.get_errno()
    if reason in CANNOT:
        return False
    raise OSError(reason, os.strerror(reason), str(other))


def clear(folder: Path) -> None:
    """Delete a folder if it is there."""
    if folder.exists():
        shutil.rmtree(folder)
