"""Extraction on a Dask cluster: sends partitions of articles, gets extractions, in any order.

For backfills that take too long on one machine. Only the caller opens the warehouse. A partition is
a list of text units, small enough to send. The caller stores what comes back before it sends the
next partitions, so memory stays bounded, and a run that is stopped continues with what is not
stored yet. The `dask` extra must be installed here and on the workers, in the same version.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cache
from types import TracebackType
from typing import Any

from extractors.extract import EXTRACTOR_VERSION, Extractor
from models.errors import ConfigError, PipelineError
from models.event import Extraction, TextUnit
from models.fault import fault_line

PARTITIONS_PER_WORKER = 2
CONNECT_TIMEOUT_S = 30


class DaskExtraction(AbstractContextManager["DaskExtraction"]):
    """Extraction on the workers of one scheduler.

    `scheduler` is its address (`tcp://host:8786`). Raises ConfigError when Dask is not installed,
    or when no scheduler answers.
    """

    def __init__(self, scheduler: str, *, gate: bool = True) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise ConfigError("no Dask: pip install 'policywire[dask]'") from error
        self.gate = gate
        try:
            self.client: Any = Client(  # type: ignore[no-untyped-call]
                scheduler, timeout=CONNECT_TIMEOUT_S
            )
        except (OSError, TimeoutError, ValueError) as error:
            raise ConfigError(f"no Dask scheduler at {scheduler}: {error}") from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.close()

    def extract(
        self, partitions: Iterable[Sequence[TextUnit]]
    ) -> Iterator[tuple[Sequence[TextUnit], list[Extraction]]]:
        """Each partition with its extractions, as they are done; two per worker are in flight.

        If a worker dies, its partitions are done again elsewhere. A partition that fails is read
        text by text. Raises PipelineError when a partition is cancelled or a worker has another
        version of the extractor; what was yielded before is safe to keep.
        """
        from distributed import as_completed

        waiting = iter(partitions)
        sent: dict[str, Sequence[TextUnit]] = {}
        done = as_completed()  # type: ignore[no-untyped-call]
        self._send(waiting, sent, done, self._max_in_flight())
        for future in done:
            partition = sent.pop(future.key)
            # "pending": the worker died with its result; asking for the result computes it again.
            if future.status == "cancelled":
                raise PipelineError("a partition was cancelled on Dask")
            if future.status == "error":
                yield partition, self._one_by_one(partition, future.exception())
            else:
                yield partition, future.result()
            future.release()
            self._send(waiting, sent, done, self._max_in_flight() - len(sent))

    def _one_by_one(self, partition: Sequence[TextUnit], error: BaseException) -> list[Extraction]:
        """Read the texts of a failed partition one by one; refuse those that fail alone."""
        if isinstance(error, ConfigError):
            raise PipelineError(f"a partition failed on Dask: {error}") from error
        found: list[Extraction] = []
        for unit in partition:
            alone = self.client.submit(
                extract_partition, [unit], self.gate, EXTRACTOR_VERSION, pure=False
            )
            try:
                found += alone.result()
            except Exception as failed:  # noqa: BLE001 - one text must not stop the rest
                found.append(
                    Extraction(
                        unit_id=unit.unit_id,
                        version=unit.version,
                        events=(),
                        entities=(),
                        extractor_version=EXTRACTOR_VERSION,
                        reject=f"crashed: {fault_line(failed)}",
                    )
                )
        return found

    def _send(
        self,
        waiting: Iterator[Sequence[TextUnit]],
        sent: dict[str, Sequence[TextUnit]],
        done: Any,
        count: int,
    ) -> None:
        for _ in range(count):
            partition = next(waiting, None)
            if partition is None:
                return
            future = self.client.submit(
                extract_partition, list(partition), self.gate, EXTRACTOR_VERSION, pure=False
            )
            sent[future.key] = partition
            done.add(future)

    def _max_in_flight(self) -> int:
        """Two partitions per worker; two also before the first worker has joined."""
        return PARTITIONS_PER_WORKER * max(1, len(self.client.scheduler_info()["workers"]))


def extract_partition(
    units: Sequence[TextUnit], gate: bool, extractor_version: str
) -> list[Extraction]:
    """Extract a partition, on a worker. Raises ConfigError if the versions differ."""
    if extractor_version != EXTRACTOR_VERSION:
        raise ConfigError(
            f"this worker has extractor {EXTRACTOR_VERSION}, the caller {extractor_version}: "
            "install the same policywire everywhere"
        )
    return list(extractor_of(gate).extract(units))


@cache
def extractor_of(gate: bool) -> Extractor:
    """The worker's extractor, loaded once."""
    return Extractor(gate=gate)
