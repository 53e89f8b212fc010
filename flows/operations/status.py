"""`policywire status`: runs, feeds, notices and warnings on one screen.

metrics.py gives the same as Prometheus metrics.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from flows.base.clock import span
from flows.base.counts import counted
from flows.base.processes import host
from flows.base.run_ledger import KILLED, was_killed
from flows.base.screen import Screen
from flows.base.tables import paragraph, table_of
from models.errors import WarehouseBusyError, WarehouseError
from warehouse.connection import open_warehouse
from warehouse.operations.runs import RunRecord, Standing, standing
from warehouse.snapshot import open_snapshot

LIVE_PATIENCE_S = 2.0
SHOWN_FEEDS = 8
INDENT = 2
# A run on another machine, or of an older release, counts as lost after the longest stage's limit.
LOST_AFTER = timedelta(hours=1)
LOST = "lost"
# Warn after this many cadences without a success.
CADENCES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The state of a warehouse, the source it was read from, and warnings for the operator."""

    standing: Standing
    source: str
    snapshot_at: datetime | None
    warnings: tuple[str, ...]


def read_status(
    warehouse: Path,
    snapshot: Path,
    *,
    at: datetime,
    cadences: Mapping[str, timedelta] | None = None,
    problems: tuple[str, ...] = (),
) -> Status:
    """Read the status from the live warehouse, or from the snapshot while a pass has it open.

    `cadences` says how often a flow or stage should succeed. Raises WarehouseError when neither
    file exists.
    """
    if not warehouse.exists() and not snapshot.exists():
        raise WarehouseError(f"{warehouse}: no warehouse yet; `policywire run` creates one")
    found, source = None, "live"
    if warehouse.exists():
        try:
            with open_warehouse(warehouse, patience_s=LIVE_PATIENCE_S) as con:
                found = standing(con, at=at)
        except WarehouseBusyError:
            if not snapshot.exists():
                raise
    if found is None:
        source = "snapshot"
        con = open_snapshot(snapshot)
        try:
            found = standing(con, at=at)
        finally:
            con.close()
    return Status(
        standing=found,
        source=source,
        snapshot_at=changed_at(snapshot),
        warnings=(*problems, *warnings(found, cadences or {})),
    )


def warnings(found: Standing, cadences: Mapping[str, timedelta]) -> Iterator[str]:
    """Yield one line per problem, the worst first."""
    for box in found.channels:
        if box.dead:
            yield (
                f"channel {box.channel}: {counted(box.dead, 'notice')} failed permanently "
                f"({box.last_error}); fix the channel, then run `policywire alerts retry`"
            )
        if box.oldest_due_at and found.at - box.oldest_due_at > timedelta(minutes=30):
            late = span((found.at - box.oldest_due_at).total_seconds())
            yield f"channel {box.channel}: {counted(box.due, 'notice')} due, the oldest for {late}"
    for flow, cadence in cadences.items():
        last = found.successes.get(flow)
        if last is None:
            yield f"{flow}: no success yet"
        elif found.at - last > CADENCES * cadence:
            yield f"{flow}: no success for {span((found.at - last).total_seconds())}"
    for run in found.runs:
        if run.outcome == "failed":
            yield f"{run.flow}: failed at {run.started_at:%Y-%m-%d %H:%M}: {run.detail}"
        elif (state := state_of(run, found.at)) in (KILLED, LOST):
            where = f" on {run.host}" if run.host else ""
            yield (
                f"{run.flow}: started at {run.started_at:%Y-%m-%d %H:%M}{where} and was {state}; "
                "the next pass continues where it stopped"
            )
    failing = found.feed_healths.get("failing", 0)
    asked = sum(n for health, n in found.feed_healths.items() if health != "never asked")
    if asked and failing * 2 >= asked:
        yield f"{failing} of {asked} feeds fail; is the network up?"


def state_of(run: RunRecord, now: datetime) -> str:
    """Return ok, failed, killed, running (with the host), or lost: old, and its outcome unknown."""
    if run.outcome:
        return run.outcome
    if was_killed(run):
        return KILLED
    if run.host == host() and run.process is not None:
        return "running"
    if now - run.started_at > LOST_AFTER:
        return LOST
    return f"running on {run.host}" if run.host else "running"


