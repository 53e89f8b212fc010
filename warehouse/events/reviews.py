"""Review decisions: a person's corrections of linking, stored as data, applied at each linking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from duckdb import DuckDBPyConnection

from models.errors import WarehouseError
from models.identity import digest_id
from warehouse.connection import load_query, transaction

RULING_COLUMNS = ("action", "subject_id", "object_id", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One decision: confirm a finding, merge two measures, or split off a development."""

    action: str
    subject_id: str
    object_id: str | None
    reason: str


def rulings_of(rows: Sequence[Sequence[object]]) -> list[Ruling]:
    """Return rulings from rows of RULING_COLUMNS. Raises WarehouseError for an invalid row."""
    found = []
    for number, (action, subject, other, reason) in enumerate(rows, 1):
        if action not in ("confirm", "merge", "split"):
            raise WarehouseError(f"row {number}: action {action!r} is not confirm, merge or split")
        if not subject or not reason or (action == "merge") != bool(other):
            raise WarehouseError(
                f"row {number}: needs subject_id, reason and (merge only) object_id to merge into"
            )
        found.append(
            Ruling(
                action=str(action),
                subject_id=str(subject),
                object_id=str(other) if other else None,
                reason=str(reason),
            )
        )
    return found


def rule_all(con: DuckDBPyConnection, rulings: Sequence[Ruling], *, by: str, at: datetime) -> str:
    """Store all rulings or none; return how many, in words.

    Raises WarehouseError when one is refused.
    """
    with transaction(con):
        for ruling in rulings:
            if ruling.action == "confirm":
                confirm(con, ruling.subject_id, by=by, reason=ruling.reason, at=at)
            elif ruling.action == "split":
                split(con, ruling.subject_id, by=by, reason=ruling.reason, at=at)
            else:
                assert ruling.object_id is not None, "checked by rulings_of"
                merge(con, ruling.subject_id, ruling.object_id, by=by, reason=ruling.reason, at=at)
    return f"{len(rulings)} rulings"


def confirm(con: DuckDBPyConnection, review_id: str, *, by: str, reason: str, at: datetime) -> str:
    """Confirm a finding, which removes it from the queue; return the id of the decision."""
    review_id, _ = the_one(con, "review_queue", "review_id", review_id)
    with transaction(con):
        return note(con, "confirm", review_id, None, by=by, reason=reason, at=at, applied=True)


def merge(
    con: DuckDBPyConnection, measure_id: str, into: str, *, by: str, reason: str, at: datetime
) -> str:
    """Decide that two measures are one; the next linking merges them. Return the decision's id.

    Raises WarehouseError when either is unknown or their implementers or type groups differ.
    """
    measure_id, block = the_one(con, "development_states", "measure_id", measure_id)
    into, other = the_one(con, "development_states", "measure_id", into)
    if block != other:
        raise WarehouseError(
            f"measures {measure_id} ({block}) and {into} ({other}) cannot be merged; both must "
            "have the same implementer and group of types"
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
    """Decide that a development is a measure of its own, from the next linking on."""
    development_id, _ = the_one(con, "development_states", "development_id", development_id)
    with transaction(con):
        decision = note(
            con, "split", development_id, None, by=by, reason=reason, at=at, applied=False
        )
        con.execute(load_query("pin_development"), {"decision": decision, "one": development_id})
    return decision


def the_one(con: DuckDBPyConnection, table: str, column: str, start: str) -> tuple[str, str]:
    """Return the id with this start, and the block of a development state or kind of a finding.

    Raises WarehouseError when there is no such id, or several.
    """
    shown = "block" if table == "development_states" else "kind"
    rows = con.execute(
        f"SELECT {column}, min({shown}) FROM store.{table} "  # noqa: S608 - our own names
        f"WHERE starts_with({column}, ?) GROUP BY 1 ORDER BY 1 LIMIT 2",
        [start],
    ).fetchall()
    if not rows or not start:
        raise WarehouseError(f"no {column.removesuffix('_id')} has the id {start!r}")
    if len(rows) > 1:
        things = column.removesuffix("_id")
        raise WarehouseError(f"the ids of several {things}s start with {start!r}; give more of it")
    ((found, said),) = rows
    return str(found), str(said)


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
    """Store a decision; return its id. The same decision twice has the same id."""
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
