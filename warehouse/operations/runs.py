"""The log of runs: what ran, how long, with what result; and the status of the warehouse."""

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
    """One run of a flow or of one stage. `ended_at` is None while it runs, or if it was killed.

    outcome: ok, failed or killed. `detail` is the reason of a failure, `counters` are its counts;
    `host` and `process` started it, if known.
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
    """Return how many articles, extractions, developments and notices were stored since `at`."""
    found = con.execute(load_query("stored_since"), {"at": at})
    names = [column[0] for column in found.description or ()]
    row = found.fetchone()
    assert row is not None, "counts are one row"
    return dict(zip(names, (int(count) for count in row), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """Percentiles of the delay of `count` notices, in seconds, from `clock` to sending."""

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
    """The status of a warehouse at `at`: everything that `policywire status` shows."""

    at: datetime
    runs: tuple[RunRecord, ...]
    successes: Mapping[str, datetime]
    feed_healths: Mapping[str, int]
    feeds_in_trouble: tuple[FeedTrouble, ...]
    lags: tuple[Lag, ...]
    channels: tuple[ChannelBox, ...]
    totals: Mapping[str, int]


def record_run(con: DuckDBPyConnection, run: RunRecord) -> None:
    """Record the start of a run, or its end. Safe to repeat."""
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
    """Return unfinished runs with a known process."""
    return [run_of(row) for row in rows(con, "runs_without_end")]


def standing(con: DuckDBPyConnection, *, at: datetime) -> Standing:
    """Return the status of the warehouse. Reads only, so a snapshot works too."""
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
    """Return the rows of queries/<query>.sql, by column name."""
    found: list[dict[str, Any]] = (
        con.execute(load_query(query), parameters or None).to_arrow_table().to_pylist()
    )
    return found


def run_of(row: Mapping[str, Any]) -> RunRecord:
    """Return a row of `runs` as a record; its detail holds counters as JSON or a reason as text."""
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
