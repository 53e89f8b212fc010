"""Leases: one owner at a time, dead owners replaced, nothing stored under a lost lease."""

from datetime import UTC, datetime

import pytest
from duckdb import DuckDBPyConnection

from extractors.linking.link import link
from models.errors import WarehouseConflictError
from models.event import Extraction
from models.link import LinkInput, LinkResult
from warehouse.connection import transaction
from warehouse.events.events import save_extractions
from warehouse.events.links import save_links
from warehouse.operations.leases import (
    LINKING,
    article_resource,
    check_turn,
    lease,
    lease_stage,
    release,
)

LONG, OVER = 3600.0, -1.0


def extraction(unit_id: str) -> Extraction:
    return Extraction(
        unit_id=unit_id, version=1, events=(), entities=(), extractor_version="1", reject=None
    )


def test_a_held_resource_is_not_leased_to_another_owner(con: DuckDBPyConnection) -> None:
    assert lease(con, ["feed:a", "feed:b"], "one", LONG) == {"feed:a", "feed:b"}
    assert lease(con, ["feed:b", "feed:c"], "two", LONG) == {"feed:c"}
    assert lease(con, ["feed:a"], "one", LONG) == {"feed:a"}
    release(con, ["feed:a", "feed:b"], "one")
    assert lease(con, ["feed:b"], "two", LONG) == {"feed:b"}


def test_a_dead_owners_lease_is_taken_over(con: DuckDBPyConnection) -> None:
    lease(con, ["feed:a"], "dead", OVER)
    assert lease(con, ["feed:a"], "two", LONG) == {"feed:a"}
    release(con, ["feed:a"], "dead")
    assert lease(con, ["feed:a"], "three", LONG) == set()


def test_only_results_under_a_held_lease_are_stored(con: DuckDBPyConnection) -> None:
    lease(con, [article_resource("a"), article_resource("b")], "slow", OVER)
    lease(con, [article_resource("a")], "other", LONG)
    both = [extraction("a"), extraction("b")]
    assert save_extractions(con, both, datetime.now(UTC), "slow") == 1
    assert con.execute("SELECT article_id FROM store.extractions").fetchall() == [("b",)]
    assert con.execute("SELECT owner FROM store.leases").fetchall() == [("other",)]


def nothing_linked() -> LinkResult:
    return link(LinkInput())


def test_only_the_current_linker_stores_links(con: DuckDBPyConnection) -> None:
    assert lease_stage(con, LINKING, "slow", OVER)
    assert save_links(con, nothing_linked(), "slow") == 0
    assert lease_stage(con, LINKING, "other", OVER)
    with pytest.raises(WarehouseConflictError, match="another worker took over stage:link"):
        save_links(con, nothing_linked(), "slow")
    # Renewing the lease after the other's expired does not help: its result is out of date.
    assert lease(con, [LINKING], "slow", LONG) == {LINKING}
    with pytest.raises(WarehouseConflictError):
        save_links(con, nothing_linked(), "slow")
    assert not lease_stage(con, LINKING, "other", LONG)
    assert lease_stage(con, LINKING, "slow", LONG)
    assert save_links(con, nothing_linked(), "slow") == 0


def test_taking_over_while_links_are_stored_is_a_conflict(con: DuckDBPyConnection) -> None:
    assert lease_stage(con, LINKING, "slow", OVER)
    other = con.cursor()

    def store() -> None:
        with transaction(con):
            check_turn(con, LINKING, "slow")
            lease_stage(other, LINKING, "other", LONG)

    with pytest.raises(WarehouseConflictError):
        store()
