"""How often passes come, told from the cron lines of the schedule."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise


def cadences_of(news: str, market: str) -> dict[str, timedelta]:
    """How often each stage should succeed, from the two cron lines: their longest gap in a week."""
    by_news, by_market = longest_gap(news), longest_gap(market)
    return {"ingest": by_news, "extract": by_news, "alert": by_news, "market": by_market}


def longest_gap(cron: str) -> timedelta:
    """The longest time between two runs of a cron line within eight days."""
    from cronsim import CronSim

    start = datetime(2026, 1, 1, tzinfo=UTC)
    times = [start]
    for at in CronSim(cron, start):
        times.append(at)
        if at - start > timedelta(days=8):
            break
    # The first gap begins where we began to look, not at a run.
    return max((b - a for a, b in pairwise(times[1:])), default=timedelta(days=8))


def half_gap(cron: str, now: datetime) -> timedelta:
    """Half the time between the next two runs of a cron line.

    Passes come at ticks: a feed whose time is nearer to this tick than to the next is asked now.
    Without it, one asked some seconds after a tick would miss the next by these seconds.
    """
    from cronsim import CronSim

    first, second = islice(CronSim(cron, now), 2)
    return (second - first) / 2
