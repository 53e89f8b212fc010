"""The ledger of passes: what ran, how long, what came of it; and how the whole stands."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.alerting.outbox import ChannelBox, outbox
from warehouse.connection import load_query


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One pass of a flow or of one stage. `ended_at` is None while it runs, or if it was killed.

    outcome: ok, failed, killed; `detail` is why it failed; `counters` what it counted; `host` and
    `process` say who began it, where that is known.
    """

    run_id: str
    flow: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str | None = None
    detail: str | None = None
    counters: Mapping[str, float] | None = None
    host: str | None = None
    process: str | None = None


def stored_since(con: DuckDBPyConnection, at: datetime) -> dict[str, int]:
    """How many articles, readings, developments and notices were stored since `at`."""
    found = con.execute(load_query("stored_since"), {"at": at})
    names = [column[0] for column in found.description or ()]
    row = found.fetchone()
    assert row is not None, "counts are one row"
    return dict(zip(names, (int(count) for count in row), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How long notices took in a span of time, in seconds; `count` how many they were."""

    clock: str
    count: int
    p50_s: float | None
    p95_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTrouble:
    """A feed that does not answer as it should."""

    feed_id: str
    health: str
    failure_count: int
    last_answer_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a warehouse stands, as of `at`: everything `policywire status` shows."""

    at: datetime
    runs: tuple[RunRecord, ...]
    successes: Mapping[str, datetime]
    feed_healths: Mapping[str, int]
    feeds_in_trouble: tuple[FeedTrouble, ...]
    lags: tuple[Lag, ...]
    channels: tuple[ChannelBox, ...]
    totals: Mapping[str, int]


def record_run(con: DuckDBPyConnection, run: RunRecord) -> None:
    """Note a pass: its start, or once it is over its end. Safe to repeat."""
    detail = run.detail
    if detail is None and run.counters is not None:
        detail = json.dumps(dict(run.counters))
    con.execute(
        load_query("record_run"),
        {
            "run_id": run.run_id,
            "flow": run.flow,
            "started_at": run.started_at,
            "ended_at": run.ended_at,
            "outcome": run.outcome,
            "detail": detail,
            "host": run.host,
            "process": run.process,
        },
    )


def runs_without_end(con: DuckDBPyConnection) -> list[RunRecord]:
    """Runs that a known process began and did not end."""
    return [run_of(row) for row in rows(con, "runs_without_end")]


def standing(con: DuckDBPyConnection, *, at: datetime) -> Standing:
    """How the warehouse stands; reads only, so a snapshot will do."""
    feeds = rows(con, "status_feeds")
    troubled = [row for row in feeds if row["health"] in ("failing", "silent", "malformed")]
    (totals,) = rows(con, "status_totals", at=at)
    return Standing(
        at=at,
        runs=tuple(run_of(row) for row in rows(con, "status_runs")),
        successes={
            row["flow"]: row["ended_at"].astimezone(UTC) for row in rows(con, "status_successes")
        },
        feed_healths={
            health: sum(1 for row in feeds if row["health"] == health)
            for health in sorted({row["health"] for row in feeds})
        },
        feeds_in_trouble=tuple(
            FeedTrouble(
                feed_id=row["feed_id"],
                health=row["health"],
                failure_count=row["failure_count"] or 0,
                last_answer_at=row["last_answer_at"],
                last_error=row["last_error"] or row["last_bozo"],
            )
            for row in troubled
        ),
        lags=tuple(Lag(**row) for row in rows(con, "status_lags", at=at)),
        channels=tuple(outbox(con, now=at)),
        totals=totals,
    )


def rows(con: DuckDBPyConnection, query: str, **parameters: object) -> list[dict[str, Any]]:
    """The rows of a shipped query, by column name."""
    found: list[dict[str, Any]] = (
        con.execute(load_query(query), parameters or None).to_arrow_table().to_pylist()
    )
    return found


def run_of(row: Mapping[str, Any]) -> RunRecord:
    """A row of `runs` as a record; counters are in its detail as JSON, a reason as text."""
    detail: str | None = row["detail"]
    counters: dict[str, float] | None = None
    if detail and row["outcome"] == "ok" and detail.startswith("{"):
        counters, detail = json.loads(detail), None
    return RunRecord(
        run_id=row["run_id"],
        flow=row["flow"],
        started_at=row["started_at"].astimezone(UTC),
        ended_at=row["ended_at"].astimezone(UTC) if row["ended_at"] else None,
        outcome=row["outcome"],
        detail=detail,
        counters=counters,
        host=row["host"],
        process=row["process"],
    )
