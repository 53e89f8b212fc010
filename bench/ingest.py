"""Compares an update by the `reader` package with ours, side by side: `make bench-ingest`.

120 healthy feeds of 50 entries each on loopback, latency 50 ms: a first pass that stores 6,000
entries, then a forced pass in which every feed answers 304. Each side runs in its own process, in
turns, several rounds; the median round counts. Needs `pip install reader sgmllib3k`, in this
environment or in the one of --reader-python.

    python -m bench.ingest [--rounds 3] [--feeds 120] [--entries 50] [--latency-ms 50]
                           [--at-once 10] [--reader-python PATH] [--memory]

--memory instead compares our own peak memory with 120 and 1,200 feeds.
"""

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def feed_server(feeds: int, entries: int, latency_ms: int) -> Iterator[int]:
    """Run a feed server while the block runs; yield its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    numbers = [str(n) for n in (port, feeds, entries, latency_ms)]
    command = [sys.executable, "-m", "bench.feed_server", *numbers]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
    try:
        assert process.stdout is not None, "is a pipe"
        process.stdout.readline()
        yield port
    finally:
        process.terminate()
        process.wait()


def passes(
    python: str, module: str, port: int, feeds: int, at_once: int
) -> dict[str, dict[str, Any]]:
    """Run one side in a new process and folder; return its passes by name."""
    stats(port)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [python, "-m", module, folder, str(port), str(feeds), str(at_once)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    if done.returncode:
        raise SystemExit(f"{module} failed; for reader: pip install reader sgmllib3k")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["pass"]: line for line in lines} | {"stats": stats(port)}


def stats(port: int) -> dict[str, int]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/stats", timeout=10) as answer:
        found: dict[str, int] = json.load(answer)
    return found


def side_by_side(args: argparse.Namespace) -> None:
    sides = {
        "reader": (args.reader_python, "bench.with_reader"),
        "policywire": (sys.executable, "bench.with_policywire"),
    }
    rounds: dict[str, list[dict[str, dict[str, Any]]]] = {name: [] for name in sides}
    with feed_server(args.feeds, args.entries, args.latency_ms) as port:
        for _ in range(args.rounds):
            for name, (python, module) in sides.items():
                rounds[name].append(passes(python, module, port, args.feeds, args.at_once))
    print(f"{'':12}{'first pass':>24}{'304 pass':>12}{'requests':>10}{'304s':>6}{'peak MiB':>10}")
    rates: dict[str, tuple[float, float]] = {}
    for name, runs in rounds.items():
        first = statistics.median(r["first"]["took_s"] for r in runs)
        again = statistics.median(r["again"]["took_s"] for r in runs)
        entries = runs[0]["first"]["entries"]
        peak = max(r["again"]["peak_mib"] for r in runs)
        rates[name] = (entries / first, again)
        pace = f"{first:.2f} s, {entries / first:,.0f} entries/s"
        counts = runs[0]["stats"]
        print(
            f"{name:12}{pace:>24}{again:>10.2f} s{counts['requests']:>10}"
            f"{counts['not_modified']:>6}{peak:>10.0f}"
        )
    ours, theirs = rates["policywire"], rates["reader"]
    print(f"first pass: {ours[0] / theirs[0]:.2f} times reader's entries/s")
    print(f"304 pass: {ours[1] / theirs[1]:.2f} times reader's time")


def memory(args: argparse.Namespace) -> None:
    peaks = {}
    for feeds in (args.feeds, args.feeds * 10):
        with feed_server(feeds, args.entries, 0) as port:
            run = passes(sys.executable, "bench.with_policywire", port, feeds, args.at_once)
        peaks[feeds] = run["again"]["peak_mib"]
        print(f"{feeds:>6} feeds, {run['first']['entries']:>7,} entries: {peaks[feeds]:.0f} MiB")


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--feeds", type=int, default=120)
    parser.add_argument("--entries", type=int, default=50)
    parser.add_argument("--latency-ms", type=int, default=50)
    parser.add_argument("--at-once", type=int, default=10, help="requests, on either side")
    parser.add_argument("--reader-python", default=sys.executable)
    parser.add_argument("--memory", action="store_true")
    args = parser.parse_args()
    memory(args) if args.memory else side_by_side(args)


if __name__ == "__main__":
    main()
