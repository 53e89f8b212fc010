"""Single developments that readers judged: does the document tell this step?

Each line of tests/quality/labelled/*_judged.csv and replay.csv is one mention of a document, right
or wrong as a whole; nobody said what else the document holds. The document model learns from them.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from extractors.reading.steps import Step, step_of
from extractors.text.readable import clean
from extractors.training.labelled import digest, document_record, documents_of
from extractors.training.progress import say
from models.event import EventMention, EventStatus, EventType, status_class, type_group

JUDGEMENTS = {"right": True, "wrong": False}
# An unknown actor, whom some views name so and mentions leave out.
UNKNOWN = {"XX"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A mention and what a reader said. `place`: field, start and end, where they are known."""

    corpus: str
    document: str
    step: Step
    right: bool
    place: tuple[str, int, int] | None = None
    digest: str | None = None

    def fits(self, document: dict[str, Any]) -> bool:
        """Is this the document, and its sentence still the same text?"""
        if self.place is None or self.digest is None:
            return True
        field, start, end = self.place
        whole = document.get("title") if field == "title" else document.get("text")
        return digest(clean(whole or "")[start:end]) == self.digest

    def is_at(self, e: EventMention) -> bool:
        """Does a mention stand where the judged one stands, as far as that is known?"""
        if self.place is None:
            return True
        field, start, end = self.place
        stop = e.sentence_start + len(e.sentence)
        return e.field == field and e.sentence_start < end and start < stop

    def of(self, e: EventMention) -> bool | None:
        """What the reader said of a mention; None of another one, or where the actor is another."""
        step = step_of(e)
        step = replace(step, actors=step.actors - UNKNOWN)
        if not self.is_at(e) or step.status != self.step.status:
            return None
        same = step.meets(self.step) if self.right else step == self.step
        return self.right if same else None


def judgements(paths: Iterable[Path]) -> Iterator[Judgement]:
    """The judgements of files, without what a reader found doubtful."""
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["judgement"] not in JUDGEMENTS:
                    continue
                placed = "field" in row
                yield Judgement(
                    corpus=row["corpus"],
                    document=row["document"],
                    step=Step(
                        type_group(EventType(row["type"])),
                        status_class(EventStatus(row["status"])),
                        frozenset(row["actors"].split()) - UNKNOWN,
                    ),
                    right=JUDGEMENTS[row["judgement"]],
                    place=(row["field"], int(row["start"]), int(row["end"])) if placed else None,
                    digest=row.get("digest"),
                )


def judged_documents(
    judged: Iterable[Judgement], corpora: Path
) -> Iterator[tuple[dict[str, Any], Sequence[Judgement]]]:
    """The documents of the corpora that hold judged mentions, those whose text is still the same.

    Says of each corpus how many are gone. Raises ConfigError where a corpus is not there.
    """
    wanted: dict[str, dict[str, list[Judgement]]] = defaultdict(lambda: defaultdict(list))
    for one in judged:
        wanted[one.corpus][one.document].append(one)
    for corpus, waiting in wanted.items():
        for document in documents_of(corpora, corpus):
            mine = waiting.get(str(document["id"]), [])
            fitting = [one for one in mine if one.fits(document)]
            if fitting:
                waiting.pop(str(document["id"]))
                yield document_record(corpus, document), fitting
        if waiting:
            say(f"{corpus}: {len(waiting)} judged documents are gone or have another text")
