"""Turns the values of a result into JSON of bounded size, without control characters.

For programs that pass answers on to a language model: a text from a feed keeps to one line, and a
long one says that it was cut.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from models import harmless

# JavaScript, in which many clients are written, holds larger integers inexactly.
EXACT_INTEGER = 2**53
CUT = "…"
MOST_DEPTH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The most rows of an answer, characters of a text, items of a list, characters in all."""

    rows: int = 100
    text: int = 1_000
    items: int = 50
    characters: int = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundedRows:
    """Column names with their types, rows as JSON values, and whether rows were left out."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[object, ...], ...]
    more: bool


def bounded_rows(
    columns: Iterable[tuple[str, str]], rows: Iterable[tuple[object, ...]], bounds: Bounds
) -> BoundedRows:
    """Return the first rows, up to the bounds; reads one row more to know whether there is one."""
    named = tuple((cut(name, 200), cut(kind, 200)) for name, kind in columns)
    kept: list[tuple[object, ...]] = []
    left = bounds.characters
    more = False
    for row in rows:
        shown = tuple(plain(value, bounds) for value in row)
        left -= len(json.dumps(shown))
        # The first row is kept whatever its size: its values are bounded already.
        if len(kept) == bounds.rows or (kept and left < 0):
            more = True
            break
        kept.append(shown)
    return BoundedRows(columns=named, rows=tuple(kept), more=more)


def plain(value: object, bounds: Bounds, depth: int = 0) -> object:
    """Return a value as JSON has it: times in ISO 8601 (UTC), texts cleaned and cut."""
    match value:
        case None | bool():
            return value
        case int():
            return value if abs(value) <= EXACT_INTEGER else cut(str(value), bounds.text)
        case float():
            return value if math.isfinite(value) else str(value)
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
        case bytes():
            return cut(value[: bounds.text].hex(), bounds.text)
        case str():
            return cut(value, bounds.text)
        case Mapping() | list() | tuple() if depth == MOST_DEPTH:
            return CUT
        case Mapping():
            pairs = list(value.items())[: bounds.items]
            return {cut(str(k), bounds.text): plain(v, bounds, depth + 1) for k, v in pairs}
        case list() | tuple():
            items = [plain(item, bounds, depth + 1) for item in value[: bounds.items]]
            left = len(value) - len(items)
            return [*items, f"{CUT} {left:,} more"] if left else items
    return cut(str(value), bounds.text)


def moment(value: datetime) -> str:
    """Return a time in ISO 8601; one with a zone in UTC with a Z."""
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def cut(text: str, most: int) -> str:
    """Return a text on one line, without control characters, of at most `most` characters."""
    # Only so much is cleaned: a text may have millions of characters.
    shown = harmless.line(text[: 2 * most])
    return shown if len(shown) <= most and len(text) <= 2 * most else shown[: most - 1] + CUT
