"""Who reads the pieces of a backfill: processes of this machine, or of others.

A runner takes pieces and gives each back with what was read in it, in any order, as soon as it is
there; it stores nothing. One that works on other machines (Dask, say) sends them the texts:
records come back, and the warehouse stays with the backfill.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from extractors.text.budget import DEFAULT, Budget
from flows.base.settings import Settings
from flows.workers.extract_workers import ExtractWorkers, workers_for
from flows.workers.warm_up import ready_workers
from models.backfill import Chunk
from models.event import Extraction, TextUnit

ChunkReading = tuple[Chunk, tuple[Extraction, ...]]


class ChunkRunner(Protocol):
    """Reads pieces."""

    def read(self, chunks: Iterable[Chunk]) -> Iterator[ChunkReading]:
        """Each piece with the extractions of its texts; takes pieces as it can work on them."""


class WorkersRunner:
    """Pieces in worker processes of this machine, a model each; `running` ones are left running."""

    def __init__(
        self,
        workers: int,
        *,
        gate: bool = True,
        budget: Budget = DEFAULT,
        running: ExtractWorkers | None = None,
    ) -> None:
        self.workers, self.gate, self.budget = workers, gate, budget
        self.running = running

    def pool(self) -> AbstractContextManager[ExtractWorkers]:
        if self.running is not None:
            return nullcontext(self.running)
        return ExtractWorkers(self.workers, gate=self.gate, budget=self.budget)

    def read(self, chunks: Iterable[Chunk]) -> Iterator[ChunkReading]:
        with self.pool() as pool:
            taken: deque[Chunk] = deque()

            def batches() -> Iterator[Sequence[TextUnit]]:
                for chunk in chunks:
                    taken.append(chunk)
                    yield chunk.units

            try:
                for extractions in pool.extract(batches()):
                    yield taken.popleft(), tuple(extractions)
            except BaseException:
                pool.close()
                raise


class DaskRunner:
    """Pieces on the workers of a Dask scheduler, given back as they are done."""

    def __init__(self, scheduler: str, *, gate: bool = True) -> None:
        self.scheduler, self.gate = scheduler, gate

    def read(self, chunks: Iterable[Chunk]) -> Iterator[ChunkReading]:
        from flows.workers.dask_workers import DaskExtraction

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
    """The runner of this machine: a worker process, more where there is enough to read."""
    workers = workers_for(texts, settings.extract.workers)
    if workers == 1:
        return WorkersRunner(1, running=ready_workers(settings))
    return WorkersRunner(workers, gate=settings.extract.gate, budget=settings.extract.budget)
