"""The clock of a pass: the system's, or that of an archive in a replay."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The system's time, in UTC."""
    return datetime.now(UTC)


class ArchiveClock:
    """An archive's time: runs like the system's, but waits can be faster or take no time."""

    def __init__(self, at: datetime, *, speed: float = 0.0) -> None:
        self.at = at
        self.speed = speed
        self.since = time.monotonic()

    def __call__(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self.since)

    def wait_until(self, at: datetime) -> None:
        """Advance to `at`, `speed` times faster than real time, or at once if `speed` is 0.

        Never goes back.
        """
        ahead_s = (at - self()).total_seconds()
        if ahead_s <= 0:
            return
        if self.speed:
            time.sleep(ahead_s / self.speed)
        self.at, self.since = at, time.monotonic()


def span(seconds: float | None) -> str:
    """A duration as text, in the largest unit that fits."""
    if seconds is None:
        return "unknown"
    for unit, size in (("d", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if abs(seconds) >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s" if abs(seconds) >= 10 else f"{seconds:.1f} s"
