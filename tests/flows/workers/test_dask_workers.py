"""Extraction on a local Dask cluster of two worker processes."""

import os
import signal

import pytest

from extractors.extract import Extractor
from models.event import Extraction, TextUnit

distributed = pytest.importorskip("distributed", reason="the dask extra is not installed")

TEXTS = (
    "China suspends export controls on gallium for one year.",
    "The United States imposed a 25% tariff on imports of steel from Brazil.",
    "The weather was fine.",
)


def partitions(count: int) -> list[list[TextUnit]]:
    """Partitions of five texts, all different."""
    texts = [f"{TEXTS[n % 3]} Report {n}." for n in range(5 * count)]
    units = [TextUnit(unit_id=str(n), text=text) for n, text in enumerate(texts)]
    return [units[n : n + 5] for n in range(0, len(units), 5)]


def test_same_as_one_process_also_when_a_worker_is_killed() -> None:
    from flows.workers.dask_workers import DaskExtraction

    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        DaskExtraction(cluster.scheduler_address) as dask,
    ):
        found: dict[str, Extraction] = {}
        for partition, extractions in dask.extract(partitions(6)):
            if not found:
                os.kill(next(iter(dask.client.run(os.getpid).values())), signal.SIGKILL)
            found |= {e.unit_id: e for e in extractions}
            assert [e.unit_id for e in extractions] == [u.unit_id for u in partition]
    alone = Extractor()
    expected = {e.unit_id: e for part in partitions(6) for e in alone.extract(part)}
    assert found == expected
    assert any(e.events for e in found.values())


def test_no_scheduler_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.workers import dask_workers as extract_dask
    from models.errors import ConfigError

    monkeypatch.setattr(extract_dask, "CONNECT_TIMEOUT_S", 1)
    with pytest.raises(ConfigError, match="scheduler"):
        extract_dask.DaskExtraction("tcp://127.0.0.1:9")
