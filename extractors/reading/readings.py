"""What the encoder says of a sentence: is there an event, what kind, who has what role."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractors.reading.inputs import TEXT, Row
from extractors.reading.labels import FACTUALITIES, ROLES, STATUSES

Floats = NDArray[np.float32]
# A piece belongs to a trigger when it is nearly as likely one as the best of its event.
_BESIDE = 0.5
# A word must be this likely a trigger to be read as a further event of its sentence.
_FURTHER = 0.2
# This likely a trigger, it tells a step of its own: a further one of the same measure, with its
# own parties.
SURE_STEP = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEvent:
    """One event as the encoder reads it. `start` and `end` count within the sentence.

    `chance` is how likely the words are a trigger; the other arrays are probabilities, in the order
    of labels.py. `roles` has a row for each piece of the row and a column for each of ROLES.
    """

    start: int
    end: int
    chance: float
    types: Floats
    statuses: Floats
    factualities: Floats
    time_frames: Floats
    roles: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the encoder says of one sentence. `score` is the log-odds that it tells of an event.

    `events` are likeliest first: the best one always, even where `score` is low.
    """

    row: Row
    score: float
    types: Floats
    events: tuple[ReadEvent, ...]

    def spans(
        self, event: ReadEvent, role: str, part: int = TEXT, least: float = 0.5
    ) -> list[tuple[int, int, float]]:
        """(start, end, mean probability) of the runs of pieces that have a role, in order."""
        chances = event.roles[:, ROLES.index(role)]
        runs: list[list[int]] = []
        for i in np.flatnonzero((self.row.part == part) & (chances >= least)).tolist():
            if runs and i == runs[-1][-1] + 1:
                runs[-1].append(i)
            else:
                runs.append([i])
        return [
            (int(self.row.starts[r[0]]), int(self.row.ends[r[-1]]), float(chances[r].mean()))
            for r in runs
        ]

    def chance_of(self, event: ReadEvent, role: str, part: int, start: int, end: int) -> float:
        """How likely the pieces of a span have a role: the best of them; 0 if none was read."""
        pieces = self.row.pieces(part, start, end)
        return float(event.roles[pieces, ROLES.index(role)].max()) if len(pieces) else 0.0


def decode(row: Row, outputs: Sequence[Floats]) -> Reading:
    """The reading of one row from the six outputs of the network, cut to its pieces."""
    sentence, trigger, step, query, key, bias = outputs
    n = len(row)
    chances = softmax(trigger[:n])
    text = np.flatnonzero(row.part == TEXT)
    events: list[ReadEvent] = []
    left = {int(i): 1.0 - float(chances[i, 0]) for i in text}
    whole = sigmoid(sentence[1:])
    while left:
        best = max(left, key=left.__getitem__)
        chance = left[best]
        if events and chance < _FURTHER:
            break
        pieces = [best]
        for side in (-1, 1):
            i = best + side
            while i in left and left[i] >= max(_BESIDE * chance, 0.02):
                pieces.append(i)
                i += side
        pieces = _whole_words(row, sorted(pieces), set(text.tolist()))
        events.append(_event(row, pieces, chance, chances, whole, step, query, key, bias))
        for i in range(min(pieces) - 1, max(pieces) + 2):
            left.pop(i, None)
    return Reading(row=row, score=float(sentence[0]), types=whole, events=tuple(events))


def _whole_words(row: Row, pieces: list[int], text: set[int]) -> list[int]:
    first, last = pieces[0], pieces[-1]
    while first - 1 in text and row.ends[first - 1] == row.starts[first]:
        first -= 1
    while last + 1 in text and row.starts[last + 1] == row.ends[last]:
        last += 1
    return list(range(first, last + 1))


def _event(
    row: Row,
    pieces: list[int],
    chance: float,
    chances: Floats,
    whole: Floats,
    step: Floats,
    query: Floats,
    key: Floats,
    bias: Floats,
) -> ReadEvent:
    n = len(row)
    s, f = len(STATUSES), len(FACTUALITIES)
    steps = step[pieces].mean(0)
    width = query.shape[-1]
    keys = key[:n].reshape(n, len(ROLES), width)
    roles = sigmoid(keys @ query[pieces].mean(0) / np.sqrt(width) + bias[:n])
    here = chances[pieces, 1:].mean(0) + 1e-4
    types = (here / here.sum()) * (whole + 1e-3)
    return ReadEvent(
        start=int(row.starts[pieces[0]]),
        end=int(row.ends[pieces[-1]]),
        chance=chance,
        types=types / types.sum(),
        statuses=softmax(steps[:s]),
        factualities=softmax(steps[s : s + f]),
        time_frames=softmax(steps[s + f :]),
        roles=roles,
    )


def softmax(x: Floats) -> Floats:
    """Along the last axis."""
    e = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray(e / e.sum(-1, keepdims=True), np.float32)


def sigmoid(x: Floats) -> Floats:
    """1 / (1 + exp(-x))."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -30, 30))), np.float32)


def chance_of_score(score: float) -> float:
    """The probability of which a score is the log-odds."""
    return float(sigmoid(np.asarray(score, np.float32)))
