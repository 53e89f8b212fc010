"""A person's word on a notice, right or wrong: kept, and the latest one counts."""

from datetime import datetime

from duckdb import DuckDBPyConnection

from models.errors import WarehouseError
from models.identity import digest_id
from warehouse.connection import load_query, transaction

VERDICTS = ("right", "wrong")
SHOWN = 20


def judge(
    con: DuckDBPyConnection,
    alert_id: str,
    verdict: str,
    *,
    by: str,
    reason: str | None,
    at: datetime,
) -> tuple[str, str]:
    """Keep a verdict on the notice with this id, or the only one whose id begins so.

    Returns the headline and the state of the notice. Raises WarehouseError when no notice, several,
    or a digest has the id: a digest tells several developments, and each has its own notice.
    """
    assert verdict in VERDICTS, f"not a verdict: {verdict!r}"
    key, headline, state = notice_named(con, alert_id)
    with transaction(con):
        con.execute(
            load_query("insert_judgement"),
            {
                "judgement_id": digest_id("judgement", key, verdict, by, at),
                "alert_id": key,
                "verdict": verdict,
                "reason": reason,
                "judged_by": by,
                "judged_at": at,
            },
        )
    return headline, state


def notice_named(con: DuckDBPyConnection, alert_id: str) -> tuple[str, str, str]:
    """Return id, headline and state of the only notice whose id begins so.

    Raises WarehouseError when there is none, or not one, or it is a digest.
    """
    rows = con.execute(load_query("notices_like"), {"alert_id": alert_id}).to_arrow_table()
    found = rows.to_pylist()
    named = [row for row in found if row["is_named"]]
    if not alert_id or not named:
        raise WarehouseError(
            f"no notice has the id {alert_id!r}; the last line of a notice shows its id, and "
            "`policywire alerts review` lists those that nobody judged"
        )
    if len(named) > 1:
        ids = ", ".join(row["alert_id"] for row in named[:3])
        raise WarehouseError(f"{len(named)} notices have an id that begins {alert_id!r}: {ids}")
    (notice,) = named
    if notice["kind"] == "digest":
        parts = parts_of(notice, found)
        raise WarehouseError(f"{alert_id} is a digest; judge its notices: {parts}")
    return notice["alert_id"], notice["headline"], notice["state"]


def parts_of(digest: dict[str, str], found: list[dict[str, str]]) -> str:
    """Return the notices of a digest: "3f9c2ab7... China: export ban announced; ..."."""
    parts = [row for row in found if row["folded_into"] == digest["alert_id"]]
    lines = [f"{row['alert_id']} ({row['headline']})" for row in parts[:SHOWN]]
    left = len(parts) - SHOWN
    return "; ".join(lines) + (f" and {left} more" if left > 0 else "")
