"""Rulings from the command line: stored, applied at once, visible in the snapshot."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.commands.cli import app
from tests.extractors.link_cases import told
from tests.warehouse.events.test_links import link_all, store
from warehouse.connection import open_warehouse
from warehouse.operations.check import check_warehouse
from warehouse.snapshot import publish, query

run = CliRunner().invoke


@pytest.fixture
def at(tmp_path: Path) -> list[str]:
    """The options for a warehouse with odd lives."""
    live = tmp_path / "w.duckdb"
    with open_warehouse(live) as con:
        store(
            con,
            [
                told("2025-01-10", "tariff in_force", actors=["US"], commodities=["steel"]),
                told("2025-06-10", "tariff lifted", actors=["US"], commodities=["steel"]),
                told("2025-09-10", "tariff cut", actors=["US"], commodities=["steel"]),
                told("2025-10-30", "tariff suspended", actors=["US"], commodities=["copper"]),
            ],
        )
        link_all(con)
    publish(live, tmp_path / "w.snapshot.duckdb")
    return ["--warehouse", str(live)]


def ask(at: list[str], sql: str) -> list[tuple[object, ...]]:
    return query(Path(at[1]).with_suffix(".snapshot.duckdb"), sql).rows


def test_a_confirmed_finding_leaves_the_queue(at: list[str]) -> None:
    listed = run(app, ["review", "list", *at])
    assert listed.exit_code == 0, listed.output
    assert "life_cycle" in listed.stdout
    only = run(app, ["review", "list", "--kind", "value_missing", *at])
    assert "life_cycle" not in only.stdout
    ((review_id,),) = ask(at, "SELECT review_id FROM review_queue WHERE kind = 'life_cycle'")
    for start, said in (("", "no review has the id ''"), ("zz", "no review has the id 'zz'")):
        refused = run(app, ["review", "confirm", start, "--why", "x", *at])
        assert said in str(refused.exception)
    cut = str(review_id)[:8]
    done = run(app, ["review", "confirm", cut, "--why", "a court", "--by", "ana", *at])
    assert done.exit_code == 0, done.output
    assert ask(at, "SELECT kind FROM review_queue") == [("value_missing",)]
    assert ask(at, "SELECT decided_by, reason, action FROM review_decisions") == [
        ("ana", "a court", "confirm")
    ]
    assert "ana" in run(app, ["review", "list", "--decisions", *at]).stdout


def test_a_cut_id_that_several_have_is_refused(at: list[str]) -> None:
    measures = [str(row[0]) for row in ask(at, "SELECT measure_id FROM measure_status")]
    with open_warehouse(at[1]) as con:
        for name in measures:
            con.execute(
                "UPDATE store.development_states SET measure_id = 'aa' || measure_id "
                "WHERE measure_id = ?",
                [name],
            )
    refused = run(app, ["review", "merge", "aa", measures[0], "--why", "x", *at])
    assert "several measures start with 'aa'" in str(refused.exception)


def test_measures_are_merged_and_steps_split_off(at: list[str]) -> None:
    rows = ask(at, "SELECT measure_id, step_count FROM measure_status ORDER BY 2")
    (copper, _), (steel, _) = rows
    done = run(app, ["review", "merge", str(copper), str(steel), "--why", "one order", *at])
    assert done.exit_code == 0, done.output
    assert ask(at, "SELECT step_count FROM measure_status") == [(4,)]
    ((step,),) = ask(at, "SELECT development_id FROM policy_events WHERE status = 'cut'")
    done = run(app, ["review", "split", str(step), "--why", "another", *at])
    assert done.exit_code == 0, done.output
    assert ask(at, "SELECT step_count FROM measure_status ORDER BY 1") == [(1,), (3,)]
    with open_warehouse(at[1]) as con:
        assert check_warehouse(con) == []


def test_rulings_by_sql_are_stored_all_or_none(at: list[str]) -> None:
    sql = (
        "SELECT 'confirm' AS action, review_id AS subject_id, NULL AS object_id, "
        "'known' AS reason FROM review_queue"
    )
    shown = run(app, ["review", "apply", sql, "--dry-run", *at])
    assert "confirm" in shown.stdout
    assert len(ask(at, "FROM review_queue")) == 2
    bad = sql + " UNION ALL SELECT 'confirm', 'nobody', NULL, 'x'"
    refused = run(app, ["review", "apply", bad, *at])
    assert re.search("no review has the id 'nobody'", str(refused.exception))
    assert ask(at, "FROM review_decisions") == []
    for wrong, said in (
        ("SELECT 1 AS x", "the columns must be action, subject_id, object_id, reason"),
        (sql.replace("'confirm'", "'bless'"), "confirm, merge or split"),
        (sql.replace("'confirm'", "'merge'"), "object_id to merge into"),
    ):
        assert said in str(run(app, ["review", "apply", wrong, *at]).exception)
    taken = run(app, ["review", "apply", sql, "--by", "ana", *at])
    assert taken.exit_code == 0, taken.output
    assert "2 rulings" in taken.stdout
    assert ask(at, "FROM review_queue") == []
