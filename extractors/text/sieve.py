"""Finds in one pass which of many regular expressions can match a text at all.

Most expressions cannot match without certain letters: `\\btariffs?\\b` without "tariff". They
are derived from the expression itself, so there is no separate list to maintain. One multi-pattern
search finds which of them a text contains.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from ahocorasick_rs import AhoCorasick

SHORTEST = 3
MOST_WAYS = 60


@cache
def needed_letters(expression: str) -> frozenset[str] | None:
    """Return letter sequences, one of which is in every match; None if there are no useful ones.

    They neither begin nor end with a space, so blanking whole phrases cannot create one.
    """
    return _of_sequence(_parser.parse(expression))


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    found: list[frozenset[str]] = []
    run = ""
    for operation, value in items:
        if operation is _constants.LITERAL:
            run += chr(value)
            continue
        if operation is _constants.AT:
            continue
        found += _alone(run)
        run = ""
        inner = _of_item(operation, value)
        if inner is not None:
            found.append(inner)
    found += _alone(run)
    return max(found, key=_worth, default=None)


def _of_item(operation: Any, value: Any) -> frozenset[str] | None:
    if operation is _constants.SUBPATTERN:
        return _of_sequence(value[-1])
    if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        return _of_sequence(value[2]) if value[0] > 0 else None
    if operation is _constants.BRANCH:
        ways = [_of_sequence(way) for way in value[1]]
        union = frozenset(letters for way in ways if way is not None for letters in way)
        return union if None not in ways and len(union) <= MOST_WAYS else None
    return None


def _alone(run: str) -> list[frozenset[str]]:
    letters = run.strip()
    return [frozenset({letters})] if len(letters) >= SHORTEST else []


def _worth(letters: frozenset[str]) -> tuple[int, int]:
    """Sort key: long sequences first, then small sets."""
    return min(6, min(map(len, letters))), -len(letters)


class Sieve:
    """Finds which expressions may match a text; the others cannot."""

    def __init__(self, expressions: Sequence[re.Pattern[str]]) -> None:
        owners: dict[str, set[int]] = {}
        self.always: frozenset[int] = frozenset()
        for number, expression in enumerate(expressions):
            letters = needed_letters(expression.pattern)
            if letters is None:
                self.always |= {number}
            for sequence in letters or ():
                owners.setdefault(sequence, set()).add(number)
        self._letters = sorted(owners)
        self._owners = [frozenset(owners[sequence]) for sequence in self._letters]
        self._search = AhoCorasick(self._letters)

    def candidates(self, lowered: str) -> list[int]:
        """Return the numbers of the expressions that may match, in order."""
        held = set(self.always)
        for index in {hit[0] for hit in self._find(lowered)}:
            held |= self._owners[index]
        return sorted(held)

    def _find(self, lowered: str) -> list[tuple[int, int, int]]:
        return self._search.find_matches_as_indexes(lowered, overlapping=True)
