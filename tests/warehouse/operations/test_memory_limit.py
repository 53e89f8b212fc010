"""A query that builds values outside DuckDB's count fails; it does not take the machine."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.connection import open_warehouse
from warehouse.operations.memory_limit import memory_within
from warehouse.snapshot import publish

ASK = """
import sys
from pathlib import Path
from flows.base import answers
answers.most_memory_mb = lambda: 300
try:
    answers.write_question(Path(sys.argv[1]), sys.argv[2], "csv", Path(sys.argv[3]))
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA counts so on Linux only")
def test_a_query_fails_instead_of_taking_all_memory(tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "w.duckdb"):
        pass
    publish(tmp_path / "w.duckdb", tmp_path / "s.duckdb")
    greedy = "SELECT repeat('x', 10000000) AS a FROM range(20000)"
    for sql, said in ((greedy, "memory"), ("SELECT 1 AS a", "")):
        done = subprocess.run(
            [sys.executable, "-c", ASK, str(tmp_path / "s.duckdb"), sql, str(tmp_path / "a.csv")],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        assert ("WarehouseError" in done.stdout) is bool(said), done.stdout + done.stderr
        assert said in done.stdout


def test_the_limit_ends_with_the_block() -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with memory_within(100_000):
        assert resource.getrlimit(resource.RLIMIT_DATA)[0] == (101_000 << 20)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
