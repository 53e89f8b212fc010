"""When to ask a feed again, decided from its answers. Pure functions: no clock, no network.

The interval is the feed's own rhythm if we know it, within the operator's bounds (`poll_minutes`
to `poll_max_minutes`). Cache headers and the feed itself (max-age, Expires, ttl, sy:updatePeriod)
can lengthen it within the same bounds. Only Retry-After can go beyond them.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from statistics import median

from flows.base.fetch_settings import FetchSettings
from models.feed import Feed, FeedState, ParsedFeed

_HOLD_CAP_S = 7 * 24 * 3600.0
_CACHE_CAP_S = 366 * 24 * 3600.0
_DEFAULT_HOLD_S = 15 * 60.0
_FAILURE_CAP_S = 24 * 3600.0
_MOST_JITTER = 0.25
_LONGEST_DATE = 100
_STRETCH = 4
_RECENT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NextCheck:
    """When to ask again, and the reason in words."""

    at: datetime
    reason: str


def bounds_s(feed: Feed, settings: FetchSettings) -> tuple[float, float]:
    """Shortest and longest interval between two checks of a feed, in seconds."""
    shortest = feed.poll_minutes * 60.0
    ceiling = settings.poll_max_minutes * 60.0
    longest = (
        feed.poll_max_minutes * 60.0 if feed.poll_max_minutes else min(shortest * _STRETCH, ceiling)
    )
    return shortest, max(shortest, longest)


def after_answer(
    feed: Feed,
    state: FeedState,
    settings: FetchSettings,
    *,
    now: datetime,
    cache_s: float | None,
    jitter: random.Random,
) -> NextCheck:
    """The next check after a good answer."""
    shortest, longest = bounds_s(feed, settings)
    wait_s, reason = shortest, f"every {feed.poll_minutes} min"
    if state.interval_s is not None and state.interval_s > wait_s:
        wait_s, reason = state.interval_s, "own rhythm"
    if state.ttl_s is not None and state.ttl_s > wait_s:
        wait_s, reason = state.ttl_s, "the feed's ttl"
    if cache_s is not None and cache_s > wait_s:
        wait_s, reason = cache_s, "the server's cache time"
    if wait_s > longest:
        wait_s, reason = longest, f"{reason}, bounded"
    return NextCheck(at=now + timedelta(seconds=_spread(wait_s, settings, jitter)), reason=reason)


def after_failure(
    feed: Feed,
    settings: FetchSettings,
    *,
    now: datetime,
    failure_count: int,
    retry_after_s: float | None,
    jitter: random.Random,
) -> NextCheck:
    """The next check after a failure: Retry-After if given, else the wait doubles each time."""
    if retry_after_s is not None:
        held_s = min(retry_after_s, _HOLD_CAP_S)
        return NextCheck(at=now + timedelta(seconds=held_s), reason="Retry-After")
    shortest, longest = bounds_s(feed, settings)
    wait_s = min(shortest * 2 ** min(failure_count - 1, 10), max(longest, _FAILURE_CAP_S))
    return NextCheck(
        at=now + timedelta(seconds=_spread(wait_s, settings, jitter)),
        reason=f"failed {failure_count} time{'s' if failure_count > 1 else ''} in a row",
    )


def _spread(wait_s: float, settings: FetchSettings, jitter: random.Random) -> float:
    # Only later, never earlier, so that the wait is never shorter than asked for.
    return wait_s * (1.0 + settings.jitter * jitter.random())


def cache_time_s(
    cache_control: str | None, expires: str | None, date: str | None, *, now: datetime
) -> float | None:
    """For how many seconds the answer is fresh: max-age, else Expires, else None."""
    directives: dict[str, str] = {}
    for part in (cache_control or "").lower().split(","):
        name, _, value = part.strip().partition("=")
        directives[name] = value.strip('" ')
    if "no-cache" in directives or "no-store" in directives:
        return None
    if (age := directives.get("max-age", "")).isdecimal():
        return min(float(age), _CACHE_CAP_S) or None
    until = http_date(expires)
    if until is None:
        return None
    seconds = (until - (http_date(date) or now)).total_seconds()
    return min(seconds, _CACHE_CAP_S) if seconds > 0 else None


def retry_after_s(value: str | None, *, now: datetime) -> float | None:
    """The seconds a Retry-After header asks for, as seconds or as an HTTP date; None if absent.

    At most a week. A header we cannot parse still means "not now": 15 minutes.
    """
    if value is None:
        return None
    if value.strip().isdecimal():
        return min(float(value.strip()), _HOLD_CAP_S)
    moment = http_date(value)
    if moment is None:
        return _DEFAULT_HOLD_S
    return min(max(0.0, (moment - now).total_seconds()), _HOLD_CAP_S)


def http_date(value: str | None) -> datetime | None:
    """An HTTP date as an aware UTC time, or None if it is not a date."""
    if not value or len(value) > _LONGEST_DATE:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def rhythm_s(entry_times: Sequence[datetime], *, now: datetime) -> float | None:
    """Half the median gap between a feed's latest entries; the current silence counts as a gap.

    None with fewer than three dated entries. Future dates are ignored.
    """
    times = sorted({t for t in entry_times if t <= now}, reverse=True)[:_RECENT]
    if len(times) < 3:
        return None
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(times)]
    silence = (now - times[0]).total_seconds()
    usual = median(gaps)
    return max(usual, silence / 2) / 2 if silence > usual else usual / 2


def learn(state: FeedState, parsed: ParsedFeed, *, now: datetime) -> FeedState:
    """The state with the rhythm and the ttl of the parsed feed."""
    times = [e.published_at or e.updated_at for e in parsed.entries]
    return replace(state, interval_s=rhythm_s([t for t in times if t], now=now), ttl_s=parsed.ttl_s)


def believable(
    feed: Feed, state: FeedState, settings: FetchSettings, *, now: datetime
) -> FeedState:
    """The state without times that are later than any we could have chosen by now.

    A clock that was ahead for a while stores such times. Obeyed, they would silence a feed for as
    long as the clock was ahead.
    """
    hold, at = state.hold_until, state.next_check_at
    if hold is not None and _ahead_s(hold, now) > _HOLD_CAP_S:
        hold = None
    _, longest = bounds_s(feed, settings)
    spread = 1.0 + max(settings.jitter, _MOST_JITTER)
    most_s = _HOLD_CAP_S if hold is not None else max(longest, _FAILURE_CAP_S) * spread
    if at is not None and _ahead_s(at, now) > most_s:
        at = None
    return replace(state, hold_until=hold, next_check_at=at)


def _ahead_s(at: datetime, now: datetime) -> float:
    return (at - now).total_seconds()


def is_due(state: FeedState | None, *, now: datetime) -> bool:
    """Is it time to ask? Always for a feed without a state, never for a retired one."""
    if state is None:
        return True
    if state.retired:
        return False
    return state.next_check_at is None or state.next_check_at <= now
