"""Text units in, extractions out: the one door to policy event extraction."""

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from spacy.tokens import Doc

from extractors.assemble import entities_of, events_of, of_unit
from extractors.context import SentenceContext, build_context
from extractors.gate import Gate, any_between
from extractors.lexicon_data import Evidence, load_lexicon
from extractors.official import publisher_country
from extractors.pipeline import build_nlp, is_common_word, make_doc, pipeline_config
from extractors.readable import clean, reject_reason
from extractors.sentences import split_sentences
from models.event import EntityMention, EventMention, Extraction, TextUnit
from models.identity import digest_id

EXTRACTOR_VERSION = "0.3.0"


# How much text may wait for its batch of sentences to fill, and how many readings are remembered.
MOST_WAITING_CHARS = 4_000_000
REMEMBERED = 4096


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What the sentences of a text gave so far; texts that are the same share one."""

    events: list[EventMention] = field(default_factory=list)
    entities: list[EntityMention] = field(default_factory=list)
    reject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """A sentence worth a parse: where it stands, its evidence, and what was said before it."""

    text: str
    field: str
    start: int
    index: int
    headline: bool
    evidence: list[Evidence]
    before: str


class Extractor:
    """Reads text units and yields what they hold, in order, one extraction a unit.

    `gate=False` parses every sentence; the output is the same, only slower. Loading the model
    takes about a second. Raises ConfigError when no spaCy model is installed.
    """

    def __init__(self, gate: bool = True) -> None:
        self.nlp = build_nlp()
        self.lexicon = load_lexicon()
        self.gate = Gate(self.lexicon.type_sieve) if gate else None
        self.version = EXTRACTOR_VERSION
        self.batch_sentences = pipeline_config().getint("batch", "sentences")
        self._known: OrderedDict[str, _Reading] = OrderedDict()

    def extract(
        self, units: Iterable[TextUnit], batch_size: int | None = None
    ) -> Iterator[Extraction]:
        """One Extraction for each unit, same order, in constant memory.

        A text that cannot be read gives an Extraction with `reject`; nothing is raised for a text.
        `batch_size` is the number of sentences parsed at once; units wait for a batch to fill only
        while more units are at hand, so with 1 each answer follows its unit. A text that was read
        a short while ago is not parsed again.
        """
        size = batch_size or self.batch_sentences
        queue: list[tuple[TextUnit, _Reading]] = []
        todo: list[tuple[TextUnit, _Reading, SentenceContext]] = []
        held = 0
        for unit in units:
            reading, contexts = self._begin(unit)
            queue.append((unit, reading))
            todo += [(unit, reading, context) for context in contexts]
            held += len(unit.text)
            if len(todo) >= size or held >= MOST_WAITING_CHARS or size == 1:
                self._parse(todo, size)
                yield from (self._finish(*waiting) for waiting in queue)
                queue, todo, held = [], [], 0
        self._parse(todo, size)
        yield from (self._finish(*waiting) for waiting in queue)

    def parse(self, unit: TextUnit) -> list[Doc]:
        """The candidate sentences of a unit, parsed, as training and `explain` want them."""
        if reject_reason(unit):
            return []
        return list(self._docs(self._contexts(unit, list(self._sentences(unit)))))

    def extract_one(self, unit: TextUnit) -> Extraction:
        """The extraction of a single unit."""
        return next(self.extract([unit], batch_size=1))

    def _begin(self, unit: TextUnit) -> tuple[_Reading, list[SentenceContext]]:
        """The reading of a unit and what is still to be parsed for it."""
        reading = _Reading(reject=reject_reason(unit))
        sentences = [] if reading.reject else list(self._sentences(unit))
        if not sentences:
            return reading, []
        key = digest_id(
            *(unit.text, unit.title, unit.context, unit.published, unit.kind),
            unit.publisher_country,
        )
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            return known, []
        self._known[key] = reading
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return reading, self._contexts(unit, sentences)

    def _sentences(self, unit: TextUnit) -> Iterator[_Sentence]:
        """The candidate sentences of a unit, all of them without a gate."""
        parts = [("body", unit.text)]
        if unit.kind == "article" and unit.title:
            parts.insert(0, ("title", unit.title))
        for name, raw in parts:
            text = clean(raw)
            places = self.gate.places(text) if self.gate is not None else []
            if self.gate is not None and not places:
                continue
            headline = name == "title" or unit.kind == "headline"
            before = unit.context or ""
            spans = [(0, len(text))] if headline else list(split_sentences(text))
            for index, (start, end) in enumerate(spans):
                sentence = text[start:end]
                shown, before = before, sentence
                if self.gate is not None and not any_between(places, start, end):
                    continue
                if not sentence.strip():
                    continue
                evidence = self.lexicon.evidence(sentence)
                if evidence or self.gate is None:
                    yield _Sentence(
                        text=sentence,
                        field=name,
                        start=start,
                        index=index,
                        headline=headline or looks_like_headline(sentence),
                        evidence=evidence,
                        before=shown,
                    )

    def _contexts(self, unit: TextUnit, sentences: Iterable[_Sentence]) -> list[SentenceContext]:
        country = unit.publisher_country or publisher_country(unit)
        return [
            build_context(
                unit,
                text=sentence.text,
                field=sentence.field,
                start=sentence.start,
                index=sentence.index,
                headline=sentence.headline,
                evidence=sentence.evidence,
                before=sentence.before,
                publisher_country=country,
                is_common=is_common_word,
            )
            for sentence in sentences
        ]

    def _docs(self, contexts: Iterable[SentenceContext], size: int | None = None) -> Iterator[Doc]:
        docs = (make_doc(self.nlp, context) for context in contexts)
        return self.nlp.pipe(docs, batch_size=size or self.batch_sentences)

    def _parse(self, todo: list[tuple[TextUnit, _Reading, SentenceContext]], size: int) -> None:
        """Parse what waits and add what it gives to the readings; no parse is kept."""
        docs = self._docs((context for _, _, context in todo), size)
        for (unit, reading, context), doc in zip(todo, docs, strict=True):
            reading.events += events_of(doc, unit, self.version)
            if context.evidence:
                reading.entities += entities_of(doc)

    def _finish(self, unit: TextUnit, reading: _Reading) -> Extraction:
        events = [of_unit(event, unit) for event in reading.events]
        if unit.kind == "article":
            events = corroborated(events)
        return Extraction(
            unit_id=unit.unit_id,
            version=unit.version,
            events=tuple(mark_lead(events)),
            entities=tuple(reading.entities),
            extractor_version=self.version,
            reject=reading.reject,
        )


LONE_CONFIDENCE = 0.82


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
