"""Leases: of several workers no two do the same, and a dead one's work is taken over.

Taking leases changes the one row of store.lease_turns, so that of two transactions at once one is
refused (WarehouseConflictError) and goes again: DuckLake has no unique keys to hold this otherwise.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from duckdb import DuckDBPyConnection

from models.article import Article
from models.errors import WarehouseConflictError
from warehouse.articles import articles_to_extract
from warehouse.batches import TEXT, batch, registered
from warehouse.connection import load_query, transaction

LEASES = {"resource": TEXT}
LINKING = "stage:link"


def lease_articles(
    con: DuckDBPyConnection, extractor_version: str, limit: int, owner: str, lease_s: float
) -> list[Article]:
    """Articles that wait and nobody works on, now the owner's to extract; oldest first."""
    with transaction(con):
        con.execute("UPDATE store.lease_turns SET turn = turn + 1")
        found = articles_to_extract(con, extractor_version, limit)
        take(con, [article_resource(a.article_id) for a in found], owner, lease_s)
    return found


def lease(
    con: DuckDBPyConnection, resources: Sequence[str], owner: str, lease_s: float
) -> set[str]:
    """Take what nobody else holds of `resources`; which of them the owner holds now."""
    with transaction(con):
        con.execute("UPDATE store.lease_turns SET turn = turn + 1")
        return take(con, resources, owner, lease_s)


def lease_linking(con: DuckDBPyConnection, owner: str, lease_s: float) -> bool:
    """Become the one worker that links, if nobody else is; is it the owner now?

    To make the lease last longer is `lease`: who lost it meanwhile is not made the linker again.
    """
    with transaction(con):
        con.execute("UPDATE store.lease_turns SET turn = turn + 1")
        ours = bool(take(con, [LINKING], owner, lease_s))
        if ours:
            # The turn as well: a DuckDB file tells conflicts by column.
            con.execute(
                "UPDATE store.linker_turns SET owner = $1, turn = turn + 1 WHERE owner <> $1",
                [owner],
            )
    return ours


def check_linker(con: DuckDBPyConnection, owner: str) -> None:
    """Within a transaction that stores links: is the owner still the one who links?

    Raises WarehouseConflictError when another has taken over; one that does so before the
    transaction is committed conflicts with it, as both change the row of store.linker_turns.
    """
    changed = con.execute(
        "UPDATE store.linker_turns SET turn = turn + 1 WHERE owner = ?", [owner]
    ).fetchone()
    if changed is None or not changed[0]:
        raise WarehouseConflictError("another worker links by now; what it stores comes first")


def release(con: DuckDBPyConnection, resources: Sequence[str], owner: str) -> None:
    """Give back what the owner holds of `resources`."""
    with transaction(con), leases_of(con, resources):
        con.execute(load_query("drop_leases"), {"owner": owner})


def take(con: DuckDBPyConnection, resources: Sequence[str], owner: str, lease_s: float) -> set[str]:
    """`lease`, within a transaction that has changed the turn."""
    now = datetime.now(UTC)
    with leases_of(con, resources):
        con.execute(load_query("drop_dead_leases"), {"owner": owner, "at": now})
        until = now + timedelta(seconds=lease_s)
        con.execute(load_query("take_leases"), {"owner": owner, "leased_until": until})
        return held(con, owner)


def give_up(con: DuckDBPyConnection, resources: Sequence[str], owner: str) -> set[str]:
    """Within a transaction: which of `resources` are still the owner's; they are given back.

    What somebody else took over meanwhile is theirs to store.
    """
    with leases_of(con, resources):
        still = held(con, owner)
        con.execute(load_query("drop_leases"), {"owner": owner})
    return still


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
