"""Text units in, extractions out: the one door to policy event extraction."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc

from extractors.events.context import SentenceContext, build_context
from extractors.events.official import publisher_country
from extractors.pipeline import build_nlp, is_common_word, make_doc, pipeline_config
from extractors.reading.assemble import entities_of, events_of, of_unit
from extractors.reading.cascade import Gates, Sentence, Stop
from extractors.reading.combination import load_combination
from extractors.reading.document import finished
from extractors.reading.reader import THROUGH, load_reader
from extractors.reading.readings import Reading, chance_of_score
from extractors.reading.soft_hyphens import (
    Restorer,
    entity_as_written,
    event_as_written,
    readable_unit,
)
from extractors.text.budget import DEFAULT, Budget
from extractors.text.readable import reject_reason
from extractors.version import EXTRACTOR_VERSION as EXTRACTOR_VERSION
from models.errors import ExtractionError
from models.event import EntityMention, EventMention, Extraction, TextUnit
from models.fault import fault_line
from models.identity import digest_id

# How much text may wait for its batch of sentences to fill, and how many readings are remembered.
MOST_WAITING_CHARS = 4_000_000
REMEMBERED = 4096
# How much is parsed before the clock is looked at again.
MOST_PARSED_CHARS = 40_000


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What the sentences of a text gave so far; texts that are the same share one."""

    chars: int = 0
    spent_s: float = 0.0
    events: list[EventMention] = field(default_factory=list)
    entities: list[EntityMention] = field(default_factory=list)
    reject: str | None = None

    def refuse(self, reason: str) -> None:
        """Take the whole text for unread."""
        self.reject = reason
        self.events, self.entities = [], []


_Waiting = tuple[TextUnit, _Reading, SentenceContext]


