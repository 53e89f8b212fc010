"""Past developments from the published snapshot, to try rules on."""

from datetime import datetime
from pathlib import Path

from models.alert import AlertCandidate, AlertRule
from models.errors import WarehouseError
from models.fault import Faults
from warehouse.alerting.alert_predicates import check_rules
from warehouse.alerting.alerts import candidates_for
from warehouse.connection import load_query
from warehouse.snapshot import open_snapshot


def refused_predicates(snapshot: Path, rules: tuple[AlertRule, ...]) -> list[tuple[str, str]]:
    """Return (rule_id, reason) for each rule whose SQL is refused.

    Raises WarehouseError without a snapshot.
    """
    con = open_snapshot(snapshot)
    try:
        return check_rules(con, rules)[1]
    finally:
        con.close()


def developments_since(snapshot: Path, since: datetime, rule: AlertRule) -> list[AlertCandidate]:
    """Return the developments first reported since then, earliest first, with the rule's
    predicate evaluated.

    They have their values of today: later confirmations count. The rule must have passed
    `refused_predicates`. Raises WarehouseError without a snapshot, or when the predicate fails.
    """
    faults = Faults()
    con = open_snapshot(snapshot)
    try:
        ids = [
            row[0] for row in con.execute(load_query("alert_history"), {"since": since}).fetchall()
        ]
        found = {c.development_id: c for c, _ in candidates_for(con, ids, (rule,), faults)}
    finally:
        con.close()
    for line in faults.lines("rule"):
        raise WarehouseError(line)
    return [found[key] for key in ids if key in found]


def sent_so_far(snapshot: Path) -> dict[str, int]:
    """Return rule_id -> notices sent; a digest counts as one.

    Raises WarehouseError without a snapshot.
    """
    con = open_snapshot(snapshot)
    try:
        return dict(con.execute(load_query("sent_by_rule")).fetchall())
    finally:
        con.close()
