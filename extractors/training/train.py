"""Train the head: `python -m extractors.training.train` (or `make train`).

Reads POLICYWIRE_SHARED/gold/dev.jsonl (labels: gold/README.md there) and any more labelled files
named on the command line, or pointers to labelled sentences (extractors/training/labelled.py).
Prints five-fold scores grouped by article, then trains on everything and writes
extractors/events/lexicon/head.npz. Needs scikit-learn, which running the extractor does not.
"""

import argparse
import contextlib
import json
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from spacy.tokens import Doc

from extractors.reading.assemble import events_of
from extractors.events.features import VIEWS, candidate_features
from extractors.events.gazetteer import jurisdictions
from extractors.events.head import WEIGHTS, Head, KernelModel, dump_head, squares_of, use_head
from extractors.events.policy_events import Candidate
from extractors.events.role_features import role_features
from extractors.extract import Extractor, mark_lead
from extractors.records import record_from_event, unit_from_record
from extractors.training.labelled import resolve, shared_folder
from models.event import EventType, TextUnit, type_group

FOLDS = 5
LABELS = ("type", "status", "factuality", "time_frame")
# Width of the kernel and strength of the ridge, found by cross-validation.
GAMMA, RIDGE = 0.01, 0.3
ROLE_GAMMA, ROLE_RIDGE = 0.03, 1.0


