"""Train the head and the combination: `python -m extractors.training.train`.

Reads the labelled sets (sets.py) and the encoders of the five folds that encoder.py made. Each fold
is read by a head and an encoder that have not seen it; the combination is fitted to that. Then the
head is trained on everything. Writes extractors/events/lexicon/head.npz and
extractors/reading/weights/combination.json. Needs
scikit-learn, which running the extractor does not.
"""

import argparse
import contextlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from spacy.tokens import Doc

from extractors.events.features import VIEWS, candidate_features
from extractors.events.head import WEIGHTS, Head, KernelModel, dump_head, squares_of, use_head
from extractors.events.policy_events import Candidate
from extractors.extract import Extractor
from extractors.reading.assemble import events_of
from extractors.reading.combination import WEIGHTS as COMBINATION
from extractors.reading.combination import dump_combination, use_combination
from extractors.reading.decide import head_labels
from extractors.reading.document import mark_lead
from extractors.reading.reader import Reader
from extractors.records import record_from_event, unit_from_record
from extractors.training.progress import say
from extractors.training.sets import FOLDS, LIKELY, apart, group_of, read_sets
from extractors.training.stacking import Stacked, fit_combination
from models import harmless
from models.event import EventType, TextUnit, type_group

LABELS = ("type", "status", "factuality", "time_frame")
# Width of the kernel and strength of the ridge, found by cross-validation.
GAMMA, RIDGE = 0.01, 0.3
# The head grows, and slows, with each candidate that it learns from; the encoder learns from all.
ENCODER_ONLY = frozenset({LIKELY})


@dataclass(slots=True, kw_only=True)
class Instance:
    """One candidate with its features and, where it matches a label, the labelled event."""

    features: dict[str, float]
    gold: dict[str, Any] | None
    ignored: bool


@dataclass(slots=True, kw_only=True)
class Example:
    """A labelled record, parsed once."""

    record: dict[str, Any]
    set_name: str
    unit: TextUnit
    docs: list[Doc]
    instances: list[Instance]


def read_example(record: dict[str, Any], set_name: str, extractor: Extractor) -> Example:
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
        instances.append(
            Instance(
                features=candidate_features(doc, context, c),
                gold=gold,
                ignored=gold is None and like,
            )
        )
    return Example(record=record, set_name=set_name, unit=unit, docs=docs, instances=instances)


def read_examples(extractor: Extractor, more: Iterable[Path] = ()) -> list[Example]:
    """All labelled records that the head learns from, parsed."""
    sets = (s for s in read_sets(more) if s.name not in ENCODER_ONLY)
    return [read_example(r, s.name, extractor) for s in sets for r in s.records]


def readers_in(folder: Path) -> list[Reader]:
    """The encoders of the folds that encoder.py made, in order."""
    return [Reader((folder / f"fold{k}.onnx").read_bytes()) for k in range(FOLDS)]


def place_of(text: str, gold: dict[str, Any]) -> int:
    """Where the trigger of a labelled event begins in its text; -1 if it does not say."""
    if gold.get("start") is not None:
        return int(gold["start"])
    return text.find(gold.get("trigger") or "\0")


def _overlaps(text: str, gold: dict[str, Any], start: int, end: int) -> bool:
    at = place_of(text, gold)
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


def train(examples: Sequence[Example]) -> Head:
    """A head from examples."""
    instances = [i for e in examples for i in e.instances]
    events = [i for i in instances if i.gold is not None and not is_unsure(i)]
    seen = [i for i in instances if not i.ignored and not is_unsure(i)]
    models = {"event": fit([i.features for i in seen], ["yes" if i.gold else "no" for i in seen])}
    for label in LABELS:
        models[label] = fit(
            [VIEWS[label](i.features) for i in events], [i.gold[label] for i in events if i.gold]
        )
    return Head(models=models)


def is_unsure(instance: Instance) -> bool:
    """Is it labelled as an event by somebody who was torn?"""
    return bool(instance.gold and instance.gold.get("unsure"))


