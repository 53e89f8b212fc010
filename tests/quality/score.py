"""Prints scores and compares them with the floors: `python -m tests.quality.score`.

`own` is our own test set, scored with the shipped weights, which were not trained on it. `dev` and
`wide` are those of POLICYWIRE_SHARED/gold, if present and if `make train` left the encoders of its
five folds in build/reader: each fifth is read by models that were not trained on its documents.
`linking_whitehouse` and `linking_news` are the groupings of tests/quality/linking.py, scored if the
corpora of POLICYWIRE_SHARED are present; the shipped models read them.
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
from tests.quality.linking import corpora, score_linking, scores
from tests.quality.scoring import score

HERE = Path(__file__).parent
FLOORS = HERE / "floors.toml"
OWN = HERE.parent / "data" / "events"
READERS = Path("build/reader")


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


def score_folds(readers: Path) -> dict[str, dict[str, float]]:
    """Return the scores on dev and wide, each fifth read by models that had not seen it."""
    from extractors.training.train import cross_validated, folds, read_examples, readers_in

    extractor = Extractor(gate=False)
    examples = read_examples(extractor)
    done = list(folds(examples, readers_in(readers)))
    found = {r["id"]: r["events"] for r in cross_validated(done, extractor.version)}
    sets = {
        "dev": [e.record for e in examples if e.set_name == "dev"],
        "wide": [e.record for e in examples if e.record.get("draw") == "wide"],
    }
    return {name: score(records, found) for name, records in sets.items()}


def score_lists(extractor: Extractor) -> dict[str, dict[str, float]]:
    """Return the scores of linking on each labelled list; none where the corpora are absent."""
    if not corpora().is_dir():
        print("linking: not scored; POLICYWIRE_SHARED names the folder of corpora, which it needs")
        return {}
    return {f"linking_{name}": scores(c) for name, c in score_linking(extractor).items()}


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
    parser.add_argument("--raise", dest="lift", action="store_true")
    parser.add_argument("--lower", action="store_true")
    a = parser.parse_args()
    extractor = Extractor()
    reached = {"own": score_own(extractor)} | score_lists(extractor)
    if (READERS / "fold0.onnx").is_file() and (shared_folder() / "gold").is_dir():
        reached |= score_folds(READERS)
    else:
        print("dev and wide: not scored; `make train` makes build/reader, which they need")
    floors = read_floors()
    failed = False
    for name, values in reached.items():
        print(f"{name}:")
        for key, value in values.items():
            floor = floors.get(name, {}).get(key, 0.0)
            low = value < floor - 0.0005
            failed |= low
            print(f"  {key:24s} {value:.3f}   floor {floor:.3f}{'   BELOW' if low else ''}")
            if a.lower or (a.lift and value > floor):
                floors.setdefault(name, {})[key] = int(value * 1000) / 1000
    if a.lift or a.lower:
        write_floors(floors)
    return 1 if failed and not a.lower else 0


if __name__ == "__main__":
    sys.exit(main())
