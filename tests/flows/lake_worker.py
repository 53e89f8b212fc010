"""A worker process: runs extraction passes until nothing waits. WAREHOUSE FEEDS LEASE_S [...]

With `--die-at N` it kills itself at the Nth article, with its batch leased. With `--warm` it loads
its models, opens the warehouse, prints `ready` and starts when it reads a line. Prints the seconds
of its stages as JSON.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from extractors.extract import EXTRACTOR_VERSION
from flows import extract, link
from flows.base.settings import Extracting, Settings
from flows.workers import turns
from flows.workers.warm_up import ready_listings, ready_workers
from models.event import TextUnit
from warehouse.articles.articles import count_to_extract
from warehouse.connection import open_warehouse

STAGES = (
    "group_copies",
    "index_texts",
    "read_articles",
    "wait_for_others",
    "link_in_turn",
    "link_mentions",
    "join_tickers",
)


def work(settings: Settings, *, once: bool) -> None:
    """Extract and link until no article waits, not even those of a dead worker; or run one pass."""
    while not once:
        extract.extract_and_link(settings)
        with open_warehouse(settings.warehouse) as con:
            if not count_to_extract(con, EXTRACTOR_VERSION):
                return
        time.sleep(0.5)
    extract.extract_and_link(settings)


def die_at(count: int) -> None:
    """Kill this process at that article, like a power cut."""
    unit_of, seen = extract.unit_of, 0

    def last(*given: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return unit_of(*given)

    setattr(extract, "unit_of", last)  # noqa: B010 - mypy: a function of any arguments


def timed(name: str, spent: dict[str, float]) -> None:
    """Make a stage add its wall and processor seconds to `spent`."""
    module = next(each for each in (extract, link, turns) if hasattr(each, name))
    stage: Callable[..., Any] = getattr(module, name)

    def run(*given: Any, **named: Any) -> Any:
        began, busy = time.perf_counter(), time.process_time()
        try:
            return stage(*given, **named)
        finally:
            spent[name] = spent.get(name, 0.0) + time.perf_counter() - began
            name_cpu = f"{name}_cpu"
            spent[name_cpu] = spent.get(name_cpu, 0.0) + time.process_time() - busy

    setattr(module, name, run)


def main() -> None:
    """Do the work of the arguments, then print how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("feeds", type=Path)
    parser.add_argument("lease_s", type=float)
    parser.add_argument("--batch", type=int, default=10)
    parser.add_argument("--die-at", type=int)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--warm", action="store_true")
    args = parser.parse_args()
    extracting = Extracting(batch_articles=args.batch, workers=0, lease_s=args.lease_s)
    if args.die_at:
        die_at(args.die_at)
    spent: dict[str, float] = {}
    for name in STAGES:
        timed(name, spent)
    settings = Settings(warehouse=args.warehouse, feeds=args.feeds, extract=extracting)
    if args.warm:
        first = TextUnit(unit_id="", text="China bans exports.")
        list(ready_workers(settings).extract([[first]]))
        ready_listings(args.warehouse, None)
        with open_warehouse(args.warehouse) as con:
            count_to_extract(con, EXTRACTOR_VERSION)
        print("ready", flush=True)
        sys.stdin.readline()
    began = time.process_time()
    work(settings, once=args.once)
    spent["all_cpu"] = time.process_time() - began
    print(json.dumps({name: round(seconds, 1) for name, seconds in spent.items()}), flush=True)


if __name__ == "__main__":
    main()