def changed_at(path: Path) -> datetime | None:
    """Return when a file last changed, UTC; None if it does not exist."""
    try:
        return datetime.fromtimestamp(os.stat(path).st_mtime, UTC)
    except FileNotFoundError:
        return None


def print_status(status: Status, console: Console | None = None) -> None:
    """Print the status on one screen."""
    console = console or Screen(emoji=False)
    for block in screen(status, console.width):
        console.print(block, soft_wrap=True)


def screen(status: Status, width: int) -> Iterator[RenderableType]:
    """Yield the parts of the status for rich to print; no text from feeds is read as markup."""
    found = status.standing
    published = "none" if not status.snapshot_at else ago(status.snapshot_at, found.at)
    totals = found.totals
    yield paragraph(
        f"PolicyWire at {found.at:%Y-%m-%d %H:%M} UTC, {status.source} warehouse; "
        f"snapshot: {published}",
        width,
    )
    yield paragraph(
        f"{totals['articles']:,} articles ({totals['articles_last_day']:,} in the last day), "
        f"{totals['developments']:,} developments ({totals['developments_last_day']:,})",
        width,
    )
    for warning in status.warnings:
        yield paragraph(f"! {warning}", width, style="red")
    for title, head, rows in (runs(found), notices(found), lags(found), feeds(found)):
        if rows:
            yield Text(title, style="bold", no_wrap=True, overflow="ellipsis")
            yield Padding(table_of(head, rows, width=width - INDENT), (0, 0, 0, INDENT))
        else:
            yield Text(title if ":" in title else f"{title}: none yet", style="bold")
    more = len(found.feeds_in_trouble) - SHOWN_FEEDS
    if more > 0:
        yield Text(f"  and {more} more: see the view feed_health", style="dim")


Block = tuple[str, Sequence[str], Sequence[Sequence[object]]]


def runs(found: Standing) -> Block:
    """Return the last run of every stage."""
    rows = [
        (
            run.flow,
            ago(run.started_at, found.at),
            duration(run),
            state_of(run, found.at),
            ", ".join(
                f"{value:,.0f} {name.removeprefix('outcomes.')}"
                for name, value in (run.counters or {}).items()
                if value
            ),
        )
        for run in found.runs
    ]
    return "Last runs", ("stage", "started", "took", "outcome", "counters"), rows


def notices(found: Standing) -> Block:
    """Return the notices per channel and state."""
    rows = [
        (b.channel, b.due, b.waiting, b.claimed, b.sent, b.folded, b.dead) for b in found.channels
    ]
    head = ("channel", "due", "waiting", "claimed", "sent", "folded", "failed")
    return "Notices", head, rows


def lags(found: Standing) -> Block:
    """Return the delays from publication and from first sight to the notice, over seven days."""
    rows = [
        (lag.clock.replace("_", " "), span(lag.p50_s), span(lag.p95_s), lag.count)
        for lag in found.lags
        if lag.count and lag.p50_s is not None and lag.p95_s is not None
    ]
    return "Delay of notices, last 7 days", ("from", "p50", "p95", "notices"), rows


def feeds(found: Standing) -> Block:
    """Return the number of feeds by health, and those with problems."""
    healths = ", ".join(f"{count} {health}" for health, count in found.feed_healths.items())
    rows = [
        (
            feed.feed_id,
            feed.health,
            feed.failure_count,
            ago(feed.last_answer_at, found.at) if feed.last_answer_at else "never",
            (feed.last_error or "").replace(f"feed {feed.feed_id!r}: ", ""),
        )
        for feed in found.feeds_in_trouble[:SHOWN_FEEDS]
    ]
    head = ("feed", "health", "failures", "answered", "why")
    return f"Feeds: {healths or 'none'}", head, rows


def duration(run: RunRecord) -> str:
    """Return how long a run took; empty while it is running."""
    return span((run.ended_at - run.started_at).total_seconds()) if run.ended_at else ""


def ago(then: datetime, now: datetime) -> str:
    """Return the age of a time: "12 min ago"."""
    return f"{span((now - then).total_seconds())} ago"
