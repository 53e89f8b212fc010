"""Deliver the outbox: claim a few notices, close the warehouse, send them, store the outcome.

The warehouse is never open while a receiver answers. After a crash between sending and storing, the
notice is sent again under the same idempotency key once its claim has expired. So every notice is
sent at least once, and exactly once to a receiver that honours the key.
"""

import logging
import os
import socket
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from flows.alerting.sinks import AlertSink
from flows.base.clock import utc_now
from models.alert import Notice
from models.errors import AlertError, AlertRefusedError, AlertUnfinishedError
from models.fault import fault_line
from warehouse.alerting.outbox import Attempt, ClaimTerms, settle_and_claim
from warehouse.connection import open_warehouse

log = logging.getLogger("policywire.delivery")
# After this many failures in a row, a channel pauses: a receiver that is down does not get a
# thousand requests, and the other notices keep their attempts.
FAILURES_IN_A_ROW = 3


@dataclass(slots=True, kw_only=True)
class DeliveryCounts:
    """Counts of notices by outcome of a delivery.

    `dead` ones failed permanently, `muted` ones were held back: their measure is muted.
    """

    sent: int = 0
    failed: int = 0
    refused: int = 0
    released: int = 0
    dead: int = 0
    muted: int = 0
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPlan:
    """Time limits of a delivery.

    `terms` are those of a claim. `patience_s` is how long to wait for notices that are due soon
    (a retry) before the pass ends, `pause_s` how long a failing channel pauses, `busy_patience_s`
    how long to wait for the warehouse.
    """

    terms: ClaimTerms = field(default_factory=ClaimTerms)
    patience_s: float = 0.0
    pause_s: float = 30.0
    busy_patience_s: float = 120.0


def deliverer_name() -> str:
    """Return a name for this deliverer: host, process id and, as ids are reused, a random part."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"


def deliver(
    warehouse: Path,
    sinks: Sequence[AlertSink],
    *,
    plan: DeliveryPlan | None = None,
    clock: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
    owner: str | None = None,
) -> DeliveryCounts:
    """Send all due notices of these channels; return counts by outcome.

    Any number of processes may deliver at the same time. Raises WarehouseBusyError when the
    warehouse stays busy; notices whose outcome could not be stored are sent again later, under the
    same key.
    """
    plan = plan or DeliveryPlan()
    owner = owner or deliverer_name()
    channels = [sink.channel for sink in sinks]
    by_channel = {sink.channel: sink for sink in sinks}
    counts = DeliveryCounts()
    settled: list[Attempt] = []
    started = clock()
    while True:
        done, settled = settled, []
        with open_warehouse(warehouse, patience_s=plan.busy_patience_s) as con:
            claims = settle_and_claim(
                con, done=done, owner=owner, channels=channels, now=clock(), terms=plan.terms
            )
        report_dead(claims.dead, done, counts)
        counts.muted += claims.muted
        if claims.notices:
            settled = send_all(claims.notices, by_channel, plan, clock)
            count(settled, counts)
        elif not wait_for(
            claims.next_at, started + timedelta(seconds=plan.patience_s), clock, sleep
        ):
            return counts


def wait_for(
    next_at: datetime | None,
    until: datetime,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> bool:
    """Sleep until the next notice is due; return False if that is later than `until`."""
    if next_at is None or next_at > until:
        return False
    sleep(max((next_at - clock()).total_seconds(), 0.01))
    return True


def send_all(
    notices: Sequence[Notice],
    sinks: dict[str, AlertSink],
    plan: DeliveryPlan,
    clock: Callable[[], datetime],
) -> list[Attempt]:
    """Send the notices of each channel in order, different channels in parallel."""
    queues: dict[str, list[Notice]] = {}
    for notice in notices:
        queues.setdefault(notice.channel, []).append(notice)
    with ThreadPoolExecutor(max_workers=min(len(queues), 8)) as pool:
        futures = [
            pool.submit(send_queue, queue, sinks[channel], plan, clock)
            for channel, queue in queues.items()
        ]
        return [attempt for future in futures for attempt in future.result()]


def send_queue(
    notices: Sequence[Notice],
    sink: AlertSink,
    plan: DeliveryPlan,
    clock: Callable[[], datetime],
) -> list[Attempt]:
    """Send one channel's notices in order; release those that must not or cannot go now."""
    attempts: list[Attempt] = []
    failures = 0
    pause_s: float | None = None
    for notice in notices:
        now = clock()
        if pause_s is not None:
            attempts.append(released(notice, now, pause_s))
            continue
        # After the claim expires, another process may send it: do not risk sending it twice.
        if notice.claimed_until and now + timedelta(seconds=sink.timeout_s) > notice.claimed_until:
            attempts.append(released(notice, now, 0.0))
            continue
        attempt = try_send(notice, sink, clock)
        attempts.append(attempt)
        failures = failures + 1 if attempt.outcome == "failed" else 0
        if attempt.retry_after_s:
            pause_s = attempt.retry_after_s
        elif failures >= FAILURES_IN_A_ROW:
            pause_s = plan.pause_s
    return attempts


def try_send(notice: Notice, sink: AlertSink, clock: Callable[[], datetime]) -> Attempt:
    """Try to send one notice; return the timed attempt with its error, never raise."""
    at, started = clock(), time.monotonic()
    outcome, error, wait, parts = "sent", None, None, (0, 0)
    try:
        sink.send(notice)
    except AlertRefusedError as refusal:
        outcome, error, parts = "refused", refusal.reason, refusal.parts
    except AlertUnfinishedError as rest:
        # Not the receiver's fault: the rest is due at once.
        outcome, parts = "released", rest.parts
    except AlertError as failure:
        outcome, error, wait = "failed", failure.reason, failure.retry_after_s
        parts = failure.parts
    except Exception as fault:  # noqa: BLE001 - one channel's fault must not stop the others
        redact = getattr(sink, "redact", str)
        outcome, error = "failed", redact(fault_line(fault))
    return Attempt(
        notice=notice,
        outcome=outcome,
        started_at=at,
        duration_s=time.monotonic() - started,
        error=error,
        retry_after_s=wait,
        parts=parts,
    )


def released(notice: Notice, now: datetime, wait_s: float) -> Attempt:
    """Return an attempt that releases the notice untried."""
    return Attempt(notice=notice, outcome="released", started_at=now, retry_after_s=wait_s)


def count(attempts: Sequence[Attempt], counts: DeliveryCounts) -> None:
    """Add attempts to the counts and log their errors."""
    for attempt in attempts:
        setattr(counts, attempt.outcome, getattr(counts, attempt.outcome) + 1)
        if attempt.error:
            counts.errors[attempt.notice.channel] = attempt.error
            log.warning(
                "channel %s: notice %s %s: %s",
                attempt.notice.channel,
                attempt.notice.alert_id,
                attempt.outcome,
                attempt.error,
            )


def report_dead(
    dead: Sequence[Notice], attempts: Sequence[Attempt], counts: DeliveryCounts
) -> None:
    """Log each notice that failed permanently, and how to retry it."""
    counts.dead += len(dead)
    reasons = {attempt.notice.alert_id: attempt.error for attempt in attempts}
    for notice in dead:
        log.error(
            "channel %s: notice %s failed permanently after %d attempts: %s; fix the channel, then "
            "run `policywire alerts retry`",
            notice.channel,
            notice.alert_id,
            notice.attempt,
            reasons.get(notice.alert_id),
        )
