"""One alert pass, without Prefect: check rules, queue new notices, deliver those that are due."""

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
from flows.base.counts import counted
from warehouse.alerting.alert_predicates import check_rules
from warehouse.alerting.alerts import Enqueued, enqueue_in_transaction
from warehouse.connection import open_warehouse
from warehouse.lake import is_lake_target

SHIPPED_RULES = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertResult:
    """The counts of one pass, and a line for each rule and channel that could not run."""

    enqueued: Enqueued = field(default_factory=Enqueued)
    delivered: DeliveryCounts = field(default_factory=DeliveryCounts)
    problems: tuple[str, ...] = ()

    @property
    def muted(self) -> int:
        """Return how many notices were held back, because their measure is muted."""
        return self.enqueued.muted + self.delivered.muted

    def log_counts(self) -> tuple[str, ...]:
        """Return the counts for the log line of a pass."""
        return (f"{counted(self.delivered.sent, 'notice')} sent",)

    def __str__(self) -> str:
        counts = (
            f"{counted(self.enqueued.considered, 'development')} considered, "
            f"{counted(self.enqueued.owed, 'notice')} queued, {self.delivered.sent} sent"
        )
        if self.enqueued.corrected:
            counts += f", {counted(self.enqueued.corrected, 'correction')} queued"
        if self.muted:
            counts += f", {counted(self.muted, 'notice')} held back by mutes"
        return "; ".join((counts, *self.problems))


def read_rules(
    paths: Sequence[Path] = (),
    settings_file: Path | None = None,
    default_channel: Sequence[str] = (LOG_CHANNEL,),
) -> RuleBook:
    """Read rules from files or folders, else the shipped ones. Does not check their SQL."""
    files = [file for path in paths or (SHIPPED_RULES,) for file in rule_files(path)]
    return load_rules(files, settings_file=settings_file, default_channels=default_channel)


def load_checked_rules(
    warehouse: Path,
    paths: Sequence[Path] = (),
    settings_file: Path | None = None,
    default_channel: Sequence[str] = (LOG_CHANNEL,),
) -> RuleBook:
    """Read rules from files or folders, else the shipped ones, and check their SQL.

    Rules with errors are listed in `problems`; the others can run.
    """
    book = read_rules(paths, settings_file, default_channel)
    # A check must not create a warehouse.
    there = is_lake_target(warehouse) or warehouse.exists()
    with open_warehouse(warehouse if there else ":memory:") as con:
        _, bad = check_rules(con, book.rules)
    return book.without(bad)


def enqueue_new(warehouse: Path, book: RuleBook, now: datetime) -> Enqueued:
    """Evaluate the rules on new developments and queue the notices, in one transaction."""
    with open_warehouse(warehouse) as con:
        return enqueue_in_transaction(con, book.rules, now=now)


def deliver_due(
    warehouse: Path,
    book: RuleBook,
    *,
    plan: DeliveryPlan | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> tuple[DeliveryCounts, tuple[str, ...]]:
    """Deliver due notices; return the counts, and a line for each channel that cannot work."""
    redact = Redactor()
    undo = guard_logs(redact)
    sinks, problems = open_sinks(book.channels, redact, folder=warehouse.parent)
    try:
        counts = deliver(warehouse, sinks, plan=plan, clock=clock)
    finally:
        for sink in sinks:
            # All outcomes are stored by now, so an error on closing does not matter.
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
    """Run one whole pass. Safe to repeat, to kill, and to run in parallel."""
    book = load_checked_rules(warehouse, rule_paths, settings_file, default_channel)
    enqueued = enqueue_new(warehouse, book, clock())
    delivered, broken = deliver_due(warehouse, book, plan=plan, clock=clock)
    lines = (*(str(problem) for problem in book.problems), *enqueued.failed, *broken)
    return AlertResult(enqueued=enqueued, delivered=delivered, problems=lines)
