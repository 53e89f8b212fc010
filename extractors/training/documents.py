"""Fit the document model: `python -m extractors.training.documents`.

Reads whole documents with the developments they hold (gold/docs.jsonl of POLICYWIRE_SHARED and our
own labels) and documents with single judged mentions (judged.py), scores five folds by document,
and writes extractors/reading/weights/document.json.
Needs scikit-learn, which running the extractor does not.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from extractors.extract import Extractor
from extractors.reading.document import (
    WEIGHTS,
    DocumentModel,
    developments,
    document_features,
)
from extractors.reading.steps import step_of
from extractors.reading.trees import Node, Trees
from extractors.records import record_from_event, unit_from_record
from extractors.training.judged import judged_documents, judgements
from extractors.training.labelled import digest, document_record, documents_of, shared_folder
from extractors.training.progress import say
from extractors.training.sets import FOLDS, POINTERS, fold_of, read_lines
from models import harmless
from models.event import EventMention, EventStatus, EventType, TextUnit, status_class, type_group

OWN = POINTERS / "whole" / "developments.jsonl"
# Strength of the ridge, found by cross-validation; the least probability that is told. The alert
# rules ask for even odds.
TOLD_C, LEAD_C, THRESHOLD = 0.05, 0.03, 0.4
# Of the trees. Any number from 100 to 300 and any depth from 2 to 4 score alike; each sees half of
# the mentions and asks a sixth of the features, so that the few documents are not learnt by heart.
TREES, DEPTH, RATE, SEEN, ASKED, LEAF, SEED = 150, 3, 0.05, 0.5, 0.15, 10, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document read sentence by sentence, and what is labelled of its mentions.

    `told` says of each mention whether it is a development of the document, None where nobody said;
    `leads` whether it is the lead. A document whose developments are all known may be `scored`.
    """

    record_id: str
    unit: TextUnit
    events: list[EventMention]
    features: list[dict[str, float]]
    told: Sequence[bool | None]
    leads: Sequence[bool]
    scored: bool = False


def is_told(event: EventMention, gold: dict[str, Any]) -> bool:
    """Does a mention speak of a labelled development: kind and step alike, an actor in common?"""
    actors = set(gold["actors"])
    return (
        type_group(event.type) == type_group(EventType(gold["type"]))
        and status_class(event.status) == status_class(EventStatus(gold["status"]))
        and (bool(actors & set(event.actors)) or not (actors or event.actors))
    )


def read_document(
    record: dict[str, Any], extractor: Extractor
) -> tuple[TextUnit, list[EventMention]]:
    """The mentions of a document's sentences, none left out."""
    unit = unit_from_record({**record, "kind": "article"})
    return unit, extractor.mentions(unit)


def labelled_documents(
    records: Iterable[dict[str, Any]], extractor: Extractor, *, scored: bool
) -> Iterator[Document]:
    """Documents all of whose developments are labelled."""
    for record in records:
        unit, events = read_document(record, extractor)
        golds = record["developments"]
        leads = [gold for gold in golds if gold.get("lead")]
        yield Document(
            record_id=record["id"],
            unit=unit,
            events=events,
            features=document_features(events, unit),
            told=[any(is_told(e, gold) for gold in golds) for e in events],
            leads=[any(is_told(e, gold) for gold in leads) for e in events],
            scored=scored,
        )


def judged_of(judged: Path, corpora: Path, extractor: Extractor) -> Iterator[Document]:
    """Documents some of whose mentions were judged one by one."""
    for record, said in judged_documents(judgements(sorted(judged.glob("*.csv"))), corpora):
        unit, events = read_document(record, extractor)
        told = [next((t for j in said if (t := j.of(e)) is not None), None) for e in events]
        if any(t is not None for t in told):
            yield Document(
                record_id=record["id"],
                unit=unit,
                events=events,
                features=document_features(events, unit),
                told=told,
                leads=[False] * len(events),
            )


def fit(
    documents: Sequence[Document],
    told_c: float = TOLD_C,
    lead_c: float = LEAD_C,
    threshold: float = THRESHOLD,
) -> DocumentModel:
    """The model of some documents. Mentions of one development share the weight of one."""
    rows = _told_rows(documents)
    return DocumentModel(
        told=_logistic(*rows, told_c),
        lead=_logistic(*_lead_rows(documents), lead_c),
        threshold=threshold,
        told_trees=_trees(*rows),
    )


# Features, verdicts, weights.
Rows = tuple[list[dict[str, float]], list[bool], list[float]]


def _told_rows(documents: Sequence[Document]) -> Rows:
    """Each mention that somebody judged: its features, the verdict, its weight."""
    rows: Rows = ([], [], [])
    for d in documents:
        steps = [step_of(e) for e in d.events]
        alike = Counter(step for step, told in zip(steps, d.told, strict=True) if told is not None)
        for step, features, told in zip(steps, d.features, d.told, strict=True):
            if told is not None:
                rows[0].append(features)
                rows[1].append(told)
                rows[2].append(1.0 / alike[step])
    return rows


def _lead_rows(documents: Sequence[Document]) -> Rows:
    """The mentions of each document that has a lead and others beside it."""
    rows: Rows = ([], [], [])
    for d in documents:
        leading = sum(d.leads)
        if 0 < leading < len(d.leads):
            rows[0].extend(d.features)
            rows[1].extend(d.leads)
            rows[2].extend(2 / (leading if lead else len(d.leads) - leading) for lead in d.leads)
    return rows


