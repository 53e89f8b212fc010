"""The labelled sets: where they lie, and which of them a fold may see."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from extractors.training.labelled import resolve, shared_folder

T = TypeVar("T")
FOLDS = 5
# Sets that scores are given for: a fifth of each is left out in turn. All others always train.
SCORED = ("dev", "wide")
# Drawn where an earlier gate and encoder found an event likely: numerous, and no fair draw.
LIKELY = "likely"
OWN = Path(__file__).parent / "own"
POINTERS = Path("tests/quality/labelled")
# The first letters by which two sentences are taken for copies of each other.
_ALIKE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSet:
    """Labelled records and the name of who drew them."""

    name: str
    records: list[dict[str, Any]]


def read_sets(more: Iterable[Path] = ()) -> Iterator[LabelledSet]:
    """The scored sets of POLICYWIRE_SHARED, our own labels, and more files of either form.

    Raises ConfigError where POLICYWIRE_SHARED lacks the corpora that our pointers stand for.
    """
    gold = shared_folder() / "gold"
    for name in SCORED:
        yield LabelledSet(name=name, records=read_lines([gold / f"{name}.jsonl"]))
    yield LabelledSet(name="own", records=read_lines(sorted(OWN.glob("*.jsonl"))))
    for path in (*sorted(POINTERS.glob("*.jsonl")), *more):
        yield LabelledSet(name=path.stem, records=records_of(path))


def records_of(path: Path) -> list[dict[str, Any]]:
    """The labelled records of a file, or those its pointers stand for."""
    records = read_lines([path])
    if records and "digest" in records[0]:
        return list(resolve(path, shared_folder() / "corpora"))
    return records


def read_lines(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """The records of JSON Lines files that label one short text each, or point at one."""
    found = (
        json.loads(line)
        for path in paths
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    )
    return [r for r in found if r.get("level") != "document"]


def group_of(record: dict[str, Any]) -> str:
    """The document a record comes from: no fold may have seen another part of it."""
    return str(record.get("document") or record.get("title") or record["id"])


def fold_of(group: str) -> int:
    """The fold of a document, the same on every machine."""
    return zlib.crc32(group.encode("utf-8")) % FOLDS


def apart(items: Sequence[tuple[str, str, str, T]], fold: int) -> tuple[list[T], list[T]]:
    """(what a fold trains on, what it is scored on) of items as (set, group, text, item).

    What comes from a document that is scored, or begins like one of its sentences, does not train.
    """
    scored = [i for i in items if i[0] in SCORED and fold_of(i[1]) == fold]
    groups, begins = {i[1] for i in scored}, {_begin(i[2]) for i in scored}
    trains = [
        i[3]
        for i in items
        if not (i[0] in SCORED and fold_of(i[1]) == fold)
        and i[1] not in groups
        and _begin(i[2]) not in begins
    ]
    return trains, [i[3] for i in scored]


def _begin(text: str) -> str:
    return " ".join(text.lower().split())[:_ALIKE]
