"""Who reads the pieces of a backfill: this process, or whatever stands in its place.

A runner takes pieces and gives each back with what was read in it, in any order, as soon as it is
there; it stores nothing. One that works on other machines (Dask, say) hands `read_chunk` to them:
texts go out, records come back, and the warehouse stays with the backfill.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from flows.extract_workers import ExtractWorkers, workers_for
from flows.settings import Settings
from flows.warm_up import ready_extractor
from models.backfill import Chunk
from models.event import Extraction, TextUnit

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


class WorkersRunner:
    """Pieces in worker processes of this machine, a model each."""

    def __init__(self, workers: int, *, gate: bool = True) -> None:
        self.workers, self.gate = workers, gate

    def read(self, chunks: Iterable[Chunk]) -> Iterator[ChunkReading]:
        with ExtractWorkers(self.workers, gate=self.gate) as pool:
            taken: deque[Chunk] = deque()

            def batches() -> Iterator[Sequence[TextUnit]]:
                for chunk in chunks:
                    taken.append(chunk)
                    yield chunk.units

            for extractions in pool.extract(batches()):
                yield taken.popleft(), tuple(extractions)


class DaskRunner:
    """Pieces on the workers of a Dask scheduler, given back as they are done."""

    def __init__(self, scheduler: str, *, gate: bool = True) -> None:
        self.scheduler, self.gate = scheduler, gate

    def read(self, chunks: Iterable[Chunk]) -> Iterator[ChunkReading]:
        from flows.extract_dask import DaskExtraction

        sent: dict[int, Chunk] = {}

        def partitions() -> Iterator[Sequence[TextUnit]]:
            for chunk in chunks:
                units = list(chunk.units)
                sent[id(units)] = chunk
                yield units

        with DaskExtraction(self.scheduler, gate=self.gate) as cluster:
            for units, extractions in cluster.extract(partitions()):
                yield sent.pop(id(units)), tuple(extractions)


def local_runner(settings: Settings, texts: int) -> ChunkRunner:
    """The runner of this machine: worker processes where there is enough to read."""
    workers = workers_for(texts, settings.extract.workers)
    gate = settings.extract.gate
    return WorkersRunner(workers, gate=gate) if workers else LocalRunner(gate=gate)


def read_chunk(chunk: Chunk, *, gate: bool = True) -> tuple[Extraction, ...]:
    """What the texts of a piece hold, in their order."""
    return tuple(ready_extractor(gate=gate).extract(chunk.units))
