"""Texts may be deleted; what was extracted from them stays."""

from datetime import UTC, datetime
from pathlib import Path

from duckdb import DuckDBPyConnection
from typer.testing import CliRunner

from flows.commands.cli import app
from tests.extractors.linking.test_link import truce
from tests.warehouse.articles.test_articles import article
from tests.warehouse.events.test_links import link_all, store
from warehouse.articles.articles import save_ingest
from warehouse.articles.retention import compact, count_droppable, drop_texts
from warehouse.connection import open_warehouse
from warehouse.operations.check import check_warehouse


def test_old_texts_are_deleted_and_developments_stay(con: DuckDBPyConnection) -> None:
    store(con, truce())
    link_all(con)
    before = con.execute("SELECT * FROM policy_events ORDER BY development_id").fetchall()
    save_ingest(con, articles=[article()])
    now = datetime(2025, 11, 20, tzinfo=UTC)
    assert count_droppable(con, older_than_days=30, now=now) == 5
    assert drop_texts(con, older_than_days=30, now=now) == 5
    assert drop_texts(con, older_than_days=30, now=now) == 0
    kept = con.execute("SELECT count(*) FROM articles WHERE text IS NOT NULL").fetchone()
    assert kept == (5,)
    after = con.execute("SELECT * FROM policy_events ORDER BY development_id").fetchall()
    assert after == before
    assert check_warehouse(con) == []


def test_compacting_keeps_everything_and_frees_space(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path) as con:
        store(con, truce())
        link_all(con)
        con.execute("CREATE TABLE store.filler AS SELECT random() AS x FROM range(500000)")
    with open_warehouse(path) as con:
        con.execute("DROP TABLE store.filler")
    was, now = compact(path)
    assert now < was
    with open_warehouse(path) as con:
        assert check_warehouse(con) == []
        assert con.execute("SELECT count(*) FROM policy_events").fetchone() == (7,)
    assert [p.name for p in tmp_path.iterdir()] == ["w.duckdb"]


def test_the_commands_export_drop_and_compact(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path) as con:
        store(con, truce())
        link_all(con)
    at = ["--warehouse", str(path)]
    run = CliRunner().invoke
    shown = run(app, ["warehouse", "drop-texts", "--older-than", "1", "--dry-run", *at])
    assert "9 texts would be deleted" in shown.stdout
    done = run(app, ["warehouse", "drop-texts", "--older-than", "1", *at])
    assert "9 texts deleted" in done.stdout
    assert "MB after" in run(app, ["warehouse", "compact", *at]).stdout
    out = run(app, ["warehouse", "export", str(tmp_path / "out"), *at])
    assert "policy_events: 7 rows" in out.stdout
    checked = run(app, ["warehouse", "check", *at])
    assert checked.exit_code == 0, checked.stdout
