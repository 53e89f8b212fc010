"""Runners of a backfill give the same extractions as this process."""

import pytest

from flows.base.settings import load_settings
from flows.history.chunk_runner import (
    ChunkReading,
    ChunkRunner,
    DaskRunner,
    WorkersRunner,
    local_runner,
)
from models.backfill import Chunk
from models.event import TextUnit
from tests.flows.local_runner import LocalRunner

TEXTS = ("China bans exports of gallium.", "The weather was fine.", "India cut its duty on tin.")


def chunks() -> list[Chunk]:
    """Seven pieces of three texts, two of them with none, as those already held leave."""
    units = [TextUnit(unit_id=f"{n}", text=TEXTS[n % 3]) for n in range(21)]
    return [
        Chunk(number=n, units=() if n in (2, 5) else tuple(units[3 * n : 3 * n + 3]))
        for n in range(7)
    ]


def readings(runner: ChunkRunner) -> list[ChunkReading]:
    return sorted(runner.read(iter(chunks())), key=lambda reading: reading[0].number)


def test_worker_processes_give_the_same_extractions() -> None:
    found = readings(WorkersRunner(2))
    assert found == readings(LocalRunner())
    assert [len(extractions) for _, extractions in found] == [3, 3, 0, 3, 3, 0, 3]


def test_a_dask_cluster_gives_the_same_extractions() -> None:
    distributed = pytest.importorskip("distributed", reason="the dask extra is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        found = readings(DaskRunner(cluster.scheduler_address))
    assert found == readings(LocalRunner())


def test_a_few_texts_need_one_process() -> None:
    settings = load_settings()
    few = local_runner(settings, 10)
    assert isinstance(few, WorkersRunner)
    assert few.workers == 1, "never none: a text that hangs is stopped by ending its process"
    many = settings.model_copy(
        update={"extract": settings.extract.model_copy(update={"workers": 3})}
    )
    assert isinstance(local_runner(many, 10_000), WorkersRunner)
