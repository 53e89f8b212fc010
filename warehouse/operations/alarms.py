"""Alarms for operators: what is wrong now, and which alarms were already sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from duckdb import DuckDBPyConnection

from models.identity import digest_id
from warehouse.connection import transaction
from warehouse.operations.runs import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One problem. kind: no_success, feeds_fail, feed_quiet, all_quiet or given_up."""

    kind: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A recorded problem; `ended_at` is set once it is over."""

    alarm_id: str
    trouble: Trouble
    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietTerms:
    """When a feed counts as quiet: after `hours`, and after `times` its longest usual gap."""

    hours: float = 24.0
    times: float = 5.0


def troubles(
    con: DuckDBPyConnection,
    *,
    at: datetime,
    longest: Mapping[str, timedelta],
    terms: QuietTerms,
) -> list[Trouble]:
    """Return all problems at `at`; `longest` is the longest time without success per stage."""
    return [
        *stages_without_success(con, at, longest),
        *quiet_feeds(con, at, terms),
        *failing_feeds(con),
        *given_up(con),
    ]


def stages_without_success(
    con: DuckDBPyConnection, at: datetime, longest: Mapping[str, timedelta]
) -> list[Trouble]:
    """Find stages whose last success, or first run without any success, is too long ago."""
    ended = {row["flow"]: row["ended_at"].astimezone(UTC) for row in rows(con, "status_successes")}
    first = con.execute("SELECT min(started_at) FROM store.runs").fetchone()
    since = first[0].astimezone(UTC) if first and first[0] else at
    found = []
    for stage, allowed in longest.items():
        last = ended.get(stage, since)
        if at - last > allowed:
            found.append(
                Trouble(
                    kind="no_success",
                    subject=stage,
                    detail=f"no {stage} succeeded since {last:%Y-%m-%d %H:%M} UTC",
                )
            )
    return found


def quiet_feeds(con: DuckDBPyConnection, at: datetime, terms: QuietTerms) -> list[Trouble]:
    """Find feeds without new articles for much longer than usual; one problem if all are quiet."""
    (row,) = rows(con, "last_article")
    last = row["last_article_at"]
    if last is None:
        return []
    if at - last > timedelta(hours=terms.hours):
        since = f"{last.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return [Trouble(kind="all_quiet", subject="feeds", detail=f"no new article since {since}")]
    found = rows(con, "quiet_feeds", at=at, quiet_hours=terms.hours, quiet_times=terms.times)
    return [
        Trouble(
            kind="feed_quiet",
            subject=row["feed_id"],
            detail=f"feed {row['feed_id']!r} has had no new article since "
            f"{row['last_article_at'].astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        )
        for row in found
    ]


def failing_feeds(con: DuckDBPyConnection) -> list[Trouble]:
    """Find out whether half of the feeds or more fail: then one problem."""
    healths = [row["health"] for row in rows(con, "status_feeds")]
    asked = [health for health in healths if health != "never asked"]
    failing = asked.count("failing")
    if not asked or failing * 2 < len(asked):
        return []
    detail = f"{failing} of {len(asked)} feeds fail: is the network up?"
    return [Trouble(kind="feeds_fail", subject="feeds", detail=detail)]


def given_up(con: DuckDBPyConnection) -> list[Trouble]:
    """Find channels with notices that failed permanently; one problem per channel."""
    found = con.execute(
        "SELECT channel, count(*) FROM store.alerts WHERE state = 'dead' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return [
        Trouble(
            kind="given_up",
            subject=channel,
            detail=f"channel {channel}: notices failed permanently; see `policywire status`",
        )
        for channel, _ in found
    ]


def keep_alarms(
    con: DuckDBPyConnection, found: Sequence[Trouble], *, at: datetime
) -> tuple[list[Alarm], list[Alarm]]:
    """Update the recorded alarms; return those not sent yet, and those that are over now."""
    now = {(t.kind, t.subject): t for t in found}
    with transaction(con):
        held = con.execute(
            "SELECT alarm_id, kind, subject, detail, began_at, told_at FROM store.alarms "
            "WHERE ended_at IS NULL"
        ).fetchall()
        untold, over = [], []
        for alarm_id, kind, subject, detail, began_at, told_at in held:
            trouble = now.pop((kind, subject), None)
            if trouble is None:
                con.execute(
                    "UPDATE store.alarms SET ended_at = ? WHERE alarm_id = ?", [at, alarm_id]
                )
            shown = trouble or Trouble(kind=kind, subject=subject, detail=detail)
            alarm = Alarm(
                alarm_id=alarm_id,
                trouble=shown,
                began_at=began_at.astimezone(UTC),
                ended_at=None if trouble else at,
            )
            if trouble is None and told_at is not None:
                over.append(alarm)
            elif trouble is not None and told_at is None:
                untold.append(alarm)
        for trouble in now.values():
            alarm = Alarm(
                alarm_id=digest_id("alarm", trouble.kind, trouble.subject, at),
                trouble=trouble,
                began_at=at,
            )
            con.execute(
                "INSERT INTO store.alarms VALUES (?, ?, ?, ?, ?, NULL, NULL)",
                [alarm.alarm_id, trouble.kind, trouble.subject, trouble.detail, at],
            )
            untold.append(alarm)
    return untold, over


def note_told(con: DuckDBPyConnection, alarm_ids: Sequence[str], *, at: datetime) -> None:
    """Record that a channel accepted these alarms."""
    for alarm_id in alarm_ids:
        con.execute("UPDATE store.alarms SET told_at = ? WHERE alarm_id = ?", [at, alarm_id])
