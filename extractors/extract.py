"""Text units in, extractions out: the one door to policy event extraction."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from spacy.tokens import Doc

from extractors.assemble import entities_of, events_of
from extractors.context import SentenceContext, build_context
from extractors.gate import Gate
from extractors.lexicon_data import load_lexicon
from extractors.official import publisher_country
from extractors.pipeline import build_nlp, is_common_word, make_doc, pipeline_config
from extractors.readable import clean, reject_reason
from extractors.sentences import split_sentences
from models.event import EntityMention, EventMention, Extraction, TextUnit

EXTRACTOR_VERSION = "0.2.0"


@dataclass(slots=True, kw_only=True)
class _Pending:
    """A unit on its way: how many of its sentences are still to come, and what they gave."""

    unit: TextUnit
    waiting: int = 0
    docs: list[Doc] = field(default_factory=list)
    names: list[EntityMention] = field(default_factory=list)
    reject: str | None = None


class Extractor:
    """Reads text units and yields what they hold, in order, one extraction a unit.

    `gate=False` parses every sentence; the output is the same, only slower. Loading the model
    takes about a second. Raises ConfigError when no spaCy model is installed.
    """

    def __init__(self, gate: bool = True) -> None:
        self.nlp = build_nlp()
        self.lexicon = load_lexicon()
        self.gate = Gate(self.lexicon.anchors()) if gate else None
        self.version = EXTRACTOR_VERSION
        self.batch_sentences = pipeline_config().getint("batch", "sentences")

    def extract(
        self, units: Iterable[TextUnit], batch_size: int | None = None
    ) -> Iterator[Extraction]:
        """One Extraction for each unit, same order, in constant memory.

        A text that cannot be read gives an Extraction with `reject`; nothing is raised for a text.
        `batch_size` is the number of sentences parsed at once; units wait for a batch to fill only
        while more units are at hand, so with 1 each answer follows its unit.
        """
        size = batch_size or self.batch_sentences
        queue: list[_Pending] = []
        todo: list[tuple[_Pending, SentenceContext]] = []
        for unit in units:
            pending = _Pending(unit=unit)
            contexts = self._contexts(pending)
            pending.waiting = len(contexts)
            todo += [(pending, c) for c in contexts]
            queue.append(pending)
            if len(todo) >= size or len(queue) >= 4 * size:
                self._parse(todo, size)
                todo = []
                yield from (self._finish(p) for p in queue)
                queue = []
        self._parse(todo, size)
        yield from (self._finish(p) for p in queue)

    def parse(self, unit: TextUnit) -> list[Doc]:
        """The candidate sentences of a unit, parsed, as training and `explain` want them."""
        todo = [(pending, c) for pending in [_Pending(unit=unit)] for c in self._contexts(pending)]
        self._parse(todo, self.batch_sentences)
        return todo[0][0].docs if todo else []

    def extract_one(self, unit: TextUnit) -> Extraction:
        """The extraction of a single unit."""
        return next(self.extract([unit], batch_size=1))

    def _contexts(self, pending: _Pending) -> list[SentenceContext]:
        """Candidate sentences of a unit; sets its reject reason when there is nothing to read."""
        unit = pending.unit
        pending.reject = reject_reason(unit)
        if pending.reject:
            return []
        country = unit.publisher_country or publisher_country(unit)
        out: list[SentenceContext] = []
        parts = [("body", unit.text)]
        if unit.kind == "article" and unit.title:
            parts.insert(0, ("title", unit.title))
        for name, raw in parts:
            text = clean(raw)
            if self.gate is not None and not self.gate.opens(text):
                continue
            headline = name == "title" or unit.kind == "headline"
            before = unit.context or ""
            spans = [(0, len(text))] if headline else list(split_sentences(text))
            for index, (start, end) in enumerate(spans):
                sentence = text[start:end]
                shown = before
                before = sentence
                if not sentence.strip():
                    continue
                evidence = (
                    self.lexicon.evidence(sentence)
                    if self.gate is None or self.gate.opens(sentence)
                    else []
                )
                if not evidence and self.gate is not None:
                    continue
                out.append(
                    build_context(
                        unit,
                        text=sentence,
                        field=name,
                        start=start,
                        index=index,
                        headline=headline or looks_like_headline(sentence),
                        evidence=evidence,
                        before=shown,
                        publisher_country=country,
                        is_common=is_common_word,
                    )
                )
        return out

    def _parse(self, todo: list[tuple[_Pending, SentenceContext]], size: int) -> None:
        docs = (make_doc(self.nlp, c) for _, c in todo)
        for (pending, _), doc in zip(todo, self.nlp.pipe(docs, batch_size=size), strict=True):
            pending.docs.append(doc)

    def _finish(self, p: _Pending) -> Extraction:
        unit = p.unit
        events: list[EventMention] = []
        entities: list[EntityMention] = []
        if p.reject is None:
            for doc in p.docs:
                events += events_of(doc, unit, self.version)
            if unit.kind == "article":
                events = corroborated(events)
            events = mark_lead(events)
            entities = [
                e for doc in p.docs if doc.user_data["sentence"].evidence for e in entities_of(doc)
            ]
        return Extraction(
            unit_id=unit.unit_id,
            version=unit.version,
            events=tuple(events),
            entities=tuple(entities),
            extractor_version=self.version,
            reject=p.reject,
        )


LONE_CONFIDENCE = 0.78


def corroborated(events: list[EventMention]) -> list[EventMention]:
    """The events of an article, or none if all it holds is a weak clause or two.

    Most articles as they come are about other things; there a lone unsure reading is noise more
    often than news. One sure event, or three, vouch for the rest.
    """
    sure = any(e.confidence >= LONE_CONFIDENCE for e in events)
    return events if sure or len({e.sentence_start for e in events}) >= 3 else []


def mark_lead(events: list[EventMention]) -> list[EventMention]:
    """Mark the lead event: the headline's, else the opening's, current and surest first."""
    opening = [e for e in events if e.field == "title"] or [
        e for e in events if e.sentence_start < 600
    ]
    if not opening:
        return events
    lead = max(opening, key=lambda e: (e.time_frame.value != "background", e.confidence))
    return [replace(e, is_lead=e is lead) for e in events]


def looks_like_headline(sentence: str) -> bool:
    """A short line without a full stop, most of its words capitalised."""
    if len(sentence) > 160 or sentence.rstrip().endswith((".", ";", ":")):
        return False
    words = [w for w in re.findall(r"[A-Za-z][\w'’-]*", sentence) if len(w) > 3]
    return len(words) >= 3 and sum(w[0].isupper() for w in words) / len(words) > 0.7
