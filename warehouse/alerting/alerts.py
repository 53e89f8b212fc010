"""Applies alert rules to new developments and writes each match to the outbox once."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from models.alert import AlertCandidate, AlertRule, Severity, alert_id, matches
from models.alert_timing import Timing, timing
from models.fault import Faults
from models.headline import headline
from warehouse.alerting.alert_facts import candidate_of, dump_facts, report_key
from warehouse.alerting.alert_predicates import judge
from warehouse.alerting.corrections import corrections_owed
from warehouse.alerting.mutes import mutes_now
from warehouse.alerting.updates import updates_owed
from warehouse.connection import load_query, transaction

SEVERITY_RANK = {severity.value: rank for rank, severity in enumerate(Severity)}
RECONSIDER_DAYS = 14.0
_TIME = pa.timestamp("us", tz="UTC")
NEWS = pa.schema([("development_id", pa.string()), ("fingerprint", pa.string())])
BATCH = pa.schema(
    [(name, pa.string()) for name in ("alert_id", "rule_id", "development_id", "channel")]
    + [("stage_of", pa.string()), ("report_key", pa.string()), ("position", pa.int32())]
)
OWED = pa.schema(
    [
        (name, pa.string())
        for name in ("alert_id", "kind", "rule_id", "development_id", "measure_id", "report_key")
    ]
    + [("channel", pa.string()), ("severity", pa.string()), ("severity_rank", pa.int32())]
    + [("headline", pa.string()), ("facts", pa.string()), ("refers_to", pa.string())]
    + [("told_as", pa.string()), ("mute_id", pa.string())]
    + [(name, _TIME) for name in ("first_seen_at", "published_at", "created_at", "due_at")]
    + [("fold_at", _TIME), ("fold_reason", pa.string())]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueued:
    """Counts of one pass of the rules: developments considered, matches, new notices (`owed`).

    `owed` has updates too: a told step gained an end, a rate or goods. `corrected` counts new
    corrections. `muted` counts notices and corrections that were held back,
    because their measure is muted; no other count has them. `quiet` developments were skipped: only
    articles backfilled without alerts report them. `failed` has one line per rule that failed,
    wholly or on some developments.
    """

    considered: int = 0
    quiet: int = 0
    matched: int = 0
    owed: int = 0
    folded: int = 0
    corrected: int = 0
    muted: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A rule that matches a development, for one of the rule's channels."""

    rule: AlertRule
    candidate: AlertCandidate
    channel: str
    report_key: str

    @property
    def alert_id(self) -> str:
        return alert_id(self.rule.rule_id, self.candidate.development_id, self.channel)


def enqueue_alerts(
    con: DuckDBPyConnection,
    rules: Sequence[AlertRule],
    *,
    now: datetime,
    line: Callable[[AlertCandidate], str] = headline,
    reconsider_days: float = RECONSIDER_DAYS,
) -> Enqueued:
    """Write a notice for each rule x new development x channel that is not in the outbox yet.

    Call it inside `transaction(con)`, with or after the one that stored the developments: all
    notices are written or none. Safe to repeat. Rules apply to developments that are new to them,
    not to history; a development that gained publishers or tickers within `reconsider_days` is
    considered again. Rules must have passed `check_rules`. A failing rule does not stop others.
    """
    news = con.execute(
        load_query("alert_news"), {"reconsider_from": now - timedelta(days=reconsider_days)}
    ).fetchall()
    if not news:
        return Enqueued()
    quiet = only_backfilled(con, [row[0] for row in news if row[2]])
    loud = [row for row in news if row[0] not in quiet]
    faults = Faults()
    candidates = candidates_for(con, [row[0] for row in loud], rules, faults)
    found = find_matches(rules, candidates, now, faults)
    mutes = mutes_now(con, now)
    # Corrections first: they look up earlier notices, and those of this pass are not earlier.
    corrections = corrections_owed(con, [candidate for candidate, _ in candidates], rules, now)
    corrections = [{**row, "mute_id": mutes.get(row["measure_id"])} for row in corrections]
    insert_owed(con, corrections)
    written = write_owed(con, found, now, line, faults, mutes)
    written += write_updates(con, found, now, mutes)
    note_considered(con, loud, now, alerts_off=False)
    note_considered(con, [row for row in news if row[0] in quiet], now, alerts_off=True)
    owed = [row for row in written if row["mute_id"] is None]
    corrected = sum(row["mute_id"] is None for row in corrections)
    return Enqueued(
        considered=len(loud),
        quiet=len(quiet),
        matched=len(found),
        owed=len(owed),
        corrected=corrected,
        muted=len(written) + len(corrections) - len(owed) - corrected,
        folded=sum(1 for row in owed if row["fold_at"]),
        by_rule=dict(Counter(row["rule_id"] for row in owed)),
        failed=faults.lines("rule"),
    )


