"""Run a pass on a terminal: progress bars while it works, then a report of what is new."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from flows.base.progress import show_bars
from flows.base.runtime import prepare_prefect
from flows.base.screen import Screen
from flows.base.settings import Settings
from flows.base.tables import paragraph, table_of
from flows.commands.next_commands import command_line, folded, shown_path
from flows.feeds.summaries import summaries_note
from flows.operations.prefect_server import prefect_reached
from models.errors import PipelineError
from warehouse.connection import is_interrupt, load_query, open_warehouse
from warehouse.operations.runs import stored_since
from warehouse.snapshot import QueryResult, query

if TYPE_CHECKING:
    from flows.pipeline import PassResult

MOST_ROWS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A table of the report: its stage, title and query, and the view that holds all rows.

    A narrow screen leaves out the columns in `optional`, the most important first.
    """

    stage: str
    title: str
    query: str
    view: str
    optional: tuple[str, ...]


PARTS = (
    Part(
        stage="extract",
        title="New developments",
        query="pass_developments",
        view="policy_events",
        optional=("who", "product", "rate", "whom"),
    ),
    Part(
        stage="market",
        title="Largest moves around them",
        query="pass_returns",
        view="event_returns",
        optional=("sign", "status", "excess_pct", "five_day_pct", "link"),
    ),
    Part(
        stage="alert",
        title="Alerts raised",
        query="pass_alerts",
        view="alerts",
        optional=("state", "channel"),
    ),
)
# Where the outcome of a stage begins, in cells.
MARGIN = 18


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
    print_new(console, settings, config, stages, began)
    print_next(console, settings, config)
    print_pages(console, result)
    if result.failed:
        raise PipelineError("; ".join(f"{stage}: {why}" for stage, why in result.failed.items()))


def print_new(
    console: Console,
    settings: Settings,
    config: Path | None,
    stages: tuple[str, ...],
    since: datetime,
) -> None:
    """Print what these stages have found since then: feeds, developments, moves and alerts."""
    if "ingest" in stages:
        print_feeds(console, rows_since(settings, "pass_feeds", since))
    for part in PARTS:
        if part.stage in stages:
            more = command_line("sql", f"FROM {part.view}", settings=settings, config=config)
            print_rows(console, part, rows_since(settings, part.query, since), more)
    if "ingest" in stages and (note := summaries_note(settings, since)):
        console.print(paragraph(note, console.width, "yellow"), soft_wrap=True)


NEXT = (
    ("events", "--commodity", "rare_earths"),
    ("sql", "FROM measure_status WHERE next_date IS NOT NULL ORDER BY next_date"),
    ("search", "gallium"),
)


def print_next(console: Console, settings: Settings, config: Path | None) -> None:
    """Print suggested commands; they work as printed."""
    head = f"Query the results, in {shown_path(settings.snapshot)}. For example:"
    console.print(paragraph(head, console.width, "bold"), soft_wrap=True)
    for words in NEXT:
        print_command(console, f"  {command_line(*words, settings=settings, config=config)}")


def print_pages(console: Console, result: "PassResult") -> None:
    """Print the page to open, if the pass wrote the report."""
    if "report" in result.done:
        page = shown_path(result.done["report"].entry)
        console.print(Text("\nRead them as pages. Open in a browser:", style="bold"))
        print_command(console, f"  {page}")


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
        line = f"{stage:<8} {seconds:5.1f} s"
        told = paragraph(f"{outcome}", console.width - MARGIN, indent=0).plain.split("\n")
        if not console.is_terminal:
            told = [f"{outcome}"]
        text = Text(f"{line:<{MARGIN}}" + ("\n" + " " * MARGIN).join(told))
        console.print(text, soft_wrap=True)
    console.print()


def print_feeds(console: Console, feeds: QueryResult) -> None:
    """Print the feeds of this pass, those with problems first."""
    unwell = sum(row[1] != "ok" for row in feeds.rows)
    title = f"Feeds fetched: {len(feeds.rows)}, with problems: {unwell}"
    console.print(table_of(feeds.columns, feeds.rows[:MOST_ROWS], title, width=console.width))
    if len(feeds.rows) > MOST_ROWS:
        console.print(f"and {len(feeds.rows) - MOST_ROWS:,} more: policywire status", style="dim")
    console.print()


def print_rows(console: Console, part: Part, found: QueryResult, more: str) -> None:
    """Print a table under its title, at most 25 rows; or that there is nothing new."""
    if not found.rows:
        console.print(f"[bold]{part.title}[/]: nothing new\n", highlight=False)
        return
    title, rows = f"{part.title}: {len(found.rows)}", found.rows[:MOST_ROWS]
    width, optional = console.width, part.optional
    table = table_of(found.columns, rows, title, width=width, optional=optional)
    console.print(table, soft_wrap=True)
    if left := len(found.rows) - len(rows):
        print_command(console, f"and {left:,} more: {more}")
    console.print()


def print_command(console: Console, line: str) -> None:
    """Print a command, on a terminal in lines that end between its words and work when pasted."""
    told = folded(line, console.width) if console.is_terminal else line
    console.print(Text(told, style="dim"), soft_wrap=True)