@dataclass(slots=True, kw_only=True)
class Instance:
    """One candidate with its features and, where it matches a label, the labelled event."""

    features: dict[str, float]
    gold: dict[str, Any] | None
    ignored: bool
    roles: list[tuple[dict[str, float], str]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Example:
    """A labelled record, parsed once."""

    record: dict[str, Any]
    unit: TextUnit
    group: str
    docs: list[Doc]
    instances: list[Instance]


def read_examples(path: Path, extractor: Extractor) -> list[Example]:
    """Labelled records of a file, or those its pointers stand for, with their candidates."""
    records = [
        json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    if records and "digest" in records[0]:
        records = list(resolve(path, shared_folder() / "corpora"))
    return [
        read_example(r, extractor) for r in records if "text" in r and r.get("level") != "document"
    ]


def read_example(record: dict[str, Any], extractor: Extractor) -> Example:
    """Parse one labelled record and pair its candidates with its events."""
    unit = unit_from_record({**record, "kind": record.get("kind") or "sentence"})
    docs = extractor.parse(unit)
    pairs = [(doc, c) for doc in docs for c in doc.user_data["candidates"]]
    golds = record.get("events", [])
    matched = pair_up(unit.text, golds, pairs)
    instances = []
    for i, (doc, c) in enumerate(pairs):
        context = doc.user_data["sentence"]
        gold = matched.get(i)
        like = any(
            type_group(EventType(g["type"])) == type_group(c.evidence.pattern.type)
            or _overlaps(unit.text, g, context.start + c.start, context.start + c.end)
            for g in golds
        )
        roles = []
        if gold is not None:
            for name in jurisdictions(context.names):
                label = (
                    "actor"
                    if name.code in gold["actors"]
                    else "target"
                    if name.code in gold["targets"]
                    else "none"
                )
                roles.append((role_features(doc, c, name, EventType(gold["type"])), label))
        instances.append(
            Instance(
                features=candidate_features(doc, context, c),
                gold=gold,
                ignored=gold is None and like,
                roles=roles,
            )
        )
    group = record.get("title") or record["id"]
    return Example(record=record, unit=unit, group=str(group), docs=docs, instances=instances)


def _overlaps(text: str, gold: dict[str, Any], start: int, end: int) -> bool:
    at = gold["start"] if gold.get("start") is not None else text.find(gold.get("trigger") or "\0")
    return at >= 0 and at < end and start < at + len(gold.get("trigger") or "")


def pair_up(
    text: str, golds: Sequence[dict[str, Any]], pairs: Sequence[tuple[Doc, Candidate]]
) -> dict[int, dict[str, Any]]:
    """Candidate index -> labelled event, one to one, best first, as the scorer pairs them."""
    ranked = []
    for gi, gold in enumerate(golds):
        for ci, (doc, c) in enumerate(pairs):
            offset = doc.user_data["sentence"].start
            kind = c.evidence.pattern.type
            score = (
                3.0
                if kind.value == gold["type"]
                else 1.5
                if type_group(kind) == type_group(EventType(gold["type"]))
                else 0.0
            )
            score += 2.0 if _overlaps(text, gold, offset + c.start, offset + c.end) else 0.0
            if score >= 1.5:
                ranked.append((score + c.evidence.pattern.weight * 0.1, gi, ci))
    out: dict[int, dict[str, Any]] = {}
    taken: set[int] = set()
    for _, gi, ci in sorted(ranked, key=lambda r: (-r[0], r[1], r[2])):
        if gi not in taken and ci not in out:
            out[ci] = golds[gi]
            taken.add(gi)
    return out


def fit(
    features: Sequence[dict[str, float]],
    labels: Sequence[str],
    *,
    gamma: float = GAMMA,
    ridge: float = RIDGE,
    min_count: int = 2,
) -> KernelModel:
    """A kernel ridge regression over the features seen at least `min_count` times.

    Two classes have one score, more have one each. Scale and shift of the probabilities are fitted
    to the scores each row gets when it is left out, which a ridge gives in closed form.
    """
    counts = Counter(name for f in features for name in f)
    kept = [{k: v for k, v in f.items() if counts[k] >= min_count} for f in features]
    vectorizer = DictVectorizer(dtype=np.float32)
    x = vectorizer.fit_transform(kept).tocsr()
    classes = sorted(set(labels))
    named = classes[1:] if len(classes) == 2 else classes
    wanted = np.array([[1.0 if label == c else -1.0 for c in named] for label in labels])
    values = x.data.astype(np.float16).astype(np.float32)
    squares = squares_of(x.indptr.astype(np.int32), values)
    apart = squares[:, None] + squares[None] - 2.0 * (x @ x.T).toarray()
    kernel = np.exp(-gamma * np.maximum(apart, 0.0)).astype(np.float64)
    inverse = np.linalg.inv(kernel + ridge * np.eye(len(labels)))
    intercept = wanted.mean(0)
    weights = inverse @ (wanted - intercept)
    left_out = wanted - weights / np.diag(inverse)[:, None]
    scale, shift = calibrate(left_out, [named.index(c) if c in named else -1 for c in labels])
    return KernelModel(
        classes=tuple(classes),
        index={str(k): int(v) for k, v in vectorizer.vocabulary_.items()},
        starts=x.indptr.astype(np.int32),
        columns=x.indices.astype(np.int32),
        values=values,
        weights=weights.astype(np.float16).astype(np.float32),
        intercept=intercept.astype(np.float32),
        gamma=gamma,
        scale=scale,
        shift=shift,
    )


def calibrate(scores: NDArray[np.float64], columns: Sequence[int]) -> tuple[float, float]:
    """(scale, shift) that make left-out scores likeliest; `columns` are the right ones, or -1."""
    if scores.shape[1] == 1:
        model = LogisticRegression(C=1e6).fit(scores, [c == 0 for c in columns])
        return float(model.coef_[0, 0]), float(model.intercept_[0])

    def loss(scale: float) -> float:
        z = scale * scores
        z -= z.max(1, keepdims=True)
        rows = np.arange(len(columns))
        return float(np.mean(np.log(np.exp(z).sum(1)) - z[rows, np.asarray(columns)]))

    return min((float(s) for s in np.linspace(0.5, 8.0, 31)), key=loss), 0.0


def train(examples: Iterable[Example]) -> Head:
    """A head from examples; thresholds as in `SETTINGS`."""
    given = list(examples)
    instances = [i for e in given for i in e.instances]
    events = [i for i in instances if i.gold is not None and not is_unsure(i)]
    seen = [
        (with_set(i.features, e), "yes" if i.gold else "no")
        for e in given
        for i in e.instances
        if not i.ignored and not is_unsure(i)
    ]
    models = {"event": fit([f for f, _ in seen], [label for _, label in seen])}
    for label in LABELS:
        models[label] = fit(
            [VIEWS[label](i.features) for i in events], [i.gold[label] for i in events if i.gold]
        )
    roles = [r for i in events for r in i.roles]
    models["role"] = fit(
        [f for f, _ in roles], [role for _, role in roles], gamma=ROLE_GAMMA, ridge=ROLE_RIDGE
    )
    return Head(models=models, settings=SETTINGS)


def is_unsure(instance: Instance) -> bool:
    """Is it labelled as an event by somebody who was torn?"""
    return bool(instance.gold and instance.gold.get("unsure"))


def with_set(features: dict[str, float], example: Example) -> dict[str, float]:
    """Features with the set of labels they come from, which no text has that is read later.

    Who draws and labels other sentences draws the line elsewhere; so that becomes a feature of
    its own and not of the words (Daumé 2007).
    """
    name = example.record.get("set")
    return {**features, f"set={name}": 2.0} if name else features


SETTINGS: dict[str, float] = {"threshold": 0.5, "again": 0.9}


def predict(example: Example, version: str) -> dict[str, Any]:
    """The pipe's record for an example already parsed, by the head in use."""
    events = [e for doc in example.docs for e in events_of(doc, example.unit, version)]
    return {"id": example.record["id"], "events": [record_from_event(e) for e in mark_lead(events)]}


def fold_of(group: str) -> int:
    """The fold of an article, the same on every machine."""
    return zlib.crc32(group.encode("utf-8")) % FOLDS


def cross_validate(
    examples: Sequence[Example], more: Sequence[Example], version: str
) -> Iterator[dict[str, Any]]:
    """Predictions for `examples`, each by a head that has not seen its article.

    `more` always trains.
    """
    for fold in range(FOLDS):
        use_head(train([*(e for e in examples if fold_of(e.group) != fold), *more]))
        yield from (predict(e, version) for e in examples if fold_of(e.group) == fold)


def distinct(more: Sequence[Example], examples: Sequence[Example]) -> list[Example]:
    """Those of `more` that are no near copies of `examples` (word overlap below 0.6)."""
    known = [set(e.record["text"].lower().split()) for e in examples]
    out = []
    for e in more:
        words = set(e.record["text"].lower().split())
        if all(len(words & k) < 0.6 * len(words | k) for k in known if k):
            out.append(e)
    return out


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, report, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("more", nargs="*", type=Path, help="more labelled files to train on")
    parser.add_argument(
        "--predictions", type=Path, help="write the cross-validated predictions here"
    )
    parser.add_argument("--dry", action="store_true", help="write no weights")
    a = parser.parse_args(arguments)
    shared = shared_folder()
    extractor = Extractor()
    dev = read_examples(shared / "gold" / "dev.jsonl", extractor)
    more = distinct([e for path in a.more for e in read_examples(path, extractor)], dev)
    sys.stdout.write(f"{len(dev)} labelled records, {len(more)} more\n")
    if a.predictions is not None:
        rows = list(cross_validate(dev, more, extractor.version))
        a.predictions.write_text(
            "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8"
        )
    if not a.dry:
        data = dump_head(train([*dev, *more]))
        target = Path(__file__).parents[1] / "events" / "lexicon" / WEIGHTS
        target.write_bytes(data)
        sys.stdout.write(f"wrote {target.name}: {len(data):,} bytes\n")
    return 0


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        sys.exit(main())
