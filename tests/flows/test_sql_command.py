"""`policywire sql`: one read-only query, streamed, stopped by Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from warehouse.connection import open_warehouse
from warehouse.snapshot import publish


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sql") / "w.duckdb"
    with open_warehouse(path) as con:
        con.execute("INSERT INTO store.runs (run_id) VALUES ('r1')")
    publish(path, path.with_suffix(".snapshot.duckdb"))
    return path


def command(warehouse: Path, sql: str, *more: str) -> list[str]:
    program = "from flows.commands.cli import main; main()"
    return [sys.executable, "-c", program, "sql", sql, "--warehouse", str(warehouse), *more]


def ask(warehouse: Path, sql: str, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(warehouse, sql, *more), capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "sql", ["CALL enable_logging(storage_path = '{0}/log')", "FROM read_text('/etc/hostname')"]
)
def test_anything_but_a_query_is_one_line_and_exit_code_1(
    warehouse: Path, tmp_path: Path, sql: str
) -> None:
    done = ask(warehouse, sql.replace("{0}", str(tmp_path)))
    assert done.returncode == 1, "not -6: the process is not aborted"
    assert "is refused" in done.stderr
    assert not done.stdout


def test_json_is_one_array(warehouse: Path) -> None:
    done = ask(warehouse, "SELECT range AS n, [1] AS l FROM range(25000)", "-f", "json")
    assert [row["n"] for row in json.loads(done.stdout)] == list(range(25000))
    assert json.loads(ask(warehouse, "SELECT 1 WHERE false", "-f", "json").stdout) == []


def test_a_long_answer_is_streamed(warehouse: Path) -> None:
    sql = "FROM range(100000000000000)"
    with subprocess.Popen(
        command(warehouse, sql, "-f", "csv"), stdout=subprocess.PIPE, text=True
    ) as asking:
        assert asking.stdout is not None
        assert [asking.stdout.readline() for _ in range(3)] == ["range\n", "0\n", "1\n"]
        asking.kill()


def test_ctrl_c_stops_it_in_one_line(warehouse: Path) -> None:
    sql = "SELECT count(*) FROM range(100000000000000)"
    with subprocess.Popen(
        command(warehouse, sql), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as asking:
        time.sleep(3)
        os.kill(asking.pid, signal.SIGINT)
        _, said = asking.communicate(timeout=10)
    assert asking.returncode == 130
    assert "a bug in PolicyWire" not in said
    assert len(said.splitlines()) <= 1
