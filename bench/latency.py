"""Measures the time from article visible to notice received: cycles of new articles, a pass each.

    python -m bench.latency [--cycles 20] [--articles 50] [--whole] [--prefect]

Articles of a corpus appear in four feeds on loopback, with 280 characters of text like on the
shared feed server, or with --whole the full text (much longer for the White House). After each
batch, a process with loaded models, like that of `policywire serve`, runs a pass (a Prefect flow
with --prefect); at the end `policywire run` does a cold one. Measures each notice at a webhook
receiver from the time its pass began to fetch. On a shared machine a pass takes longer than its
processor time. Needs POLICYWIRE_SHARED. Exit code 1 when the bar is missed: five seconds at p95 in
the warm process.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from bench.load_corpus import articles_of, feed_of
from bench.record import record
from bench.serve_soak import Receiver, Stage, quantile, wait_for
from flows.base.runtime import PREFECT_DEFAULTS
from flows.feeds.feed_list import feed_as_toml
from flows.history.replay_server import serve_archive
from flows.operations.prefect_server import free_port
from models.article import Article
from warehouse.connection import open_warehouse

BAR_S = 5.0
FEEDS = 4
SUMMARY = 280
# A batch without a notice says nothing about the cold pass; the next one may.
COLD_TRIES = 3
STAGES = (
    "SELECT flow, epoch(ended_at - started_at) FROM store.runs ORDER BY started_at DESC LIMIT 5"
)
# Stored before measuring starts, like in a warehouse in use for some days.
HELD = 100
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Shown:
    """How many articles the feeds show; the n-th appears at the n-th second of their clock."""

    visible: int = 0

    def clock(self) -> datetime:
        return START + timedelta(seconds=self.visible - 1)


@dataclass
class Pass:
    """One pass: when it began to fetch, and its notices, by article.

    `seconds` are the durations of its stages, and its processor time.
    """

    began: float
    seconds: dict[str, float]
    came: dict[str, list[float]] = field(default_factory=dict)

    @property
    def late(self) -> list[float]:
        """Return the seconds from the start of the pass to each notice."""
        return [at - self.began for times in self.came.values() for at in times]


def article_of(notice: dict[str, Any]) -> str:
    """Return the address of the article a notice is about; its headline without an address."""
    about = notice["development"] or (notice["developments"] or [{}])[0]
    return str(about.get("url") or notice["headline"])


def dealt(corpus: str, count: int, *, whole: bool) -> dict[str, list[Article]]:
    """Put `count` articles of a corpus on the feeds in turns, one per second."""
    feeds: dict[str, list[Article]] = {f"{corpus}-{n}": [] for n in range(FEEDS)}
    for n, article in enumerate(islice(articles_of(corpus, "0000", "9999"), count)):
        feed_id = f"{corpus}-{n % FEEDS}"
        appears = START + timedelta(seconds=n)
        text = article.text if whole else article.text[:SUMMARY]
        feeds[feed_id].append(replace(article, feed_id=feed_id, first_seen_at=appears, text=text))
    return feeds


class WarmProcess:
    """A process that loads what a pass needs, then runs one on request."""

    def __init__(self, stage: Stage, *, prefect: bool) -> None:
        command = [sys.executable, "-m", "bench.latency", "--passes", str(config(stage))]
        if prefect:
            command.append("--prefect")
        with (stage.folder / "passes.log").open("ab") as words:
            self.process = subprocess.Popen(
                command,
                env=stage.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=words,
                text=True,
            )
        self.answer()

    def answer(self) -> dict[str, Any]:
        """Return the next line of its output."""
        assert self.process.stdout is not None, "is a pipe"
        while line := self.process.stdout.readline():
            if line.startswith("{"):
                found: dict[str, Any] = json.loads(line)
                return found
        raise SystemExit("a pass failed; see passes.log")

    def run(self) -> dict[str, float]:
        """Run one pass; return how long its stages took."""
        assert self.process.stdin is not None, "is a pipe"
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.answer()


def passes(settings: str, *, prefect: bool) -> None:
    """In the warm process: run a pass for every line of input."""
    from flows.base.settings import load_settings
    from flows.operations.serve import NEWS_STAGES
    from flows.pipeline import pipeline, run_without_prefect
    from flows.workers.warm_up import ready_listings, ready_workers
    from models.event import TextUnit

    first = TextUnit(unit_id="", text="China bans exports of tin.")
    list(ready_workers(load_settings(Path(settings))).extract([[first]]))
    ready_listings(Path("none"), None)
    print("{}", flush=True)
    for _ in sys.stdin:
        busy = time.process_time()
        if prefect:
            done = pipeline(config=settings, stages=NEWS_STAGES)
        else:
            paths = {"config": settings, "warehouse": None, "feeds": None}
            done = run_without_prefect(paths, NEWS_STAGES)
        said = done.seconds | {"processor": time.process_time() - busy}
        print(json.dumps(said), flush=True)


def cold_pass(stage: Stage) -> dict[str, Any]:
    """Run `policywire run` in a new process; return when it started, and when it began to fetch."""
    command = [sys.executable, "-c", "from flows.commands.cli import main; main()"]
    started = time.time()
    with (stage.folder / "cold.log").open("ab") as words:
        subprocess.run(
            [*command, "run", "--config", str(config(stage))],
            env=stage.env,
            stdout=words,
            stderr=words,
            check=True,
        )
    with open_warehouse(stage.warehouse) as con:
        stages = con.execute(STAGES).fetchall()
    return {
        "started": started,
        "began": stage.passes()[-1][0].timestamp(),
        "seconds": dict(reversed(stages)),
    }


def start_prefect(stage: Stage) -> None:
    """Run a Prefect server, as an operator of several machines does; passes use it."""
    port = free_port()
    stage.more = {
        **PREFECT_DEFAULTS,
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_HOME": str(stage.folder / "prefect"),
    }
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1"]
    stage.start("prefect", *command, "--port", str(port))
    wait_for(f"{stage.more['PREFECT_API_URL']}/health")


def config(stage: Stage) -> Path:
    return stage.folder / "policywire.toml"


def measured(
    stage: Stage, corpus: str, cycles: int, size: int, *, whole: bool, prefect: bool
) -> dict[str, Any]:
    """Run all cycles; return the latencies of the warm process and of the cold one."""
    articles = dealt(corpus, HELD + (cycles + COLD_TRIES) * size, whole=whole)
    shown, came = Shown(HELD), stage.receiver.came
    feeds = [replace(feed_of(corpus), feed_id=name, name=name) for name in articles]
    receiver = stage.receiver.start()
    with serve_archive(feeds, articles, shown.clock) as served:
        stage.write_feeds("\n".join(map(feed_as_toml, served)), 'id = "all"\nwhere = "true"')
        if prefect:
            start_prefect(stage)
        # Creates the warehouse and loads its securities.
        cold_pass(stage)
        warm = WarmProcess(stage, prefect=prefect)
        notices_before = sum(map(len, came.values()))
        done: list[Pass] = []
        for n in range(cycles):
            came.clear()
            shown.visible += size
            said = warm.run()
            began = stage.passes()[-1][0].timestamp()
            done.append(Pass(began, said, dict(came)))
            print(f"{n + 1:3} {line_of(done[-1].late)}; {stages_of(said)}", flush=True)
        warm.process.terminate()
        warm.process.wait()
        came.clear()
        for _ in range(COLD_TRIES):
            if not came:
                shown.visible += size
                started = cold_pass(stage)
        cold = Pass(started["began"], started["seconds"], dict(came))
    receiver.shutdown()
    late = [seconds for one in done for seconds in one.late]
    from_start = [seconds + cold.began - started["started"] for seconds in cold.late]
    print(f"all {line_of(late)}; the bar is p95 < {BAR_S:.0f} s")
    print(f"cold, from the first poll   {line_of(cold.late)}")
    print(f"cold, from the start of run {line_of(from_start)}", flush=True)
    stages = {name: [one.seconds[name] for one in done] for name in done[0].seconds}
    print(f"its stages: {stages_of(cold.seconds)}")
    medians = {name: quantile(took, 0.5) for name, took in stages.items()}
    print(f"stages of the warm passes, p50: {stages_of(medians)}", flush=True)
    return {
        "corpus": corpus,
        "cycles": cycles,
        "articles_a_cycle": size,
        "whole_texts": whole,
        "through_prefect": prefect,
        "notices_before": notices_before,
        "articles_told": len({url for one in done for url in one.came}),
        "warm": figures(late),
        "cold": figures(cold.late),
        "cold_from_start": figures(from_start),
        "cold_stages": cold.seconds,
        "stages": {name: figures(took) for name, took in stages.items()},
        "bar_s": BAR_S,
        "good": bool(late) and quantile(late, 0.95) < BAR_S,
    }


def figures(seconds: Sequence[float]) -> dict[str, float]:
    """Return count, median, 95th percentile and maximum."""
    if not seconds:
        return {"count": 0}
    return {
        "count": len(seconds),
        "p50_s": quantile(seconds, 0.5),
        "p95_s": quantile(seconds, 0.95),
        "longest_s": max(seconds),
    }


def stages_of(seconds: Mapping[str, float]) -> str:
    """Return the stages with their durations."""
    return ", ".join(f"{name} {took:.2f}" for name, took in seconds.items())


def line_of(seconds: Sequence[float]) -> str:
    """Return the summary as text."""
    found = figures(seconds)
    if not seconds:
        return "   0 notices"
    return (
        f"{found['count']:4} notices: p50 {found['p50_s']:.2f} s, p95 {found['p95_s']:.2f} s, "
        f"longest {found['longest_s']:.2f} s"
    )


def main() -> None:
    """Set up, measure, store the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=20)
    parser.add_argument("--articles", type=int, default=50, help="new articles per cycle")
    parser.add_argument("--corpus", default="whitehouse", help="or reuters_1987")
    parser.add_argument("--whole", action="store_true", help="feeds with full texts")
    parser.add_argument("--prefect", action="store_true", help="passes as Prefect flows")
    parser.add_argument("--folder", type=Path, default=Path("build/latency"))
    parser.add_argument("--passes", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.passes:
        passes(args.passes, prefect=args.prefect)
        return
    shutil.rmtree(args.folder, ignore_errors=True)
    args.folder.mkdir(parents=True)
    stage = Stage(args.folder.resolve(), receiver=Receiver(article_of))
    try:
        found = measured(
            *(stage, args.corpus, args.cycles, args.articles),
            whole=args.whole,
            prefect=args.prefect,
        )
    finally:
        for name in list(stage.processes):
            stage.stop(name)
    record("latency", found)
    print("all bars met" if found["good"] else "the bar was missed")
    sys.exit(0 if found["good"] else 1)


if __name__ == "__main__":
    main()
