"""How far training is, and how long it will still take."""

import math
import sys
import time
from collections.abc import Callable


def say(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Progress:
    """Says now and then how much of some work is done. Work is counted in samples seen."""

    def __init__(
        self,
        total: int,
        say: Callable[[str], object],
        clock: Callable[[], float] = time.monotonic,
        every_s: float = 30.0,
    ) -> None:
        self.total, self.say, self.clock, self.every_s = total, say, clock, every_s
        self.name, self.done = "", 0
        self._spent_s = 0.0
        self._began = self._said = clock()
        self._seen, self._loss = 0, 0.0

    def begin(self, name: str) -> None:
        """From now on `name` is trained. Time since the last batch is not counted as training."""
        self.name = name
        self._began = self._said = self.clock()
        self._seen, self._loss = 0, 0.0

    def skip(self, count: int) -> None:
        """So many samples need not be seen: they were, before a break."""
        self.total -= count

    def __call__(self, count: int, loss: float) -> None:
        """A batch of `count` samples is done, with this mean loss."""
        now = self.clock()
        self._spent_s += now - self._began
        self._began = now
        self.done += count
        self._seen += count
        self._loss += loss * count
        if now - self._said >= self.every_s or self.done >= self.total:
            self._said = now
            left_min = math.ceil(self._spent_s / self.done * (self.total - self.done) / 60)
            self.say(
                f"{self.name}: loss {self._loss / self._seen:.3f}; "
                f"{self.done / self.total:.0%} of all training done, {left_min} min left"
            )
            self._seen, self._loss = 0, 0.0
