"""Draws developments of the White House by lot, to judge, and tallies the judgements.

    python -m bench.load_corpus whitehouse /tmp/wh.duckdb --since 2025-01-01 --until 2026-12-31
    python -m tests.quality.drawn draw /tmp/wh.duckdb --seed 17 --to /tmp/lot.jsonl
    python -m tests.quality.drawn keep /tmp/lot.jsonl /tmp/17.wrong
    python -m tests.quality.drawn tally

`draw` writes a development a line: title and date of the document, the sentence and what is told.
A reader notes the wrong ones, a line each: "7 recital". Right: a step that the document takes or
tells as news, with this type, class of status and actors; no recital, advice, finding, duty to
report or power in reserve. `keep` writes labelled/whitehouse_judged.csv: pointers, facts and
verdicts, without any text. Needs the corpora of POLICYWIRE_SHARED.
"""

import argparse
import csv
import gzip
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.load_corpus import shared
from extractors.training.labelled import digest
from warehouse.connection import open_warehouse

CORPUS = "whitehouse"
JUDGED = Path(__file__).parent / "labelled" / "whitehouse_judged.csv"
DEVELOPMENTS = Path(__file__).with_name("drawn.sql")
COUNT = 100
COLUMNS = ("number", "corpus", "document", "field", "start", "end", "digest")
FACTS = ("type", "status", "actors", "targets", "judgement", "cause")


def draw(warehouse: Path, seed: int, to: Path, count: int = COUNT) -> None:
    """Write developments drawn by lot, to judge. The same warehouse and seed give the same lot."""
    with open_warehouse(warehouse) as con:
        rows = con.execute(DEVELOPMENTS.read_text(encoding="utf-8"))
        names = [column[0] for column in rows.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    documents = documents_of()
    lot = random.Random(seed).sample(found, min(count, len(found)))
    with to.open("w", encoding="utf-8") as file:
        for number, row in enumerate(lot, 1):
            told = {"id": number, "document": documents.get(row.pop("url")), **row}
            file.write(json.dumps(told, default=str, ensure_ascii=False) + "\n")
    print(f"{len(lot)} of {len(found)} developments")


def documents_of() -> dict[str, str]:
    """Return the id of each document by its address."""
    path = shared() / "corpora" / f"{CORPUS}.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return {row["url"]: row["id"] for row in map(json.loads, lines)}


def keep(lot: Path, wrong: Path) -> None:
    """Replace the kept judgements by those of a lot: what is not noted as wrong is right."""
    faults = {}
    for line in wrong.read_text(encoding="utf-8").splitlines():
        number, _, cause = line.strip().partition(" ")
        if number:
            faults[int(number)] = cause.strip()
    rows = [json.loads(line) for line in lot.read_text(encoding="utf-8").splitlines()]
    if unknown := set(faults) - {row["id"] for row in rows}:
        raise SystemExit(f"{wrong}: not in the lot: {sorted(unknown)}")
    with JUDGED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, (*COLUMNS, *FACTS), lineterminator="\n")
        writer.writeheader()
        writer.writerows(judgement_of(row, faults.get(row["id"])) for row in rows)


def judgement_of(row: Mapping[str, Any], cause: str | None) -> dict[str, object]:
    """Return a development as a line of the file."""
    return {
        "number": row["id"],
        "corpus": CORPUS,
        "document": row["document"],
        "field": row["field"],
        "start": row["sentence_start"],
        "end": row["sentence_end"],
        "digest": digest(row["sentence"]),
        "type": row["type"],
        "status": row["status"],
        "actors": " ".join(row["actors"]),
        "targets": " ".join(row["targets"]),
        "judgement": "right" if cause is None else "wrong",
        "cause": cause or "",
    }


def judged() -> list[dict[str, str]]:
    """Return the kept judgements."""
    if not JUDGED.is_file():
        return []
    with JUDGED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tally(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Return the share that is right and the causes of what is wrong, the commonest first."""
    right = sum(row["judgement"] == "right" for row in rows)
    causes = Counter(row["cause"] for row in rows if row["judgement"] == "wrong")
    head = f"{right} of {len(rows)} right ({right / max(len(rows), 1):.2f})"
    return [head, *(f"{count:4} {cause}" for cause, count in causes.most_common())]


def main() -> None:
    """Run one of draw, keep and tally."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    steps = parser.add_subparsers(dest="step", required=True)
    drawing = steps.add_parser("draw")
    drawing.add_argument("warehouse", type=Path)
    drawing.add_argument("--seed", type=int, required=True)
    drawing.add_argument("--to", type=Path, required=True)
    keeping = steps.add_parser("keep")
    keeping.add_argument("lot", type=Path)
    keeping.add_argument("wrong", type=Path)
    steps.add_parser("tally")
    args = parser.parse_args()
    if args.step == "draw":
        draw(args.warehouse, args.seed, args.to)
    elif args.step == "keep":
        keep(args.lot, args.wrong)
    else:
        print(*tally(judged()), sep="\n")


if __name__ == "__main__":
    main()
