"""Compares two workers on a DuckLake with one: two years of White House texts, read and linked.

    python -m bench.lake_workers [--count N] [--batch N] [--rounds N] [--kill] [--dask]

Runs one process on a DuckDB file, then in turns one worker and two workers on a lake. Time starts
when all have loaded their models and opened the lake; a Postgres from the tests' wheel has the
catalogue. Each side counts with its fastest round, because other programs may use the machine.
Prints the stages of a worker in wall time and processor time (of the worker, without Postgres).
The developments of the two workers must equal those of the one process, row by row. With --kill
one of two workers dies midway. With --dask a backfill runs on one and on two Dask workers; a third
process does the rest all the time, so on two cores the second worker gains less.
Needs POLICYWIRE_SHARED. Exit code 1 when a bar is missed.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from bench.load_corpus import articles_of, feed_of, store
from bench.record import record
from flows.base.settings import Extracting, Settings
from flows.feeds.feed_list import feed_as_toml
from flows.history.backfill import backfill_stored, stored_order
from flows.history.chunk_runner import ChunkReading, ChunkRunner, DaskRunner
from flows.workers.dask_workers import extractor_of
from models.article import Article
from models.backfill import Chunk
from models.event import TextUnit
from tests.flows.test_lake import WHAT
from tests.postgres import lake_address
from warehouse.connection import open_warehouse

CORPUS, SINCE, UNTIL = "whitehouse", "2025-01-01", "2026-12-31"
BAR = 1.6
LEASE_S = 300.0
# A killed worker blocks its articles for this long; a batch takes less.
SHORT_LEASE_S = 20.0
Rows = list[tuple[Any, ...]]
Run = Callable[[str, str], float]


def sample(count: int) -> list[Article]:
    """Return `count` articles of the corpus, spread over all of it; 0 means all."""
    found = list(articles_of(CORPUS, SINCE, UNTIL))
    step = max(1, len(found) // count) if count else 1
    return list(islice(found, 0, None, step))[: count or None]


class Trial:
    """One set of articles, read in several ways."""

    def __init__(self, folder: Path, articles: Sequence[Article], batch: int) -> None:
        self.folder, self.articles, self.batch = folder, articles, batch
        self.feed = feed_of(CORPUS, "https://www.whitehouse.gov/news/feed/")
        self.feeds = folder / "feeds.toml"
        self.feeds.write_text(feed_as_toml(self.feed), "utf-8")
        self.measured: dict[str, dict[str, Any]] = {}
        self.developments: dict[str, Rows] = {}

    def run(self, name: str, warehouse: str, *workers: Sequence[str]) -> float:
        """Read and link all with these workers, one set of options each; return the seconds."""
        store(Path(warehouse), self.feed, self.articles)
        command = [sys.executable, "-m", "tests.flows.lake_worker", warehouse, str(self.feeds)]
        begun = time.perf_counter()
        processes = [
            subprocess.Popen(
                [*command, *options, "--batch", str(self.batch), "--warm"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for options in workers
        ]
        for process in processes:
            assert process.stdout is not None, "is a pipe"
            process.stdout.readline()
        began = time.perf_counter()
        for process in processes:
            assert process.stdin is not None, "is a pipe"
            process.stdin.write("\n")
            process.stdin.flush()
        said = [process.stdout.readline() for process in processes if process.stdout]
        took = time.perf_counter() - began
        for process in processes:
            process.communicate()
        for options, process in zip(workers, processes, strict=True):
            if (process.returncode != 0) != ("--die-at" in options):
                raise SystemExit(f"{name}: a worker ended with exit code {process.returncode}")
        stages = [json.loads(text.splitlines()[-1]) for text in said if text]
        return self.keep(name, warehouse, took, stages, began - begun)

    def keep(
        self,
        name: str,
        warehouse: str,
        took: float,
        stages: Sequence[object] = (),
        loading: float = 0.0,
    ) -> float:
        """Store the result and print it."""
        with open_warehouse(warehouse) as con:
            self.developments[name] = con.execute(WHAT).fetchall()
            ((read, once),) = con.execute(
                "SELECT count(*), count(DISTINCT article_id) FROM store.extractions"
            ).fetchall()
        wanted = len({article.article_id for article in self.articles})
        if (read, once) != (wanted, wanted):
            raise SystemExit(f"{name}: {once} of {wanted} articles read, in {read} reads")
        self.measured[name] = {"seconds": took, "loading_s": loading, "stages": stages}
        found = len(self.developments[name])
        print(
            f"{name:28} {took:6.1f} s after {loading:4.1f} s of loading; {found} developments "
            f"{stages or ''}",
            flush=True,
        )
        return took

    def backfill(self, name: str, warehouse: str, workers: int, *, kill: bool = False) -> float:
        """Read all on Dask workers with loaded models, and link; with `kill` one is killed."""
        from distributed import Client, LocalCluster

        store(Path(warehouse), self.feed, self.articles)
        settings = Settings(
            warehouse=Path(warehouse), feeds=self.feeds, extract=Extracting(workers=0)
        )
        with LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster:
            with Client(cluster) as client:  # type: ignore[no-untyped-call]
                client.run(warm)
            runner: ChunkRunner = DaskRunner(cluster.scheduler_address)
            if kill:
                nanny = next(iter(cluster.workers.values()))
                runner = Killing(runner, lambda: os.kill(nanny.pid, signal.SIGKILL))
            began = time.perf_counter()
            backfill_stored(
                settings, stored_order("stored"), runner=runner, chunk_articles=self.batch
            )
            took = time.perf_counter() - began
        return self.keep(name, warehouse, took)

    def same(self, name: str, other: str) -> bool:
        """Return whether the developments of two runs are the same; print how many differ."""
        ours, theirs = self.developments[name], self.developments[other]
        differing = sum(a != b for a, b in zip(ours, theirs, strict=False))
        differing += abs(len(ours) - len(theirs))
        print(f"{name} beside {other}: {differing} of {len(ours)} developments differ", flush=True)
        return not differing


class Killing:
    """A runner that kills something once the first chunk is read."""

    def __init__(self, runner: ChunkRunner, kill: Callable[[], None]) -> None:
        self.runner, self.kill = runner, kill

    def read(self, chunks: Iterable[Chunk]) -> Iterator[ChunkReading]:
        for number, reading in enumerate(self.runner.read(chunks)):
            if number == 0:
                self.kill()
            yield reading


def warm() -> None:
    """Load the model on a Dask worker."""
    extractor_of(True).extract_one(TextUnit(unit_id="", text="China bans exports."))


@contextmanager
def a_lake(folder: Path) -> Iterator[str]:
    """Open a new lake; exit with one line where that is not possible."""
    try:
        with tempfile.TemporaryDirectory(dir=folder) as place, lake_address(Path(place)) as address:
            yield address
    except pytest.skip.Exception as reason:
        raise SystemExit(str(reason)) from None


def in_turns(trial: Trial, names: Sequence[str], runs: Sequence[Run], rounds: int) -> float:
    """Run both sides `rounds` times, on a new lake each; return the speed-up of the second.

    All runs of a side must find the same.
    """
    took: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name, run in zip(names, runs, strict=True):
            before = trial.developments.get(name)
            with a_lake(trial.folder) as lake:
                took[name].append(run(name, lake))
            if before is not None and before != trial.developments[name]:
                raise SystemExit(f"{name}: the rounds found different results")
    for name in names:
        trial.measured[name]["rounds_s"] = took[name]
    slow, fast = (min(took[name]) for name in names)
    return slow / fast


def measure(trial: Trial, rounds: int, *, kill: bool, dask: bool) -> dict[str, Any]:
    """Run everything requested; `good` when every bar is met."""
    alone, one, two = "one process, DuckDB file", "one worker, lake", "two workers, lake"
    worker = [str(LEASE_S), "--once"]
    trial.run(alone, str(trial.folder / "alone.duckdb"), worker)
    ratios = {}
    ratios[two] = in_turns(
        trial,
        (one, two),
        (
            lambda name, lake: trial.run(name, lake, worker),
            lambda name, lake: trial.run(name, lake, worker, worker),
        ),
        rounds,
    )
    checked = [one, two]
    if kill:
        name = "two workers, one killed"
        checked.append(name)
        midway = str(len(trial.articles) // 4)
        with a_lake(trial.folder) as lake:
            trial.run(name, lake, [str(LEASE_S)], [str(SHORT_LEASE_S), "--die-at", midway])
    if dask:
        names = "backfill, one Dask worker", "backfill, two Dask workers"
        checked += names
        ratios[names[1]] = in_turns(
            trial,
            names,
            (
                lambda name, lake: trial.backfill(name, lake, 1),
                lambda name, lake: trial.backfill(name, lake, 2),
            ),
            rounds,
        )
    if kill and dask:
        name = "backfill, one of two killed"
        checked.append(name)
        with a_lake(trial.folder) as lake:
            trial.backfill(name, lake, 2, kill=True)
    same = {name: trial.same(name, alone) for name in checked}
    for name, ratio in ratios.items():
        bar = f" (bar {BAR:g})" if name == two else ""
        print(f"{name}: {ratio:.2f} times as fast as one{bar}", flush=True)
    return {
        "articles": len(trial.articles),
        "batch": trial.batch,
        "runs": trial.measured,
        "developments": len(trial.developments[alone]),
        "same": same,
        "times_as_fast": ratios,
        "bar": BAR,
        "good": all(same.values()) and ratios[two] >= BAR,
    }


def main() -> None:
    """Measure, print, store the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=0, help="use this many articles only")
    parser.add_argument("--batch", type=int, default=Extracting().batch_articles)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each side, in turns")
    parser.add_argument("--kill", action="store_true", help="also with one of two workers killed")
    parser.add_argument("--dask", action="store_true", help="also a backfill on Dask workers")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="policywire-lake-") as place:
        trial = Trial(Path(place), sample(args.count), args.batch)
        found = measure(trial, args.rounds, kill=args.kill, dask=args.dask)
    record("lake_workers", found)
    print("all bars met" if found["good"] else "a bar was missed")
    sys.exit(0 if found["good"] else 1)


if __name__ == "__main__":
    main()
