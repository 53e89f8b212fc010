"""Who reads the pieces of a backfill: this process, or whatever stands in its place.

A runner takes pieces and gives each back with what was read in it, in any order, as soon as it is
there; it stores nothing. One that works on other machines (Dask, say) hands `read_chunk` to them:
texts go out, records come back, and the warehouse stays with the backfill.
"""

from collections.abc import Iterable, Iterator
from typing import Protocol

from flows.warm_up import ready_extractor
from models.backfill import Chunk
from models.event import Extraction

ChunkReading = tuple[Chunk, tuple[Extraction, ...]]


class ChunkRunner(Protocol):
    """Reads pieces."""

    def read(self, chunks: Iterable[Chunk]) -> Iterator[ChunkReading]:
        """Each piece with the extractions of its texts; takes pieces as it can work on them."""


class LocalRunner:
    """One piece after the other, in this process."""

    def __init__(self, *, gate: bool = True) -> None:
        self.gate = gate

    def read(self, chunks: Iterable[Chunk]) -> Iterator[ChunkReading]:
        for chunk in chunks:
            yield chunk, read_chunk(chunk, gate=self.gate)


def read_chunk(chunk: Chunk, *, gate: bool = True) -> tuple[Extraction, ...]:
    """What the texts of a piece hold, in their order."""
    return tuple(ready_extractor(gate=gate).extract(chunk.units))
