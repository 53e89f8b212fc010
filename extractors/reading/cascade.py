"""The gates before the encoder: which sentences of a text are worth reading, and why others not."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from extractors.events.lexicon_data import Evidence, load_lexicon
from extractors.reading.letters import any_between, letter_gate
from extractors.reading.ngrams import NgramGate, ngram_gate
from extractors.reading.readings import chance_of_score
from extractors.text.boilerplate import is_boilerplate
from extractors.text.readable import clean
from extractors.text.sentences import MAX_SENTENCE_CHARS, cut_long, split_sentences
from models.event import TextUnit

Stage = Literal["letters", "ngrams", "glance", "encoder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence worth reading: where it stands, its evidence, and what was said before it."""

    text: str
    field: str
    start: int
    index: int
    headline: bool
    evidence: list[Evidence]
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A sentence that came no further than a stage of the cascade.

    `chance` of an event and the one `needed` are probabilities as that stage sees them; letters
    know none.
    """

    field: str
    start: int
    text: str
    stage: Stage
    chance: float | None = None
    needed: float | None = None


class Gates:
    """Letters, then word n-grams. `recall` is the share of events that the latter let pass.

    Without it every sentence passes.
    """

    def __init__(self, recall: float | None) -> None:
        self.letters = letter_gate() if recall is not None else None
        self.ngrams = ngram_gate(recall) if recall is not None else None
        self.lexicon = load_lexicon()

    def sentences(
        self, unit: TextUnit, stopped: Callable[[Stop], object] | None = None
    ) -> Iterator[Sentence]:
        """The sentences of a unit that pass, in order. `stopped` hears of the others."""
        parts = [("body", unit.text)]
        if unit.kind == "article" and unit.title:
            parts.insert(0, ("title", unit.title))
        for name, raw in parts:
            text = clean(raw)
            places = self.letters.places(text) if self.letters is not None else []
            if self.letters is not None and not places and stopped is None:
                continue
            headline = name == "title" or unit.kind == "headline"
            before = (unit.context or "")[-MAX_SENTENCE_CHARS:]
            # A headline is one sentence, unless it is no headline at all.
            spans = cut_long(text, 0, len(text)) if headline else split_sentences(text)
            for index, (start, end) in enumerate(spans):
                sentence = text[start:end]
                shown, before = before, sentence
                if not sentence.strip() or is_boilerplate(sentence):
                    continue
                if self.letters is not None and not any_between(places, start, end):
                    if stopped is not None:
                        stopped(Stop(field=name, start=start, text=sentence, stage="letters"))
                    continue
                as_headline = headline or looks_like_headline(sentence)
                if self.ngrams is not None and not self.ngrams.passes(sentence, as_headline):
                    if stopped is not None:
                        stopped(_by_words(self.ngrams, name, start, sentence, as_headline))
                    continue
                yield Sentence(
                    text=sentence,
                    field=name,
                    start=start,
                    index=index,
                    headline=as_headline,
                    evidence=self.lexicon.evidence(sentence),
                    before=shown,
                )


def _by_words(gate: NgramGate, field: str, start: int, sentence: str, headline: bool) -> Stop:
    """A sentence whose words make an event too unlikely."""
    return Stop(
        field=field,
        start=start,
        text=sentence,
        stage="ngrams",
        chance=chance_of_score(gate.score(sentence, headline)),
        needed=chance_of_score(gate.threshold),
    )


def looks_like_headline(sentence: str) -> bool:
    """A short line without a full stop, most of its words capitalised."""
    if len(sentence) > 160 or sentence.rstrip().endswith((".", ";", ":")):
        return False
    words = [w for w in re.findall(r"[A-Za-z][\w'’-]*", sentence) if len(w) > 3]
    return len(words) >= 3 and sum(w[0].isupper() for w in words) / len(words) > 0.7