def enqueue_in_transaction(
    con: DuckDBPyConnection, rules: Sequence[AlertRule], *, now: datetime
) -> Enqueued:
    """Run `enqueue_alerts` in its own transaction."""
    with transaction(con):
        return enqueue_alerts(con, rules, now=now)


def skip_alerts(con: DuckDBPyConnection, *, now: datetime) -> int:
    """Mark all new developments as considered, without notices; return how many.

    For backfills.
    """
    news = con.execute(load_query("alert_news"), {"reconsider_from": now}).fetchall()
    note_considered(con, news, now, alerts_off=True)
    return len(news)


def only_backfilled(con: DuckDBPyConnection, development_ids: Sequence[str]) -> set[str]:
    """Return the developments that only articles backfilled without alerts report."""
    wanted = pa.table({"development_id": pa.array(development_ids, pa.string())})
    con.register("wanted_batch", wanted)
    found = {key for (key,) in con.execute(load_query("quiet_news")).fetchall()}
    con.unregister("wanted_batch")
    return found


def candidates_for(
    con: DuckDBPyConnection,
    development_ids: Sequence[str],
    rules: Sequence[AlertRule] = (),
    faults: Faults | None = None,
) -> list[tuple[AlertCandidate, str]]:
    """Return the developments as rules see them, each with its report key, first seen first.

    Predicates that fail are added to `faults`.
    """
    wanted = pa.table({"development_id": pa.array(development_ids, pa.string())})
    con.register("wanted_batch", wanted)
    con.execute(load_query("wanted_policy_events"))
    con.unregister("wanted_batch")
    judged = judge(con, rules)
    for rule_id, reason in judged.failed.items():
        if faults is not None:
            faults.note(rule_id, reason)
    rows = con.execute(load_query("alert_candidates")).to_arrow_table().to_pylist()
    return [(candidate_of(row, judged.met), report_key(row)) for row in rows]


def find_matches(
    rules: Sequence[AlertRule],
    candidates: Iterable[tuple[AlertCandidate, str]],
    now: datetime,
    faults: Faults,
) -> list[Match]:
    """Return each matching rule x development x channel, in the order of the developments."""
    found = []
    for candidate, key in candidates:
        for rule in rules:
            try:
                holds = matches(rule, candidate, now)
            except Exception as error:  # noqa: BLE001 - one rule's fault stops no other rule
                faults.note(rule.rule_id, error)
                continue
            found += [
                Match(rule=rule, candidate=candidate, channel=channel, report_key=key)
                for channel in rule.channels
                if holds
            ]
    return found


