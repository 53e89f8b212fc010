"""Requests to an extraction worker, and its answers.

A module of its own because the worker runs as a program: a class must have the same name on both
ends.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from models import harmless
from models.event import Extraction, TextUnit
from models.reading import ReadCount, Refusal

UNIT_FIELDS = tuple(field.name for field in fields(TextUnit))
_values = attrgetter(*UNIT_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Text units as plain values: pickling a record takes as long as reading many a text."""

    values: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Results by position; units without a result (most of them) are absent."""

    extractor_version: str
    found: Mapping[int, Extraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines of JSON, each with its number in the input."""

    numbered: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The output of the pipe for some lines, and their counts."""

    text: str
    count: ReadCount


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A request that could not be answered, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A worker's first message: its model is loaded."""

    extractor_version: str


Request = Units | Lines
Answer = Readings | Answers | Failure


def packed(units: Sequence[TextUnit]) -> Units:
    """Return units as a request."""
    return Units(values=tuple(map(_values, units)))


def unpacked(request: Units) -> list[TextUnit]:
    """Return the units of a request."""
    return [TextUnit(**dict(zip(UNIT_FIELDS, row, strict=True))) for row in request.values]


def readings_of(extractions: Sequence[Extraction], extractor_version: str) -> Readings:
    """Return extractions as an answer."""
    found = {
        place: extraction
        for place, extraction in enumerate(extractions)
        if extraction.events
        or extraction.asides
        or extraction.entities
        or extraction.reject is not None
    }
    return Readings(extractor_version=extractor_version, found=found)


def extractions_of(units: Sequence[TextUnit], answer: Readings) -> list[Extraction]:
    """Return the extractions of an answer, one per unit of the request."""
    return [
        answer.found.get(place)
        or Extraction(
            unit_id=unit.unit_id,
            version=unit.version,
            events=(),
            entities=(),
            extractor_version=answer.extractor_version,
        )
        for place, unit in enumerate(units)
    ]


# Text per request to a worker: little is lost if the worker has to be killed.
MOST_CHARS = 100_000
_TEXT = UNIT_FIELDS.index("text")


def length_of(item: tuple[Any, ...]) -> int:
    """Return the characters of one text or line of a request."""
    text = item[1] if len(item) == 2 else item[_TEXT]
    return len(text)


def items_of(request: Request) -> tuple[tuple[Any, ...], ...]:
    """Return the texts or lines of a request."""
    return request.values if isinstance(request, Units) else request.numbered


def part_of(request: Request, items: Sequence[tuple[Any, ...]]) -> Request:
    """Return a request for some of its texts or lines."""
    if isinstance(request, Units):
        return Units(values=tuple(items))
    return Lines(numbered=tuple((number, line) for number, line in items))


def parts_of(request: Request) -> Iterator[Request]:
    """Yield the request in parts of at most MOST_CHARS, or of one longer text."""
    part: list[tuple[Any, ...]] = []
    held = 0
    for item in items_of(request):
        if part and held + length_of(item) > MOST_CHARS:
            yield part_of(request, part)
            part, held = [], 0
        part.append(item)
        held += length_of(item)
    if part:
        yield part_of(request, part)


def refused(request: Request, reason: str, extractor_version: str) -> Readings | Answers:
    """Return the answer for one text or line that cannot be read."""
    if isinstance(request, Units):
        unit = unpacked(request)[0]
        refusal = Extraction(
            unit_id=unit.unit_id,
            version=unit.version,
            events=(),
            entities=(),
            extractor_version=extractor_version,
            reject=reason,
        )
        return Readings(extractor_version=extractor_version, found={0: refusal})
    number, line = request.numbered[0]
    try:
        record = json.loads(line)
        unit_id = record.get("id") if isinstance(record, dict) else None
    except (ValueError, RecursionError):
        line_text = harmless.json_text({"id": None, "line": number, "error": reason})
        line_refusal = Refusal(place=f"line {number}", reason=reason)
        return Answers(text=f"{line_text}\n", count=ReadCount(refused=1, refusals=(line_refusal,)))
    answer: dict[str, Any] = {
        "id": None if unit_id is None else str(unit_id),
        "events": [],
        "entities": [],
        "extractor_version": extractor_version,
        "reject": reason,
    }
    return Answers(text=harmless.json_text(answer) + "\n", count=ReadCount(stored=1))


def joined(
    request: Request, parts: Sequence[Request], answers: Sequence[Readings | Answers]
) -> Readings | Answers:
    """Join the answers to the parts of a request."""
    if isinstance(request, Lines):
        lines = [answer for answer in answers if isinstance(answer, Answers)]
        return Answers(
            text="".join(a.text for a in lines), count=sum((a.count for a in lines), ReadCount())
        )
    found: dict[int, Extraction] = {}
    before, version = 0, ""
    for part, answer in zip(parts, answers, strict=True):
        assert isinstance(answer, Readings), "units give readings"
        version = answer.extractor_version
        found |= {before + place: extraction for place, extraction in answer.found.items()}
        before += len(items_of(part))
    return Readings(extractor_version=version, found=found)
