"""Finds syndicated copies: the same text under other addresses.

A fingerprint is a MinHash over word 3-grams. Two texts are copies if their fingerprints agree in at
least `SAME` of their positions; a trimmed end or another dateline does not matter.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rensa import RMinHash

PLACES = 128
SAME = 0.7
_BANDS = 32
_SEED = 20251107
_SHINGLE = 3
_LEAST_WORDS = 30
_WORD = re.compile(r"\w+")


def fingerprint(text: str) -> tuple[int, ...] | None:
    """Return 128 unsigned 32-bit numbers; None for a text too short to compare reliably."""
    minhash = _minhash(text)
    return tuple(minhash.digest()) if minhash is not None else None


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the estimated share of common 3-grams, 0 to 1 (standard error about 0.04)."""
    return sum(a == b for a, b in zip(one, other, strict=True)) / PLACES


class PrintIndex:
    """Finds the earliest similar text by fingerprint. Add texts in the order first seen.

    Two texts are compared only if all four numbers of one of 32 bands agree. It misses about one
    pair in 6,600 (0.76 to the 32nd power) among texts that share seven in ten 3-grams.
    """

    def __init__(self) -> None:
        self._bands: dict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
        self._names: list[str] = []
        self._prints: list[tuple[int, ...]] = []

    def add(self, name: str, print_: tuple[int, ...]) -> None:
        """Store a fingerprint under a name."""
        for band in self._bands_of(print_):
            self._bands[band].append(len(self._names))
        self._names.append(name)
        self._prints.append(print_)

    def first_like(self, print_: tuple[int, ...]) -> str | None:
        """Return the name added first whose text this one repeats, or None."""
        likely = sorted({n for band in self._bands_of(print_) for n in self._bands.get(band, ())})
        hit = next((n for n in likely if likeness(self._prints[n], print_) >= SAME), None)
        return self._names[hit] if hit is not None else None

    @staticmethod
    def _bands_of(print_: tuple[int, ...]) -> Iterator[tuple[int, tuple[int, ...]]]:
        width = PLACES // _BANDS
        for start in range(0, PLACES, width):
            yield start, print_[start : start + width]


def first_sources(
    prints: Iterable[tuple[str, tuple[int, ...] | None]],
    known: Iterable[tuple[str, str, tuple[int, ...]]] = (),
) -> dict[str, str]:
    """Map each copy to the first source it repeats; pairs are (name, fingerprint), oldest first.

    `known` are stored texts, as (name, the source it counts to, fingerprint).
    """
    index = PrintIndex()
    source: dict[str, str] = {}
    for name, counted_to, print_ in known:
        index.add(name, print_)
        source[name] = counted_to
    found: dict[str, str] = {}
    for name, new in prints:
        if new is None:
            continue
        first = index.first_like(new)
        source[name] = source[first] if first is not None else name
        if first is not None:
            found[name] = source[name]
        index.add(name, new)
    return found


def _minhash(text: str) -> RMinHash | None:
    words = _WORD.findall(text.lower())
    if len(words) < _LEAST_WORDS:
        return None
    minhash = RMinHash(PLACES, _SEED)
    minhash.update([" ".join(words[n : n + _SHINGLE]) for n in range(len(words) - _SHINGLE + 1)])
    return minhash