def stacked(example: Example, head: Head) -> list[Stacked]:
    """The sentences of an example as `head` and the encoder that read its docs see them."""
    out = []
    instances = iter(example.instances)
    for doc, golds in zip(example.docs, golds_by_sentence(example), strict=True):
        candidates = doc.user_data["candidates"]
        mine = list(islice(instances, len(candidates)))
        out.append(
            Stacked(
                reading=doc.user_data["reading"],
                headline=doc.user_data["sentence"].headline,
                candidates=candidates,
                chances=[head.event(i.features) for i in mine],
                labels=[head_labels(head, i.features) for i in mine],
                told=[None if i.ignored else i.gold is not None for i in mine],
                golds=golds,
            )
        )
    return out


def golds_by_sentence(example: Example) -> list[list[tuple[int, dict[str, Any]]]]:
    """For each sentence its labelled events, each after the offset of its trigger."""
    spans = [doc.user_data["sentence"] for doc in example.docs]
    found: list[list[tuple[int, dict[str, Any]]]] = [[] for _ in spans]
    for gold in example.record.get("events", []):
        at = place_of(example.unit.text, gold)
        if at >= 0 and spans:
            i = max(range(len(spans)), key=lambda n: spans[n].start if spans[n].start <= at else -1)
            found[i].append((at - spans[i].start, gold))
    return found


def predict(example: Example, version: str) -> dict[str, Any]:
    """The pipe's record for an example already parsed, by the models in use."""
    events = [e for doc in example.docs for e in events_of(doc, example.unit, version)]
    return {"id": example.record["id"], "events": [record_from_event(e) for e in mark_lead(events)]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """What was left out once: its examples, read by models that had not seen them."""

    head: Head
    examples: list[Example]
    sentences: list[Stacked]


def folds(examples: Sequence[Example], readers: Sequence[Reader]) -> Iterator[Fold]:
    """Each fold in turn. `readers[k]` is the encoder that has not seen fold k."""
    items = [(e.set_name, group_of(e.record), e.unit.text, e) for e in examples]
    for k, reader in enumerate(readers):
        trains, scored = apart(items, k)
        head = train(trains)
        for example in scored:
            read_with(reader, example)
        yield Fold(
            head=head,
            examples=scored,
            sentences=[s for e in scored for s in stacked(e, head)],
        )


def read_with(reader: Reader, example: Example) -> None:
    """Put what an encoder says in the place of what was said before."""
    contexts = [doc.user_data["sentence"] for doc in example.docs]
    for doc, reading in zip(example.docs, reader.read(contexts), strict=True):
        doc.user_data["reading"] = reading


def cross_validated(done: Sequence[Fold], version: str) -> Iterator[dict[str, Any]]:
    """Predictions for all that was left out, the combination too by models that had not seen it."""
    for fold in done:
        use_head(fold.head)
        use_combination(fit_combination([s for f in done if f is not fold for s in f.sentences]))
        yield from (predict(e, version) for e in fold.examples)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, report, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("more", nargs="*", type=Path, help="more labelled files to train on")
    parser.add_argument(
        "--readers",
        type=Path,
        default=Path("build/reader"),
        help="where fold0.onnx to fold4.onnx lie",
    )
    parser.add_argument("--predictions", type=Path, help="write the left-out predictions here")
    parser.add_argument("--dry", action="store_true", help="write no weights")
    a = parser.parse_args(arguments)
    extractor = Extractor(gate=False)
    examples = read_examples(extractor, a.more)
    say(f"{len(examples):,} labelled records")
    done = []
    for fold in folds(examples, readers_in(a.readers)):
        done.append(fold)
        say(f"fold {len(done)} of {FOLDS}: {len(fold.examples):,} records left out")
    if a.predictions is not None:
        rows = cross_validated(done, extractor.version)
        a.predictions.write_text(
            "".join(harmless.json_text(r) + "\n" for r in rows), encoding="utf-8"
        )
    if not a.dry:
        here = Path(__file__).parents[1]
        data = dump_head(train(examples))
        (here / "events" / "lexicon" / WEIGHTS).write_bytes(data)
        combination = fit_combination([s for fold in done for s in fold.sentences])
        target = here / "reading" / "weights" / COMBINATION
        target.write_text(dump_combination(combination), encoding="utf-8")
        say(f"wrote {WEIGHTS}: {len(data):,} bytes, and {COMBINATION}")
    return 0


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        sys.exit(main())
