"""How the encoder and the lexicon's head are weighed against each other.

Both say whether a sentence tells of an event, and what kind and step it is. They see different
things, so a few weights, fitted on sentences that neither had seen (stacked generalisation,
Wolpert 1992), say how far to trust which. extractors/training/stacking.py makes them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from extractors.events.policy_events import Candidate
from extractors.reading.labels import FACTUALITIES, STATUSES, TIME_FRAMES, TYPES
from extractors.reading.readings import ReadEvent, Reading

WEIGHTS = "combination.json"
CLASSES = {
    "type": TYPES,
    "status": STATUSES,
    "factuality": FACTUALITIES,
    "time_frame": TIME_FRAMES,
}
# A sentence without any candidate of the lexicon counts as one of these log-odds.
NO_CANDIDATE = -3.0
_FLOOR = 1e-4
_HEAD_FLOOR = 1e-3

Vector = NDArray[np.float64]
LabelChances = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """The weights: one vector and an intercept each for sentence and candidate, two a label."""

    sentence: Vector
    sentence_intercept: float
    candidate: Vector
    candidate_intercept: float
    labels: Mapping[str, tuple[Vector, Vector]]
    settings: Mapping[str, float]

    def sentence_score(self, reading: Reading, chances: Sequence[float], headline: bool) -> float:
        """Log-odds that a sentence tells of an event."""
        given = sentence_features(reading, chances, headline)
        return float(self.sentence @ given + self.sentence_intercept)

    def candidate_score(self, reading: Reading, c: Candidate, chance: float, best: bool) -> float:
        """Log-odds that a candidate of the lexicon is an event."""
        given = candidate_features(reading, c, chance, best)
        return float(self.candidate @ given + self.candidate_intercept)

    def label(
        self,
        name: str,
        reading: Reading,
        event: ReadEvent,
        candidate: tuple[Candidate, float, LabelChances] | None,
    ) -> str:
        """The likeliest class of a label, by the encoder and, if there is one, a candidate."""
        weights, bias = self.labels[name]
        scores = label_features(name, reading, event, candidate) @ weights + bias
        return CLASSES[name][int(scores.argmax())]


def log_odds(chance: float) -> float:
    """The log-odds of a probability, at most about 7 either way."""
    p = min(max(chance, 1e-3), 1 - 1e-3)
    return float(np.log(p / (1 - p)))


def sentence_features(reading: Reading, chances: Sequence[float], headline: bool) -> Vector:
    """What the sentence's weights see. `chances`: of the lexicon's candidates to be events."""
    trigger = reading.events[0].chance if reading.events else 0.0
    best = log_odds(max(chances)) if chances else NO_CANDIDATE
    return np.array([reading.score, best, float(bool(chances)), log_odds(trigger), float(headline)])


def candidate_features(reading: Reading, c: Candidate, chance: float, best: bool) -> Vector:
    """What the weights of a candidate see. `best`: no other of its sentence is likelier."""
    at = TYPES.index(c.evidence.pattern.type.value)

    def touching(start: int, end: int) -> float:
        return max(
            (e.chance for e in reading.events if start < e.end and e.start < end), default=0.0
        )

    like = max((float(e.types[at]) * e.chance for e in reading.events), default=0.0)
    return np.array(
        [
            log_odds(chance),
            reading.score,
            np.log(float(reading.types[at]) + 1e-3),
            np.log(touching(c.start, c.end) + 1e-2),
            np.log(touching(c.evidence.start, c.evidence.end) + 1e-2),
            np.log(like + 1e-3),
            float(best),
        ]
    )


def label_features(
    name: str,
    reading: Reading,
    event: ReadEvent,
    candidate: tuple[Candidate, float, LabelChances] | None,
) -> Vector:
    """(classes, features) of a label: the encoder's, then the head's of the candidate."""
    names = CLASSES[name]
    if name == "type":
        whole = np.log(reading.types + _FLOOR)
        columns = [whole, np.log(event.types / (reading.types + 1e-3) + _FLOOR)]
    else:
        said = {
            "status": event.statuses,
            "factuality": event.factualities,
            "time_frame": event.time_frames,
        }[name]
        columns = [np.log(said + _FLOOR)]
    if candidate is None:
        columns += [np.zeros(len(names))] * (4 if name == "type" else 1)
        return np.stack(columns, 1)
    c, chance, said_by_head = candidate
    columns.append(
        np.array([np.log(said_by_head[name].get(value, 0.0) + _HEAD_FLOOR) for value in names])
    )
    if name == "type":
        own = np.array([float(value == c.evidence.pattern.type.value) for value in names])
        columns += [own, own * chance, own * log_odds(chance)]
    return np.stack(columns, 1)


def event_of(reading: Reading, c: Candidate) -> ReadEvent:
    """The encoder's event that a candidate speaks of: its words touch, or it is the likeliest."""

    def nearness(e: ReadEvent) -> float:
        trigger = c.start < e.end and e.start < c.end
        measure = c.evidence.start < e.end and e.start < c.evidence.end
        return 3.0 * trigger + 1.5 * measure + e.chance

    return max(reading.events, key=nearness)


def candidate_near(
    event: ReadEvent, candidates: Sequence[Candidate], chances: Sequence[float]
) -> int | None:
    """Which candidate speaks of an event of the encoder, or None."""
    best: tuple[float, int] | None = None
    for i, (c, chance) in enumerate(zip(candidates, chances, strict=True)):
        trigger = c.start < event.end and event.start < c.end
        measure = c.evidence.start < event.end and event.start < c.evidence.end
        apart = min(abs(c.start - event.start), abs(c.evidence.start - event.start))
        like = float(event.types[TYPES.index(c.evidence.pattern.type.value)])
        score = 3.0 * trigger + 1.5 * measure + 2.0 * like + chance - apart / 200
        if best is None or score > best[0]:
            best = (score, i)
    return best[1] if best is not None and best[0] > 0.5 else None


def dump_combination(combination: Combination) -> str:
    """The weights as JSON, four decimals each."""

    def plain(array: Vector) -> list[float]:
        return [round(float(x), 4) for x in array]

    data = {
        "settings": dict(combination.settings),
        "sentence": {
            "weights": plain(combination.sentence),
            "intercept": round(combination.sentence_intercept, 4),
        },
        "candidate": {
            "weights": plain(combination.candidate),
            "intercept": round(combination.candidate_intercept, 4),
        },
        "labels": {
            name: {"weights": plain(weights), "bias": plain(bias)}
            for name, (weights, bias) in combination.labels.items()
        },
    }
    return json.dumps(data, indent=1) + "\n"


def read_combination(text: str) -> Combination:
    """The weights from the JSON that training writes."""
    data = json.loads(text)
    return Combination(
        sentence=np.array(data["sentence"]["weights"]),
        sentence_intercept=float(data["sentence"]["intercept"]),
        candidate=np.array(data["candidate"]["weights"]),
        candidate_intercept=float(data["candidate"]["intercept"]),
        labels={
            name: (np.array(v["weights"]), np.array(v["bias"]))
            for name, v in data["labels"].items()
        },
        settings=data["settings"],
    )


_override: list[Combination] = []


def use_combination(combination: Combination) -> None:
    """Use these weights from now on (training and its cross-validation)."""
    _override[:] = [combination]


def load_combination() -> Combination:
    """The weights in use: those set by `use_combination`, else the shipped ones."""
    return _override[0] if _override else _shipped()


@cache
def _shipped() -> Combination:
    source = resources.files("extractors").joinpath("reading", "weights", WEIGHTS)
    return read_combination(source.read_text(encoding="utf-8"))
