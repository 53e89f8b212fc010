"""What an encoder got right of sentences it had not seen: counts that add up over folds."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.reading.labels import FACTUALITIES, STATUSES, TIME_FRAMES, TYPES
from extractors.reading.readings import ReadEvent, Reading
from extractors.training.samples import EventSample, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Counts, but for `area`.

    `sentences` were read; of these `telling` are labelled with an event, `told` read as one,
    `right` both. Of the `events` labelled, how many have the right type, status, factuality and
    time frame where the encoder reads an event nearest to their trigger. `area`: how often a
    sentence with an event scores above one without (area under the ROC curve).
    """

    sentences: int = 0
    telling: int = 0
    told: int = 0
    right: int = 0
    events: int = 0
    type: int = 0
    status: int = 0
    factuality: int = 0
    time_frame: int = 0
    area: float = 0.0

    def __add__(self, other: "Score") -> "Score":
        """Both together; the area is the mean, weighed by sentences."""
        counts = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        areas = self.area * self.sentences + other.area * other.sentences
        return Score(**{**counts, "area": areas / max(1, counts["sentences"])})

    @property
    def f1(self) -> float:
        """Of "there is an event", at even odds."""
        return 2 * self.right / max(1, self.told + self.telling)

    def row(self, name: str) -> str:
        """A row of the model card's table."""
        shares = [getattr(self, f) / max(1, self.events) for f in _CLASSES]
        cells = [f"{x:.3f}" for x in (self.area, self.f1, *shares)]
        return " | ".join([f"| {name}", f"{self.sentences:,}", f"{self.events:,}", *cells]) + " |"


_CLASSES: Mapping[str, Sequence[str]] = {
    "type": TYPES,
    "status": STATUSES,
    "factuality": FACTUALITIES,
    "time_frame": TIME_FRAMES,
}
HEADER = (
    "| set | sentences | events | area | has event F1 | type | status | factuality | time frame |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def score(samples: Sequence[Sample], readings: Sequence[Reading]) -> Score:
    """The score of some samples as they were read."""
    pairs = list(zip(samples, readings, strict=True))
    tells = np.array([bool(s.events) for s in samples])
    scores = np.array([r.score for r in readings])
    events = [(e, nearest(e, s, r)) for s, r in pairs for e in s.events if r.events]
    right = {
        name: sum(_said(read, name) == getattr(e, name) for e, read in events) for name in _CLASSES
    }
    return Score(
        sentences=len(pairs),
        telling=int(tells.sum()),
        told=int((scores > 0).sum()),
        right=int((tells & (scores > 0)).sum()),
        events=sum(len(s.events) for s in samples),
        area=area(scores, tells),
        **right,
    )


def nearest(event: EventSample, sample: Sample, reading: Reading) -> ReadEvent:
    """The event of a reading that lies nearest to a labelled trigger."""
    at = int(sample.row.starts[event.trigger[0]])
    return min(reading.events, key=lambda e: abs(e.start - at))


def _said(event: ReadEvent, name: str) -> str:
    chances = {
        "type": event.types,
        "status": event.statuses,
        "factuality": event.factualities,
        "time_frame": event.time_frames,
    }[name]
    return _CLASSES[name][int(chances.argmax())]


def area(scores: NDArray[np.floating[Any]], tells: NDArray[np.bool_]) -> float:
    """How often one that tells scores above one that does not, a tie being half; 0 if none does."""
    above, below = scores[tells][:, None], scores[~tells][None]
    if not above.size or not below.size:
        return 0.0
    return float((above > below).mean() + (above == below).mean() / 2)


def by_set(samples: Sequence[Sample], readings: Sequence[Reading]) -> dict[str, Score]:
    """The score of each set."""
    names = dict.fromkeys(s.set_name for s in samples)
    found = {}
    for name in names:
        mine = [i for i, s in enumerate(samples) if s.set_name == name]
        found[name] = score([samples[i] for i in mine], [readings[i] for i in mine])
    return found


def added(scores: Sequence[Mapping[str, Score]]) -> dict[str, Score]:
    """The scores of several folds together, set by set."""
    total: dict[str, Score] = {}
    for fold in scores:
        for name, one in fold.items():
            total[name] = total.get(name, Score()) + one
    return total


def plain(scores: Mapping[str, Score]) -> dict[str, dict[str, float]]:
    """Scores as JSON holds them."""
    return {name: asdict(one) for name, one in scores.items()}


def from_plain(data: Mapping[str, Mapping[str, Any]]) -> dict[str, Score]:
    """Scores from JSON."""
    return {name: Score(**one) for name, one in data.items()}
