"""Delays Ctrl-C until a moment when it does no harm."""

import asyncio
import os
import signal
import threading
import time
import warnings
from collections.abc import Coroutine, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import warehouse

Result = TypeVar("Result")
RETRY_S = 0.02
# A query that takes longer than this is interrupted.
PATIENCE_S = 5.0
WAREHOUSE = str(Path(warehouse.__file__).parent)
# A user's query may take minutes; its own guard stops it.
QUESTIONS = str(Path(WAREHOUSE) / "operations" / "sandbox.py")


def safe_interrupts() -> None:
    """Make SIGINT raise KeyboardInterrupt only where Python and DuckDB can handle it.

    Inside the import system, Python may lose the exception with the import lock held; then every
    thread that imports waits for ever. Modules that catch everything while they are imported
    (Prefect's) would lose it too. An interrupted query may leave a database that this process
    cannot open again. In both cases the signal is sent again a moment later. Does nothing outside
    the main thread, or if SIGINT does not have Python's default handler.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, Interrupt())


class Interrupt:
    """A handler of SIGINT that waits for a safe moment.

    A thread of its own sends the signal again. The handler only writes to a pipe: if it started a
    thread or took a lock, and the main thread was just doing the same, both would wait for ever.
    """

    def __init__(self) -> None:
        self.asked_at: float | None = None
        again, self._again = os.pipe()
        threading.Thread(
            target=send_again, args=(again,), name="policywire-interrupt", daemon=True
        ).start()

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        """Raise KeyboardInterrupt, now or at a safe moment soon."""
        now = time.monotonic()
        self.asked_at = self.asked_at or now
        in_time = now - self.asked_at < PATIENCE_S
        if is_importing(frame) or (in_time and (is_imported(frame) or is_writing(frame))):
            os.write(self._again, b"x")
            return
        self.asked_at = None
        _forgive_unawaited()
        raise KeyboardInterrupt


def send_again(asked: int) -> None:
    """Send SIGINT to the main thread a moment after each byte that comes through the pipe."""
    main = threading.main_thread().ident
    assert main is not None, "it has started"
    while os.read(asked, 1):
        time.sleep(RETRY_S)
        signal.pthread_kill(main, signal.SIGINT)


def is_importing(frame: FrameType | None) -> bool:
    """Is the import system's own code running?"""
    return frame is not None and frame.f_code.co_filename.startswith("<frozen importlib")


def is_imported(frame: FrameType | None) -> bool:
    """Does a module run that is just being imported?"""
    return any(map(is_importing, stack(frame)))


def is_writing(frame: FrameType | None) -> bool:
    """Is warehouse code on the stack, up to the nearest caller in flows/?"""
    for one in stack(frame):
        name = one.f_code.co_filename
        if name.startswith(WAREHOUSE) and name != QUESTIONS:
            return True
        if name.endswith(".py") and "/flows/" in name:
            return False
    return False


def stack(frame: FrameType | None) -> Iterator[FrameType]:
    """A frame and its callers."""
    while frame is not None:
        yield frame
        frame = frame.f_back


def run_async(main: Coroutine[Any, Any, Result]) -> Result:
    """Run `main` like `asyncio.run`, so that Ctrl-C cancels it and it can clean up.

    asyncio does this only if SIGINT has Python's default handler.
    """
    held = signal.getsignal(signal.SIGINT)
    if not isinstance(held, Interrupt):
        return asyncio.run(main)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return asyncio.run(main)
    except KeyboardInterrupt:
        _forgive_unawaited()
        raise
    finally:
        signal.signal(signal.SIGINT, held)


def _forgive_unawaited() -> None:
    """From now on, say nothing of coroutines that nobody waits for: the user stopped what did."""
    warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
