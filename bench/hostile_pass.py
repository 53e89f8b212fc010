"""Runs a pass over 40 feeds, half of them hostile: `python -m bench.hostile_pass`.

Prints the outcome of each hostile feed, how many articles of the healthy feeds are stored, and the
seconds. Exit code 1 when an article of a healthy feed is missing or a fault is not reported.

    python -m bench.hostile_pass [--feeds 40] [--per-host]

--per-host puts all feeds on one host, as on a publisher's platform. That is slower: retries on a
failing host delay its other feeds (FetchSettings.host_trouble_s).
"""

import argparse
import asyncio
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.hostile_feeds import Hostile, healthy, hostile_feeds, page, served
from flows.base.fetch_settings import FetchSettings
from flows.ingest import Intake
from models.feed import Feed
from warehouse.articles.articles import save_feeds
from warehouse.connection import open_warehouse

ENTRIES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One feed in the warehouse after the pass."""

    feed_id: str
    outcome: str
    said: str
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The result of a pass: seconds, every feed's health, and all problems."""

    took_s: float
    health: dict[str, Health]
    wrong: tuple[str, ...]


def run_pass(
    folder: Path, settings: FetchSettings, *, feeds: int = 40, per_host: bool = False
) -> Passed:
    """Run one pass over the hostile feeds and healthy ones, `feeds` in all."""
    bad = hostile_feeds()
    good = [f"desk{n}" for n in range(feeds - len(bad))]
    replies = {f"/{each.name}": each.reply for each in bad}
    replies |= {f"/{name}": healthy(n) for n, name in enumerate(good)}
    replies["/page.html"] = page()
    with served(replies) as port:
        listed = []
        for n, name in enumerate([*(each.name for each in bad), *good]):
            host = "127.0.0.1" if per_host else f"127.0.0.{n + 1}"
            full_text = any(each.full_text for each in bad if each.name == name)
            url = f"http://{host}:{port}/{name}"
            listed.append(Feed(feed_id=name, name=name, url=url, full_text=full_text))
        warehouse = folder / "hostile.duckdb"
        with open_warehouse(warehouse) as con:
            save_feeds(con, listed)
        began = time.perf_counter()
        intake = Intake(warehouse=warehouse, fetching=settings, archive_clock=False)
        asyncio.run(intake.run(listed, {}))
        took_s = time.perf_counter() - began
    health = health_of(warehouse)
    return Passed(took_s=took_s, health=health, wrong=tuple(wrongs(bad, good, health)))


def health_of(warehouse: Path) -> dict[str, Health]:
    """Return the `feed_health` row of every feed."""
    with open_warehouse(warehouse) as con:
        rows = con.execute(
            "SELECT feed_id, last_outcome, concat_ws('; ', last_error, last_bozo, last_notes), "
            "article_count FROM feed_health ORDER BY feed_id"
        ).fetchall()
    return {
        feed_id: Health(feed_id=feed_id, outcome=outcome, said=said, articles=articles)
        for feed_id, outcome, said, articles in rows
    }


def wrongs(bad: list[Hostile], good: list[str], health: dict[str, Health]) -> list[str]:
    """Return the problems, one line each."""
    found = [
        f"{name}: {health[name].articles} of {ENTRIES} articles, {health[name].outcome}"
        for name in good
        if health[name].articles != ENTRIES
    ]
    for each in bad:
        got = health[each.name]
        if each.says not in got.said or (each.says and not got.said):
            found.append(f"{each.name}: no {each.says!r} in {got.said!r} ({got.outcome})")
        if got.articles != each.articles:
            found.append(f"{each.name}: {got.articles} articles, not {each.articles}")
    return found


def main() -> int:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--feeds", type=int, default=40)
    parser.add_argument("--per-host", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        passed = run_pass(Path(folder), FetchSettings(), feeds=args.feeds, per_host=args.per_host)
    for got in passed.health.values():
        if not got.feed_id.startswith("desk"):
            print(f"{got.feed_id:16}{got.outcome:18}{got.articles:>7}  {got.said[:110]}")
    desks = [got for name, got in passed.health.items() if name.startswith("desk")]
    print(f"{len(desks)} healthy feeds: {sum(got.articles for got in desks)} articles")
    print(f"{passed.took_s:.1f} s")
    for line in passed.wrong:
        print(f"WRONG {line}")
    return 1 if passed.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
