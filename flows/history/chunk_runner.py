"""Runners that extract events from the chunks of a backfill, on this machine or on others.

A runner takes chunks and returns each with its extractions, in any order, as soon as it is done. It
stores nothing. A runner on other machines (Dask) sends texts and gets records back; only the
backfill itself opens the warehouse.
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
    """Extracts events from chunks."""

    def read(self, chunks: Iterable[Chunk]) -> Iterator[ChunkReading]:
        """Yield each chunk with its extractions; takes the next chunk when a worker is free."""


class WorkersRunner:
    """Runs chunks in worker processes on this machine; `running` workers are reused and kept."""

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
        """Return the running workers, or new ones that end with the block."""
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
    """Runs chunks on the workers of a Dask cluster."""

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
    """Return a runner on this machine: one worker process, or more if there are many texts."""
    workers = workers_for(texts, settings.extract.workers)
    if workers == 1:
        return WorkersRunner(1, running=ready_workers(settings))
    return WorkersRunner(workers, gate=settings.extract.gate, budget=settings.extract.budget)
