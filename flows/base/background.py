"""Background work: one function, called again and again in a thread of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def in_background(
    work: Callable[[], object],
    name: str,
    *,
    every_s: float,
    first_s: float | None = None,
    patience_s: float | None = 5.0,
) -> Iterator[None]:
    """Call `work` every `every_s` seconds in a daemon thread called `name`, until the block ends.

    The first call comes after `first_s` seconds (default: `every_s`). On exit, a call that is
    running gets `patience_s` seconds to finish, or as long as it needs if that is None. `work`
    handles its own errors: an exception ends the thread.
    """
    ended = threading.Event()

    def keep_working() -> None:
        wait_s = every_s if first_s is None else first_s
        while not ended.wait(wait_s):
            wait_s = every_s
            work()

    thread = threading.Thread(target=keep_working, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        with suppress(RuntimeError):
            thread.join(timeout=patience_s)
