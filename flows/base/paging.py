"""Shows long output through the reader's own pager."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.base.screen import Screen

# As git does: keep colours, leave what fits on the screen there.
LESS = "FRX"


@contextmanager
def paged(screen: "Screen") -> Iterator[None]:
    """Send what is printed in the block through $PAGER where it is longer than the screen.

    Without $PAGER, or where a program reads the output, it is printed at once.
    """
    pager = os.environ.get("PAGER", "").strip()
    if not pager or screen.file is not sys.stdout or not on_terminal():
        yield
        return
    with screen.capture() as held:
        yield
    text = held.get()
    if text.count("\n") < screen.height or not found(pager):
        screen.file.write(text)
        return
    # The standard library's pydoc starts pagers, and leaves Ctrl-C and an early end to them.
    from pydoc import pipepager

    os.environ.setdefault("LESS", LESS)
    pipepager(text, pager)


def found(pager: str) -> bool:
    """Return whether the pager's program exists; without it the output would be lost."""
    try:
        words = shlex.split(pager)
    except ValueError:
        return False
    return bool(words) and shutil.which(words[0]) is not None


def on_terminal() -> bool:
    """Return whether a person reads and types here."""
    return sys.stdin.isatty() and sys.stdout.isatty()
