"""Which sentences are worth a parse: those that hold letters which some type pattern needs."""

from bisect import bisect_left

from extractors.events.lexicon_data import lower
from extractors.text.sieve import Sieve


class Gate:
    """One search over a whole raw text, then a look-up for each of its sentences.

    A sentence without any of the letters can hold no type evidence, so closing the gate on it
    changes no output, only the time spent.
    """

    def __init__(self, sieve: Sieve) -> None:
        self.sieve = sieve

    def places(self, text: str) -> list[int]:
        """Where in `text`, whatever its case, a sentence may hold evidence; in order."""
        return self.sieve.places(lower(text))


def any_between(places: list[int], start: int, end: int) -> bool:
    """Does one of the places, which are in order, lie in the sentence from `start` to `end`?"""
    at = bisect_left(places, start)
    return at < len(places) and places[at] < end
