"""New files are private; files that others could read before are reported and not changed."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.base.private_files import open_to_others
from warehouse.connection import open_warehouse
from warehouse.snapshot import publish


@pytest.fixture
def lax_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def add_run(path: Path, run_id: str) -> None:
    with open_warehouse(path) as con:
        con.execute("INSERT INTO store.runs (run_id) VALUES (?)", [run_id])


@pytest.mark.usefixtures("lax_umask")
def test_all_files_that_a_command_makes_are_private(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"text": "Japan bans exports of zinc.", "url": "http://d/1"}'
    )
    (tmp_path / "f.toml").write_text('[[feed]]\nid = "d"\nname = "D"\nurl = "https://d.example/"\n')
    made = tmp_path / "var" / "news"
    asked = ["backfill", "a.jsonl", "--feeds", "f.toml", "--warehouse", str(made / "w.duckdb")]
    done = subprocess.run(
        [sys.executable, "-c", "from flows.commands.cli import main; main()", *asked],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {mode(p) for p in (tmp_path / "var").rglob("*") if p.is_file()} == {0o600}
    assert {mode(p) for p in (made, made.parent)} == {0o700}
    assert not list(open_to_others(made / "w.duckdb", made / "w.snapshot.duckdb"))


@pytest.mark.usefixtures("lax_umask")
def test_open_files_are_reported_and_not_changed(tmp_path: Path) -> None:
    live, snapshot = tmp_path / "w.duckdb", tmp_path / "w.snapshot.duckdb"
    add_run(live, "r1")
    publish(live, snapshot)
    assert list(open_to_others(live, snapshot)) == [live, snapshot]
    assert (mode(live), mode(snapshot)) == (0o644, 0o644)


def test_a_new_snapshot_has_the_mode_its_operator_gave_the_old_one(tmp_path: Path) -> None:
    live, snapshot = tmp_path / "w.duckdb", tmp_path / "w.snapshot.duckdb"
    add_run(live, "r1")
    publish(live, snapshot)
    snapshot.chmod(0o640)
    live.chmod(0o600)
    add_run(live, "r2")
    assert publish(live, snapshot)
    assert mode(snapshot) == 0o640
    assert not list(open_to_others(live, snapshot)), "a group was given it on purpose"
