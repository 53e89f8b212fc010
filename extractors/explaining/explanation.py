"""The records of an explanation: a text, its sentences, their candidates and the reasons."""

from dataclasses import dataclass

from extractors.reading.cascade import Stop
from models.event import EventMention, TextUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word of a parsed sentence: its part of speech, and the word it hangs under."""

    text: str
    start: int
    tag: str
    relation: str
    head: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One line of a parse: a phrase with its head word in brackets, `depth` levels down."""

    depth: int
    relation: str
    text: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """Words that count: `kind` type, step or also; `says` what of; offsets in the field."""

    kind: str
    says: str
    text: str
    start: int
    end: int
    rule: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One label or argument of an event, "" when it is empty, and the reason for either."""

    name: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedCandidate:
    """A measure in a sentence: its evidence, whether it is an event, and why.

    `confidence` and `needed` run from 0 to 1. `event` is None when it was refused, and when the
    whole text is not taken to tell it: then it is an `aside`.
    """

    reading: str
    rule: str
    clues: tuple[Clue, ...]
    confidence: float
    needed: float
    why: str
    event: EventMention | None
    labels: tuple[Value, ...]
    arguments: tuple[Value, ...]
    aside: EventMention | None = None

    @property
    def verdict(self) -> str:
        """What became of it: event, aside or refused."""
        if self.event is not None:
            return "event"
        return "aside" if self.aside is not None else "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedSentence:
    """A sentence that passed the whole cascade; offsets count code points in `field`.

    `why` says how likely it tells of an event, and how likely it must be.
    """

    field: str
    start: int
    text: str
    headline: bool
    why: str
    words: tuple[Word, ...]
    branches: tuple[Branch, ...]
    candidates: tuple[ExplainedCandidate, ...]


def place_of(sentence: ExplainedSentence | Stop) -> str:
    """The field of a sentence, and its first and last offset there."""
    return f"{sentence.field} {sentence.start}-{sentence.start + len(sentence.text)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What became of a text. With `reject` it was refused and the rest is empty.

    `stopped` are the sentences that did not come as far as the parse, in order.
    """

    unit: TextUnit
    extractor_version: str
    reject: str | None
    stopped: tuple[Stop, ...]
    sentences: tuple[ExplainedSentence, ...]
    events: tuple[EventMention, ...]
    asides: tuple[EventMention, ...] = ()
