"""A person's word on what linking did: kept as data, honoured whenever lives are linked anew."""

from datetime import datetime

from duckdb import DuckDBPyConnection

from models.errors import WarehouseError
from models.identity import digest_id
from warehouse.connection import load_query, transaction


def confirm(con: DuckDBPyConnection, review_id: str, *, by: str, reason: str, at: datetime) -> str:
    """Note that a finding is all right; it leaves the queue. The decision's id."""
    known(con, "review_queue", "review_id", review_id)
    with transaction(con):
        return note(con, "confirm", review_id, None, by=by, reason=reason, at=at, applied=True)


def merge(
    con: DuckDBPyConnection, measure_id: str, into: str, *, by: str, reason: str, at: datetime
) -> str:
    """Rule that a measure is another one; their lives join when linking runs next.

    Raises WarehouseError when either is unknown or they have different implementers or groups.
    """
    blocks = {
        name: known(con, "development_states", "measure_id", name) for name in (measure_id, into)
    }
    if blocks[measure_id] != blocks[into]:
        raise WarehouseError(
            f"measures {measure_id} and {into}: {blocks[measure_id]} and {blocks[into]} are never "
            "one measure; both must have the same implementer and group of types"
        )
    with transaction(con):
        decision = note(con, "merge", measure_id, into, by=by, reason=reason, at=at, applied=False)
        con.execute(
            load_query("pin_measures"), {"decision": decision, "one": measure_id, "other": into}
        )
    return decision


def split(
    con: DuckDBPyConnection, development_id: str, *, by: str, reason: str, at: datetime
) -> str:
    """Rule that a development belongs to a measure of its own, from the next linking on."""
    known(con, "development_states", "development_id", development_id)
    with transaction(con):
        decision = note(
            con, "split", development_id, None, by=by, reason=reason, at=at, applied=False
        )
        con.execute(load_query("pin_development"), {"decision": decision, "one": development_id})
    return decision


def known(con: DuckDBPyConnection, table: str, column: str, value: str) -> str:
    """The block of a row (or its kind). Raises WarehouseError when there is none."""
    shown = "block" if table == "development_states" else "kind"
    row = con.execute(
        f"SELECT min({shown}) FROM store.{table} WHERE {column} = ?",  # noqa: S608 - our own names
        [value],
    ).fetchone()
    if row is None or row[0] is None:
        raise WarehouseError(f"no {column.removesuffix('_id')} has the id {value!r}")
    return str(row[0])


def note(
    con: DuckDBPyConnection,
    action: str,
    subject: str,
    other: str | None,
    *,
    by: str,
    reason: str,
    at: datetime,
    applied: bool,
) -> str:
    """Store a ruling; its id, the same when it is given twice."""
    decision = digest_id("decision", action, subject, other, by, at)
    con.execute(
        load_query("insert_decision"),
        {
            "decision_id": decision,
            "action": action,
            "subject_id": subject,
            "object_id": other,
            "decided_by": by,
            "reason": reason,
            "applied": applied,
            "decided_at": at,
        },
    )
    return decision
