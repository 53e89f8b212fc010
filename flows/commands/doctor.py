"""`policywire doctor`: check the installation and say how to fix it."""

from functools import partial

import typer

from flows.commands.options import Config, Feeds, Warehouse, settings_from


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("doctor")(doctor)


def doctor(feeds: Feeds = None, warehouse: Warehouse = None, config: Config = None) -> None:
    """Check Python, the model, settings, database, feeds, Prefect and disk space.

    Says how to fix each problem. Exit code 1 if something that a run needs is
    missing.

    [bold]Example[/bold]

      policywire doctor
    """
    from rich.table import Table

    from flows.base.screen import Screen
    from flows.operations.doctor import examine

    table = Table(box=None, header_style="bold")
    for column in ("", "what", "found", "to do"):
        table.add_column(column)
    failed = False
    for finding in examine(partial(settings_from, config, warehouse, feeds)):
        failed = failed or not (finding.ok or finding.optional)
        mark = (
            "[green]ok[/]" if finding.ok else "[yellow]--[/]" if finding.optional else "[red]no[/]"
        )
        table.add_row(mark, finding.what, finding.detail, finding.remedy)
    Screen().print(table)
    if failed:
        raise typer.Exit(1)
