"""Run a pass on a terminal: progress bars while it works, then a report of what is new."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from flows.base.answers import table_of
from flows.base.progress import show_bars
from flows.base.runtime import prepare_prefect
from flows.base.screen import Screen
from flows.base.settings import Settings
from flows.commands.next_commands import command_line, shown_path
from flows.feeds.summaries import summaries_note
from flows.operations.prefect_server import prefect_reached
from models.errors import PipelineError
from warehouse.connection import is_interrupt, load_query, open_warehouse
from warehouse.operations.runs import stored_since
from warehouse.snapshot import QueryResult, query

if TYPE_CHECKING:
    from flows.pipeline import PassResult

MOST_ROWS = 25
# Stage, title, query, and the view that holds all rows.
TABLES = (
    ("extract", "New developments", "pass_developments", "policy_events"),
    ("market", "Largest moves around them", "pass_returns", "event_returns"),
    ("alert", "Alerts raised", "pass_alerts", "alerts"),
)
WIDE = 120
DROPPED_WHEN_NARROW = frozenset({"headline", "whom", "channel", "state"})


def show_pass(
    settings: Settings,
    config: Path | None,
    stages: tuple[str, ...],
    *,
    through_prefect: bool,
    console: Console | None = None,
) -> None:
    """Run `stages` and print failing feeds, new developments, new alerts, suggested commands.

    Raises PipelineError at the end when a stage failed.
    """
    console = console or Screen(emoji=False)
    prepare_prefect(settings.prefect_home)
    # The tables below replace these log lines.
    for name in ("policywire.alerts", "policywire.pass"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    began = datetime.now(UTC)
    try:
        with show_bars(console):
            result = run_stages(settings, config, stages, through_prefect=through_prefect)
    except BaseException as error:
        if not is_interrupt(error):
            raise
        console.print(Text(f"\nstopped; {kept_since(settings, began)}"), soft_wrap=True)
        raise KeyboardInterrupt from error
    print_counts(console, result)
    if "ingest" in stages:
        print_feeds(console, rows_since(settings, "pass_feeds", began))
    for stage, title, name, view in TABLES:
        if stage in stages:
            more = command_line("sql", f"FROM {view}", settings=settings, config=config)
            print_rows(console, title, rows_since(settings, name, began), more)
    if "ingest" in stages and (note := summaries_note(settings, began)):
        console.print(note, style="yellow", highlight=False, markup=False, soft_wrap=True)
    print_next(console, settings, config)
    if result.failed:
        raise PipelineError("; ".join(f"{stage}: {why}" for stage, why in result.failed.items()))


NEXT = (
    ("events", "--commodity", "rare_earths"),
    ("sql", "FROM measure_status WHERE next_date IS NOT NULL ORDER BY next_date"),
    ("search", "gallium"),
)


def print_next(console: Console, settings: Settings, config: Path | None) -> None:
    """Print suggested commands; they work as printed."""
    head = f"Query the results, in {shown_path(settings.snapshot)}. For example:"
    console.print(Text(head, style="bold"), soft_wrap=True)
    for words in NEXT:
        line = command_line(*words, settings=settings, config=config)
        console.print(Text(f"  {line}", style="dim"), soft_wrap=True)
    if settings.report.path is not None:
        page = settings.report.path / "index.html"
        if page.exists():
            console.print(Text("Read them as pages, in a browser:", style="bold"), soft_wrap=True)
            console.print(Text(f"  {shown_path(page)}"), soft_wrap=True)


def run_stages(
    settings: Settings, config: Path | None, stages: tuple[str, ...], *, through_prefect: bool
) -> "PassResult":
    """Run the stages in order, as a recorded Prefect flow or as plain functions."""
    given = str(config) if config else None
    warehouse, feeds = str(settings.warehouse), str(settings.feeds)
    if through_prefect:
        with prefect_reached(settings, temporary=True):
            from flows.pipeline import pipeline

            return pipeline(config=given, warehouse=warehouse, feeds=feeds, stages=stages)
    from flows.pipeline import run_without_prefect

    return run_without_prefect({"config": given, "warehouse": warehouse, "feeds": feeds}, stages)


def kept_since(settings: Settings, began: datetime) -> str:
    """Return what a stopped pass has stored, in words."""
    if not settings.warehouse.exists():
        return "nothing stored yet"
    try:
        with open_warehouse(settings.warehouse, patience_s=2.0) as con:
            counts = stored_since(con, began)
    except PipelineError as error:
        return f"cannot count what was stored: {error}"
    stored = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    return f"kept: {stored}" if stored else "nothing stored yet"


def rows_since(settings: Settings, name: str, since: datetime) -> QueryResult:
    """Run a query of the warehouse package on the snapshot, for what is new since then."""
    return query(settings.snapshot, load_query(name), {"since": since})


def print_counts(console: Console, result: "PassResult") -> None:
    """Print one line per stage: its seconds and its result."""
    for stage, seconds in result.seconds.items():
        outcome = result.done.get(stage, result.failed.get(stage, "published"))
        line = f"{stage:<8} {seconds:5.1f} s  {outcome}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    console.print()


def print_feeds(console: Console, feeds: QueryResult) -> None:
    """Print the feeds of this pass, those with problems first."""
    unwell = sum(row[1] != "ok" for row in feeds.rows)
    title = f"Feeds fetched: {len(feeds.rows)}, with problems: {unwell}"
    console.print(table_of(feeds.columns, feeds.rows[:MOST_ROWS], title, console.width))
    if len(feeds.rows) > MOST_ROWS:
        console.print(f"and {len(feeds.rows) - MOST_ROWS:,} more: policywire status", style="dim")
    console.print()


def print_rows(console: Console, title: str, found: QueryResult, more: str) -> None:
    """Print a table under its title, at most 25 rows; or that there is nothing new."""
    if not found.rows:
        console.print(f"[bold]{title}[/]: nothing new\n", highlight=False)
        return
    # A narrow terminal shows fewer columns, rather than all of them wrapped.
    kept = [
        n
        for n, column in enumerate(found.columns)
        if console.width >= WIDE or column not in DROPPED_WHEN_NARROW
    ]
    columns = [found.columns[n] for n in kept]
    shown = [[row[n] for n in kept] for row in found.rows[:MOST_ROWS]]
    console.print(table_of(columns, shown, f"{title}: {len(found.rows)}", console.width))
    if len(found.rows) > MOST_ROWS:
        left = len(found.rows) - MOST_ROWS
        console.print(Text(f"and {left:,} more: {more}", style="dim"), soft_wrap=True)
    console.print()
