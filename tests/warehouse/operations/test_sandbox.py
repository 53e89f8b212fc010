"""Queries on a locked connection: what is allowed, and that all else is refused."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from models.errors import WarehouseError
from warehouse.connection import open_warehouse
from warehouse.operations.sandbox import (
    Limits,
    Questions,
    allowed_functions,
    open_for_questions,
    open_tables_for_questions,
)
from warehouse.snapshot import publish

# Low limits, so that the tests reach them at once.
SMALL = Limits(time_s=20, memory_mb=128, spill_mb=0, threads=2)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sandbox")
    with open_warehouse(folder / "live.duckdb") as con:
        con.execute("INSERT INTO store.runs (run_id) VALUES ('r1'), ('r2')")
    publish(folder / "live.duckdb", folder / "snapshot.duckdb")
    return folder / "snapshot.duckdb"


@pytest.fixture
def questions(snapshot: Path) -> Iterator[Questions]:
    with open_for_questions(snapshot, SMALL) as opened:
        yield opened


def rows(questions: Questions, sql: str) -> list[dict[str, object]]:
    with questions.ask(sql) as reader:
        return list(reader.read_all().to_pylist())


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) AS n FROM store.runs",
        "FROM store.runs",
        "WITH r AS (FROM store.runs) SELECT run_id FROM r;",
        "VALUES (1)",
        "DESCRIBE policy_events",
        "SHOW TABLES",
        "SHOW ALL TABLES",
        "SUMMARIZE store.runs",
        "PRAGMA table_info('policy_events')",
        "EXPLAIN SELECT 1",
        "-- why\n/* slow? */ EXPLAIN ANALYZE SELECT 1",
        "EXPLAIN (FORMAT json) SELECT 1",
        "PIVOT store.runs ON run_id IN ('r1', 'r2') USING count(*)",
        "FROM policy_events_as_of(now())",
        "SELECT * FROM range(3), unnest([1, 2])",
        "SELECT list_transform([1, 2], x -> x + 1), random() < 2",
        "FROM duckdb_columns() LIMIT 1",
    ],
)
def test_queries_are_answered(questions: Questions, sql: str) -> None:
    with questions.ask(sql) as reader:
        assert reader.read_all().num_columns


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "-- nothing",
        "SELECT 1; SELECT 2",
        "SELEC 1",
        "INSERT INTO store.runs (run_id) VALUES ('x')",
        "DELETE FROM store.runs RETURNING run_id",
        "CREATE TEMP TABLE t AS SELECT 1",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "EXPORT DATABASE '{folder}/out'",
        "ATTACH '{folder}/other.duckdb' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 1",
        "RESET threads",
        "USE temp",
        "BEGIN",
        "CHECKPOINT",
        "VACUUM",
        "PREPARE p AS SELECT 1",
        "PRAGMA enable_profiling",
        "PRAGMA force_checkpoint",
        "CALL enable_logging('QueryLog')",
        "CALL enable_logging(storage_path = '{folder}/log')",
        "SELECT * FROM enable_logging(storage_path = '{folder}/log')",
        "WITH l AS (FROM Enable_Logging(storage_path = '{folder}/log')) SELECT 1 FROM l",
        "SELECT (SELECT count(*) FROM enable_logging(storage_path = '{folder}/log'))",
        "DESCRIBE FROM enable_logging(storage_path = '{folder}/log')",
        "EXPLAIN ANALYZE SELECT * FROM enable_logging(storage_path = '{folder}/log')",
        "EXPLAIN ANALYZE INSERT INTO store.runs (run_id) VALUES ('x')",
        "SELECT * FROM query('CALL enable_logging()')",
        "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
        "FROM arrow_scan(1::POINTER, 1::POINTER, 1::POINTER)",
        "FROM read_text('/etc/hostname')",
        "FROM '/etc/hostname'",
        "FROM read_csv('http://127.0.0.1:1/x.csv')",
        "SELECT * FROM glob('/etc/*')",
        "FROM some_table_of_python",
        "SELECT getenv('HOME')",
        "SELECT " + "(" * 60_000 + "1" + ")" * 60_000,
        "SELECT " + "NOT " * 20_000 + "true",
        "SELECT " + "1+" * 20_000 + "1",
        "SELECT '" + "x" * 200_000 + "'",
    ],
)
def test_everything_else_is_refused_in_one_line(
    questions: Questions, tmp_path: Path, sql: str
) -> None:
    some_table_of_python = pa.table({"secret": [1]})
    with pytest.raises(WarehouseError) as refused:
        rows(questions, sql.replace("{folder}", str(tmp_path)))
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400
    assert not list(tmp_path.iterdir())
    assert some_table_of_python.num_rows
    assert rows(questions, "SELECT 1 AS one") == [{"one": 1}], "the connection still answers"


def test_a_log_it_could_not_close_does_not_abort_the_process(
    snapshot: Path, tmp_path: Path
) -> None:
    program = (
        "import sys\n"
        "from models.errors import WarehouseError\n"
        "from warehouse.operations.sandbox import open_for_questions\n"
        "with open_for_questions(sys.argv[1]) as questions:\n"
        "    try:\n"
        "        with questions.ask(sys.argv[2]) as reader:\n"
        "            reader.read_all()\n"
        "    except WarehouseError as error:\n"
        "        print('refused', error)\n"
    )
    sql = f"SELECT * FROM enable_logging(storage_path = '{tmp_path}/log')"
    done = subprocess.run(
        [sys.executable, "-c", program, str(snapshot), sql],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("refused"), done.stdout


def test_time_and_memory_are_bounded(snapshot: Path) -> None:
    long = "SELECT count(*) FROM range(1000000000000)"
    big = "SELECT length(string_agg(repeat('x', 1000), '')) FROM range(1000000)"
    with open_for_questions(snapshot, Limits(time_s=0.3, memory_mb=64, spill_mb=0)) as questions:
        with pytest.raises(WarehouseError, match=r"stopped after 0\.3 s, the time limit"):
            rows(questions, long)
        assert rows(questions, "SELECT 1 AS one") == [{"one": 1}]
    with (
        open_for_questions(snapshot, SMALL) as questions,
        pytest.raises(WarehouseError, match="needs more memory"),
    ):
        rows(questions, big)


def test_rows_come_in_batches(questions: Questions) -> None:
    with questions.ask("SELECT range AS n FROM range(10_000_000_000)") as reader:
        first = reader.read_next_batch()
        assert 0 < first.num_rows < 100_000
    assert threading.active_count() < 50, "timers are cancelled"


def test_only_the_given_tables_exist() -> None:
    table = pa.table({"n": [1, 2], "label": ["a", "b"]})
    with open_tables_for_questions({"events": table}, SMALL) as questions:
        assert rows(questions, "SELECT n FROM events WHERE label = 'b'") == [{"n": 2}]
        for sql in ("FROM table", "FROM read_text('/etc/hostname')", "DROP TABLE events"):
            with pytest.raises(WarehouseError):
                rows(questions, sql)


def test_parameters_are_values(questions: Questions) -> None:
    sql = "SELECT run_id FROM store.runs WHERE run_id = $wanted"
    with questions.ask(sql, {"wanted": "r2'; DROP TABLE x"}) as reader:
        assert reader.read_all().num_rows == 0
    with questions.ask(sql, {"wanted": "r2"}) as reader:
        assert reader.read_all().num_rows == 1


def test_allowed_functions_exist(questions: Questions) -> None:
    known = rows(questions, "SELECT DISTINCT function_name AS name FROM duckdb_functions()")
    assert allowed_functions() <= {str(row["name"]) for row in known}
