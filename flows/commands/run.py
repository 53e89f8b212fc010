"""`policywire run`, `demo` and `serve`: one pass, the bundled example, scheduled passes."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import Config, Feeds, NewWarehouse, settings_from


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
    warehouse: NewWarehouse = None,
    stage: Annotated[
        Stage | None, typer.Option("--stage", help="Run only this stage. Default: all four.")
    ] = None,
    once: Annotated[Stage | None, typer.Option("--once", hidden=True)] = None,
    prefect: Annotated[
        bool,
        typer.Option("--prefect", help="Run as a Prefect flow and record it on a Prefect server."),
    ] = False,
    config: Config = None,
) -> None:
    """Run one pass: fetch due feeds, extract events, join tickers, send alerts, show what is new.

    Safe to stop and run again: every stage continues with the work that is
    left. Exit code 1 if a stage failed. A feed that fails and a row of a price
    file that is refused are named, and the rest is stored with exit code 0.

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
        Path, typer.Option("--dir", help="Folder for the demo's warehouse.")
    ] = Path("var/demo"),
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Delete the data of an earlier demo first.")
    ] = False,
) -> None:
    """Run one pass on bundled feeds, served from this machine; no network needed.

    Takes about 20 seconds on two cores. A second demo in the same folder finds
    nothing new; --fresh starts over.

    [bold]Examples[/bold]

      policywire demo

      policywire demo --fresh
    """
    from flows.commands.demo.show import run_demo

    run_demo(directory, fresh=fresh)


def serve(
    feeds: Feeds = None,
    warehouse: NewWarehouse = None,
    config: Config = None,
) -> None:
    """Run passes on schedule until Ctrl-C: news every 15 minutes, prices once a weekday.

    \\[schedule] in the settings file changes the times; prices come at 22:30 UTC
    by default. Uses the Prefect server at PREFECT_API_URL, or starts a local
    one and stops it at the end. docs/DEPLOY.md explains how to open its web
    pages.

    [bold]Examples[/bold]

      policywire serve

      PREFECT_API_URL=http://127.0.0.1:4200/api policywire serve
    """
    from flows.operations.preflight import check_start
    from flows.operations.serve import serve_schedules

    settings = settings_from(config, warehouse, feeds)
    check_start(settings)
    serve_schedules(settings, config)
