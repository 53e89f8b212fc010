"""Parquet export: complete, by month, replaced as a whole."""

from pathlib import Path

import pyarrow.parquet as pq

from tests.extractors.linking.test_link import truce
from tests.warehouse.events.test_links import link_all, store
from warehouse.connection import open_warehouse
from warehouse.operations.export import export_parquet
from warehouse.snapshot import publish


def test_views_are_exported_by_month_and_replaced(tmp_path: Path) -> None:
    live, snapshot, out = tmp_path / "w.duckdb", tmp_path / "s.duckdb", tmp_path / "out"
    with open_warehouse(live) as con:
        store(con, truce())
        link_all(con)
    publish(live, snapshot)
    for _ in range(2):
        rows = export_parquet(snapshot, out)
        assert (rows["policy_events"], rows["measure_status"]) == (7, 4)
        months = sorted(p.name for p in (out / "policy_events").iterdir())
        assert months == ["month=2025-10", "month=2025-11"]
        assert pq.read_table(out / "policy_events").num_rows == 7
        assert pq.read_table(out / "measure_status.parquet").num_rows == 4
        assert [p.name for p in out.iterdir() if p.name.startswith(".")] == []
