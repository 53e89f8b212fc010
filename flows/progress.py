"""Progress bars for whoever watches a terminal; nothing for logs and schedules."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_bars: ContextVar[Progress | None] = ContextVar("bars", default=None)


@contextmanager
def bars_on(console: Console) -> Iterator[None]:
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
