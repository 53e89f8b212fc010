"""`policywire run`, `demo`, `serve`: one pass, the bundled example, and the schedules."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import Config, Feeds, Warehouse, settings_from


class Stage(StrEnum):
    """The stages of a pass, in order."""

    INGEST = "ingest"
    EXTRACT = "extract"
    MARKET = "market"
    ALERT = "alert"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("run")(run)
    app.command("demo")(demo)
    app.command("serve")(serve)


def run(
    feeds: Feeds = None,
    warehouse: Warehouse = None,
    stage: Annotated[
        Stage | None, typer.Option("--stage", help="Only this stage, not the whole pass.")
    ] = None,
    once: Annotated[Stage | None, typer.Option("--once", hidden=True)] = None,
    prefect: Annotated[
        bool,
        typer.Option("--prefect", help="Run as a Prefect flow, recorded by a Prefect server."),
    ] = False,
    config: Config = None,
) -> None:
    """One pass: fetch what is due, extract, join to tickers, alert; then say what is new.

    Safe to stop and to run again: every stage goes on with what is not yet done.

    [bold]Examples[/bold]

      policywire run

      policywire run --feeds my_feeds.toml --warehouse data/policy.duckdb

      policywire run --stage extract
    """
    from flows.commands.pass_report import show_pass
    from flows.operations.preflight import check_start

    settings = settings_from(config, warehouse, feeds)
    only = stage or once
    stages = (only.value,) if only else tuple(each.value for each in Stage)
    check_start(settings)
    show_pass(settings, config, stages, through_prefect=prefect)


def demo(
    directory: Annotated[
        Path, typer.Option("--dir", help="Where the demo keeps its warehouse.")
    ] = Path("var/demo"),
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget what an earlier demo kept.")
    ] = False,
) -> None:
    """The real flow on bundled feeds, served over loopback by the demo itself.

    [bold]Examples[/bold]

      policywire demo

      policywire demo --fresh
    """
    from flows.commands.demo.show import run_demo

    run_demo(directory, fresh=fresh)


def serve(
    feeds: Feeds = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Start the schedules: news every 15 minutes, the market once a day, until Ctrl-C.

    Uses the Prefect server at PREFECT_API_URL, or starts a local one for as long as it runs;
    docs/DEPLOY.md says how to open its pages.

    [bold]Examples[/bold]

      policywire serve

      PREFECT_API_URL=http://127.0.0.1:4200/api policywire serve
    """
    from flows.operations.preflight import check_start
    from flows.operations.serve import serve_schedules

    settings = settings_from(config, warehouse, feeds)
    check_start(settings)
    serve_schedules(settings, config)
