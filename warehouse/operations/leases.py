"""Leases: of several workers no two do the same, and a dead one's work is taken over.

Taking leases changes the one row of store.lease_turns, so that of two transactions at once one is
refused (WarehouseConflictError) and goes again: DuckLake has no unique keys to hold this otherwise.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from duckdb import DuckDBPyConnection

from models.errors import WarehouseConflictError
from warehouse.connection import load_query, transaction
from warehouse.operations.batches import TEXT, batch, registered

LEASES = {"resource": TEXT}
LINKING, INDEXING = "stage:link", "stage:index"
# Of each stage that one worker does at a time: the table whose one row says who that is.
TURNS = {LINKING: "store.linker_turns", INDEXING: "store.indexer_turns"}
# What waits is shared among workers nobody has counted: each takes one of so many parts of what is
# left, again and again, so that all of them end at about the same time (guided self-scheduling,
# Polychronopoulos and Kuck 1987). More parts would suit more workers, but each costs.
SHARES = 2
# No lease is longer; one that ends later than LONGEST was taken by a clock that was ahead.
MOST_LEASE_S = 3600.0
LONGEST = timedelta(hours=2)


def lease(
    con: DuckDBPyConnection, resources: Sequence[str], owner: str, lease_s: float
) -> set[str]:
    """Take what nobody else holds of `resources`; which of them the owner holds now."""
    with transaction(con):
        con.execute("UPDATE store.lease_turns SET turn = turn + 1")
        return take(con, resources, owner, lease_s)


def lease_stage(con: DuckDBPyConnection, stage: str, owner: str, lease_s: float) -> bool:
    """Become the one worker that does LINKING or INDEXING, if nobody else is; is it the owner now?

    To make the lease last longer is `lease`: who lost it meanwhile does not get the turn again.
    """
    with transaction(con):
        con.execute("UPDATE store.lease_turns SET turn = turn + 1")
        ours = bool(take(con, [stage], owner, lease_s))
        if ours:
            # The turn as well: a DuckDB file tells conflicts by column.
            con.execute(
                f"UPDATE {TURNS[stage]} SET owner = $1, turn = turn + 1 "  # noqa: S608 - ours
                "WHERE owner <> $1",
                [owner],
            )
    return ours


def check_turn(con: DuckDBPyConnection, stage: str, owner: str) -> None:
    """Within a transaction that stores what a stage gave: is the owner still the one who does it?

    Raises WarehouseConflictError when another has taken over; one that does so before the
    transaction is committed conflicts with it, as both change the row of the stage.
    """
    changed = con.execute(
        f"UPDATE {TURNS[stage]} SET turn = turn + 1 WHERE owner = ?",  # noqa: S608 - ours
        [owner],
    ).fetchone()
    if changed is None or not changed[0]:
        raise WarehouseConflictError(f"another worker does {stage} by now; its outcome comes first")


def release(con: DuckDBPyConnection, resources: Sequence[str], owner: str) -> None:
    """Give back what the owner holds of `resources`."""
    with transaction(con), leases_of(con, resources):
        con.execute(load_query("drop_leases"), {"owner": owner})


def take(con: DuckDBPyConnection, resources: Sequence[str], owner: str, lease_s: float) -> set[str]:
    """`lease`, within a transaction that has changed the turn."""
    with leases_of(con, resources):
        take_batch(con, owner, lease_s)
        return held(con, owner)


def take_free(
    con: DuckDBPyConnection, resources: Sequence[str], owner: str, lease_s: float, *, dead: bool
) -> None:
    """`take` of what the same transaction has seen that nobody holds, but `dead` owners perhaps."""
    with leases_of(con, resources):
        take_batch(con, owner, lease_s, dead=dead)


def take_batch(con: DuckDBPyConnection, owner: str, lease_s: float, *, dead: bool = True) -> None:
    """Lease what is free of `lease_batch`."""
    now = datetime.now(UTC)
    until = now + timedelta(seconds=min(lease_s, MOST_LEASE_S))
    if dead:
        con.execute(load_query("drop_dead_leases"), {"owner": owner, "at": now})
    con.execute(load_query("take_leases"), {"owner": owner, "leased_until": until})


def renew(con: DuckDBPyConnection, owner: str, lease_s: float) -> None:
    """Make all that the owner holds last from now; what others took over meanwhile stays theirs."""
    with transaction(con):
        con.execute(
            "UPDATE store.leases SET leased_until = ? WHERE owner = ?",
            [datetime.now(UTC) + timedelta(seconds=min(lease_s, MOST_LEASE_S)), owner],
        )


def release_all(con: DuckDBPyConnection, owner: str) -> None:
    """Give back all that the owner holds."""
    with transaction(con):
        con.execute("DELETE FROM store.leases WHERE owner = ?", [owner])


def give_up(con: DuckDBPyConnection, resources: Sequence[str], owner: str) -> set[str]:
    """Within a transaction: which of `resources` are still the owner's; they are given back.

    What somebody else took over meanwhile is theirs to store.
    """
    with leases_of(con, resources):
        still = held(con, owner)
        con.execute(load_query("drop_leases"), {"owner": owner})
    return still


def is_free(con: DuckDBPyConnection, stage: str) -> bool:
    """Is nobody doing a stage just now? Costs less than to ask for the turn."""
    now = datetime.now(UTC)
    held = con.execute(
        "SELECT count(*) FROM store.leases WHERE resource = ? AND leased_until BETWEEN ? AND ?",
        [stage, now, now + LONGEST],
    ).fetchone()
    return held == (0,)


def being_read(con: DuckDBPyConnection, owner: str) -> set[str]:
    """The articles, by their resources, that others than the owner are reading now."""
    found = con.execute(load_query("being_read"), {"owner": owner}).fetchall()
    return {resource for (resource,) in found}


def held(con: DuckDBPyConnection, owner: str) -> set[str]:
    """Which resources of the registered batch the owner holds."""
    return {row[0] for row in con.execute(load_query("held_leases"), {"owner": owner}).fetchall()}


@contextmanager
def leases_of(con: DuckDBPyConnection, resources: Sequence[str]) -> Iterator[None]:
    """The resources as `lease_batch`."""
    rows = [{"resource": resource} for resource in resources]
    with registered(con, lease_batch=batch(rows, LEASES)):
        yield


def feed_resource(feed_id: str) -> str:
    """What a feed is leased as."""
    return f"feed:{feed_id}"


def article_resource(article_id: str) -> str:
    """What an article is leased as."""
    return f"article:{article_id}"


def development_resource(development_id: str) -> str:
    """What a development is leased as."""
    return f"development:{development_id}"
