"""Corrections: a source withdrew or changed a report after the first notice about it.

If no delivery of the first notice was tried yet, it is updated in the outbox, or withdrawn.
Otherwise a second notice corrects it, and waits until the first one is sent.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from models.alert import AlertCandidate, AlertRule
from models.alert_timing import timing
from models.correction import correction_line
from models.event import Factuality
from models.headline import headline
from models.identity import digest_id
from warehouse.alerting.alert_facts import dump_facts, load_facts
from warehouse.connection import load_query

CORRECTED = pa.schema([("development_id", pa.string()), ("correction_id", pa.string())])
AMENDED = pa.schema(
    [(name, pa.string()) for name in ("alert_id", "state", "headline", "facts", "told_as")]
)


def corrections_owed(
    con: DuckDBPyConnection,
    candidates: Sequence[AlertCandidate],
    rules: Sequence[AlertRule],
    now: datetime,
) -> list[dict[str, Any]]:
    """Return the correction notices to add to the outbox; update unsent first notices.

    Call it inside the transaction that writes the rows. Safe to repeat: the id of a correction
    digests the first notice and the correction.
    """
    corrected = {c.development_id: c for c in candidates if c.correction_id}
    if not corrected:
        return []
    batch = [
        {"development_id": key, "correction_id": c.correction_id} for key, c in corrected.items()
    ]
    con.register("correction_batch", pa.Table.from_pylist(batch, schema=CORRECTED))
    first_notices = con.execute(load_query("corrections_owed")).to_arrow_table().to_pylist()
    con.unregister("correction_batch")
    by_rule = {rule.rule_id: rule for rule in rules}
    amended, owed = [], []
    for first in first_notices:
        candidate = corrected[first["told_of"]]
        if first["is_unsent"]:
            amended.append(amended_row(first, candidate))
        elif first["told_as"] != candidate.correction_id:
            owed.append(correction_row(first, candidate, by_rule.get(first["rule_id"]), now))
    if amended:
        con.register("amended_batch", pa.Table.from_pylist(amended, schema=AMENDED))
        con.execute(load_query("amend_alerts"))
        con.unregister("amended_batch")
    return owed


def amended_row(first: dict[str, Any], candidate: AlertCandidate) -> dict[str, Any]:
    """Return an unsent notice with its new text; withdrawn when the report is denied now."""
    denied = candidate.factuality == Factuality.NEGATED
    return {
        "alert_id": first["alert_id"],
        "state": "withdrawn" if denied else "pending",
        "headline": headline(candidate),
        "facts": dump_facts(candidate),
        "told_as": candidate.correction_id,
    }


def correction_row(
    first: dict[str, Any], candidate: AlertCandidate, rule: AlertRule | None, now: datetime
) -> dict[str, Any]:
    """Return the correction of a first notice: same rule, channel, severity and quiet hours."""
    when = timing(
        now=now,
        throttle=None,
        quiet=rule.quiet if rule else None,
        digest=rule.digest if rule else None,
        sent_in_window=0,
    )
    before = load_facts(first["told_facts"]) if first["told_facts"] else None
    return {
        "alert_id": digest_id("correction", first["alert_id"], candidate.correction_id),
        "kind": "correction",
        "rule_id": first["rule_id"],
        "development_id": candidate.development_id,
        "measure_id": candidate.measure_id,
        "report_key": first["report_key"],
        "channel": first["channel"],
        "severity": first["severity"],
        "severity_rank": first["severity_rank"],
        "headline": correction_line(candidate, before),
        "facts": dump_facts(candidate),
        "refers_to": first["alert_id"],
        "told_as": candidate.correction_id,
        "first_seen_at": candidate.first_seen_at,
        "published_at": candidate.published_at,
        "created_at": now,
        "due_at": when.due_at,
        "fold_at": when.fold_at,
        "fold_reason": when.reason,
    }
