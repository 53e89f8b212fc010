"""Runs a pass for a person who watches: bars while it works, then what is new."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from flows.answers import table_of
from flows.progress import bars_on
from flows.runtime import prepare_prefect
from flows.settings import Settings
from flows.summaries import told_of_summaries
from models.errors import PipelineError
from warehouse.connection import load_query
from warehouse.snapshot import QueryResult, query

if TYPE_CHECKING:
    from flows.pipeline import PassResult

MOST_ROWS = 25
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
    """Run `stages` and print feeds in trouble, new developments, alerts raised, and how to go on.

    Raises PipelineError at the end when a stage failed.
    """
    console = console or Console(emoji=False)
    prepare_prefect(settings.warehouse.parent / "prefect")
    # The tables below say the same as the log, and better.
    logging.getLogger("policywire.alerts").setLevel(logging.CRITICAL)
    began = datetime.now(UTC)
    with bars_on(console):
        result = run_stages(settings, config, stages, through_prefect=through_prefect)
    print_counts(console, result)
    if "ingest" in stages:
        print_feeds(console, ask(settings, "pass_feeds", began))
    if "extract" in stages:
        print_rows(console, "New developments", ask(settings, "pass_developments", began))
    if "market" in stages:
        print_rows(console, "Largest moves around them", ask(settings, "pass_returns", began))
    if "alert" in stages:
        print_rows(console, "Alerts raised", ask(settings, "pass_alerts", began))
    if "ingest" in stages and (told := told_of_summaries(settings, began)):
        console.print(told, style="yellow", highlight=False, markup=False, soft_wrap=True)
    console.print(
        f"\nAsk it: [bold]{settings.snapshot}[/] holds it all, for example", highlight=False
    )
    console.print(
        '  policywire sql "SELECT decision_date, type, status, headline FROM policy_events '
        "WHERE list_contains(actors, 'CN') ORDER BY decision_date\"\n"
        "  policywire events --commodity rare_earths\n"
        '  policywire sql "FROM measure_status WHERE next_date IS NOT NULL"',
        style="dim",
        highlight=False,
        markup=False,
    )
    if result.failed:
        raise PipelineError("; ".join(f"{stage}: {why}" for stage, why in result.failed.items()))


def run_stages(
    settings: Settings, config: Path | None, stages: tuple[str, ...], *, through_prefect: bool
) -> "PassResult":
    """The stages in order, as a recorded Prefect flow or as plain functions."""
    from flows.pipeline import pass_through, pipeline

    given = str(config) if config else None
    warehouse, feeds = str(settings.warehouse), str(settings.feeds)
    if through_prefect:
        return pipeline(config=given, warehouse=warehouse, feeds=feeds, stages=stages)
    return pass_through({"config": given, "warehouse": warehouse, "feeds": feeds}, stages)


def ask(settings: Settings, name: str, since: datetime) -> QueryResult:
    return query(settings.snapshot, load_query(name), {"since": since})


def print_counts(console: Console, result: "PassResult") -> None:
    """One line per stage, in its own words, with the seconds it took."""
    for stage, seconds in result.seconds.items():
        told = result.done.get(stage, result.failed.get(stage, "published"))
        line = f"{stage:<8} {seconds:5.1f} s  {told}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    console.print()


def print_feeds(console: Console, feeds: QueryResult) -> None:
    trouble = [row for row in feeds.rows if row[1] != "ok"]
    told = f"Feeds asked: {len(feeds.rows)}, in trouble: {len(trouble)}"
    console.print(table_of(feeds.columns, feeds.rows[:MOST_ROWS], told, console.width))
    console.print()


def print_rows(console: Console, title: str, found: QueryResult) -> None:
    """A table under its title, cut to what a person reads; or that there is nothing new."""
    if not found.rows:
        console.print(f"[bold]{title}[/]: nothing new\n", highlight=False)
        return
    # A narrow terminal shows less of a row rather than all of it in shreds.
    kept = [
        n
        for n, column in enumerate(found.columns)
        if console.width >= WIDE or column not in DROPPED_WHEN_NARROW
    ]
    columns = [found.columns[n] for n in kept]
    shown = [[row[n] for n in kept] for row in found.rows[:MOST_ROWS]]
    console.print(table_of(columns, shown, f"{title}: {len(found.rows)}", console.width))
    if len(found.rows) > MOST_ROWS:
        console.print(f"and {len(found.rows) - MOST_ROWS} more: policywire events", style="dim")
    console.print()
