"""An unforeseen exception as one line: its class, its words, and the line of ours it came from."""

import traceback
from types import TracebackType

OURS = ("flows", "extractors", "warehouse", "models")
MOST_WORDS = 300


def fault_line(error: BaseException) -> str:
    """`OverflowError: date value out of range (at flows.next_check:88)`, on one line."""
    words = " ".join(str(error).split())[:MOST_WORDS]
    place = place_of(error.__traceback__)
    where = f" (at {place})" if place else ""
    return f"{type(error).__name__}{': ' if words else ''}{words}{where}"


def place_of(trace: TracebackType | None) -> str | None:
    """The innermost line of our own code in a traceback, as module:line."""
    found = None
    for frame, line in traceback.walk_tb(trace):
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in OURS:
            found = f"{module}:{line}"
    return found
