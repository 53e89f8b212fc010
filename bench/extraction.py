"""Compares extraction with `nlp.pipe` of the same spaCy model, in turns, on real corpora.

    python -m bench.extraction [--rounds 3] [--scale 1.0] [--only reuters_1987]

Each side runs in its own process: the bare model on every n-th document, ours on the whole sample
in one process, ours on all cores. The median round counts. Prints wall time and processor time; on
a shared machine, compare processor time. Checks that the events are the same with and without the
gate. Needs POLICYWIRE_SHARED.
"""

import argparse
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from importlib.util import find_spec
from itertools import islice
from typing import Any

from bench.load_corpus import shared
from bench.record import record
from flows.base.settings import Extracting
from models.event import TextUnit

# Documents of each corpus for our side; the bare model gets every n-th of them.
SAMPLES = {"reuters_1987": (6000, 20), "feed_items_2026": (12_000, 20), "whitehouse": (240, 6)}
BARS = {"reuters_1987": 12.0, "feed_items_2026": 12.0, "whitehouse": 3.0}
# Batch size of the extract flow.
BATCH = Extracting().batch_articles
# Read before timing starts: loading at the first event is not part of the pace.
FIRST = TextUnit(unit_id="0", text="China bans exports of gallium to the United States.")


def units(corpus: str, count: int) -> list[TextUnit]:
    """Return `count` documents of a corpus, spread over all of it."""
    path = shared() / "corpora" / f"{corpus}.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    step = max(1, len(found) // count)
    return [
        TextUnit(unit_id=str(n), text=item.get("text") or "", title=item.get("title"))
        for n, item in enumerate(islice(found, 0, None, step))
    ][:count]


def side(name: str, corpus: str, count: int, thin: int) -> dict[str, Any]:
    """Run one side in this process; return documents, tokens, seconds, peak memory."""
    texts = units(corpus, count)
    if name == "pipe":
        texts = texts[::thin]
    run = {"pipe": run_pipe, "one": run_one, "all": run_all}[name]
    counted = run(texts)
    usage = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    workers = (os.cpu_count() or 1) if name == "all" else 0
    return counted | {
        "documents": len(texts),
        "peak_mib": round((usage[0].ru_maxrss + workers * usage[1].ru_maxrss) / 1024),
    }


def run_pipe(texts: list[TextUnit]) -> dict[str, Any]:
    """Run the bare model with its default components, on title and text."""
    import spacy

    from extractors.pipeline import pipeline_config

    names = pipeline_config()["model"]["names"].split(",")
    nlp = spacy.load(next(n.strip() for n in names if find_spec(n.strip())))
    list(nlp.pipe(["One to begin with."]))
    began, busy = time.perf_counter(), time.process_time()
    tokens = sum(len(doc) for doc in nlp.pipe(f"{u.title or ''}\n{u.text}" for u in texts))
    return {
        "wall_s": time.perf_counter() - began,
        "cpu_s": time.process_time() - busy,
        "tokens": tokens,
    }


def run_one(texts: list[TextUnit]) -> dict[str, Any]:
    """Run our side in one process."""
    from extractors.extract import Extractor

    extractor = Extractor()
    extractor.extract_one(FIRST)
    began, busy = time.perf_counter(), time.process_time()
    events = sum(len(extraction.events) for extraction in extractor.extract(texts))
    return {
        "wall_s": time.perf_counter() - began,
        "cpu_s": time.process_time() - busy,
        "events": events,
    }


def run_all(texts: list[TextUnit]) -> dict[str, Any]:
    """Run our side with one process per core, models loaded in advance."""
    from flows.workers.extract_workers import ExtractWorkers

    workers = os.cpu_count() or 1
    with ExtractWorkers(workers) as pool:
        list(pool.extract([[FIRST]] * (2 * workers)))
        began = time.perf_counter()
        batches = (texts[n : n + BATCH] for n in range(0, len(texts), BATCH))
        events = sum(len(e.events) for found in pool.extract(batches) for e in found)
        wall_s = time.perf_counter() - began
    return {"wall_s": wall_s, "events": events, "workers": workers}


def same_without_gate(corpus: str, count: int, thin: int) -> bool:
    """Return whether the events are the same with and without the gate."""
    from extractors.extract import Extractor

    texts = units(corpus, count)[:: thin * 3]
    with_gate, without = (list(Extractor(gate=gate).extract(texts)) for gate in (True, False))
    return with_gate == without


def measured(corpus: str, rounds: int, scale: float) -> dict[str, Any]:
    """Run all sides on one corpus, in turns."""
    count, thin = int(SAMPLES[corpus][0] * scale), SAMPLES[corpus][1]
    runs: dict[str, list[dict[str, Any]]] = {"pipe": [], "one": [], "all": []}
    for _ in range(rounds):
        for name, found in runs.items():
            command = [sys.executable, "-m", "bench.extraction", "--side", name, corpus]
            out = subprocess.run(
                [*command, str(count), str(thin)], check=True, stdout=subprocess.PIPE, text=True
            )
            found.append(json.loads(out.stdout))
    rates = {
        name: statistics.median(run["documents"] / run["wall_s"] for run in found)
        for name, found in runs.items()
    }
    by_cpu = {
        name: statistics.median(run["documents"] / run["cpu_s"] for run in runs[name])
        for name in ("pipe", "one")
    }
    tokens = statistics.median(run["tokens"] / run["documents"] for run in runs["pipe"])
    return {
        "corpus": corpus,
        "documents": runs["one"][0]["documents"],
        "documents_of_pipe": runs["pipe"][0]["documents"],
        "docs_per_s": rates,
        "tokens_per_s": {name: rate * tokens for name, rate in rates.items()},
        "docs_per_cpu_s": by_cpu,
        "ratio": rates["one"] / rates["pipe"],
        "ratio_cpu": by_cpu["one"] / by_cpu["pipe"],
        "bar": BARS[corpus],
        "all_cores": rates["all"] / rates["one"],
        "workers": runs["all"][0]["workers"],
        "peak_mib": {name: max(run["peak_mib"] for run in found) for name, found in runs.items()},
        "same_without_gate": same_without_gate(corpus, count, thin),
        "runs": runs,
    }


def main() -> None:
    """Measure, print one line per corpus, store the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", choices=list(SAMPLES))
    parser.add_argument("--side", nargs=4, metavar=("NAME", "CORPUS", "COUNT", "THIN"))
    args = parser.parse_args()
    if args.side:
        name, corpus, count, thin = args.side
        print(json.dumps(side(name, corpus, int(count), int(thin))))
        return
    found = []
    for corpus in [args.only] if args.only else SAMPLES:
        one = measured(corpus, args.rounds, args.scale)
        found.append(one)
        print(
            f"{corpus:16} {one['docs_per_s']['one']:7.0f} docs/s, bare model "
            f"{one['docs_per_s']['pipe']:5.1f}: {one['ratio']:.1f} times "
            f"({one['ratio_cpu']:.1f} by processor time, bar {one['bar']:g}); all cores "
            f"{one['all_cores']:.2f} times one; peak {one['peak_mib']['one']} MiB, all cores "
            f"{one['peak_mib']['all']} MiB; gate off the same: {one['same_without_gate']}",
            flush=True,
        )
    record("extraction", found)


if __name__ == "__main__":
    main()