class Extractor:
    """Reads text units and yields what they hold, in order, one extraction a unit.

    Sentences pass a cascade (pipeline.cfg): letters, word n-grams, the encoder, and the parse for
    those that the encoder does not rule out. `gate=False` asks encoder and parse about every
    sentence. A text that takes longer than its budget, or that our own code fails on, is refused
    and the rest are read. Loading takes about a second. Raises ConfigError when no spaCy model is
    installed.
    """

    def __init__(self, gate: bool = True, budget: Budget = DEFAULT) -> None:
        self.budget = budget
        self.nlp = build_nlp()
        self.gates = Gates(pipeline_config().getfloat("cascade", "ngrams") if gate else None)
        self.reader = load_reader()
        combination = load_combination()
        self.least_score = combination.settings["parse"] if gate else -math.inf
        self.least_glances = combination.glances if gate else THROUGH
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
        queue: list[tuple[TextUnit, Restorer, _Reading]] = []
        todo: list[_Waiting] = []
        held = 0
        for unit in units:
            plain, restore = readable_unit(unit)
            reading, contexts = self._begin(plain)
            queue.append((unit, restore, reading))
            todo += [(plain, reading, context) for context in contexts]
            held += len(unit.text)
            if len(todo) >= size or held >= MOST_WAITING_CHARS or size == 1:
                self._parse(todo, size)
                yield from (self._finish(*waiting) for waiting in queue)
                queue, todo, held = [], [], 0
        self._parse(todo, size)
        yield from (self._finish(*waiting) for waiting in queue)

    def parse(self, unit: TextUnit, stopped: Callable[[Stop], object] | None = None) -> list[Doc]:
        """The sentences of a unit that pass the cascade, read and parsed, for `explain`.

        `stopped` hears of the other sentences. Raises ExtractionError for a text that takes longer
        than its budget.
        """
        if reject_reason(unit):
            return []
        began, chars = time.monotonic(), len(unit.text)
        docs: list[Doc] = []
        for context in self._contexts(unit, list(self.gates.sentences(unit, stopped))):
            (reading,) = self.reader.read([context], self.least_glances)
            if self._is_worth(reading):
                docs.append(self.nlp(make_doc(self.nlp, context, reading)))
            elif stopped is not None:
                stopped(self._ruled_out(context, reading))
            if (spent := time.monotonic() - began) > self.budget.seconds(chars):
                raise ExtractionError(unit.unit_id, self.budget.reason(chars, spent))
        return docs

    def mentions(self, unit: TextUnit) -> list[EventMention]:
        """The mentions of a unit's sentences, whether its document tells them or not."""
        return [e for doc in self.parse(unit) for e in events_of(doc, unit, self.version)]

    def contexts(self, unit: TextUnit) -> list[SentenceContext]:
        """The sentences of a unit that pass the gates, as models read them."""
        return list(self._contexts(unit, self.gates.sentences(unit)))

    def extract_one(self, unit: TextUnit) -> Extraction:
        """The extraction of a single unit."""
        return next(self.extract([unit], batch_size=1))

    def _begin(self, unit: TextUnit) -> tuple[_Reading, list[SentenceContext]]:
        """The reading of a unit and what is still to be parsed for it."""
        reading = _Reading(chars=len(unit.text))
        began = time.monotonic()
        try:
            return self._prepared(unit, reading, began)
        except Exception as error:  # noqa: BLE001 - one odd text must not stop the rest
            reading.refuse(fault_line(error))
            return reading, []

    def _prepared(
        self, unit: TextUnit, reading: _Reading, began: float
    ) -> tuple[_Reading, list[SentenceContext]]:
        reading.reject = reject_reason(unit)
        if reading.reject:
            return reading, []
        sentences: list[Sentence] = []
        for sentence in self.gates.sentences(unit):
            sentences.append(sentence)
            if self._is_late(reading, time.monotonic() - began):
                return reading, []
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
        contexts: list[SentenceContext] = []
        for context in self._contexts(unit, sentences):
            contexts.append(context)
            if self._is_late(reading, time.monotonic() - began):
                return reading, []
        reading.spent_s = time.monotonic() - began
        return reading, contexts

    def _is_late(self, reading: _Reading, spent_s: float) -> bool:
        """Has the text used up its budget? Then it is refused."""
        if spent_s <= self.budget.seconds(reading.chars):
            return False
        reading.refuse(self.budget.reason(reading.chars, spent_s))
        return True

    def _contexts(self, unit: TextUnit, sentences: Iterable[Sentence]) -> Iterator[SentenceContext]:
        country = unit.publisher_country or publisher_country(unit)
        return (
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
        )

    def _docs(self, contexts: Sequence[SentenceContext], size: int) -> Iterator[Doc | None]:
        """Each sentence read and parsed; None for one that the encoder rules out."""
        readings = self.reader.read(contexts, self.least_glances)
        worth = [self._is_worth(reading) for reading in readings]
        parsed = self.nlp.pipe(
            (
                make_doc(self.nlp, context, reading)
                for context, reading, wanted in zip(contexts, readings, worth, strict=True)
                if wanted
            ),
            batch_size=size,
        )
        return (next(parsed) if wanted else None for wanted in worth)

    def _is_worth(self, reading: Reading) -> bool:
        """Is a sentence to be parsed? Not if the encoder, or a glance of it, rules it out."""
        return bool(reading.events) and reading.score >= self.least_score

    def _ruled_out(self, context: SentenceContext, reading: Reading) -> Stop:
        """A sentence that the encoder takes for one without an event."""
        ended = not reading.events
        needed = self.least_glances[len(reading.glances) - 1] if ended else self.least_score
        return Stop(
            field=context.field,
            start=context.start,
            text=context.text,
            stage="glance" if ended else "encoder",
            chance=chance_of_score(reading.score),
            needed=chance_of_score(needed),
        )

    def _parse(self, todo: list[_Waiting], size: int) -> None:
        """Parse what waits and add what it gives to the readings; no parse is kept."""
        for part in _parts(todo, size):
            wanted = [waiting for waiting in part if waiting[1].reject is None]
            began = time.monotonic()
            try:
                self._read(wanted, size)
            except Exception:  # noqa: BLE001 - found below: whose sentence it was
                for waiting in wanted:
                    self._read_alone(waiting)
            # What a parse of several took is shared by their lengths.
            pace = (time.monotonic() - began) / max(1, sum(len(c.text) for *_, c in wanted))
            for _, reading, context in wanted:
                reading.spent_s += pace * len(context.text)
                if reading.reject is None:
                    self._is_late(reading, reading.spent_s)

    def _read_alone(self, waiting: _Waiting) -> None:
        """One sentence; what fails on it is the fault of its text."""
        if waiting[1].reject is None:
            try:
                self._read([waiting], 1)
            except Exception as error:  # noqa: BLE001 - one odd text must not stop the rest
                waiting[1].refuse(fault_line(error))

    def _read(self, waiting: list[_Waiting], size: int) -> None:
        """What some sentences say, added to their readings: all of it or none."""
        found: list[tuple[_Reading, list[EventMention], list[EntityMention]]] = []
        docs = self._docs([context for *_, context in waiting], size)
        for (unit, reading, _), doc in zip(waiting, docs, strict=True):
            if doc is not None:
                found.append((reading, events_of(doc, unit, self.version), entities_of(doc)))
        for reading, events, entities in found:
            reading.events += events
            reading.entities += entities

    def _finish(self, unit: TextUnit, restore: Restorer, reading: _Reading) -> Extraction:
        events = [of_unit(event, unit) for event in reading.events]
        entities = reading.entities
        plain = readable_unit(unit)[0] if restore else unit
        kept = finished(events, plain)
        told, asides = kept.told, kept.asides
        if restore:
            told, asides = (
                [event_as_written(event, unit, restore) for event in found]
                for found in (told, asides)
            )
            entities = [entity_as_written(entity, restore) for entity in entities]
        return Extraction(
            unit_id=unit.unit_id,
            version=unit.version,
            events=tuple(told),
            asides=tuple(asides),
            entities=tuple(entities),
            extractor_version=self.version,
            reject=reading.reject,
        )


def _parts(todo: list[_Waiting], size: int) -> Iterator[list[_Waiting]]:
    """What waits in parts of `size` sentences, fewer where they are long."""
    part: list[_Waiting] = []
    chars = 0
    for waiting in todo:
        part.append(waiting)
        chars += len(waiting[2].text)
        if len(part) >= size or chars >= MOST_PARSED_CHARS:
            yield part
            part, chars = [], 0
    if part:
        yield part
