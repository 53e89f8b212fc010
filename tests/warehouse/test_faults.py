"""Faults of file, disk and memory have distinct messages; backup and restore work."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from flows.commands.cli import app
from flows.operations.serve import only_one
from models.errors import (
    MigrationError,
    WarehouseBusyError,
    WarehouseDamagedError,
    WarehouseError,
    WarehouseFullError,
)
from warehouse.connection import connect, open_warehouse
from warehouse.faults import warehouse_error
from warehouse.operations.backup import backup, restore
from warehouse.snapshot import publish, query

COUNT = "SELECT count(*) FROM store.runs"


@pytest.fixture
def live(tmp_path: Path) -> Path:
    # "lock" and "version" in the path must not matter.
    path = tmp_path / "block version" / "w.duckdb"
    with open_warehouse(path) as con:
        con.execute("INSERT INTO store.runs (run_id) SELECT 'r' || range FROM range(20000)")
    return path


def spoil(path: Path, at: int, size: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xa5" * size)


def read_all(path: Path) -> None:
    with open_warehouse(path) as con:
        con.execute("SELECT max(run_id) FROM store.runs").fetchall()


@pytest.mark.parametrize(
    ("harm", "kind", "line"),
    [
        (lambda p: spoil(p, 0, 8), WarehouseDamagedError, "the file is damaged"),
        (lambda p: spoil(p, 4096, 8192), WarehouseDamagedError, "the file is damaged"),
        (lambda p: spoil(p, 12288, 5_000_000), WarehouseDamagedError, "the file is damaged"),
        (lambda p: os.truncate(p, 100), WarehouseDamagedError, "the file is damaged"),
        (lambda p: p.write_bytes(b"words " * 2000), MigrationError, "not a PolicyWire warehouse"),
        (lambda p: spoil(p, 8, 4), MigrationError, "not a PolicyWire warehouse"),
        (lambda p: (p.unlink(), p.mkdir()), WarehouseError, "a folder, not a file"),
    ],
)
def test_a_damaged_file_is_called_damaged_at_once(
    live: Path, harm: Callable[[Path], object], kind: type[WarehouseError], line: str
) -> None:
    harm(live)
    with pytest.raises(kind, match=line) as raised:
        read_all(live)
    assert not isinstance(raised.value, WarehouseBusyError), (
        "no other process has it open: do not wait"
    )
    assert "\n" not in str(raised.value)


def test_a_damaged_log_is_reported(live: Path) -> None:
    program = (
        "import duckdb, os, sys\n"
        "con = duckdb.connect(sys.argv[1])\n"
        "con.execute(\"INSERT INTO store.runs (run_id) SELECT 'x' || range FROM range(3000)\")\n"
        "os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(live)], check=False)
    spoil(live.with_name("w.duckdb.wal"), 100, 60)
    with pytest.raises(WarehouseDamagedError, match=r"\.wal\) is damaged"):
        read_all(live)


def test_a_full_disk_is_called_full(live: Path) -> None:
    program = (
        "import resource, signal, sys\n"
        "from models.errors import WarehouseFullError\n"
        "from warehouse.connection import open_warehouse, transaction\n"
        "from warehouse.snapshot import publish\n"
        "from pathlib import Path\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "live = Path(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (live.stat().st_size - 5000,) * 2)\n"
        "try:\n"
        "    publish(live, live.with_name('s.duckdb'))\n"
        "except WarehouseFullError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(live)], capture_output=True, text=True, check=False
    )
    assert "not published; the old snapshot stays: the disk is full" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("error", "kind", "line"),
    [
        (duckdb.IOException("IO Error: Could not write file: No space left on device"),
         WarehouseFullError, "the disk is full"),
        (OSError(28, "No space left on device"), WarehouseFullError, "the disk is full"),
        (duckdb.IOException('Cannot open file "x": Permission denied'),
         WarehouseError, "no permission"),
        (duckdb.IOException('Cannot open file "x": Too many open files'),
         WarehouseError, "too many open files"),
        (duckdb.IOException("Trying to read a database file with version number 99, but we can"),
         MigrationError, "newer DuckDB"),
        (duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate"),
         WarehouseError, "not enough memory"),
        (duckdb.BinderException("Binder Error: no column block"), WarehouseError, "no column"),
    ],
)  # fmt: skip
def test_other_faults_have_their_line(
    error: Exception, kind: type[WarehouseError], line: str
) -> None:
    told = warehouse_error(error, "/data/block/w.duckdb")
    assert type(told) is kind
    assert line in str(told)


def test_held_by_another_is_still_busy(live: Path) -> None:
    program = "import duckdb, sys\ncon = duckdb.connect(sys.argv[1])\nprint(1, flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(live)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(WarehouseBusyError, match="another process has it open"):
            connect(live)
        publish_to = live.with_name("copy.duckdb")
        with pytest.raises(WarehouseBusyError):
            backup(live, publish_to, patience_s=0.2)
        holder.kill()
    publish(live, publish_to)
    assert restore(publish_to, live)


def test_a_backup_can_be_restored_and_overwrites_nothing(live: Path) -> None:
    copy = backup(live, live.parent / "kept" / "b.duckdb")
    with pytest.raises(WarehouseError, match="already exists"):
        backup(live, copy)
    with open_warehouse(live) as con:
        con.execute("DELETE FROM store.runs")
    spoil(live, 12288, 500_000)
    old = restore(copy, live)
    assert old is not None
    assert old.exists()
    assert query(live, COUNT).rows == [(20000,)]
    left = {path.name for path in live.parent.iterdir()}
    assert left == {"w.duckdb", "kept", old.name}


def test_only_an_intact_warehouse_can_be_restored(live: Path) -> None:
    other = live.with_name("other.duckdb")
    duckdb.connect(str(other)).close()
    for source, said in ((other, "not a PolicyWire warehouse"), (live, "this is the live file")):
        with pytest.raises(WarehouseError, match=said):
            restore(source, live)
    spoil(other, 0, 8)
    with pytest.raises(WarehouseDamagedError):
        restore(other, live)
    assert query(live, COUNT).rows == [(20000,)]


def test_the_commands(live: Path) -> None:
    asked = ["--warehouse", str(live)]
    made = CliRunner().invoke(app, ["warehouse", "backup", *asked])
    assert made.exit_code == 0, made.output
    (copy,) = live.parent.glob("w.backup-*.duckdb")
    live.unlink()
    back = CliRunner().invoke(app, ["warehouse", "restore", str(copy), *asked])
    assert back.exit_code == 0, back.output
    assert query(live.with_suffix(".snapshot.duckdb"), COUNT).rows == [(20000,)]


def test_restore_is_refused_while_a_schedule_runs(live: Path) -> None:
    copy = backup(live)
    asked = ["warehouse", "restore", str(copy), "--warehouse", str(live)]
    with only_one(live.parent / "prefect"):
        refused = CliRunner().invoke(app, asked)
    assert refused.exit_code != 0
    assert "another `policywire serve`" in str(refused.exception)
    assert not list(live.parent.glob("*.before-restore-*"))
    assert CliRunner().invoke(app, asked).exit_code == 0


def test_a_file_that_another_thread_is_closing_is_busy_so_opening_waits() -> None:
    error = duckdb.BinderException(
        'Binder Error: Unique file handle conflict: Cannot attach "b" - the database file '
        '"/x/b.duckdb" is already attached by database "b"'
    )
    assert isinstance(warehouse_error(error, "/x/b.duckdb"), WarehouseBusyError)
    other = duckdb.BinderException('Binder Error: Referenced column "x" not found')
    assert not isinstance(warehouse_error(other, "/x/b.duckdb"), WarehouseBusyError)
