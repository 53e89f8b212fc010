"""Delivering the outbox: claim a few notices, let go of the warehouse, send, come back to settle.

The warehouse is never held while a receiver is waited for. A crash between sending and settling
means a second attempt under the same idempotency key once the claim has run out: every notice is
sent at least once, and once only to a receiver that knows the key.
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
# After so many failures in a row a channel is left alone for a while: a receiver that is down is
# not asked a thousand times, and its notices lose no attempts by it.
FAILURES_IN_A_ROW = 3


@dataclass(slots=True, kw_only=True)
class DeliveryCounts:
    """What a delivery did, in notices; `dead` are those given up on."""

    sent: int = 0
    failed: int = 0
    refused: int = 0
    released: int = 0
    dead: int = 0
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPlan:
    """How a delivery goes about it.

    `terms` are those of a claim; `patience_s` is how long to wait for notices that are due soon
    (a retry) before the pass ends; `pause_s` how long a failing channel is left alone;
    `busy_patience_s` how long to wait for the warehouse.
    """

    terms: ClaimTerms = field(default_factory=ClaimTerms)
    patience_s: float = 0.0
    pause_s: float = 30.0
    busy_patience_s: float = 120.0


def deliverer_name() -> str:
    """Who delivers: host, process and a chance part, for a process id comes back."""
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
    """Send what is due on these channels until nothing is; return what became of it.

    Any number of processes may do so at once. Raises WarehouseBusyError when the warehouse stays
    busy; what was sent by then is sent again later, under the same key.
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
    """Sleep until the next notice is due, if that is worth it; False when it is not."""
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
    """Send each channel's notices in order, the channels side by side."""
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
    """Send one channel's notices, loudest first; hand back what must not or cannot go now."""
    attempts: list[Attempt] = []
    failures = 0
    pause_s: float | None = None
    for notice in notices:
        now = clock()
        if pause_s is not None:
            attempts.append(released(notice, now, pause_s))
            continue
        # Past the end of the claim somebody else may hold it: better not at all than twice.
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
    """One attempt, timed; what went wrong is in it, not raised."""
    at, started = clock(), time.monotonic()
    outcome, error, wait, parts = "sent", None, None, (0, 0)
    try:
        sink.send(notice)
    except AlertRefusedError as refusal:
        outcome, error, parts = "refused", refusal.reason, refusal.parts
    except AlertUnfinishedError as rest:
        # No fault of the receiver: the rest is due at once.
        outcome, parts = "released", rest.parts
    except AlertError as failure:
        outcome, error, wait = "failed", failure.reason, failure.retry_after_s
        parts = failure.parts
    except Exception as fault:  # noqa: BLE001 - a channel's own fault stops no other channel
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
    """A notice handed back untried."""
    return Attempt(notice=notice, outcome="released", started_at=now, retry_after_s=wait_s)


def count(attempts: Sequence[Attempt], counts: DeliveryCounts) -> None:
    """Add a round to the counts and to the log."""
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
    """Say loudly what was given up on and how to bring it back."""
    counts.dead += len(dead)
    reasons = {attempt.notice.alert_id: attempt.error for attempt in attempts}
    for notice in dead:
        log.error(
            "channel %s: gave up on notice %s after %d attempts: %s; put it right, then run "
            "`policywire alerts retry`",
            notice.channel,
            notice.alert_id,
            notice.attempt,
            reasons.get(notice.alert_id),
        )
