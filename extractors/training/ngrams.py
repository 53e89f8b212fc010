"""Train the second gate: `python -m extractors.training.ngrams`.

Learns from every labelled sentence of POLICYWIRE_SHARED, of the pointers and of our own, and, with
less weight, from sentences of the corpora taken as they come: labels were drawn near the line and
do not show what most text is like. Whether such a sentence tells an event is what the shipped
reader finds with its gates open, so reader, head and combination must be made before. Prints
recall out of fold and the share of raw sentences that pass, then writes
extractors/reading/weights/ngrams.npz. Needs scikit-learn; reading takes ten minutes on two cores.
"""

import argparse
import gzip
import hashlib
import io
import json
import random
import re
import sys
import zlib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from extractors.extract import Extractor
from extractors.reading.cascade import Gates, looks_like_headline
from extractors.reading.letters import letter_gate
from extractors.reading.ngrams import BUCKETS, WEIGHTS, ZERO, buckets
from extractors.text.readable import clean, reject_reason
from extractors.text.sentences import cut_long, split_sentences
from extractors.training.labelled import resolve, shared_folder
from extractors.training.progress import say
from extractors.training.sets import LIKELY
from models.event import TextUnit

SEED, FOLDS = 16, 5
RECALLS = (0.98, 0.985, 0.99, 0.995)
STRENGTH = 10.0
# What a sentence as it comes counts beside a labelled one, with an event and without.
READ_WEIGHT, WEAK_WEIGHT = 0.5, 0.2
# Sentences taken as they come: to learn from, and to count how many pass.
WEAK_EACH, RAW_EACH = 12_000, 10_000
COUNTED = ("whitehouse", "reuters_1987", "feed_items_2026")
POINTERS = Path("tests/quality/labelled")
# Our own sentences avoid the usual words, LIKELY ones have passed a gate: both teach, and set no
# threshold.
OWN = "own"
# Not every sentence that tells a development is its evidence: these teach nothing without one.
DOCUMENTS = "docs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence and how many events are told in it. Those of one `fold` are scored together."""

    text: str
    headline: bool
    set_name: str
    fold: int
    events: int = 0


Matrix = Any


def spans(raw: str, headline: bool) -> Iterator[tuple[int, int, str]]:
    """Sentences as the extractor cuts them, with their offsets."""
    text = clean(raw)
    found = cut_long(text, 0, len(text)) if headline else split_sentences(text)
    return ((start, end, text[start:end]) for start, end in found)


def fold_of(group: str) -> int:
    """The fold of a document, the same on every machine."""
    return zlib.crc32(group.encode("utf-8")) % FOLDS


def from_record(record: dict[str, Any], set_name: str) -> Iterator[Sentence]:
    """The sentences of a labelled record, each with the events whose trigger lies in it."""
    whole = record.get("kind") == "headline"
    group = str(record.get("document") or record.get("title") or record["id"])
    draw = record.get("draw")
    for start, end, text in spans(record["text"], whole):
        told = sum(start <= event["start"] < end for event in record["events"])
        yield Sentence(
            text=text,
            headline=whole or looks_like_headline(text),
            set_name=f"{set_name}/{draw}" if set_name == "wide" else set_name,
            fold=fold_of(group),
            events=told,
        )


def from_document(document: dict[str, Any]) -> Iterator[Sentence]:
    """The sentences of a labelled document, each with the developments it is evidence of."""
    evidence = [clean(d["evidence"]).strip() for d in document["developments"]]
    for raw, title in ((document["title"] or "", True), (document["text"], False)):
        text = clean(raw)
        at = [(text.find(e), len(e)) for e in evidence if e in text]
        for start, end, sentence in spans(raw, title):
            yield Sentence(
                text=sentence,
                headline=title or looks_like_headline(sentence),
                set_name=DOCUMENTS,
                fold=fold_of(document["title"] or document["id"]),
                events=sum(a < end and start < a + n for a, n in at),
            )


