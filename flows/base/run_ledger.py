"""The ledger of passes and stages in `runs`: outcome, duration, counters."""

import logging
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from flows.base.processes import host, is_running, this_process
from models.errors import WarehouseError
from warehouse.connection import open_warehouse
from warehouse.lake import is_lake_target
from warehouse.operations.runs import RunRecord, record_run, runs_without_end

log = logging.getLogger("policywire.runs")
PASS = "pass"  # noqa: S105 - a stage's name
KILLED = "killed"


class RunLedger:
    """Records one pass, also its start, so that a killed pass differs from one that ended.

    If the ledger cannot be written, that is only a warning: the work matters more than its record.
    """

    def __init__(self, warehouse: Path) -> None:
        self.warehouse = warehouse
        self.pass_id = uuid4().hex
        self.began_at = datetime.now(UTC)
        end_killed(warehouse)
        self.note(
            RunRecord(
                run_id=self.pass_id,
                flow=PASS,
                started_at=self.began_at,
                host=host(),
                process=this_process(),
            )
        )

    def stage(self, name: str, began_at: datetime, result: object, failure: str | None) -> None:
        """Record a finished stage."""
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
        """Record the end of the pass."""
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
        """Write one record; log a warning if that fails."""
        try:
            with open_warehouse(self.warehouse) as con:
                record_run(con, run)
        except WarehouseError as error:
            log.warning("run of %s not recorded: %s", run.flow, error)


def was_killed(run: RunRecord) -> bool:
    """Did a process of this machine start the run, and end without ending it?"""
    if run.ended_at is not None or run.process is None or run.host != host():
        return False
    return not is_running(run.process)


def end_killed(warehouse: Path) -> int:
    """Record as killed the runs whose process is gone; return how many."""
    if not is_lake_target(warehouse) and not warehouse.exists():
        return 0
    try:
        with open_warehouse(warehouse) as con:
            killed = [run for run in runs_without_end(con) if was_killed(run)]
            now = datetime.now(UTC)
            for run in killed:
                why = "its process ended before the run did"
                record_run(con, replace(run, ended_at=now, outcome=KILLED, detail=why))
    except WarehouseError as error:
        log.warning("killed runs not recorded: %s", error)
        return 0
    return len(killed)


def counters_of(result: object) -> dict[str, float]:
    """The numbers of a result, also of the records and dicts in it, by name."""
    found: dict[str, float] = {}
    if not is_dataclass(result):
        return found
    for field in fields(result):
        value: Any = getattr(result, field.name)
        if field.name.startswith("by_"):
            # A breakdown of another counter, and as long as the list of rules.
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
