"""Join two samples into one sentence, so that each of two events finds its own arguments.

Sentences that tell two measures of two states are rare in labelled news. Joining those that tell
one ("India banned exports of sugar, while Brazil cut its duty") gives as many as wanted.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from extractors.reading.inputs import TEXT, Row, tokenizer
from extractors.training.samples import EventSample, Sample

JOINTS = (", while", ", and", ";", ", but", " as", ",", ". In turn,", " after")
# A joined sentence is no longer than this, in pieces.
MOST = 110


def joined(samples: Sequence[Sample], count: int, choose: random.Random) -> Iterator[Sample]:
    """`count` pairs of samples that stand alone, at least one of each pair with an event."""
    alone = [s for s in samples if stands_alone(s)]
    telling = [s for s in alone if s.events]
    if not telling:
        return
    for _ in range(count):
        # Two events teach which arguments are whose, one what belongs to none.
        other = choose.choice(telling if choose.random() < 0.75 else alone)
        pair = [choose.choice(telling), other]
        choose.shuffle(pair)
        yield join(pair[0], pair[1], choose.choice(JOINTS))


def stands_alone(sample: Sample) -> bool:
    """Does all that is labelled lie in the sentence itself, and is that short?"""
    inside = sample.row.part == TEXT
    pieces = [p for e in sample.events for p in e.roles.values()]
    return bool(inside.sum() <= MOST // 2) and all(inside[p].all() for p in pieces)


def join(first: Sample, second: Sample, joint: str) -> Sample:
    """One sample with the sentence of `first`, the joint and that of `second`."""
    a, b = first.row, second.row
    head = _text(first)
    tail = _text(second)
    end = int(a.ends[head[-1]])
    encoded = tokenizer().encode(joint, add_special_tokens=False)
    width = len(encoded.ids)
    shift = end + len(joint) + 1
    columns = {
        "ids": [a.ids[: head[-1] + 1], np.array(encoded.ids), b.ids[tail]],
        "kinds": [a.kinds[: head[-1] + 1], np.zeros(width), b.kinds[tail]],
        "part": [a.part[: head[-1] + 1], np.full(width, TEXT), b.part[tail]],
        "starts": [
            a.starts[: head[-1] + 1],
            np.array([end + s for s, _ in encoded.offsets]),
            b.starts[tail] + shift,
        ],
        "ends": [
            a.ends[: head[-1] + 1],
            np.array([end + e for _, e in encoded.offsets]),
            b.ends[tail] + shift,
        ],
    }
    # What follows the sentence is that of the second: its full stop, its kind, nothing else.
    rest = np.flatnonzero(np.arange(len(b)) > tail[-1])
    rest = rest[_plain(b, rest)]
    row = Row(
        **{
            name: np.concatenate(
                [*parts, getattr(b, name)[rest] + (shift if name in ("starts", "ends") else 0)]
            ).astype(getattr(a, name).dtype)
            for name, parts in columns.items()
        }
    )
    moved = np.full(len(b), -1, np.intp)
    moved[tail] = np.arange(len(tail)) + head[-1] + 1 + width
    return replace(
        first,
        record_id=f"{first.record_id}+{second.record_id}",
        row=row,
        events=(*first.events, *(_moved(e, moved) for e in second.events)),
    )


def _text(sample: Sample) -> NDArray[np.intp]:
    """The pieces of the sentence, without a full stop that belongs to nothing."""
    pieces = np.flatnonzero(sample.row.part == TEXT)
    stop = tokenizer().token_to_id(".")
    return pieces[:-1] if len(pieces) > 1 and sample.row.ids[pieces[-1]] == stop else pieces


def _plain(row: Row, rest: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which of the pieces after a sentence are its full stop, the marks and its kind."""
    marks = np.flatnonzero(row.ids == tokenizer().token_to_id("[SEP]"))
    second = marks[1] if len(marks) > 1 else len(row)
    return np.asarray((rest <= second) | (row.part[rest] == TEXT), np.bool_)


def _moved(event: EventSample, moved: NDArray[np.intp]) -> EventSample:
    kept = {role: moved[pieces] for role, pieces in event.roles.items()}
    return replace(
        event,
        trigger=moved[event.trigger][moved[event.trigger] >= 0],
        roles={role: pieces[pieces >= 0] for role, pieces in kept.items()},
    )
