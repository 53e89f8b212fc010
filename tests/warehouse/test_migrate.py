"""Schemas: created once, kept, and refused when they are not ours."""

import gzip
from pathlib import Path

import duckdb
import pytest

from models.errors import MigrationError, WarehouseBusyError, WarehouseError
from tests.extractors.link_cases import told as report
from tests.extractors.linking.test_link import truce
from tests.warehouse.events.test_links import LIVES, link_all, store
from tests.warehouse.released import FOLDER
from warehouse.connection import connect, open_warehouse, transaction
from warehouse.migrate import SqlFile, in_order, migrate, sql_files
from warehouse.operations.check import check_warehouse

DATED = """
SELECT
    count(*),
    count(*) FILTER (
        (effective_precision IS NULL) <> (effective_on IS NULL)
        OR (ends_precision IS NULL) <> (ends_on IS NULL)
        OR coalesce(ends_basis = 'stated', false) <> (end_date IS NOT NULL)
    ),
    max(revision) = 1
FROM policy_events
"""


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path) as con:
        first = con.execute("SELECT version, applied_at FROM store.migrations").fetchall()
    with open_warehouse(path) as con:
        assert con.execute("SELECT version, applied_at FROM store.migrations").fetchall() == first
    assert [row[0] for row in first] == [m.order for m in sql_files("migrations")]


@pytest.mark.parametrize("fixture", sorted(FOLDER.glob("*.duckdb.gz")), ids=lambda f: f.name)
def test_every_released_schema_is_brought_up_to_date(tmp_path: Path, fixture: Path) -> None:
    path = tmp_path / "old.duckdb"
    path.write_bytes(gzip.decompress(fixture.read_bytes()))
    with connect(path, read_only=True) as con:
        then = con.execute("SELECT max(version) FROM store.migrations").fetchone()
        before = con.execute(LIVES).fetchall()
    assert then == (int(fixture.name.removeprefix("schema-")[:4]),)
    with open_warehouse(path) as con:
        now = con.execute("SELECT count(*) FROM store.migrations").fetchone()
        assert now == (len(sql_files("migrations")),)
        assert con.execute(LIVES).fetchall() == before
        # Whatever was stored before there were asides is told.
        told = con.execute("SELECT bool_and(told), count(told) FROM event_mentions").fetchone()
        assert told == (True, len(truce()))
        # Nor had anything a tariff code.
        for view in ("event_mentions", "policy_events"):
            coded = con.execute(f"SELECT max(len(hs_codes)) FROM {view}").fetchone()
            assert coded == (0,), view
        # Dates stored before they had a precision have one, and revisions are not written anew.
        dated = con.execute(DATED).fetchall()
        assert dated == [(7, 0, True)]
        store(con, [], asides=[report("2025-10-12", "tariff raised", actors=["US"])])
        assert link_all(con) == 0
        assert len(con.execute("FROM policy_events").fetchall()) == 7
        assert check_warehouse(con) == []


def test_there_is_a_released_schema_to_upgrade() -> None:
    assert list(FOLDER.glob("*.duckdb.gz"))


def test_a_nested_transaction_is_part_of_the_outer_one() -> None:
    con = connect(":memory:")
    migrate(con)

    def write(*, fail: bool) -> None:
        with transaction(con):
            con.execute("INSERT INTO store.runs (run_id) VALUES ('outer')")
            with transaction(con):
                con.execute("INSERT INTO store.runs (run_id) VALUES ('inner')")
            if fail:
                raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - ours, three lines above
        write(fail=True)
    assert con.execute("SELECT count(*) FROM store.runs").fetchone() == (0,)
    write(fail=False)
    assert con.execute("SELECT count(*) FROM store.runs").fetchone() == (2,)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path) as con:
        con.execute("INSERT INTO store.migrations VALUES (9999, 'future', 'x', now())")
    with pytest.raises(MigrationError, match="schema 9999 is newer than this release"):
        open_warehouse(path).__enter__()


def test_a_changed_migration_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path) as con:
        con.execute("UPDATE store.migrations SET digest = 'x' WHERE version = 1")
    with pytest.raises(MigrationError, match="migration 1 differs"):
        open_warehouse(path).__enter__()


def test_another_database_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "other.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE mine (x INTEGER)")
    with pytest.raises(MigrationError, match="not a PolicyWire warehouse"):
        open_warehouse(path).__enter__()
    with duckdb.connect(str(path)) as con:
        assert con.execute(
            "SELECT count(*) FROM duckdb_schemas() WHERE schema_name = 'store'"
        ).fetchone() == (0,)


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to look like a header " * 200)
    with pytest.raises(MigrationError, match="not a PolicyWire warehouse"):
        connect(path)


def test_a_file_in_use_is_busy(tmp_path: Path) -> None:
    import subprocess
    import sys

    path = tmp_path / "w.duckdb"
    holder = (
        "import sys, duckdb; con = duckdb.connect(sys.argv[1]); print('open', flush=True); "
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(WarehouseBusyError, match="another process has it open"):
            connect(path)
        process.communicate("")


def test_a_refused_statement_rolls_back_and_says_so() -> None:
    con = connect(":memory:")
    migrate(con)

    def write() -> None:
        with transaction(con):
            con.execute("INSERT INTO store.runs (run_id) VALUES ('r')")
            con.execute("SELECT no_such_column FROM store.runs")

    with pytest.raises(WarehouseError, match="nothing was written"):
        write()
    assert con.execute("SELECT count(*) FROM store.runs").fetchone() == (0,)


def test_views_are_created_after_those_they_need() -> None:
    def view(name: str, sql: str) -> SqlFile:
        return SqlFile(order=0, name=name, sql=sql)

    views = [view("a", "-- after: b\n"), view("b", "-- x"), view("c", "-- after: a")]
    assert [v.name for v in in_order(views, "w")] == ["b", "a", "c"]
    with pytest.raises(MigrationError, match="needs z"):
        in_order([view("a", "-- after: z")], "w")
    with pytest.raises(MigrationError, match="need each other"):
        in_order([view("a", "-- after: b"), view("b", "-- after: a")], "w")
