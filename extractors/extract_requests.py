"""What is asked of an extraction worker, and what it answers.

Apart from the worker, which runs as a program: a record must have one name on both ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from models.event import Extraction, TextUnit
from models.reading import ReadCount

UNIT_FIELDS = tuple(field.name for field in fields(TextUnit))
_values = attrgetter(*UNIT_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Text units by their values: to pickle a record takes as long as to read many a text."""

    values: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What units gave, by their place; those that gave nothing, most of them, are not there."""

    extractor_version: str
    found: Mapping[int, Extraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines of JSON, each with its number in the input."""

    numbered: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the pipe writes for some lines, and what became of each."""

    text: str
    count: ReadCount


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A request that could not be answered, and why."""

    reason: str


Request = Units | Lines
Answer = Readings | Answers | Failure


def packed(units: Sequence[TextUnit]) -> Units:
    """Units as a request."""
    return Units(values=tuple(map(_values, units)))


def unpacked(request: Units) -> list[TextUnit]:
    """The units of a request."""
    return [TextUnit(**dict(zip(UNIT_FIELDS, row, strict=True))) for row in request.values]


def readings_of(extractions: Sequence[Extraction], extractor_version: str) -> Readings:
    """Extractions as an answer."""
    found = {
        place: extraction
        for place, extraction in enumerate(extractions)
        if extraction.events or extraction.entities or extraction.reject is not None
    }
    return Readings(extractor_version=extractor_version, found=found)


def extractions_of(units: Sequence[TextUnit], answer: Readings) -> list[Extraction]:
    """The extractions of an answer, one a unit of the request."""
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
