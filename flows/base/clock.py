"""The clock passes go by: ours, or an archive's that is played again."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Our own clock."""
    return datetime.now(UTC)


class ArchiveClock:
    """An archive's time: runs as ours does, but waiting in it may go by faster, or at once."""

    def __init__(self, at: datetime, *, speed: float = 0.0) -> None:
        self.at = at
        self.speed = speed
        self.since = time.monotonic()

    def __call__(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self.since)

    def wait_until(self, at: datetime) -> None:
        """Let it become `at`, `speed` times faster than it would; 0: at once. Never goes back."""
        ahead_s = (at - self()).total_seconds()
        if ahead_s <= 0:
            return
        if self.speed:
            time.sleep(ahead_s / self.speed)
        self.at, self.since = at, time.monotonic()


def span(seconds: float | None) -> str:
    """A length of time in its largest fitting unit."""
    if seconds is None:
        return "unknown"
    for unit, size in (("d", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if abs(seconds) >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s" if abs(seconds) >= 10 else f"{seconds:.1f} s"
