"""One pass of alerts, free of Prefect: check the rules, write what is owed, deliver what is due."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flows.alerting.channels import open_sinks
from flows.alerting.delivery import DeliveryCounts, DeliveryPlan, deliver
from flows.alerting.rules import LOG_CHANNEL, RuleBook, load_rules, rule_files
from flows.alerting.secrets import Redactor, guard_logs
from flows.base.clock import utc_now
from warehouse.alerting.alert_predicates import check_rules
from warehouse.alerting.alerts import Enqueued, enqueue_in_transaction
from warehouse.connection import open_warehouse
from warehouse.lake import is_lake_target

SHIPPED_RULES = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertResult:
    """What one pass did, and a line for each rule and channel that could not run."""

    enqueued: Enqueued = field(default_factory=Enqueued)
    delivered: DeliveryCounts = field(default_factory=DeliveryCounts)
    problems: tuple[str, ...] = ()

    def log_counts(self) -> tuple[str, ...]:
        """The counts for the pass's log line."""
        return (f"{self.delivered.sent} notices sent",)

    def __str__(self) -> str:
        told = (
            f"{self.enqueued.considered} developments considered, {self.enqueued.owed} notices "
            f"owed, {self.delivered.sent} sent"
        )
        if self.enqueued.corrected:
            told += f", {self.enqueued.corrected} corrections owed"
        return "; ".join((told, *self.problems))


def read_rules(
    paths: Sequence[Path] = (),
    settings_file: Path | None = None,
    default_channel: Sequence[str] = (LOG_CHANNEL,),
) -> RuleBook:
    """Rules from files or folders, or the shipped ones; their SQL is not checked yet."""
    files = [file for path in paths or (SHIPPED_RULES,) for file in rule_files(path)]
    return load_rules(files, settings_file=settings_file, default_channels=default_channel)


def load_checked_rules(
    warehouse: Path,
    paths: Sequence[Path] = (),
    settings_file: Path | None = None,
    default_channel: Sequence[str] = (LOG_CHANNEL,),
) -> RuleBook:
    """Rules from files or folders, or the shipped ones, their SQL checked against the warehouse.

    What is wrong is in `problems`; the rest can run.
    """
    book = read_rules(paths, settings_file, default_channel)
    # To check is to read: no warehouse comes to be by it.
    there = is_lake_target(warehouse) or warehouse.exists()
    with open_warehouse(warehouse if there else ":memory:") as con:
        _, bad = check_rules(con, book.rules)
    return book.without(bad)


def enqueue_new(warehouse: Path, book: RuleBook, now: datetime) -> Enqueued:
    """Write what the rules owe for developments they were not asked about yet, all or none."""
    with open_warehouse(warehouse) as con:
        return enqueue_in_transaction(con, book.rules, now=now)


def deliver_due(
    warehouse: Path,
    book: RuleBook,
    *,
    plan: DeliveryPlan | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> tuple[DeliveryCounts, tuple[str, ...]]:
    """Deliver what is due on the channels of the book; and a line for each that cannot work."""
    redact = Redactor()
    undo = guard_logs(redact)
    sinks, problems = open_sinks(book.channels, redact, folder=warehouse.parent)
    try:
        counts = deliver(warehouse, sinks, plan=plan, clock=clock)
    finally:
        for sink in sinks:
            # All is settled by now; what fails to close tells nobody anything.
            with suppress(Exception):
                sink.close()
        undo()
    return counts, tuple(str(problem) for problem in problems)


def run_alerts(
    warehouse: Path,
    rule_paths: Sequence[Path] = (),
    *,
    settings_file: Path | None = None,
    default_channel: Sequence[str] = (LOG_CHANNEL,),
    plan: DeliveryPlan | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> AlertResult:
    """One whole pass. Safe to repeat, to kill and to run beside another."""
    book = load_checked_rules(warehouse, rule_paths, settings_file, default_channel)
    enqueued = enqueue_new(warehouse, book, clock())
    delivered, broken = deliver_due(warehouse, book, plan=plan, clock=clock)
    lines = (*(str(problem) for problem in book.problems), *enqueued.failed, *broken)
    return AlertResult(enqueued=enqueued, delivered=delivered, problems=lines)
