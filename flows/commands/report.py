"""`policywire report`: the views as a folder of web pages."""

from pathlib import Path
from typing import Annotated

import typer

from flows.base.screen import say
from flows.commands.options import Config, Warehouse, stored


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("report")(report)


def report(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Folder for the pages, replaced as a whole. "
            "Default: \\[report] path, or report/ beside the warehouse."
        ),
    ] = None,
    measures: Annotated[
        int | None,
        typer.Option(
            "--measures",
            "-n",
            min=1,
            max=20_000,
            help="Measures with a page. Default: \\[report] measures, or 2,000.",
        ),
    ] = None,
    feeds: Annotated[
        bool | None,
        typer.Option(
            "--feeds/--no-feeds",
            help="Write Atom, JSON Feed, calendar and CSV too. Default: \\[report] feeds, or no.",
        ),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            "--url", help="Web address of the folder, for links in feeds. Default: \\[report] url."
        ),
    ] = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Write the published snapshot as web pages that open from disk, without a server.

    Today, the calendar, a page per measure, country, commodity and listing,
    feeds, the index of threats and acts, what was read and how well. A folder
    that holds other files is refused. With [bold]\\[report] path[/bold] in policywire.toml
    every pass writes it.

    [bold]Examples[/bold]

      policywire report

      policywire report /srv/www/policy --feeds --url https://desk.example/policy/

      policywire report --measures 200
    """
    from flows.commands.next_commands import shown_path
    from flows.reporting.site import build_report, options_of
    from warehouse.lake import is_lake_target

    settings = stored(config, warehouse)
    wanted = options_of(settings.report, measures=measures, feeds=feeds, url=url)
    beside = Path("var") if is_lake_target(settings.warehouse) else settings.warehouse.parent
    target = folder or settings.report.path or beside / "report"
    built = build_report(settings.snapshot, target, wanted)
    told = str(built).replace(str(built.entry), shown_path(built.entry), 1)
    say(f"{told}, {built.seconds:.1f} s")
