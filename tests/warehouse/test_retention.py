"""Texts may go; what was read in them stays."""

from datetime import UTC, datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from tests.extractors.test_linking import truce
from tests.warehouse.test_articles import article
from tests.warehouse.test_links import link_all, store
from warehouse.articles import save_ingest
from warehouse.check import check_warehouse
from warehouse.connection import open_warehouse
from warehouse.retention import compact, drop_texts


def test_old_texts_go_and_lives_stay(con: DuckDBPyConnection) -> None:
    store(con, truce())
    link_all(con)
    before = con.execute("SELECT * FROM policy_events ORDER BY development_id").fetchall()
    save_ingest(con, articles=[article()])
    now = datetime(2025, 11, 20, tzinfo=UTC)
    assert drop_texts(con, older_than_days=30, now=now) == 5
    assert drop_texts(con, older_than_days=30, now=now) == 0
    kept = con.execute("SELECT count(*) FROM articles WHERE text IS NOT NULL").fetchone()
    assert kept == (5,)
    after = con.execute("SELECT * FROM policy_events ORDER BY development_id").fetchall()
    assert after == before
    assert check_warehouse(con) == []


def test_compacting_keeps_everything_and_gives_room_back(tmp_path: Path) -> None:
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
