"""Ctrl-C at a moment when it does no harm."""

import asyncio
import signal
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import warehouse

Result = TypeVar("Result")
RETRY_S = 0.02
# A query that takes longer is interrupted after all.
PATIENCE_S = 5.0
WAREHOUSE = str(Path(warehouse.__file__).parent)
# A person's own question may take minutes; it is stopped by its own guard.
QUESTIONS = str(Path(WAREHOUSE) / "operations" / "sandbox.py")


def safe_interrupts() -> None:
    """Let SIGINT raise KeyboardInterrupt, but not where Python or DuckDB cannot stand it.

    Inside the import system Python may swallow it with the import lock held, and every thread that
    imports waits for ever. A query that is interrupted may leave a database that this process can
    never open again. The signal is sent again a moment later. Does nothing outside the main thread
    or where SIGINT is not Python's own.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, Interrupt())


class Interrupt:
    """A handler of SIGINT that waits for its moment."""

    def __init__(self) -> None:
        self.asked_at: float | None = None

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        """Raise KeyboardInterrupt, now or a little later."""
        now = time.monotonic()
        self.asked_at = self.asked_at or now
        in_time = now - self.asked_at < PATIENCE_S
        if is_importing(frame) or (in_time and is_writing(frame)):
            main = threading.main_thread().ident
            assert main is not None, "it runs this handler"
            again = threading.Timer(RETRY_S, signal.pthread_kill, (main, signum))
            again.daemon = True
            again.start()
            return
        self.asked_at = None
        raise KeyboardInterrupt


def is_importing(frame: FrameType | None) -> bool:
    """Is the import system's own code running?"""
    return frame is not None and frame.f_code.co_filename.startswith("<frozen importlib")


def is_writing(frame: FrameType | None) -> bool:
    """Is the warehouse at work, called by whatever runs now?"""
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(WAREHOUSE) and name != QUESTIONS:
            return True
        if name.endswith(".py") and "/flows/" in name:
            return False
        frame = frame.f_back
    return False


def run_async(main: Coroutine[Any, Any, Result]) -> Result:
    """`asyncio.run`, which cancels `main` at Ctrl-C so that it can end what it began.

    asyncio does so only where SIGINT is Python's own.
    """
    held = signal.getsignal(signal.SIGINT)
    if not isinstance(held, Interrupt):
        return asyncio.run(main)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return asyncio.run(main)
    finally:
        signal.signal(signal.SIGINT, held)
