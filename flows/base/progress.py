"""Progress for whoever watches: bars on a terminal, a line now and then in a log."""

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
    """A bar named `label` for `total` steps; yields what to call with the steps just done."""
    bars = _bars.get()
    if bars is None:
        yield lambda steps: None
        return
    task = bars.add_task(label, total=total)
    yield lambda steps: bars.advance(task, steps)


@contextmanager
def show_fraction(console: Console, label: str) -> Iterator[Callable[[float, str], None]]:
    """Progress of long work by its share, 0 to 1; yields what to call with it and words beside it.

    A bar on a terminal, else a line in the log every ten seconds.
    """
    if console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        with Progress(*columns, TextColumn("{task.fields[told]}"), console=console) as bars:
            task = bars.add_task(label, total=1.0, told="")
            yield lambda share, told: bars.update(task, completed=share, told=told)
        return
    last = time.monotonic()

    def say(share: float, told: str) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_EVERY_S:
            last = time.monotonic()
            log.info("%s: %.0f%%, %s", label, share * 100, told)

    yield say
