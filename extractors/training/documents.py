"""Fit the document model: `python -m extractors.training.documents`.

Reads whole documents with the developments they hold (gold/docs.jsonl of POLICYWIRE_SHARED and our
own labels), scores five folds by document, and writes extractors/reading/weights/document.json.
Needs scikit-learn, which running the extractor does not.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from extractors.extract import Extractor
from extractors.reading.assemble import events_of
from extractors.reading.document import (
    WEIGHTS,
    DocumentModel,
    developments,
    document_features,
)
from extractors.reading.steps import step_of
from extractors.records import record_from_event, unit_from_record
from extractors.text.readable import clean
from extractors.training.labelled import digest, documents_of, shared_folder
from extractors.training.progress import say
from extractors.training.sets import FOLDS, POINTERS, fold_of, read_lines
from models import harmless
from models.event import EventMention, EventStatus, EventType, TextUnit, status_class, type_group

OWN = POINTERS / "whole" / "developments.jsonl"
# Strength of the ridge, found by cross-validation; the least probability that is told, which is
# also the least confidence that the alert rules ask for.
TOLD_C, LEAD_C, THRESHOLD = 0.05, 0.03, 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A labelled document, read sentence by sentence. `golds` are its developments."""

    record_id: str
    unit: TextUnit
    events: list[EventMention]
    features: list[dict[str, float]]
    golds: Sequence[dict[str, Any]]
    scored: bool

    def right(self, event: EventMention) -> bool:
        """Is a mention one of the developments?"""
        return any(is_told(event, gold) for gold in self.golds)

    def leads(self, event: EventMention) -> bool:
        """Is a mention the lead development?"""
        return any(gold.get("lead") and is_told(event, gold) for gold in self.golds)


def is_told(event: EventMention, gold: dict[str, Any]) -> bool:
    """Does a mention speak of a labelled development: kind and step alike, an actor in common?"""
    actors = set(gold["actors"])
    return (
        type_group(event.type) == type_group(EventType(gold["type"]))
        and status_class(event.status) == status_class(EventStatus(gold["status"]))
        and (bool(actors & set(event.actors)) or not (actors or event.actors))
    )


def read_documents(
    records: Iterable[dict[str, Any]], extractor: Extractor, scored: bool
) -> list[Document]:
    """The labelled documents with the mentions of their sentences, none left out."""
    found = []
    for record in records:
        unit = unit_from_record({**record, "kind": "article"})
        events = [
            event
            for doc in extractor.parse(unit)
            for event in events_of(doc, unit, extractor.version)
        ]
        found.append(
            Document(
                record_id=record["id"],
                unit=unit,
                events=events,
                features=document_features(events, unit),
                golds=record["developments"],
                scored=scored,
            )
        )
    return found


def fit(
    documents: Sequence[Document],
    told_c: float = TOLD_C,
    lead_c: float = LEAD_C,
    threshold: float = THRESHOLD,
) -> DocumentModel:
    """The model of some documents. Mentions of one development share the weight of one."""
    rows, answers, shares = [], [], []
    lead_rows, lead_answers, lead_shares = [], [], []
    for d in documents:
        for e, row in zip(d.events, d.features, strict=True):
            rows.append(row)
            answers.append(d.right(e))
            shares.append(1.0 / sum(step_of(o) == step_of(e) for o in d.events))
        leads = [d.leads(e) for e in d.events]
        if any(leads) and not all(leads):
            lead_rows += d.features
            lead_answers += leads
            lead_shares += [
                0.5 / sum(leads) if right else 0.5 / (len(leads) - sum(leads)) for right in leads
            ]
    return DocumentModel(
        told=_logistic(rows, answers, shares, told_c),
        lead=_logistic(lead_rows, lead_answers, [s * 4 for s in lead_shares], lead_c),
        threshold=threshold,
    )


def _logistic(
    rows: Sequence[dict[str, float]],
    answers: Sequence[bool],
    shares: Sequence[float],
    c: float,
) -> dict[str, float]:
    """Weights by name. Features are scaled for the fit, so that the ridge treats them alike."""
    names = sorted({name for row in rows for name in row})
    x = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    scale = x.std(0) + 0.05
    model = LogisticRegression(C=c, max_iter=2000).fit(x / scale, answers, np.asarray(shares))
    return {
        **{n: float(w) for n, w in zip(names, model.coef_[0] / scale, strict=True)},
        "1": float(model.intercept_[0]),
    }


def own_records(path: Path, corpora: Path) -> Iterator[dict[str, Any]]:
    """Documents of the corpora with our labels of them, those whose text is still the same.

    Says at the end how many of a corpus are gone. Raises ConfigError where a corpus is not there.
    """
    wanted: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for pointer in read_lines([path]):
        wanted[pointer["corpus"]][pointer["digest"]] = pointer
    for corpus, pointers in wanted.items():
        for document in documents_of(corpora, corpus):
            title = (document.get("title") or "").strip()
            text = clean(document.get("text") or "")
            key = digest(f"{title}\n{text}")
            if key in pointers:
                pointer = pointers.pop(key)
                yield {
                    "id": f"{corpus}:{pointer['document']}",
                    "title": title,
                    "text": text,
                    "published": document.get("published"),
                    "developments": pointer["developments"],
                }
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
    return json.dumps(data, indent=1) + "\n"


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
        *read_documents(gold, extractor, scored=True),
        *read_documents(own, extractor, scored=False),
    ]
    sys.stdout.write(f"{len(gold)} scored documents, {len(own)} of our own\n")
    if a.predictions is not None:
        rows = (harmless.json_text(row) + "\n" for row in left_out(documents))
        a.predictions.write_text("".join(rows), encoding="utf-8")
    if not a.dry:
        about = {
            "documents": len(documents),
            "mentions": sum(len(d.events) for d in documents),
            "labels": digest(harmless.json_text([(d.record_id, d.golds) for d in documents])),
        }
        target = Path(__file__).parents[1] / "reading" / "weights" / WEIGHTS
        target.write_text(dump_document_model(fit(documents), about), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
