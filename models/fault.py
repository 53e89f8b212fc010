"""Unexpected errors: one line each, counted, and confined to the item that caused them."""

import traceback
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType

from models import harmless

OURS = ("flows", "extractors", "warehouse", "models")
MOST_WORDS = 300


def fault_line(error: BaseException) -> str:
    """Return an error as one line: `OverflowError: out of range (at flows.feeds.opml:88)`."""
    words = harmless.line(str(error))[:MOST_WORDS]
    place = place_of(error.__traceback__)
    where = f" (at {place})" if place else ""
    return f"{type(error).__name__}{': ' if words else ''}{words}{where}"


def place_of(trace: TracebackType | None) -> str | None:
    """Return the innermost line of our own code in a traceback, as module:line."""
    found = None
    for frame, line in traceback.walk_tb(trace):
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in OURS:
            found = f"{module}:{line}"
    return found


@dataclass(slots=True)
class Faults:
    """The first error per name (a rule, a channel) and how often that name failed."""

    first: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def note(self, name: str, error: BaseException | str) -> None:
        """Record one more error for this name."""
        line = error if isinstance(error, str) else fault_line(error)
        self.first.setdefault(name, line)
        self.counts[name] += 1

    def lines(self, kind: str) -> tuple[str, ...]:
        """Return a line per name: "rule 'x': KeyError: ... (at flows.ingest:120), 3 times"."""
        return tuple(
            f"{kind} {name!r}: {line}"
            + (f", {self.counts[name]} times" if self.counts[name] > 1 else "")
            for name, line in self.first.items()
        )
