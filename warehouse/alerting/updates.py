"""Updates: later reports tell of a step what the desk was not told, such as the end of a pause.

If no delivery of the notice was tried yet, it is changed in the outbox. Otherwise a second notice
follows, which refers to the first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from models.alert import AlertCandidate
from models.identity import digest_id
from models.update import is_news, update_line
from warehouse.alerting.alert_facts import dump_facts, load_facts
from warehouse.alerting.corrections import AMENDED, amended_row
from warehouse.connection import load_query

Told = tuple[str, str, str]
TOLD = pa.schema([(name, pa.string()) for name in ("rule_id", "channel", "development_id")])


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """The text of an update, its id, and the first notice of the step."""

    alert_id: str
    refers_to: str
    headline: str
    facts: str


def updates_owed(
    con: DuckDBPyConnection, matched: Mapping[Told, AlertCandidate]
) -> dict[Told, Update]:
    """Return the updates to add to the outbox; change unsent notices.

    `matched` holds the developments that match a rule now, by rule, channel and development; so
    does the result. Call it inside the transaction that writes the rows. Safe to repeat: the
    outbox holds what was told last.
    """
    if not matched:
        return {}
    batch = [dict(zip(TOLD.names, key, strict=True)) for key in matched]
    con.register("update_batch", pa.Table.from_pylist(batch, schema=TOLD))
    notices = con.execute(load_query("updates_owed")).to_arrow_table().to_pylist()
    con.unregister("update_batch")
    amended: list[dict[str, Any]] = []
    owed: dict[Told, Update] = {}
    for notice in notices:
        key = (notice["rule_id"], notice["channel"], notice["told_of"])
        now = matched[key]
        told = load_facts(notice["told_facts"])
        if not is_news(told, now):
            continue
        if notice["is_unsent"]:
            amended.append(amended_row({"alert_id": notice["newest_id"]}, now))
            continue
        owed[key] = Update(
            alert_id=digest_id("update", notice["newest_id"], now.end_date, now.rate_value),
            refers_to=notice["first_id"],
            headline=update_line(now),
            facts=dump_facts(now),
        )
    if amended:
        con.register("amended_batch", pa.Table.from_pylist(amended, schema=AMENDED))
        con.execute(load_query("amend_alerts"))
        con.unregister("amended_batch")
    return owed
