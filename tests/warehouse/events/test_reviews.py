"""Unusual results are queued once, and review decisions survive every rerun."""

from datetime import UTC, datetime

import pytest
from duckdb import DuckDBPyConnection

from extractors.linking.index import index_keys_wanted
from extractors.linking.link import link
from models.errors import WarehouseError
from tests.extractors.link_cases import told
from tests.warehouse.events.test_links import LIVES, link_all, store
from warehouse.events.links import blocks_to_relink, load_link_input, save_links
from warehouse.events.reviews import confirm, merge, split
from warehouse.operations.check import check_warehouse

AT = datetime(2026, 1, 5, tzinfo=UTC)


def relink(con: DuckDBPyConnection) -> None:
    save_links(con, link(load_link_input(con, [], {}, index_keys_wanted)))


def queue(con: DuckDBPyConnection) -> list[tuple[object, ...]]:
    return con.execute("SELECT kind, reason FROM review_queue ORDER BY ALL").fetchall()


def test_an_unusual_step_is_queued_until_confirmed(con: DuckDBPyConnection) -> None:
    store(
        con,
        [
            told("2025-01-10", "tariff in_force", actors=["US"], commodities=["steel"], rate=25.0),
            told("2025-06-10", "tariff lifted", actors=["US"], commodities=["steel"]),
            told("2025-09-10", "tariff cut", actors=["US"], commodities=["steel"]),
        ],
    )
    link_all(con)
    assert queue(con) == [
        ("life_cycle", "cut after lifted is no step of the life cycle"),
        ("value_missing", "cut without a rate or an amount"),
    ]
    for (review_id,) in con.execute("SELECT review_id FROM review_queue").fetchall():
        confirm(con, review_id, by="an analyst", reason="so it was", at=AT)
    assert queue(con) == []
    store(
        con,
        [told("2025-09-11", "tariff cut", actors=["US"], commodities=["steel"], publisher="daily")],
    )
    link_all(con)
    assert queue(con) == []
    assert con.execute("SELECT count(*) FROM review_decisions").fetchone() == (2,)


def test_a_finding_leaves_when_the_measure_changes(con: DuckDBPyConnection) -> None:
    store(con, [told("2025-09-10", "tariff cut", actors=["US"], commodities=["steel"])])
    link_all(con)
    assert [kind for kind, _ in queue(con)] == ["value_missing"]
    store(
        con,
        [
            told(
                "2025-09-11",
                "tariff cut",
                actors=["US"],
                commodities=["steel"],
                rate=15.0,
                publisher="daily",
            )
        ],
    )
    link_all(con)
    assert queue(con) == []


def forget_links(con: DuckDBPyConnection) -> None:
    """Delete all results of linking."""
    for table in ("developments", "measures", "development_states", "development_mentions"):
        con.execute(f"DELETE FROM store.{table}")
    con.execute("INSERT INTO store.unlinked SELECT DISTINCT article_id FROM store.event_mentions")


def two_measures(con: DuckDBPyConnection) -> list[str]:
    store(
        con,
        [
            told("2025-02-01", "tariff adopted", actors=["US"], targets=["CN"], rate=10.0),
            told("2025-10-30", "tariff suspended", actors=["US"], commodities=["tin"]),
        ],
    )
    link_all(con)
    return [
        m
        for (m,) in con.execute(
            "SELECT measure_id FROM measure_status ORDER BY first_step_date"
        ).fetchall()
    ]


def test_a_merge_is_applied_now_and_by_every_rerun(con: DuckDBPyConnection) -> None:
    first, second = two_measures(con)
    merge(con, second, first, by="an analyst", reason="the same order", at=AT)
    relink(con)
    merged = [("US:tariff:tin:CN:2025-02", ["adopted", "suspended"])]
    assert con.execute(LIVES).fetchall() == merged
    assert blocks_to_relink(con) == {}
    store(con, [told("2025-01-05", "tariff threatened", actors=["US"], commodities=["steel"])])
    link_all(con)
    assert merged[0] in con.execute(LIVES).fetchall()
    forget_links(con)
    link_all(con)
    assert merged[0] in con.execute(LIVES).fetchall()
    assert check_warehouse(con) == []


def test_a_split_makes_a_measure_of_its_own(con: DuckDBPyConnection) -> None:
    store(
        con,
        [
            told("2025-02-01", "tariff adopted", actors=["US"], commodities=["tin"]),
            told("2025-10-30", "tariff suspended", actors=["US"], commodities=["tin"]),
        ],
    )
    link_all(con)
    (step,) = con.execute(
        "SELECT development_id FROM policy_events WHERE status = 'suspended'"
    ).fetchall()
    split(con, step[0], by="an analyst", reason="another tin tariff", at=AT)
    relink(con)
    assert sorted(s for _, s in con.execute(LIVES).fetchall()) == [["adopted"], ["suspended"]]
    forget_links(con)
    link_all(con)
    assert sorted(s for _, s in con.execute(LIVES).fetchall()) == [["adopted"], ["suspended"]]


def test_decisions_about_unknown_ids_are_refused(con: DuckDBPyConnection) -> None:
    first, _ = two_measures(con)
    store(con, [told("2025-02-01", "export_ban adopted", actors=["CN"], commodities=["gallium"])])
    link_all(con)
    other = con.execute("SELECT measure_id FROM measure_status WHERE implementer = 'CN'").fetchone()
    assert other is not None
    with pytest.raises(WarehouseError, match="cannot be merged"):
        merge(con, first, other[0], by="x", reason="y", at=AT)
    with pytest.raises(WarehouseError, match="no review has the id 'nothing'"):
        confirm(con, "nothing", by="x", reason="y", at=AT)