def write_owed(
    con: DuckDBPyConnection,
    found: Sequence[Match],
    now: datetime,
    line: Callable[[AlertCandidate], str],
    faults: Faults,
    mutes: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Write matches to the outbox that are not there yet; return the rows written.

    `mutes` is measure_id -> mute_id of the muted measures.
    """
    if not found:
        return []
    batch = [
        {
            "alert_id": match.alert_id,
            "rule_id": match.rule.rule_id,
            "development_id": match.candidate.development_id,
            "channel": match.channel,
            "stage_of": match.candidate.stage_of,
            "report_key": match.report_key,
            "position": position,
        }
        for position, match in enumerate(found)
    ]
    con.register("alert_batch", pa.Table.from_pylist(batch, schema=BATCH))
    refers = dict(con.execute(load_query("alerts_owed")).fetchall())
    con.unregister("alert_batch")
    gate = ThrottleGate(con, now, mutes)
    owed = []
    texts: dict[str, tuple[str, str]] = {}  # development_id -> headline, facts
    for match in found:
        if match.alert_id not in refers:
            continue
        candidate = match.candidate
        # Also once per pass: a rule may name a channel twice.
        refers_to = refers.pop(match.alert_id)
        try:
            if candidate.development_id not in texts:
                texts[candidate.development_id] = (line(candidate), dump_facts(candidate))
            owed.append(owed_row(match, refers_to, gate, *texts[candidate.development_id]))
        except Exception as error:  # noqa: BLE001 - one failing notice stops no other
            faults.note(match.rule.rule_id, error)
    insert_owed(con, owed)
    return owed


def write_updates(
    con: DuckDBPyConnection, found: Sequence[Match], now: datetime, mutes: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Write a notice for what matched developments have that was not told; return the rows."""
    matched = {(m.rule.rule_id, m.channel, m.candidate.development_id): m for m in found}
    updates = updates_owed(con, {key: match.candidate for key, match in matched.items()})
    gate = ThrottleGate(con, now, mutes)
    owed = [
        {
            **owed_row(matched[key], update.refers_to, gate, update.headline, update.facts),
            "alert_id": update.alert_id,
            "kind": "update",
        }
        for key, update in updates.items()
    ]
    insert_owed(con, owed)
    return owed


def insert_owed(con: DuckDBPyConnection, owed: Sequence[dict[str, Any]]) -> None:
    """Insert rows into the outbox."""
    if owed:
        con.register("owed_batch", pa.Table.from_pylist(owed, schema=OWED))
        con.execute(load_query("enqueue_alerts"))
        con.unregister("owed_batch")


class ThrottleGate:
    """Counts the single notices of each rule on each channel in the current throttle window.

    Notices of muted measures (`mutes`: measure_id -> mute_id) are held back and not counted.
    """

    def __init__(self, con: DuckDBPyConnection, now: datetime, mutes: Mapping[str, str]) -> None:
        self.con = con
        self.now = now
        self.mutes = mutes
        self.passed: dict[tuple[str, str], int] = {}

    def count(self, rule: AlertRule, channel: str) -> int:
        """Return the single notices so far in the window, from this pass and earlier ones."""
        if rule.throttle is None:
            return 0
        key = (rule.rule_id, channel)
        if key not in self.passed:
            row = self.con.execute(
                load_query("throttle_counts"),
                {
                    "rule_id": rule.rule_id,
                    "channel": channel,
                    "window_start": rule.throttle.window_start(self.now),
                    "window_end": rule.throttle.window_end(self.now),
                },
            ).fetchone()
            assert row is not None, "a count returns one row"
            self.passed[key] = int(row[0])
        return self.passed[key]

    def timing(self, rule: AlertRule, channel: str) -> Timing:
        """Return when to send a new notice; count it if it goes alone."""
        sent = self.count(rule, channel)
        when = timing(
            now=self.now,
            throttle=rule.throttle,
            quiet=rule.quiet,
            digest=rule.digest,
            sent_in_window=sent,
        )
        if when.fold_at is None and rule.throttle is not None:
            self.passed[rule.rule_id, channel] = sent + 1
        return when


def owed_row(
    match: Match, refers_to: str | None, gate: ThrottleGate, line: str, facts: str
) -> dict[str, Any]:
    """Return a match as a row of the outbox."""
    rule, candidate = match.rule, match.candidate
    mute_id = gate.mutes.get(candidate.measure_id)
    when = Timing(due_at=gate.now) if mute_id else gate.timing(rule, match.channel)
    return {
        "alert_id": match.alert_id,
        "kind": "single",
        "rule_id": rule.rule_id,
        "development_id": candidate.development_id,
        "measure_id": candidate.measure_id,
        "report_key": match.report_key,
        "channel": match.channel,
        "severity": rule.severity.value,
        "severity_rank": SEVERITY_RANK[rule.severity.value],
        "headline": line,
        "facts": facts,
        "refers_to": refers_to,
        "told_as": candidate.correction_id,
        "first_seen_at": candidate.first_seen_at,
        "published_at": candidate.published_at,
        "created_at": gate.now,
        "due_at": when.due_at,
        "fold_at": when.fold_at,
        "fold_reason": when.reason,
        "mute_id": mute_id,
    }


def note_considered(
    con: DuckDBPyConnection,
    news: Sequence[tuple[str, str, bool]],
    now: datetime,
    *,
    alerts_off: bool,
) -> None:
    """Record which state of these developments the rules have considered."""
    if not news:
        return
    table = pa.Table.from_pylist(
        [{"development_id": key, "fingerprint": mark} for key, mark, _ in news], schema=NEWS
    )
    con.register("news_batch", table)
    con.execute(load_query("mark_considered"), {"now": now, "alerts_off": alerts_off})
    con.unregister("news_batch")