def _logistic(
    rows: Sequence[dict[str, float]],
    answers: Sequence[bool],
    shares: Sequence[float],
    c: float,
) -> dict[str, float]:
    """Weights by name. Features are scaled for the fit, so that the ridge treats them alike."""
    names, x = _table(rows)
    scale = x.std(0) + 0.05
    model = LogisticRegression(C=c, max_iter=2000).fit(x / scale, answers, np.asarray(shares))
    return {
        **{n: float(w) for n, w in zip(names, model.coef_[0] / scale, strict=True)},
        "1": float(model.intercept_[0]),
    }


def _trees(
    rows: Sequence[dict[str, float]], answers: Sequence[bool], shares: Sequence[float]
) -> Trees:
    """Trees grown on the same rows as the weights."""
    names, x = _table(rows)
    model = GradientBoostingClassifier(
        n_estimators=TREES,
        max_depth=DEPTH,
        learning_rate=RATE,
        subsample=SEEN,
        max_features=ASKED,
        min_samples_leaf=LEAF,
        random_state=SEED,
    ).fit(x, answers, np.asarray(shares))
    prior = float(model.init_.class_prior_[1])
    return Trees(
        base=float(np.log(prior / (1 - prior))),
        trees=[_node(tree.tree_, 0, names) for tree in model.estimators_[:, 0]],
    )


def _node(tree: Any, at: int, names: Sequence[str]) -> Node:
    """A node of a tree and what lies under it, as `Trees` keeps it."""
    low, high = int(tree.children_left[at]), int(tree.children_right[at])
    if low < 0:
        return round(RATE * float(tree.value[at, 0, 0]), 4)
    name, most = names[tree.feature[at]], round(float(tree.threshold[at]), 4)
    return [name, most, _node(tree, low, names), _node(tree, high, names)]


def _table(rows: Sequence[dict[str, float]]) -> tuple[list[str], NDArray[np.float64]]:
    """The names of all features, and one row of them a mention."""
    names = sorted({name for row in rows for name in row})
    return names, np.array([[row.get(name, 0.0) for name in names] for row in rows])


def own_records(path: Path, corpora: Path) -> Iterator[dict[str, Any]]:
    """Documents of the corpora with our labels of them, those whose text is still the same.

    Says at the end how many of a corpus are gone. Raises ConfigError where a corpus is not there.
    """
    wanted: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for pointer in read_lines([path]):
        wanted[pointer["corpus"]][pointer["digest"]] = pointer
    for corpus, pointers in wanted.items():
        for document in documents_of(corpora, corpus):
            record = document_record(corpus, document)
            key = digest(f"{record['title']}\n{record['text']}")
            if key in pointers:
                yield {**record, "developments": pointers.pop(key)["developments"]}
        if pointers:
            say(f"{corpus}: {len(pointers)} labelled documents are gone or have another text")


def dump_document_model(model: DocumentModel, about: Mapping[str, object]) -> str:
    """The weights as JSON, with what they were fitted to."""

    def plain(weights: Mapping[str, float]) -> dict[str, float]:
        return {name: round(value, 3) for name, value in weights.items()}

    data = {
        "about": dict(about),
        "threshold": model.threshold,
        "told": plain(model.told),
        "lead": plain(model.lead),
    }
    # One line a tree.
    trees = model.told_trees or Trees(base=0.0, trees=[])
    lines = ",\n".join(json.dumps(tree) for tree in trees.trees)
    grown = f'{{"base": {trees.base:.4f}, "trees": [\n{lines}\n]}}'
    return f'{json.dumps(data, indent=1)[:-2]},\n "told_trees": {grown}\n}}\n'


def left_out(documents: Sequence[Document]) -> Iterator[dict[str, Any]]:
    """What the pipe would print for each scored document, by a model that has not seen it."""
    for fold in range(FOLDS):
        mine = [d for d in documents if fold_of(d.unit.title or d.record_id) == fold]
        model = fit([d for d in documents if d not in mine])
        for d in mine:
            if d.scored:
                told = developments(d.events, d.unit, model).told
                yield {"id": d.record_id, "events": [record_from_event(e) for e in told]}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, write the left-out predictions if asked, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--predictions", type=Path, help="write the left-out predictions here")
    parser.add_argument("--dry", action="store_true", help="write no weights")
    a = parser.parse_args(arguments)
    shared, extractor = shared_folder(), Extractor()
    gold = read_lines([shared / "gold" / "docs.jsonl"])
    own = list(own_records(OWN, shared / "corpora"))
    documents = [
        *labelled_documents(gold, extractor, scored=True),
        *labelled_documents(own, extractor, scored=False),
        *judged_of(POINTERS, shared / "corpora", extractor),
    ]
    sys.stdout.write(
        f"{len(gold)} scored documents, {len(own)} of our own, "
        f"{len(documents) - len(gold) - len(own)} with judged mentions\n"
    )
    if a.predictions is not None:
        rows = (harmless.json_text(row) + "\n" for row in left_out(documents))
        a.predictions.write_text("".join(rows), encoding="utf-8")
    if not a.dry:
        about = {
            "documents": len(documents),
            "mentions": sum(len(d.events) for d in documents),
            "judged": sum(told is not None for d in documents for told in d.told),
            "labels": digest(harmless.json_text([(d.record_id, d.told) for d in documents])),
        }
        target = Path(__file__).parents[1] / "reading" / "weights" / WEIGHTS
        target.write_text(dump_document_model(fit(documents), about), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
