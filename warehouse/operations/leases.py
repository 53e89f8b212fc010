"""Leases: no two workers do the same work, and the work of a dead one is taken over.

Each transaction that takes leases updates the single row of store.lease_turns. So of two at the
same time one fails (WarehouseConflictError) and is retried: DuckLake has no unique keys for this.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from duckdb import DuckDBPyConnection

from models.errors import WarehouseConflictError
from warehouse.connection import load_query, transaction
from warehouse.operations.batches import batch, registered
from warehouse.operations.columns import TEXT

LEASES = {"resource": TEXT}
LINKING, INDEXING = "stage:link", "stage:index"
# Stages that one worker does at a time: the table whose single row names the worker.
TURNS = {LINKING: "store.linker_turns", INDEXING: "store.indexer_turns"}
# The number of workers is unknown: each repeatedly takes 1/QUEUE_PARTS of the remaining queue, so
# all finish at about the same time (guided self-scheduling, Polychronopoulos and Kuck 1987). More
# parts would balance more workers, but each part has a cost.
QUEUE_PARTS = 2
# The longest lease; one that ends later than LONGEST was taken by a clock that ran ahead.
MAX_LEASE_S = 3600.0
LONGEST = timedelta(hours=2)


def lease(
    con: DuckDBPyConnection, resources: Sequence[str], owner: str, lease_s: float
) -> set[str]:
    """Lease the free ones of `resources`; return those that the owner holds now."""
    with transaction(con):
        con.execute("UPDATE store.lease_turns SET turn = turn + 1")
        return take(con, resources, owner, lease_s)


def lease_stage(con: DuckDBPyConnection, stage: str, owner: str, lease_s: float) -> bool:
    """Try to become the one worker for LINKING or INDEXING; return whether the owner is it now.

    Use `lease` to extend the lease: a worker that lost it in between does not get it back so.
    """
    with transaction(con):
        con.execute("UPDATE store.lease_turns SET turn = turn + 1")
        ours = bool(take(con, [stage], owner, lease_s))
        if ours:
            # Update the turn too: DuckDB files detect conflicts per column.
            con.execute(
                f"UPDATE {TURNS[stage]} SET owner = $1, turn = turn + 1 "  # noqa: S608 - ours
                "WHERE owner <> $1",
                [owner],
            )
    return ours


def check_turn(con: DuckDBPyConnection, stage: str, owner: str) -> None:
    """Check, inside the transaction that stores a stage's result, that the owner still has it.

    Raises WarehouseConflictError when another worker took over. One that takes over before the
    commit conflicts with this transaction: both update the row of the stage.
    """
    changed = con.execute(
        f"UPDATE {TURNS[stage]} SET turn = turn + 1 WHERE owner = ?",  # noqa: S608 - ours
        [owner],
    ).fetchone()
    if changed is None or not changed[0]:
        raise WarehouseConflictError(
            f"another worker took over {stage}; its result is stored first"
        )


def release(con: DuckDBPyConnection, resources: Sequence[str], owner: str) -> None:
    """Release the owner's leases on `resources`."""
    with transaction(con), leases_of(con, resources):
        con.execute(load_query("drop_leases"), {"owner": owner})


def take(con: DuckDBPyConnection, resources: Sequence[str], owner: str, lease_s: float) -> set[str]:
    """Like `lease`, inside a transaction that has updated the turn."""
    with leases_of(con, resources):
        take_batch(con, owner, lease_s)
        return held(con, owner)


def take_free(
    con: DuckDBPyConnection, resources: Sequence[str], owner: str, lease_s: float, *, dead: bool
) -> None:
    """Lease resources that this transaction saw free, or (`dead`) held by dead owners."""
    with leases_of(con, resources):
        take_batch(con, owner, lease_s, dead=dead)


def take_batch(con: DuckDBPyConnection, owner: str, lease_s: float, *, dead: bool = True) -> None:
    """Lease the free resources of `lease_batch`."""
    now = datetime.now(UTC)
    until = now + timedelta(seconds=min(lease_s, MAX_LEASE_S))
    if dead:
        con.execute(load_query("drop_dead_leases"), {"owner": owner, "at": now})
    con.execute(load_query("take_leases"), {"owner": owner, "leased_until": until})


def renew(con: DuckDBPyConnection, owner: str, lease_s: float) -> None:
    """Extend all leases of the owner from now; those that others took over stay theirs."""
    with transaction(con):
        con.execute(
            "UPDATE store.leases SET leased_until = ? WHERE owner = ?",
            [datetime.now(UTC) + timedelta(seconds=min(lease_s, MAX_LEASE_S)), owner],
        )


def release_all(con: DuckDBPyConnection, owner: str) -> None:
    """Release all leases of the owner."""
    with transaction(con):
        con.execute("DELETE FROM store.leases WHERE owner = ?", [owner])


def release_held(con: DuckDBPyConnection, resources: Sequence[str], owner: str) -> set[str]:
    """Inside a transaction: release the owner's leases on `resources`; return which these were.

    The caller may store the results of these only: other workers took over the rest.
    """
    with leases_of(con, resources):
        ours = held(con, owner)
        con.execute(load_query("drop_leases"), {"owner": owner})
    return ours


def is_free(con: DuckDBPyConnection, stage: str) -> bool:
    """Return whether no worker has the stage; cheaper than trying to lease it."""
    now = datetime.now(UTC)
    held = con.execute(
        "SELECT count(*) FROM store.leases WHERE resource = ? AND leased_until BETWEEN ? AND ?",
        [stage, now, now + LONGEST],
    ).fetchone()
    return held == (0,)


def being_read(con: DuckDBPyConnection, owner: str) -> set[str]:
    """Return the articles, as resources, that other workers are reading now."""
    found = con.execute(load_query("being_read"), {"owner": owner}).fetchall()
    return {resource for (resource,) in found}


def held(con: DuckDBPyConnection, owner: str) -> set[str]:
    """Return the resources of the registered batch that the owner holds."""
    return {row[0] for row in con.execute(load_query("held_leases"), {"owner": owner}).fetchall()}


@contextmanager
def leases_of(con: DuckDBPyConnection, resources: Sequence[str]) -> Iterator[None]:
    """Make the resources readable in SQL as `lease_batch`."""
    rows = [{"resource": resource} for resource in resources]
    with registered(con, lease_batch=batch(rows, LEASES)):
        yield


def feed_resource(feed_id: str) -> str:
    """Return the resource name of a feed."""
    return f"feed:{feed_id}"


def article_resource(article_id: str) -> str:
    """Return the resource name of an article."""
    return f"article:{article_id}"


def development_resource(development_id: str) -> str:
    """Return the resource name of a development."""
    return f"development:{development_id}"
