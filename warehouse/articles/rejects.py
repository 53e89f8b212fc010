"""Items that a stage after extraction could not process and left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.connection import load_query, transaction
from warehouse.operations.batches import batch, registered
from warehouse.operations.columns import INSTANT, TEXT

STAGE_REJECTS = {
    "stage": TEXT,
    "item_id": TEXT,
    "article_id": TEXT,
    "reason": TEXT,
    "rejected_at": INSTANT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReject:
    """One item left out. stage: link, tickers, copies or index."""

    stage: str
    item_id: str
    reason: str
    article_id: str | None = None


def save_stage_rejects(con: DuckDBPyConnection, rejects: Sequence[StageReject]) -> None:
    """Store items left out, with reasons; an article that cannot be linked leaves the queue."""
    if not rejects:
        return
    now = datetime.now(UTC)
    rows = [
        {
            "stage": r.stage,
            "item_id": r.item_id,
            "article_id": r.article_id,
            "reason": r.reason,
            "rejected_at": now,
        }
        for r in rejects
    ]
    with transaction(con), registered(con, reject_batch=batch(rows, STAGE_REJECTS)):
        con.execute("INSERT INTO store.stage_rejects BY NAME FROM reject_batch")
        con.execute(
            "DELETE FROM store.unlinked WHERE article_id IN "
            "(SELECT item_id FROM reject_batch WHERE stage = 'link')"
        )


def left_out_since(con: DuckDBPyConnection, since: datetime) -> dict[str, int]:
    """Return how many items each stage left out since then."""
    return dict(con.execute(load_query("stage_rejects_since"), {"since": since}).fetchall())


def is_database_error(error: BaseException) -> bool:
    """Return whether the database failed, not the processing of one article."""
    return isinstance(error, duckdb.Error)
