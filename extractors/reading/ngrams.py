"""The second gate: a linear model of hashed words and pairs of words, some microseconds a sentence.

Hashed as Weinberger et al. (2009) and unsigned: a feature's weight stands where its CRC-32 points.
Words count whole and by their first letters, alone and with the next one; numbers are all alike.
"""

import re
from functools import cache
from importlib import resources
from math import sqrt
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from extractors.events.lexicon_data import lower
from models.errors import ConfigError

WEIGHTS = "ngrams.npz"
BUCKETS = 1 << 18
STEM = 5
# A sentence has at most 1,500 characters; what else comes is cut.
MOST_CHARS = 3000
# Weights lie in bytes around this zero, so that a look-up makes no new number.
ZERO = 128
_MASK = BUCKETS - 1
_NUMBER = re.compile(rb"[0-9][0-9.,]*")
_WORD = re.compile(rb"[a-z]+(?:'[a-z]+)?|[0$%?]")
_HEADLINE = crc32(b"headline") & _MASK


def buckets(sentence: str, headline: bool) -> set[int]:
    """The features of a sentence: numbers below BUCKETS."""
    raw = lower(sentence[:MOST_CHARS]).encode("ascii", "ignore")
    words = [b"^", *_WORD.findall(_NUMBER.sub(b"0", raw)), b"$"]
    found = {_HEADLINE} if headline else set()
    for kind, parts in enumerate((words, [word[:STEM] for word in words])):
        # The start of a chain of checksums keeps the kinds apart.
        single = [crc32(part, 1 + 2 * kind) for part in parts]
        first = [crc32(part, 2 + 2 * kind) for part in parts]
        found.update([value & _MASK for value in single])
        found.update([value & _MASK for value in map(crc32, parts[1:], first)])
    return found


class NgramGate:
    """Says how likely a sentence tells an event.

    `table` has one byte a bucket: a weight in units of `unit`, shifted by ZERO. The log-odds are
    the sum of the weights over the root of their number, plus `bias`.
    """

    def __init__(self, table: bytes, unit: float, bias: float, threshold: float) -> None:
        self._table = table
        self._unit = unit
        self._bias = bias
        self.threshold = threshold

    def score(self, sentence: str, headline: bool) -> float:
        """Log-odds that the sentence tells an event, by its words alone."""
        found = buckets(sentence, headline)
        table = self._table
        total = sum([table[bucket] for bucket in found]) - ZERO * len(found)
        return self._unit * total / sqrt(len(found)) + self._bias

    def passes(self, sentence: str, headline: bool) -> bool:
        """Is the sentence worth an encoder's time?"""
        return self.score(sentence, headline) >= self.threshold


@cache
def weights() -> dict[str, NDArray[np.generic]]:
    """What was trained: table, unit, bias, recalls, thresholds, digest of the training data."""
    path = resources.files("extractors").joinpath("reading", "weights", WEIGHTS)
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


@cache
def ngram_gate(recall: float = 0.985) -> NgramGate:
    """The shipped gate that lets this share of labelled events pass.

    Raises ConfigError for a share that training did not find a threshold for.
    """
    held = weights()
    known = [float(r) for r in held["recalls"]]
    if recall not in known:
        raise ConfigError(f"{WEIGHTS}: no threshold for a recall of {recall}; it has {known}")
    return NgramGate(
        held["table"].tobytes(),
        float(held["unit"]),
        float(held["bias"]),
        float(held["thresholds"][known.index(recall)]),
    )
