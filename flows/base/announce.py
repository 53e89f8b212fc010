"""Announces the results of a pass in Prefect: artifacts, and one event per development.

Automations react to events named `policywire.development`. The resource is
`policywire.development.<id>`, the payload a row of `policy_events`. An event has the id of its
development, so one that is sent again after a crash is the same event. No error here fails a pass.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flows.base.clock import utc_now
from flows.base.settings import Settings
from models import harmless
from warehouse.connection import open_warehouse
from warehouse.operations.announcements import developments_to_emit, feeds_shown, note_emitted

log = logging.getLogger("policywire.announce")
EVENT = "policywire.development"
SHOWN = ("decision_date", "type", "status", "actors", "targets", "commodities", "tickers")
CELL = 120


def announce(settings: Settings, began: datetime) -> None:
    """Create artifacts and events for the current flow run; do nothing outside a flow run."""
    from prefect.context import FlowRunContext

    if FlowRunContext.get() is None:
        return
    try:
        with open_warehouse(settings.warehouse) as con:
            found = developments_to_emit(con, at=utc_now())
            feeds = feeds_shown(con)
        emit(found)
        if found:
            with open_warehouse(settings.warehouse) as con:
                note_emitted(con, [row["development_id"] for row in found], at=utc_now())
        show(found, feeds, began)
    except Exception as error:  # noqa: BLE001 - an announcement must not fail a pass
        log.warning("not announced in Prefect: %s: %s", type(error).__name__, error)


def emit(found: Sequence[dict[str, Any]]) -> None:
    """Emit one event per development; return when all are delivered."""
    if not found:
        return
    from prefect.events import emit_event
    from prefect.events.worker import EventsWorker

    for row in found:
        emit_event(
            event=EVENT,
            id=UUID(row["development_id"]),
            resource={
                "prefect.resource.id": f"{EVENT}.{row['development_id']}",
                "prefect.resource.name": harmless.chat(str(row["headline"] or row["measure_key"])),
                "policywire.type": str(row["type"]),
                "policywire.status": str(row["status"]),
                "policywire.polarity": str(row["polarity"]),
            },
            related=[
                {
                    "prefect.resource.id": f"policywire.measure.{row['measure_id']}",
                    "prefect.resource.role": "measure",
                    "prefect.resource.name": harmless.chat(str(row["measure_key"])),
                }
            ],
            payload=harmless.structure({key: plain(value) for key, value in row.items()}),
        )
    EventsWorker.instance().wait_until_empty()


def show(found: Sequence[dict[str, Any]], feeds: Sequence[dict[str, Any]], began: datetime) -> None:
    """Show two tables in the Prefect UI: new developments, and feeds with problems."""
    from prefect.artifacts import create_table_artifact

    if found:
        create_table_artifact(
            key="new-developments",
            table=[
                {name: cell(row[name]) for name in SHOWN}
                | {
                    "headline": cell(row["headline"]),
                    "source": harmless.link(row["first_url"]) or "",
                }
                for row in found
            ],
            description=f"{len(found)} developments, pass of {began:%Y-%m-%d %H:%M} UTC",
        )
    unhealthy = [row for row in feeds if row["health"] not in ("ok", "never asked")]
    create_table_artifact(
        key="feed-health",
        table=[{name: cell(value) for name, value in row.items()} for row in unhealthy]
        or [{"feed_id": "all", "health": "ok"}],
        description=f"{len(unhealthy)} of {len(feeds)} feeds have problems",
    )


def plain(value: object) -> object:
    """A value that JSON can hold."""
    return value.isoformat() if isinstance(value, datetime) else value


def cell(value: object) -> str:
    """A value as a table cell, safe on a page that renders Markdown."""
    raw = ", ".join(map(str, value)) if isinstance(value, list) else str(plain(value) or "")
    text = harmless.chat(raw)
    return text if len(text) <= CELL else text[: CELL - 1] + "…"
