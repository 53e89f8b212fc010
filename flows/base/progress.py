"""Progress bars on a terminal, progress lines in a log."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

log = logging.getLogger("policywire.progress")
LINE_EVERY_S = 10.0
_bars: ContextVar[Progress | None] = ContextVar("bars", default=None)


@contextmanager
def show_bars(console: Console) -> Iterator[None]:
    """Show a bar for every `track` inside, if the console is a terminal."""
    if not console.is_terminal:
        yield
        return
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as bars:
        token = _bars.set(bars)
        try:
            yield
        finally:
            _bars.reset(token)


@contextmanager
def track(label: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show a bar named `label` for `total` steps; yields a function that adds finished steps."""
    bars = _bars.get()
    if bars is None:
        yield lambda steps: None
        return
    task = bars.add_task(label, total=total)
    yield lambda steps: bars.advance(task, steps)


@contextmanager
def show_fraction(console: Console, label: str) -> Iterator[Callable[[float, str], None]]:
    """Show the progress of long work; yields a function that takes a fraction (0 to 1) and a note.

    Shows a bar on a terminal, else a log line every ten seconds.
    """
    if console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        with Progress(*columns, TextColumn("{task.fields[note]}"), console=console) as bars:
            task = bars.add_task(label, total=1.0, note="")
            yield lambda fraction, note: bars.update(task, completed=fraction, note=note)
        return
    last = time.monotonic()

    def log_line(fraction: float, note: str) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_EVERY_S:
            last = time.monotonic()
            log.info("%s: %.0f%%, %s", label, fraction * 100, note)

    yield log_line
