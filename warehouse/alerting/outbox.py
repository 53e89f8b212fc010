"""The outbox: notices are claimed for a limited time, sent by the caller, then settled."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from models.alert import AlertCandidate, Notice, Severity
from models.alert_timing import backoff_s
from models.identity import digest_id
from warehouse.alerting.alert_facts import load_facts
from warehouse.alerting.mutes import hold_muted
from warehouse.connection import load_query, transaction

MAX_FAILURES = 10
MAX_REFUSALS = 3
_TIME = pa.timestamp("us", tz="UTC")
DIGESTS = pa.schema(
    [(name, pa.string()) for name in ("alert_id", "rule_id", "channel", "severity")]
    + [("severity_rank", pa.int32()), ("headline", pa.string()), ("fold_reason", pa.string())]
    + [("created_at", _TIME)]
)
FOLDS = pa.schema([("alert_id", pa.string()), ("folded_into", pa.string())])
DELIVERIES = pa.schema(
    [(name, pa.string()) for name in ("delivery_id", "alert_id", "channel", "owner")]
    + [("attempt", pa.int32()), ("started_at", _TIME), ("duration_s", pa.float64())]
    + [("outcome", pa.string()), ("error", pa.string())]
)
PARTS = pa.schema(
    [
        ("alert_id", pa.string()),
        ("parts_sent", pa.int32()),
        ("parts_total", pa.int32()),
        ("noted_at", _TIME),
    ]
)
SETTLED = pa.schema(
    [
        ("alert_id", pa.string()),
        ("state", pa.string()),
        ("ended_at", _TIME),
        ("due_at", _TIME),
        ("failures", pa.int32()),
        ("error", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The result of one attempt to deliver one notice.

    outcome: sent, failed (a retry may help), refused (the receiver rejects it), released (not
    tried, handed back). `retry_after_s` is the wait that the receiver asks for. `error` contains
    no secrets. `parts` is (messages sent, messages in total) for a notice in several messages.
    """

    notice: Notice
    outcome: str
    started_at: datetime
    duration_s: float = 0.0
    error: str | None = None
    retry_after_s: float | None = None
    parts: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelBox:
    """Counts of one channel's notices in the outbox."""

    channel: str
    due: int
    waiting: int
    claimed: int
    sent: int
    folded: int
    dead: int
    oldest_due_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The result of a claim: notices to send, notices that failed permanently, next time to ask.

    `muted` counts those held back, because their measure is muted.
    """

    notices: tuple[Notice, ...]
    dead: tuple[Notice, ...]
    next_at: datetime | None
    muted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTerms:
    """Limits of a claim: notices at a time, lease, failures allowed, first wait before a retry."""

    most: int = 50
    lease_s: float = 120.0
    max_failures: int = MAX_FAILURES
    backoff_base_s: float = 30.0


def settle_and_claim(
    con: DuckDBPyConnection,
    done: Sequence[Attempt],
    *,
    owner: str,
    channels: Sequence[str],
    now: datetime,
    terms: ClaimTerms,
) -> Claims:
    """Settle the attempts and claim the next notices, with the warehouse open only once."""
    dead = record_attempts(con, done, owner=owner, now=now, terms=terms)
    notices, muted = hold_and_claim(con, owner=owner, channels=channels, now=now, terms=terms)
    return Claims(
        notices=tuple(notices),
        dead=tuple(dead),
        next_at=None if notices else next_due_at(con, channels),
        muted=muted,
    )


def claim_notices(
    con: DuckDBPyConnection,
    *,
    owner: str,
    channels: Sequence[str],
    now: datetime,
    terms: ClaimTerms,
) -> list[Notice]:
    """Claim due notices of these channels for the time of a lease, highest severity first.

    First, notices of muted measures are held back and digests that are due are assembled. Another
    process can claim a notice once the lease expires, so the caller must not send after
    `claimed_until`.
    """
    return hold_and_claim(con, owner=owner, channels=channels, now=now, terms=terms)[0]


def hold_and_claim(
    con: DuckDBPyConnection,
    *,
    owner: str,
    channels: Sequence[str],
    now: datetime,
    terms: ClaimTerms,
) -> tuple[list[Notice], int]:
    """Do what `claim_notices` does; also return how many notices were held back."""
    if not channels:
        return [], 0
    token = uuid.uuid4().hex
    with transaction(con):
        muted = hold_muted(con, now)
        fold_due(con, now)
        con.execute(
            load_query("claim_alerts"),
            {
                "token": token,
                "owner": owner,
                "until": now + timedelta(seconds=terms.lease_s),
                "channels": list(channels),
                "now": now,
                "most": terms.most,
            },
        )
        rows = con.execute(load_query("claimed_alerts"), {"token": token}).to_arrow_table()
    return notices_of(rows.to_pylist(), token), muted


def fold_due(con: DuckDBPyConnection, now: datetime) -> int:
    """Assemble the digests that are due; return how many."""
    groups = con.execute(load_query("fold_due"), {"now": now}).to_arrow_table().to_pylist()
    digests, folds = [], []
    for group in groups:
        members = group["alert_ids"]
        # A single notice needs no digest.
        digest = digest_id("digest", *members) if len(members) > 1 else None
        folds += [{"alert_id": member, "folded_into": digest} for member in members]
        if digest is not None:
            line = f"{group['rule_id']}: {len(members)} developments"
            digests.append({**group, "alert_id": digest, "headline": line, "created_at": now})
    if digests:
        con.register("digest_batch", pa.Table.from_pylist(digests, schema=DIGESTS))
        con.execute(load_query("insert_digests"))
        con.unregister("digest_batch")
    if folds:
        con.register("fold_batch", pa.Table.from_pylist(folds, schema=FOLDS))
        con.execute(load_query("fold_alerts"))
        con.unregister("fold_batch")
    return len(digests)


def notices_of(rows: Sequence[dict[str, Any]], token: str) -> list[Notice]:
    """Return rows of queries/claimed_alerts.sql as notices, folded ones inside their digests."""
    parts: dict[str, list[Notice]] = {}
    for row in rows:
        if row["folded_into"]:
            parts.setdefault(row["folded_into"], []).append(notice_of(row, token, ()))
    # A lake may hold a notice twice: keep one.
    whole = {row["alert_id"]: row for row in rows if not row["folded_into"]}
    return [notice_of(row, token, tuple(parts.get(key, ()))) for key, row in whole.items()]


def notice_of(row: dict[str, Any], token: str, parts: tuple[Notice, ...]) -> Notice:
    """Return one row as a notice."""
    return Notice(
        alert_id=row["alert_id"],
        kind=row["kind"],
        rule_id=row["rule_id"],
        channel=row["channel"],
        severity=Severity(row["severity"]),
        headline=row["headline"],
        created_at=row["created_at"].astimezone(UTC),
        claim_token=token,
        claimed_until=row["claimed_until"],
        attempt=row["failure_count"] + 1,
        refers_to=row["refers_to"],
        refers_to_headline=row["refers_to_headline"],
        refers_to_sent_at=row["refers_to_sent_at"],
        candidate=facts_of(row["facts"]),
        fold_reason=row["fold_reason"],
        parts=parts,
        parts_sent=row["parts_sent"] or 0,
        parts_total=row["parts_total"] or 0,
    )


def facts_of(facts: str | None) -> AlertCandidate | None:
    """Return the facts of a notice; None when it has none or they are unreadable.

    Such a notice is sent with its headline only.
    """
    if not facts:
        return None
    try:
        return load_facts(facts)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def record_attempts(
    con: DuckDBPyConnection,
    attempts: Sequence[Attempt],
    *,
    owner: str,
    now: datetime,
    terms: ClaimTerms,
) -> list[Notice]:
    """Settle attempts: sent, due again after a wait, or failed permanently (dead).

    Returns the dead notices, for a warning: after `max_failures`, or MAX_REFUSALS when the
    receiver refuses them. Released notices are due again at once, or after `retry_after_s`; this
    counts as no failure.
    """
    if not attempts:
        return []
    settled = {attempt.notice.alert_id: settled_row(attempt, now, terms) for attempt in attempts}
    tried = [delivery_row(attempt, owner) for attempt in attempts if attempt.outcome != "released"]
    parts = [parts_row(attempt) for attempt in attempts if attempt.parts[0]]
    tokens = {attempt.notice.claim_token for attempt in attempts}
    with transaction(con):
        if tried:
            con.register("delivery_batch", pa.Table.from_pylist(tried, schema=DELIVERIES))
            con.execute(load_query("insert_deliveries"))
            con.unregister("delivery_batch")
        if parts:
            con.register("parts_batch", pa.Table.from_pylist(parts, schema=PARTS))
            con.execute(load_query("insert_delivery_parts"))
            con.unregister("parts_batch")
        for token in tokens:
            rows = [settled[a.notice.alert_id] for a in attempts if a.notice.claim_token == token]
            con.register("settle_batch", pa.Table.from_pylist(rows, schema=SETTLED))
            con.execute(load_query("settle_alerts"), {"token": token})
            con.unregister("settle_batch")
    return [a.notice for a in attempts if settled[a.notice.alert_id]["state"] == "dead"]


def settled_row(attempt: Attempt, now: datetime, terms: ClaimTerms) -> dict[str, Any]:
    """Return the new state of a notice after an attempt."""
    ended = attempt.started_at + timedelta(seconds=attempt.duration_s)
    row = {
        "alert_id": attempt.notice.alert_id,
        "state": "pending",
        "ended_at": ended,
        "due_at": None,
        "failures": 0,
        "error": attempt.error,
    }
    if attempt.outcome == "sent":
        return {**row, "state": "sent", "error": None}
    if attempt.outcome == "released":
        wait = attempt.retry_after_s or 0.0
        return {**row, "due_at": now + timedelta(seconds=wait)}
    most = terms.max_failures
    if attempt.outcome == "refused":
        most = min(MAX_REFUSALS, most)
    if attempt.notice.attempt >= most:
        return {**row, "state": "dead", "failures": 1}
    wait = backoff_s(attempt.notice.attempt, attempt.notice.alert_id, base_s=terms.backoff_base_s)
    wait = max(wait, attempt.retry_after_s or 0.0)
    return {**row, "due_at": now + timedelta(seconds=wait), "failures": 1}


def delivery_row(attempt: Attempt, owner: str) -> dict[str, Any]:
    """Return one attempt as a row of `deliveries`."""
    notice = attempt.notice
    return {
        "delivery_id": digest_id("delivery", notice.alert_id, notice.claim_token),
        "alert_id": notice.alert_id,
        "channel": notice.channel,
        "owner": owner,
        "attempt": notice.attempt,
        "started_at": attempt.started_at,
        "duration_s": attempt.duration_s,
        "outcome": attempt.outcome,
        "error": attempt.error,
    }


def parts_row(attempt: Attempt) -> dict[str, Any]:
    """Return the progress of a notice in several messages, as a row of `delivery_parts`."""
    sent, total = attempt.parts
    ended = attempt.started_at + timedelta(seconds=attempt.duration_s)
    return {
        "alert_id": attempt.notice.alert_id,
        "parts_sent": sent,
        "parts_total": total,
        "noted_at": ended,
    }


def revive_dead(con: DuckDBPyConnection, *, now: datetime, channel: str | None = None) -> int:
    """Retry notices that failed permanently; return how many."""
    with transaction(con):
        row = con.execute(load_query("revive_alerts"), {"now": now, "channel": channel}).fetchone()
    return int(row[0]) if row else 0


def outbox(con: DuckDBPyConnection, *, now: datetime) -> list[ChannelBox]:
    """Return the counts of the outbox, by channel."""
    rows = con.execute(load_query("outbox"), {"now": now}).to_arrow_table().to_pylist()
    return [ChannelBox(**row) for row in rows]


def next_due_at(con: DuckDBPyConnection, channels: Sequence[str]) -> datetime | None:
    """Return when the next notice of these channels can be claimed; None when there is none."""
    row = con.execute(load_query("next_due"), {"channels": list(channels)}).fetchone()
    return row[0].astimezone(UTC) if row and row[0] else None
