"""The flow `alert`: rules are asked about new developments, and what is owed is delivered."""

from collections.abc import Sequence
from pathlib import Path

from prefect import flow, get_run_logger, task

from flows.alerting import AlertResult, deliver_due, enqueue_new, load_checked_rules
from flows.delivery import DeliveryCounts, DeliveryPlan, utc_now
from flows.rules import RuleBook
from warehouse.alerts import Enqueued

# Long enough for two retries of a receiver that stumbled, short beside the schedule.
FLOW_PLAN = DeliveryPlan(patience_s=120.0)


@task(name="check rules")
def check_rules_task(warehouse: Path, rules: Sequence[Path]) -> RuleBook:
    """Rules that can run, and what is wrong with the others."""
    return load_checked_rules(warehouse, rules)


@task(name="enqueue")
def enqueue_task(warehouse: Path, book: RuleBook) -> Enqueued:
    """What the rules owe for what is new."""
    return enqueue_new(warehouse, book, utc_now())


@task(name="deliver")
def deliver_task(
    warehouse: Path, book: RuleBook, plan: DeliveryPlan
) -> tuple[DeliveryCounts, tuple[str, ...]]:
    """What is due, sent."""
    return deliver_due(warehouse, book, plan=plan)


@flow(name="alert")
def alert(
    warehouse: Path, rules: Sequence[Path] = (), plan: DeliveryPlan = FLOW_PLAN
) -> AlertResult:
    """Raise alerts for what is new in the warehouse; the shipped rules if none are given.

    Nothing is retried by Prefect: what fails stays in the outbox and has its own retries.
    """
    logger = get_run_logger()
    book = check_rules_task(warehouse, rules)
    enqueued = enqueue_task(warehouse, book)
    delivered, broken = deliver_task(warehouse, book, plan)
    problems = (*(str(problem) for problem in book.problems), *broken)
    for line in problems:
        logger.warning("%s", line)
    logger.info(
        "%d developments considered, %d notices owed, %d sent, %d failed, %d given up on",
        enqueued.considered,
        enqueued.owed,
        delivered.sent,
        delivered.failed + delivered.refused,
        delivered.dead,
    )
    return AlertResult(enqueued=enqueued, delivered=delivered, problems=problems)
