"""The first gate: a sentence is read on only if it holds letters of trade, goods or state acts."""

import tomllib
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from importlib import resources

from ahocorasick_rs import AhoCorasick

from extractors.events.lexicon_data import lower
from models.errors import ConfigError

LETTERS = "letters.toml"


class LetterGate:
    """Finds in one search over a raw text where words begin that speak of its subjects.

    `stems` are the first letters of a word, `words` are whole; all lower-case. A word begins at a
    letter that follows none: "re-export" begins two.
    """

    def __init__(self, stems: Sequence[str], words: Sequence[str]) -> None:
        self._whole = len(stems)
        self._search = AhoCorasick([*stems, *words])

    def places(self, text: str) -> list[int]:
        """Where in `text`, whatever its case, such a word begins; in order."""
        lowered = lower(text)
        hits = self._search.find_matches_as_indexes(lowered, overlapping=True)
        return sorted(
            {start for number, start, end in hits if self._fits(lowered, number, start, end)}
        )

    def passes(self, sentence: str) -> bool:
        """Is the sentence worth a look?"""
        return bool(self.places(sentence))

    def _fits(self, lowered: str, number: int, start: int, end: int) -> bool:
        if start and lowered[start - 1].isalpha():
            return False
        return number < self._whole or not lowered[end : end + 1].isalpha()


@cache
def letter_gate() -> LetterGate:
    """The gate of the shipped letters. Raises ConfigError where the file says something else."""
    path = resources.files("extractors").joinpath("reading", LETTERS)
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {"stems": [], "words": []}
    for name, table in tables.items():
        if table.keys() - found.keys():
            raise ConfigError(f"{LETTERS}: table {name!r} may hold stems and words only")
        for key, letters in table.items():
            found[key] += letters
    return LetterGate(sorted(set(found["stems"])), sorted(set(found["words"])))


def any_between(places: Sequence[int], start: int, end: int) -> bool:
    """Does one of the places, which are in order, lie in the sentence from `start` to `end`?"""
    at = bisect_left(places, start)
    return at < len(places) and places[at] < end
