"""The tables of docs/QUALITY.md: `python -m tests.quality.report PREDICTIONS`.

PREDICTIONS is what `python -m extractors.training.train --predictions` wrote: the records of dev
and wide, each read by models that had not seen its document. Prints scores with intervals, by
type, source and year, and the ids of wrong records by kind of error. Intervals are those of 95
percent, by 1,000 draws of documents with replacement (Efron 1979).
"""

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from extractors.training.sets import group_of, read_sets
from tests.quality.scoring import counts, f1, pairs, scores

Record = Mapping[str, Any]
Found = Mapping[str, list[Mapping[str, Any]]]
DRAWS, SEED = 1000, 16
SHOWN = ("has_event", "type_strict", "full", "status", "actors", "targets")
# A row of a source or a year with fewer events than this says nothing.
FEWEST = 10
EXAMPLES = 10


def scored_sets() -> dict[str, list[Record]]:
    """Return dev, and of wide what was drawn by wide words alone."""
    held: dict[str, list[Record]] = {
        s.name: list(s.records) for s in read_sets() if s.name in ("dev", "wide")
    }
    return {"dev": held["dev"], "wide": [r for r in held["wide"] if r.get("draw") == "wide"]}


def interval(records: Sequence[Record], found: Found) -> dict[str, tuple[float, float]]:
    """Return the interval of each score."""
    by_document: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        by_document[group_of(dict(record))].update(counts(record, found.get(record["id"], [])))
    names = sorted({name for n in by_document.values() for name in n})
    table = np.array([[n[name] for name in names] for n in by_document.values()], float)
    choose = np.random.default_rng(SEED)
    drawn = choose.multinomial(len(table), np.full(len(table), 1 / len(table)), DRAWS) @ table
    rows = [scores(dict(zip(names, row, strict=True))) for row in drawn]
    return {
        name: (
            float(np.quantile([row[name] for row in rows], 0.025)),
            float(np.quantile([row[name] for row in rows], 0.975)),
        )
        for name in rows[0]
    }


def overall(sets: Mapping[str, Sequence[Record]], found: Found) -> Iterator[str]:
    """The scores of each set with their intervals."""
    yield "| | " + " | ".join(sets) + " |"
    yield "|---|" + "---|" * len(sets)
    columns = []
    for records in sets.values():
        n: Counter[str] = Counter()
        for record in records:
            n.update(counts(record, found.get(record["id"], [])))
        columns.append((scores(n), interval(records, found)))
    for name in columns[0][0]:
        cells = [f"{s[name]:.3f} ({i[name][0]:.3f}-{i[name][1]:.3f})" for s, i in columns]
        yield f"| {name.replace('_', ' ')} | " + " | ".join(cells) + " |"


def parts(
    records: Iterable[Record], found: Found, part_of: Callable[[Record], str]
) -> Iterator[str]:
    """The scores of the parts of a set, those with most events first."""
    held: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        held[part_of(record)].update(counts(record, found.get(record["id"], [])))
    yield "| | events | " + " | ".join(name.replace("_", " ") for name in SHOWN) + " |"
    yield "|---|---|" + "---|" * len(SHOWN)
    for part, n in sorted(held.items(), key=lambda item: -item[1]["gold"]):
        if n["gold"] >= FEWEST:
            s = scores(n)
            yield f"| {part} | {n['gold']} | " + " | ".join(f"{s[k]:.2f}" for k in SHOWN) + " |"


def by_type(records: Iterable[Record], found: Found) -> Iterator[str]:
    """Precision, recall and F1 of each type, and what it is read as instead."""
    hits: Counter[str] = Counter()
    labelled: Counter[str] = Counter()
    predicted: Counter[str] = Counter()
    instead: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        events = found.get(record["id"], [])
        labelled.update(e["type"] for e in record["events"])
        predicted.update(e["type"] for e in events)
        for g, p in pairs(list(record["events"]), list(events), record["text"]):
            hits[g["type"]] += g["type"] == p["type"]
            if g["type"] != p["type"]:
                instead[g["type"]][p["type"]] += 1
    yield "| type | events | precision | recall | F1 | read as, most often |"
    yield "|---|---|---|---|---|---|"
    for kind, count in labelled.most_common():
        others = ", ".join(f"{other} {n}" for other, n in instead[kind].most_common(2))
        yield (
            f"| {kind} | {count} | {hits[kind] / (predicted[kind] or 1):.2f} | "
            f"{hits[kind] / count:.2f} | {f1(hits[kind], predicted[kind], count):.2f} | {others} |"
        )


def errors(records: Iterable[Record], found: Found) -> Iterator[str]:
    """The ids of wrong records by kind of error, and how many there are."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for record in records:
        gold, predicted = list(record["events"]), list(found.get(record["id"], []))
        for kind in faults(gold, predicted, record["text"]):
            kinds[kind].append(str(record["id"]))
    yield "| error | records | for example |"
    yield "|---|---|---|"
    for kind, ids in sorted(kinds.items(), key=lambda item: -len(item[1])):
        yield f"| {kind} | {len(ids)} | {', '.join(sorted(ids)[:EXAMPLES])} |"


def faults(gold: Sequence[Record], predicted: Sequence[Record], text: str) -> set[str]:
    """The kinds of error in one record."""
    if gold and not predicted:
        return {"missed"}
    if predicted and not gold:
        return {"false"}
    matched = pairs(gold, predicted, text)
    kinds = {
        name
        for name in ("type", "status", "factuality", "time_frame")
        if any(g[name] != p[name] for g, p in matched)
    }
    kinds |= {
        role
        for role in ("actors", "targets")
        if any(set(g[role]) != set(p[role]) for g, p in matched)
    }
    if len(matched) < len(gold):
        kinds.add("one of several missed")
    if len(matched) < len(predicted):
        kinds.add("one too many")
    return kinds


def year_of(record: Record) -> str:
    """The year a record was published in, whatever the order of its date."""
    found = re.search(r"\d{4}", str(record.get("published") or ""))
    return found[0] if found else "unknown"


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("predictions", type=Path)
    lines = parser.parse_args().predictions.read_text(encoding="utf-8").splitlines()
    found = {r["id"]: r["events"] for r in map(json.loads, lines)}
    sets = scored_sets()
    print("\n".join(overall(sets, found)))
    for name, records in sets.items():
        print(f"\n{name} by type\n", *by_type(records, found), sep="\n")
        print(f"\n{name} by source\n", *parts(records, found, lambda r: r["source"]), sep="\n")
        print(f"\n{name} by year\n", *parts(records, found, year_of), sep="\n")
        print(f"\n{name}: errors\n", *errors(records, found), sep="\n")


if __name__ == "__main__":
    main()
