"""A runner that reads in this process, for tests that watch what a backfill does with readings."""

from collections.abc import Iterable, Iterator

from flows.history.chunk_runner import ChunkReading
from flows.workers.warm_up import ready_extractor
from models.backfill import Chunk


class LocalRunner:
    """One piece after the other."""

    def read(self, chunks: Iterable[Chunk]) -> Iterator[ChunkReading]:
        for chunk in chunks:
            yield chunk, tuple(ready_extractor(gate=True).extract(chunk.units))
