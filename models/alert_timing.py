"""When a notice may be sent: throttles, quiet hours, digests, and the wait after a failure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

UNIT_S = {"minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """At most `count` single notices per window of `window_s` seconds; the rest go to a digest.

    Windows are aligned to the epoch, so that all processes agree on them.
    """

    count: int
    window_s: int

    def window_end(self, now: datetime) -> datetime:
        """Return the end of the window that contains `now`."""
        passed = int(now.timestamp()) // self.window_s
        return datetime.fromtimestamp((passed + 1) * self.window_s, UTC)

    def window_start(self, now: datetime) -> datetime:
        """Return the start of the window that contains `now`."""
        return self.window_end(now) - timedelta(seconds=self.window_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """No notices between `start` and `end`, local time in `zone`; may cross midnight."""

    start: time
    end: time
    zone: str

    def until(self, now: datetime) -> datetime | None:
        """Return when the current quiet period ends (UTC); None if `now` is not in one."""
        local = now.astimezone(ZoneInfo(self.zone))
        clock = local.time().replace(tzinfo=None)
        if self.start <= self.end:
            if not self.start <= clock < self.end:
                return None
            day = local.date()
        else:
            if self.end <= clock < self.start:
                return None
            day = local.date() + timedelta(days=1 if clock >= self.start else 0)
        return _at(day.year, day.month, day.day, self.end, self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One notice per hour, or per day at `at` local time in `zone`, instead of single notices."""

    every: str
    at: time = time(7, 0)
    zone: str = "UTC"

    def next_after(self, now: datetime) -> datetime:
        """Return the time of the first digest strictly after `now` (UTC)."""
        local = now.astimezone(ZoneInfo(self.zone))
        if self.every == "hourly":
            into = timedelta(
                minutes=local.minute, seconds=local.second, microseconds=local.microsecond
            )
            return (now - into + timedelta(hours=1)).astimezone(UTC)
        for days in (0, 1):
            day = local.date() + timedelta(days=days)
            slot = _at(day.year, day.month, day.day, self.at, self.zone)
            if slot > now:
                return slot
        raise AssertionError("tomorrow's slot always lies after now")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When to send a notice. If `fold_at` is set, it goes out in the digest of that time."""

    due_at: datetime
    fold_at: datetime | None = None
    reason: str | None = None


def timing(
    *,
    now: datetime,
    throttle: Throttle | None,
    quiet: QuietHours | None,
    digest: Digest | None,
    sent_in_window: int,
) -> Timing:
    """Return when to send a notice created at `now`.

    `sent_in_window` is how many notices its throttle has let pass in this window. Nothing is
    dropped: what may not be sent alone waits for a digest, and a digest that falls into quiet hours
    waits until they end.
    """
    fold_at, reason = None, None
    if digest is not None:
        fold_at, reason = digest.next_after(now), digest.every
    elif quiet is not None and quiet.until(now) is not None:
        fold_at, reason = quiet.until(now), "quiet"
    elif throttle is not None and sent_in_window >= throttle.count:
        fold_at, reason = throttle.window_end(now), "throttle"
    if fold_at is None:
        return Timing(due_at=now)
    if quiet is not None:
        fold_at = quiet.until(fold_at) or fold_at
    return Timing(due_at=fold_at, fold_at=fold_at, reason=reason)


def backoff_s(failures: int, seed: str, *, base_s: float = 30.0, cap_s: float = 3600.0) -> float:
    """Return the seconds to wait after the n-th failure: doubling, capped, with up to 25% jitter.

    The jitter is derived from `seed`: notices that failed together are not retried together, and a
    rerun waits as long as the run before it.
    """
    spread = (int(seed[:8], 16) % 1000) / 4000 if seed else 0.0
    return float(min(cap_s, base_s * 2 ** (max(failures, 1) - 1))) * (1 + spread)


def _at(year: int, month: int, day: int, clock: time, zone: str) -> datetime:
    local = datetime(year, month, day, clock.hour, clock.minute, tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)
