"""The check finds what the database does not enforce."""

from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from tests.extractors.linking.test_link import truce
from tests.warehouse.events.test_links import link_all, store
from tests.warehouse.test_snapshot import add_run
from warehouse.operations.check import check_snapshot, check_warehouse
from warehouse.snapshot import publish


@pytest.fixture
def full(con: DuckDBPyConnection) -> DuckDBPyConnection:
    store(con, truce())
    link_all(con)
    return con


def test_a_sound_warehouse_has_no_problems(full: DuckDBPyConnection) -> None:
    assert check_warehouse(full) == []


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        ("INSERT INTO store.articles FROM store.articles LIMIT 1", "articles_once"),
        ("DELETE FROM store.measures", "developments_have_measures"),
        ("DELETE FROM store.articles", "event_mentions_have_articles"),
        ("DELETE FROM store.event_mentions", "links_have_mentions"),
        ("UPDATE store.event_mentions SET told = false", "links_are_told"),
        ("UPDATE store.event_mentions SET told = NULL", "links_are_told"),
        ("DELETE FROM store.development_states", "developments_have_states"),
        ("UPDATE store.developments SET revision = 3", "development_revisions_without_gaps"),
        (
            "UPDATE store.articles SET first_seen_at = first_seen_at + INTERVAL 9 DAY",
            "first_seen_before_fetched",
        ),
        ("UPDATE store.extractions SET event_count = 99", "extraction_counts_mentions"),
        (
            "INSERT INTO store.alert_judgements BY NAME SELECT 'gone' AS alert_id",
            "judgements_have_notices",
        ),
        (
            "INSERT INTO store.alerts BY NAME SELECT 'a' AS alert_id, 'muted' AS state",
            "muted_notices_have_mutes",
        ),
        (
            "CREATE OR REPLACE VIEW broken AS SELECT 1 AS x; CREATE TABLE t AS SELECT 1 AS x; "
            "CREATE OR REPLACE VIEW broken AS SELECT x FROM t; DROP TABLE t",
            "view_opens",
        ),
    ],
)
def test_damage_is_found(full: DuckDBPyConnection, damage: str, check: str) -> None:
    full.execute(damage)
    assert check in {problem.check for problem in check_warehouse(full)}


def test_an_old_snapshot_is_reported(tmp_path: Path) -> None:
    live, snapshot = tmp_path / "live.duckdb", tmp_path / "snapshot.duckdb"
    add_run(live, "r1")
    assert "not published yet" in check_snapshot(live, snapshot)[0].example
    publish(live, snapshot)
    assert check_snapshot(live, snapshot) == []
    add_run(live, "r2")
    assert "older than" in check_snapshot(live, snapshot)[0].example
