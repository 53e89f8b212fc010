"""Faults nobody foresaw: told in one line each, counted, and kept to the one thing they befell."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from traceback import extract_tb

from models import harmless

LINE_LIMIT = 300


def fault_line(error: BaseException) -> str:
    """What went wrong and where, in one line: "KeyError: 'rate' (rules.py:120)"."""
    told = harmless.line(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
    frames = extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return told[:LINE_LIMIT] + place


@dataclass(slots=True)
class Faults:
    """The first fault of each name (a rule, a channel) and how often it failed."""

    first: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def note(self, name: str, error: BaseException | str) -> None:
        """One more fault of this name."""
        line = error if isinstance(error, str) else fault_line(error)
        self.first.setdefault(name, line)
        self.counts[name] += 1

    def lines(self, kind: str) -> tuple[str, ...]:
        """A line for each name: "rule 'x': KeyError: ... (rules.py:120), 3 times"."""
        return tuple(
            f"{kind} {name!r}: {line}"
            + (f", {self.counts[name]} times" if self.counts[name] > 1 else "")
            for name, line in self.first.items()
        )
