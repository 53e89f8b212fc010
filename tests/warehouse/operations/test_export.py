"""Parquet export: all views, by month, replaced as a whole, readable by date with other tools."""

import json
from pathlib import Path

import duckdb
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from models.errors import WarehouseError
from tests.extractors.linking.test_link import truce
from tests.warehouse.events.test_links import link_all, store
from warehouse.connection import open_warehouse
from warehouse.operations import export
from warehouse.operations.dictionary import views_of
from warehouse.operations.export import DATED, export_parquet, file_of
from warehouse.snapshot import publish


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    live, snapshot = tmp_path / "w.duckdb", tmp_path / "s.duckdb"
    with open_warehouse(live) as con:
        store(con, truce())
        link_all(con)
    publish(live, snapshot)
    return snapshot


def test_all_views_are_exported_and_replaced(snapshot: Path, tmp_path: Path) -> None:
    out = tmp_path / "it's out"
    with duckdb.connect(str(snapshot), read_only=True) as con:
        views = {view.name: [c.name for c in view.columns] for view in views_of(con)}
    for _ in range(2):
        rows = export_parquet(snapshot, out)
        assert set(rows) == set(views)
        assert {p.name for p in out.iterdir()} == {"export.json", *map(file_of, views)}
        assert json.loads((out / "export.json").read_text("utf-8"))["rows"] == rows
        assert (rows["policy_events"], rows["measure_status"]) == (7, 4)
        months = sorted(p.name for p in (out / "policy_events").iterdir())
        assert months == ["month=2025-10", "month=2025-11"]
    for view, count in rows.items():
        read = ds.dataset(out / file_of(view), partitioning="hive" if view in DATED else None)
        assert read.count_rows() == count
        if count:
            assert set(read.schema.names) - {"month"} == set(views[view])


def test_each_partitioned_view_has_its_date(snapshot: Path) -> None:
    with duckdb.connect(str(snapshot), read_only=True) as con:
        kinds = {(v.name, c.name): c.kind for v in views_of(con) for c in v.columns}
    for view, column in DATED.items():
        assert kinds[view, column] in ("DATE", "TIMESTAMP WITH TIME ZONE")
        assert (view, "month") not in kinds


def test_the_folder_is_read_by_date(snapshot: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export_parquet(snapshot, out)
    table = ds.dataset(out / "policy_events", partitioning="hive").to_table(
        filter=ds.field("month") == "2025-11"
    )
    assert sorted(table["status"].to_pylist()) == ["suspended", "suspended"]
    found = duckdb.sql(
        f"SELECT count(*) FROM read_parquet('{out}/policy_events/*/*.parquet', "
        "hive_partitioning = true) WHERE month = '2025-11'"
    ).fetchone()
    assert found == (2,)
    assert pq.read_table(out / "measure_status.parquet").num_rows == 4


def test_a_failure_leaves_the_old_export_and_foreign_files_alone(
    snapshot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    export_parquet(snapshot, out)
    (out / "notes.txt").write_text("mine", "utf-8")
    before = {p: p.stat().st_mtime_ns for p in sorted(out.rglob("*")) if p.is_file()}
    monkeypatch.setitem(DATED, "rejects", "no_such_column")
    with pytest.raises(WarehouseError, match="the old export stays"):
        export_parquet(snapshot, out)
    assert {p: p.stat().st_mtime_ns for p in sorted(out.rglob("*")) if p.is_file()} == before
    assert not [p for p in out.iterdir() if p.name.startswith(".")]


def test_leftovers_of_a_killed_export_are_removed(snapshot: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / export.STAGING / "policy_events").mkdir(parents=True)
    (out / export.OLD).mkdir()
    export_parquet(snapshot, out)
    assert not [p for p in out.iterdir() if p.name.startswith(".")]
