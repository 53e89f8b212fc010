"""Developments for the scheduler's event feed: which to send, and which were sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from warehouse.operations.batches import batch, registered
from warehouse.operations.columns import TEXT
from warehouse.operations.runs import rows

EMITTED = {"development_id": TEXT}


def developments_to_emit(con: DuckDBPyConnection, *, at: datetime) -> list[dict[str, Any]]:
    """Return developments of the last day without an event yet, as rows of `policy_events`."""
    return rows(con, "events_to_emit", at=at)


def note_emitted(con: DuckDBPyConnection, development_ids: Sequence[str], *, at: datetime) -> None:
    """Record that the events of these developments were sent."""
    given: pa.Table = batch([{"development_id": key} for key in development_ids], EMITTED)
    with registered(con, emitted_batch=given):
        con.execute(
            "INSERT INTO store.emitted_events "
            "SELECT development_id, CAST(? AS TIMESTAMPTZ) FROM emitted_batch",
            [at],
        )


def feeds_shown(con: DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return every listed feed with its health, feeds in trouble first."""
    return rows(con, "status_feeds")
