"""Ctrl-C that cannot lock up an import."""

import signal
import sys
import threading
from types import FrameType

RETRY_S = 0.02


def safe_interrupts() -> None:
    """Let SIGINT raise KeyboardInterrupt, but never inside the import system's own code.

    There Python may swallow it with the import lock held, and every thread that imports waits for
    ever. A command imports for seconds, so this is no rare moment. The signal is sent again a
    moment later. Does nothing outside the main thread or where SIGINT is ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)


def interrupt(signum: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt, now or once the import system's code is left."""
    if frame is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
        again = threading.Timer(RETRY_S, signal.pthread_kill, (main_ident(), signum))
        again.daemon = True
        again.start()
        return
    raise KeyboardInterrupt


def main_ident() -> int:
    """The main thread's id, for a signal to it."""
    ident = threading.main_thread().ident
    assert ident is not None or sys.is_finalizing(), "the main thread runs"
    return ident or 0
