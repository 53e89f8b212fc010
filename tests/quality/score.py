"""Prints scores and compares them with the floors: `python -m tests.quality.score [LABELLED ...]`.

`own` is our own test set, scored with the shipped weights, which were not trained on it. `dev` is
POLICYWIRE_SHARED/gold/dev.jsonl, if present: five folds by article, each scored by a head that was
not trained on its articles. Our labels of the corpora, and files named on the command line, are
added to the training data of every fold.
`--raise` raises the floors in floors.toml to the scores reached; `--lower` also lowers them.
"""

import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from extractors.extract import Extractor
from extractors.records import record_from_extraction, unit_from_record
from extractors.training.labelled import shared_folder
from tests.quality.scoring import score

HERE = Path(__file__).parent
FLOORS = HERE / "floors.toml"
OWN = HERE.parent / "data" / "events"
LABELLED = HERE / "labelled" / "corpora.jsonl"


def own_records() -> list[dict[str, Any]]:
    """Return our own labelled sentences."""
    return [
        json.loads(line)
        for path in sorted(OWN.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def score_own(extractor: Extractor) -> dict[str, float]:
    """Return the scores of the shipped extractor on our own sentences."""
    records = own_records()
    units = [unit_from_record({k: v for k, v in r.items() if k != "events"}) for r in records]
    found = {
        x.unit_id: record_from_extraction(x, u)["events"]
        for x, u in zip(extractor.extract(units), units, strict=True)
    }
    return score(records, found)


def score_dev(shared: Path, more: list[Path]) -> dict[str, float]:
    """Return the cross-validated scores on the dev set."""
    from extractors.training.train import cross_validate, distinct, read_examples

    extractor = Extractor()
    dev = read_examples(shared / "gold" / "dev.jsonl", extractor)
    extra = distinct([e for path in more for e in read_examples(path, extractor)], dev)
    found = {r["id"]: r["events"] for r in cross_validate(dev, extra, extractor.version)}
    return score([e.record for e in dev], found)


def read_floors() -> dict[str, dict[str, float]]:
    """Return the pinned floors, by set and score."""
    return tomllib.loads(FLOORS.read_text(encoding="utf-8"))


def write_floors(floors: dict[str, dict[str, float]]) -> None:
    """Write the floors to floors.toml."""
    lines = ["# Lowest scores we accept. They only rise; see tests/quality/score.py.\n"]
    for name, values in floors.items():
        lines.append(f"\n[{name}]\n")
        lines += [f"{key} = {value:.3f}\n" for key, value in values.items()]
    FLOORS.write_text("".join(lines), encoding="utf-8")


def main() -> int:
    """Score, print, compare; return 1 if a score is below its floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("more", nargs="*", type=Path)
    parser.add_argument("--raise", dest="lift", action="store_true")
    parser.add_argument("--lower", action="store_true")
    a = parser.parse_args()
    reached = {"own": score_own(Extractor())}
    shared = shared_folder()
    if (shared / "gold" / "dev.jsonl").is_file():
        reached["dev"] = score_dev(shared, [LABELLED, *a.more])
    floors = read_floors()
    failed = False
    for name, scores in reached.items():
        print(f"{name}:")
        for key, value in scores.items():
            floor = floors.get(name, {}).get(key, 0.0)
            low = value < floor - 0.0005
            failed |= low
            print(f"  {key:20s} {value:.3f}   floor {floor:.3f}{'   BELOW' if low else ''}")
            if a.lower or (a.lift and value > floor):
                floors.setdefault(name, {})[key] = int(value * 1000) / 1000
    if a.lift or a.lower:
        write_floors(floors)
    return 1 if failed and not a.lower else 0


if __name__ == "__main__":
    sys.exit(main())
