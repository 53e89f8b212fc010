"""The snapshot: complete or unchanged, never blocks flows, gives no access to anything else."""

import os
from pathlib import Path

import pytest

from models.errors import WarehouseBusyError, WarehouseError
from warehouse import snapshot as snapshots
from warehouse.connection import open_warehouse
from warehouse.snapshot import open_snapshot, publish, query


@pytest.fixture
def live(tmp_path: Path) -> Path:
    path = tmp_path / "live.duckdb"
    add_run(path, "r1")
    return path


def add_run(path: Path, run_id: str) -> None:
    with open_warehouse(path) as con:
        con.execute("INSERT INTO store.runs (run_id) VALUES (?)", [run_id])


def run_ids(path: Path) -> list[object]:
    return [row[0] for row in query(path, "SELECT run_id FROM store.runs ORDER BY 1").rows]


def test_published_only_when_something_changed(live: Path, tmp_path: Path) -> None:
    target = tmp_path / "out" / "snapshot.duckdb"
    assert publish(live, target)
    assert not publish(live, target)
    with open_warehouse(live):
        pass
    assert not publish(live, target)
    add_run(live, "r2")
    assert publish(live, target)
    assert run_ids(target) == ["r1", "r2"]
    target.unlink()
    assert publish(live, target)


def test_a_reader_of_the_old_one_keeps_it(live: Path, tmp_path: Path) -> None:
    target = tmp_path / "snapshot.duckdb"
    publish(live, target)
    with open_snapshot(target) as held:
        add_run(live, "r2")
        publish(live, target)
        assert held.execute("SELECT count(*) FROM store.runs").fetchone() == (1,)
    assert run_ids(target) == ["r1", "r2"]


def test_a_failed_publish_keeps_the_old_snapshot(
    live: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "snapshot.duckdb"
    publish(live, target)
    add_run(live, "r2")

    def full(source: Path, copy: Path) -> None:
        copy.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshots, "copy_file", full)
    with pytest.raises(WarehouseError, match=r"the old snapshot stays: .*No space left"):
        publish(live, target)
    monkeypatch.undo()
    assert run_ids(target) == ["r1"]
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.endswith(".tmp")) == []
    assert publish(live, target)
    assert run_ids(target) == ["r1", "r2"]


def test_files_of_a_killed_publisher_are_removed(live: Path, tmp_path: Path) -> None:
    target = tmp_path / "snapshot.duckdb"
    left = tmp_path / ".snapshot.duckdb.1.tmp"
    left.write_bytes(b"half")
    publish(live, target)
    assert not left.exists()


def test_a_live_file_in_use_is_busy(live: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    holder = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(live)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(WarehouseBusyError):
            publish(live, tmp_path / "snapshot.duckdb")
        process.communicate("\n")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{other}')",
        "COPY (SELECT 1) TO '{other}'",
        "ATTACH '{other}.db' AS other",
        "SET enable_external_access = true",
        "DELETE FROM store.runs",
        "INSTALL httpfs",
    ],
)
def test_sql_stays_inside_the_snapshot(live: Path, tmp_path: Path, sql: str) -> None:
    target = tmp_path / "snapshot.duckdb"
    publish(live, target)
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n")
    with pytest.raises(WarehouseError) as refused:
        query(target, sql.format(other=other))
    assert "\n" not in str(refused.value)
    assert other.read_text() == "a\n1\n"


def test_errors_are_one_line(live: Path, tmp_path: Path) -> None:
    target = tmp_path / "snapshot.duckdb"
    with pytest.raises(WarehouseError, match="no snapshot yet; `policywire run` publishes one"):
        query(target, "SELECT 1")
    publish(live, target)
    with pytest.raises(WarehouseError, match="no_such_view") as refused:
        query(target, "SELECT *\nFROM no_such_view")
    assert "\n" not in str(refused.value)
    result = query(target, "SELECT 1 AS one, 'x' AS two")
    assert (result.columns, result.rows) == (("one", "two"), [(1, "x")])
    assert os.path.exists(target)
