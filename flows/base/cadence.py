"""How often passes run, computed from the cron lines of the schedule."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise


def cadences_of(news: str, market: str) -> dict[str, timedelta]:
    """How often each stage should succeed: the longest gap of its cron line within a week."""
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
    # The first gap starts at our start time, not at a run.
    return max((b - a for a, b in pairwise(times[1:])), default=timedelta(days=8))


def half_gap(cron: str, now: datetime) -> timedelta:
    """Half the time between the next two runs of a cron line.

    A feed that is due nearer to this pass than to the next one is fetched now. Otherwise, a feed
    fetched some seconds after the start of a pass would miss the next pass by these seconds.
    """
    from cronsim import CronSim

    first, second = islice(CronSim(cron, now), 2)
    return (second - first) / 2
