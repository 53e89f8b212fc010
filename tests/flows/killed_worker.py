"""A writer or a deliverer to be killed: `python -m tests.flows.killed_worker write|deliver ...`.

write     stores developments in batches, each with what the rules owe for it in one transaction
deliver   delivers what is due, over and over
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.alerting.delivery import DeliveryPlan
from flows.alerting.rounds import deliver_due
from flows.alerting.rules import RuleBook, load_rules
from models.alert import AlertCandidate
from models.event import FAMILY, EventStatus, EventType
from tests.alert_world import candidate, store_all
from warehouse.alerting.alerts import enqueue_alerts
from warehouse.alerting.outbox import ClaimTerms
from warehouse.connection import open_warehouse, transaction

TYPES = [item.value for item in EventType]
STATUSES = [item.value for item in EventStatus]
ACTORS = ["US", "CN", "EU", "JP", "IN", "MY", "GB"]
GOODS = ["rare_earths", "lithium", "copper", "steel", "gallium"]
BATCH = 50
# A killed deliverer's claims are free again after this long.
PLAN = DeliveryPlan(
    terms=ClaimTerms(most=40, lease_s=6.0, max_failures=1000, backoff_base_s=0.05),
    pause_s=0.1,
)


def development(number: int) -> dict[str, Any]:
    """The n-th development: every type, status, actor and good comes up."""
    return {
        "measure_id": f"m{number:04d}",
        "type": TYPES[number % 20],
        "status": STATUSES[number % 17],
        "actors": [ACTORS[number % 7]],
        "commodities": [GOODS[number % 5]] if number % 3 else [],
        "rate_value": float(number % 100) if number % 2 else None,
        "novelty_score": (1.0, 0.8, 0.5, 0.3)[number % 4],
    }


def as_rules_see_it(number: int) -> AlertCandidate:
    """The same, for working out what must be delivered without the warehouse."""
    row = development(number)
    met = tuple(f"rate-{n}" for n in RATES if (row["rate_value"] or -1) >= n)
    return candidate(
        development_id=f"d{number:04d}",
        measure_id=row["measure_id"],
        type=row["type"],
        family=FAMILY[EventType(row["type"])],
        status=row["status"],
        actors=tuple(row["actors"]),
        commodities=tuple(row["commodities"]),
        novelty_score=row["novelty_score"],
        predicates_met=met,
    )


RATES = (80, 90, 95)


def rules_text() -> str:
    """Fifty rules of every kind, to one webhook."""
    rules = [f'id = "type-{name}"\ntype = "{name}"' for name in TYPES]
    rules += [f'id = "status-{name}"\nstatus = "{name}"' for name in STATUSES[:10]]
    rules += [f'id = "actor-{code}"\nactor = "{code}"\nmin_novelty = 0.8' for code in ACTORS]
    rules += [f'id = "good-{name}"\ncommodity = "{name}"\nmin_novelty = 1.0' for name in GOODS]
    rules += [f'id = "rate-{rate}"\nwhere = "rate_value >= {rate}"' for rate in RATES]
    rules += [f'id = "family-{name}"\nfamily = "{name}"\nmin_novelty = 1.0' for name in FAMILIES]
    assert len(rules) == 50
    head = '[[channel]]\nid = "desk"\nkind = "webhook"\nurl = "${DESK_URL}"\n'
    head += 'secret = "${DESK_SECRET}"\ntimeout_s = 1.0\n'
    return head + "\n".join(f'[[rule]]\nchannel = "desk"\n{rule}\n' for rule in rules)


FAMILIES = sorted(set(FAMILY.values()))


def write(file: Path, book: RuleBook, count: int) -> None:
    """Store what is not stored yet, batch by batch; told twice, it is stored once."""
    for start in range(0, count, BATCH):
        with open_warehouse(file) as con, transaction(con):
            held = con.execute("SELECT development_id FROM store.developments").fetchall()
            known = {row[0] for row in held}
            numbers = range(start, min(start + BATCH, count))
            if f"d{start:04d}" not in known:
                store_all(con, {f"d{number:04d}": development(number) for number in numbers})
            enqueue_alerts(con, book.rules, now=datetime.now(UTC))
        time.sleep(0.3)


def main(mode: str, warehouse: str, rules: str, count: str) -> None:
    """Do it, and say so at the end."""
    file, book = Path(warehouse), load_rules([Path(rules)])
    assert not book.problems, book.problems
    if mode == "write":
        write(file, book, int(count))
    else:
        while True:
            counts, broken = deliver_due(file, book, plan=PLAN)
            assert not broken, broken
            with open_warehouse(file) as con:
                left = con.execute("SELECT count(*) FROM alerts WHERE state <> 'sent'").fetchone()
            if counts.sent == 0 and left == (0,):
                break
            time.sleep(0.05)
    sys.stdout.write(json.dumps({"done": mode}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
