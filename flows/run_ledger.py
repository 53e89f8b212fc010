"""What each pass and stage did, kept in `runs`: outcome, duration, counters."""

import logging
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from models.errors import WarehouseError
from warehouse.connection import open_warehouse
from warehouse.runs import RunRecord, record_run

log = logging.getLogger("policywire.runs")
PASS = "pass"  # noqa: S105 - a stage's name


class RunLedger:
    """One pass: noted when it begins, so that one that is killed can be told from one that ended.

    A ledger that cannot be written is a warning; the work matters more than its record.
    """

    def __init__(self, warehouse: Path) -> None:
        self.warehouse = warehouse
        self.pass_id = uuid4().hex
        self.began_at = datetime.now(UTC)
        self.note(RunRecord(run_id=self.pass_id, flow=PASS, started_at=self.began_at))

    def stage(self, name: str, began_at: datetime, result: object, failure: str | None) -> None:
        """Note a stage that is over."""
        self.note(
            RunRecord(
                run_id=f"{self.pass_id}-{name}",
                flow=name,
                started_at=began_at,
                ended_at=datetime.now(UTC),
                outcome="failed" if failure else "ok",
                detail=failure,
                counters=counters_of(result),
            )
        )

    def end(self, failures: str) -> None:
        """Note the end of the pass."""
        self.note(
            RunRecord(
                run_id=self.pass_id,
                flow=PASS,
                started_at=self.began_at,
                ended_at=datetime.now(UTC),
                outcome="failed" if failures else "ok",
                detail=failures or None,
            )
        )

    def note(self, run: RunRecord) -> None:
        """Write one record, or say why not."""
        try:
            with open_warehouse(self.warehouse) as con:
                record_run(con, run)
        except WarehouseError as error:
            log.warning("%s is not on record: %s", run.flow, error)


def counters_of(result: object) -> dict[str, float]:
    """The numbers of a result and of the records and tables in it, by name."""
    found: dict[str, float] = {}
    if not is_dataclass(result):
        return found
    for field in fields(result):
        value: Any = getattr(result, field.name)
        if field.name.startswith("by_"):
            # A breakdown of a number that is there as well, and as long as the list of rules.
            continue
        if is_dataclass(value):
            found |= counters_of(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found[field.name] = value
        elif isinstance(value, dict):
            found |= {
                f"{field.name}.{key}": number
                for key, number in value.items()
                if isinstance(number, int | float)
            }
    return found