def records_in(path: Path) -> list[dict[str, Any]]:
    """The records of a file of JSON lines, compressed or not."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    # Not splitlines(): a string of JSON may hold line separators other than a line feed.
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def labelled() -> list[Sentence]:
    """All labelled sentences. The same words always lie in the same fold."""
    shared = shared_folder()
    found: list[Sentence] = []
    for name in ("dev", "wide"):
        for record in records_in(shared / "gold" / f"{name}.jsonl"):
            found += from_record(record, name)
    for path in sorted(POINTERS.glob("*.jsonl")):
        for record in resolve(path, shared / "corpora"):
            found += from_record(record, path.stem)
    for path in sorted((Path(__file__).parent / "own").glob("*.jsonl")):
        for record in records_in(path):
            found += from_record(record, OWN)
    for document in records_in(shared / "gold" / "docs.jsonl"):
        found += from_document(document)
    folds: dict[str, int] = {}
    return [replace(s, fold=folds.setdefault(words_of(s.text), s.fold)) for s in found]


def words_of(text: str) -> str:
    """A text without case and punctuation, to tell that two are the same."""
    return re.sub(r"\W+", " ", text.lower()).strip()


def raw_documents(corpus: Path, folds: Container[int]) -> Iterator[tuple[int, TextUnit]]:
    """The readable documents of some folds of a corpus in random order, each with its fold."""
    documents = records_in(corpus)
    random.Random(SEED).shuffle(documents)  # noqa: S311 - a draw, no secret
    for document in documents:
        title, body = document.get("title") or "", document.get("text") or ""
        fold = fold_of(str(document.get("id") or title))
        unit = TextUnit(unit_id="raw", text=body, title=title, kind="article")
        if fold in folds and not reject_reason(unit):
            yield fold, unit


def raw_sentences(
    documents: Iterable[tuple[int, TextUnit]], set_name: str, most: int, extractor: Extractor
) -> list[Sentence]:
    """Some sentences of documents, each with the events that the extractor finds in it."""
    found: list[Sentence] = []
    for fold, unit in documents:
        told = Counter((e.field, e.sentence_start) for e in extractor.mentions(unit))
        for field, raw in (("title", unit.title or ""), ("body", unit.text)):
            found += (
                Sentence(
                    text=text,
                    headline=field == "title" or looks_like_headline(text),
                    set_name=set_name,
                    fold=fold,
                    events=told[field, start],
                )
                for start, _, text in spans(raw, field == "title")
            )
        if len(found) >= most:
            break
    return found


def matrix(sentences: Sequence[Sentence]) -> Matrix:
    """One row a sentence, of length one, in the order of `buckets`."""
    rows = [sorted(buckets(s.text, s.headline)) for s in sentences]
    sizes = np.array([len(row) for row in rows])
    values = np.repeat((1 / np.sqrt(sizes)).astype(np.float32), sizes)
    at = np.concatenate(([0], np.cumsum(sizes)))
    columns = np.array([column for row in rows for column in row], np.int32)
    return sparse.csr_matrix((values, columns, at), shape=(len(rows), BUCKETS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """Weights as they are shipped: whole numbers of `unit` from -127 to 127."""

    weights: NDArray[np.int8]
    unit: float
    bias: float

    def __call__(self, rows: Matrix) -> NDArray[np.float64]:
        """The log-odds of some rows."""
        return np.asarray(rows @ (self.weights * self.unit) + self.bias)


def fit(rows: Matrix, says: NDArray[np.bool_], raw: Matrix, read: NDArray[np.bool_]) -> Linear:
    """A model of labelled rows and of raw ones. `read`: where the reader finds an event."""
    trust = np.r_[np.ones(len(says)), np.where(read, READ_WEIGHT, WEAK_WEIGHT)]
    model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=300, random_state=SEED).fit(
        sparse.vstack([rows, raw]), np.r_[says, read], sample_weight=trust
    )
    exact = model.coef_[0]
    unit = float(np.abs(exact).max()) / 127
    whole = np.rint(exact / unit).astype(np.int8)
    return Linear(weights=whole, unit=unit, bias=float(model.intercept_[0]))


def thresholds(scores: NDArray[np.float64], events: NDArray[np.intp]) -> NDArray[np.float64]:
    """For each of RECALLS the highest score at which that share of events still passes."""
    each = np.sort(np.repeat(scores, events))
    return np.array([each[int((1 - recall) * len(each))] for recall in RECALLS])


def digest_of(sentences: Iterable[Sentence]) -> str:
    """A digest of what was learnt from."""
    rows = sorted(f"{s.events}\t{s.headline:d}\t{s.text}" for s in sentences)
    return hashlib.sha256("\n".join(rows).encode("utf-8")).hexdigest()


def weights_file(model: Linear, limits: NDArray[np.float64], digest: str) -> bytes:
    """The bytes of the shipped file."""
    out = io.BytesIO()
    np.savez_compressed(
        out,
        table=(model.weights.astype(np.int16) + ZERO).astype(np.uint8),
        unit=np.float64(model.unit),
        bias=np.float64(model.bias),
        recalls=np.array(RECALLS),
        thresholds=limits,
        data=np.array(digest),
    )
    return out.getvalue()


def report_recall(
    sentences: Sequence[Sentence],
    passed: NDArray[np.bool_],
    scores: NDArray[np.float64],
    limits: NDArray[np.float64],
) -> None:
    """Of the events of each set: how many pass the letters, and these and the model."""
    events = np.array([s.events for s in sentences])
    names = np.array([s.set_name for s in sentences])
    say(f"{'set':16} events letters  and the model at {RECALLS}")
    for name in dict.fromkeys(names.tolist()):
        of = events * (names == name)
        through = [(of * passed * (scores >= limit)).sum() / of.sum() for limit in limits]
        share = (of * passed).sum() / of.sum()
        say(f"{name:16} {of.sum():6} {share:7.3f}  " + " ".join(f"{t:.3f}" for t in through))


def report_shares(
    counted: dict[str, list[Sentence]], model: Linear, limits: NDArray[np.float64]
) -> None:
    """Of the raw sentences of some corpora: how many pass the letters, and these and the model.

    So of all, and of those in which the reader finds an event with its gates open.
    """
    for name, sentences in counted.items():
        letters = np.array([letter_gate().passes(s.text) for s in sentences])
        scores = model(matrix(sentences))
        told = np.array([s.events > 0 for s in sentences])
        for which, of in ((name, np.ones(len(sentences), bool)), ("- with events", told)):
            through = [(of & letters & (scores >= limit)).sum() / of.sum() for limit in limits]
            say(
                f"{which:16} {of.sum():6} {(of & letters).sum() / of.sum():7.3f}  "
                + " ".join(f"{t:.3f}" for t in through)
            )


def weak_and_counted(known: set[str]) -> tuple[list[Sentence], dict[str, list[Sentence]]]:
    """Raw sentences to learn from, those of labelled words left out, and others to count.

    Where they are counted, documents of fold 0 are for that and teach nothing.
    """
    extractor = Extractor()
    extractor.gates = Gates(None)
    weak: list[Sentence] = []
    counted: dict[str, list[Sentence]] = {}
    for path in sorted((shared_folder() / "corpora").rglob("*.jsonl.gz")):
        name = path.name.removesuffix(".jsonl.gz")
        teaching = range(FOLDS)
        if name in COUNTED:
            teaching = range(1, FOLDS)
            counted[name] = raw_sentences(raw_documents(path, {0}), name, RAW_EACH, extractor)
        found = raw_sentences(raw_documents(path, teaching), name, WEAK_EACH, extractor)
        worth = [s for s in found if letter_gate().passes(s.text) and words_of(s.text) not in known]
        weak += worth
        say(f"{name}: {len(found):,} sentences, {sum(s.events > 0 for s in worth):,} with events")
    return weak, counted


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, report, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry", action="store_true", help="write no weights")
    a = parser.parse_args(arguments)
    sentences = labelled()
    passed = np.array([letter_gate().passes(s.text) for s in sentences])
    weak, counted = weak_and_counted({words_of(s.text) for s in sentences})
    say(f"{len(sentences)} labelled sentences, {len(weak)} as they come")
    rows, weak_rows = matrix(sentences), matrix(weak)
    read = np.array([s.events > 0 for s in weak])
    events = np.array([s.events for s in sentences])
    names = np.array([s.set_name for s in sentences])
    folds = np.array([s.fold for s in sentences])
    teaches = (names != DOCUMENTS) | (events > 0)
    scores = np.zeros(len(sentences))
    for fold in range(FOLDS):
        learns = teaches & (folds != fold)
        model = fit(rows[learns], events[learns] > 0, weak_rows, read)
        scores[folds == fold] = model(rows[folds == fold])
    limits = thresholds(scores, events * passed * (names != OWN) * (names != LIKELY))
    report_recall(sentences, passed, scores, limits)
    model = fit(rows[teaches], events[teaches] > 0, weak_rows, read)
    report_shares(counted, model, limits)
    if not a.dry:
        learnt = [s for s, ok in zip(sentences, teaches, strict=True) if ok]
        data = weights_file(model, limits, digest_of([*learnt, *weak]))
        target = Path(__file__).parents[1] / "reading" / "weights" / WEIGHTS
        target.write_bytes(data)
        say(f"wrote {target.name}: {len(data):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
