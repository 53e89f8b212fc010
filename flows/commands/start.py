"""The entry point of `policywire`: lets Ctrl-C end it quietly while its modules are imported."""

import os
import signal
from types import FrameType

STOPPED = b"policywire: stopped\n"
EXIT_INTERRUPTED = 130


def main() -> None:
    """Import and run the command line.

    A KeyboardInterrupt inside the import system would end in a traceback or be lost. Nothing has
    begun then, so the process may end at once.
    """
    # A shell that starts a job in the background ignores SIGINT for it; that stays.
    early = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if early:
        signal.signal(signal.SIGINT, leave)
    from flows.commands import cli

    if early:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()


def leave(signum: int, frame: FrameType | None) -> None:
    """End this process. Standard error may be closed or full: it gets the line if it can."""
    try:
        os.write(2, STOPPED)
    finally:
        os._exit(EXIT_INTERRUPTED)
