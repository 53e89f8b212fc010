"""Which sentences are worth a parse: those that hold a letter sequence every pattern needs."""

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick

from extractors.lexicon_data import lower


class Gate:
    """Multi-pattern search over raw text.

    A sentence without any anchor can hold no type evidence, so closing the gate on it changes
    no output, only the time spent.
    """

    def __init__(self, anchors: Iterable[str]) -> None:
        self.search = AhoCorasick(sorted(set(anchors)))

    def opens(self, text: str) -> bool:
        """Does the text hold any anchor, whatever its case?"""
        return bool(self.search.find_matches_as_indexes(lower(text), overlapping=True))
