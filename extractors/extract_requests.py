"""What is asked of an extraction worker, and what it answers.

Apart from the worker, which runs as a program: a record must have one name on both ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.event import Extraction, TextUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines of JSON, each with its number in the input."""

    numbered: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the pipe writes for some lines; `failed` if one of them was bad."""

    text: str
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A request that could not be answered, and why."""

    reason: str


Request = Sequence[TextUnit] | Lines
Answer = list[Extraction] | Answers | Failure
