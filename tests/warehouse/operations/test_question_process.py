"""Queries in a process of their own: bounded values, and limits beyond those of DuckDB."""

import json
import math
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.connection import open_warehouse
from warehouse.operations.bounded import Bounds, bounded_rows, cut, plain
from warehouse.operations.question_process import ENDED, Question, Request
from warehouse.snapshot import publish

SMALL = Bounds(rows=3, text=10, items=2, characters=10_000)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("questions")
    with open_warehouse(folder / "live.duckdb"):
        pass
    publish(folder / "live.duckdb", folder / "s.duckdb")
    return folder / "s.duckdb"


def process() -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "warehouse.operations.question_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answered(snapshot: Path, *sql: str, **limits: Any) -> tuple[int, dict[str, Any]]:
    """Ask in a new process; return its exit code and what it said."""
    questions = tuple(Question(sql=each, parameters={}, bounds=Bounds()) for each in sql)
    with process() as child:
        assert child.stdin is not None
        assert child.stdout is not None
        request = Request(snapshot=str(snapshot), questions=questions, **limits)
        child.stdin.write(request.to_json() + "\n")
        child.stdin.flush()
        said = child.stdout.read()
    return child.returncode, json.loads(said) if said else {}


def test_questions_are_answered_in_order(snapshot: Path) -> None:
    code, said = answered(snapshot, "SELECT 1 AS a, 'x' AS b", "SELECT range AS n FROM range(2)")
    assert code == 0
    first, second = said["answers"]
    assert first == {
        "columns": [["a", "int32"], ["b", "string"]],
        "rows": [[1, "x"]],
        "more": False,
    }
    assert second["rows"] == [[0], [1]]
    assert said["published_at"].endswith("Z")


def test_memory_that_duckdb_does_not_count_is_limited(snapshot: Path) -> None:
    # In the sandbox alone this takes 20 GB, whatever its limits.
    sql = "SELECT repeat('x', 10000000) AS a FROM range(20000)"
    code, said = answered(snapshot, sql, memory_mb=200, time_s=30)
    assert code == 0
    assert "needs more memory than the limit" in said["error"]


def test_a_query_that_does_not_look_up_is_ended(snapshot: Path) -> None:
    sql = "SELECT len(string_split(repeat('a,', 50000000), ',')), list_sum(range(100000000))"
    start = time.monotonic()
    code, said = answered(snapshot, sql, memory_mb=4000, time_s=0.3)
    assert time.monotonic() - start < 30
    assert (code, said) == (ENDED, {}) or "the time limit" in said["error"]


def test_it_ends_with_its_parent(snapshot: Path) -> None:
    endless = Question(
        sql="SELECT max(sqrt(range)) FROM range(1000000000000)", parameters={}, bounds=Bounds()
    )
    child = process()
    assert child.stdin is not None
    request = Request(snapshot=str(snapshot), questions=(endless,), time_s=60)
    child.stdin.write(request.to_json() + "\n")
    child.stdin.flush()
    time.sleep(1)
    child.stdin.close()
    assert child.wait(20) == ENDED


def test_without_a_snapshot_it_says_so(tmp_path: Path) -> None:
    code, said = answered(tmp_path / "none.duckdb", "SELECT 1")
    assert code == 0
    assert "no snapshot yet" in said["error"]
    assert list(tmp_path.iterdir()) == []


def test_a_request_survives_its_line() -> None:
    question = Question(sql="SELECT 1;\n--\u2028", parameters={"a": None, "b": [1]}, bounds=SMALL)
    request = Request(snapshot="s", questions=(question, question), time_s=1.5)
    assert Request.from_json(request.to_json()) == request
    assert "\n" not in request.to_json()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (2**53 + 1, "900719925…"),
        (1.5, 1.5),
        (math.inf, "inf"),
        (math.nan, "nan"),
        (Decimal("1.50"), "1.50"),
        (date(2025, 10, 9), "2025-10-09"),
        (datetime(2025, 10, 9, 20, tzinfo=timezone(timedelta(hours=2))), "2025-10-09T18:00:00Z"),
        (datetime(2025, 10, 9, 20), "2025-10-09T20:00:00"),
        (datetime(2025, 10, 9, tzinfo=UTC), "2025-10-09T00:00:00Z"),
        (b"\x00\xff", "00ff"),
        ("a\x1b[31m\nb", "a [31m b"),
        ("x" * 11, "x" * 9 + "…"),
        (["a", "b", "c"], ["a", "b", "… 1 more"]),
        ({"a": [1], "b": None, "c": 1}, {"a": [1], "b": None}),
    ],
)
def test_values_become_bounded_json(value: object, expected: object) -> None:
    assert plain(value, SMALL) == expected


def test_rows_are_bounded_by_number_and_by_size() -> None:
    rows = [("x" * 10,)] * 5
    columns = [("a", "string")]
    found = bounded_rows(columns, rows, SMALL)
    assert (len(found.rows), found.more) == (3, True)
    assert not bounded_rows(columns, rows[:3], SMALL).more
    narrow = bounded_rows(columns, rows, Bounds(rows=3, text=10, items=2, characters=30))
    assert (len(narrow.rows), narrow.more) == (2, True)
    assert len(bounded_rows(columns, rows, Bounds(rows=3, characters=1)).rows) == 1


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_a_cut_text_keeps_its_bound_and_is_cut_once(text: str, most: int) -> None:
    shown = cut(text, most)
    assert len(shown) <= most
    assert cut(shown, most) == shown
