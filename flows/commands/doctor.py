"""`policywire doctor`: check the installation and say how to fix it."""

from functools import partial

import typer

from flows.commands.options import Config, Feeds, Warehouse, settings_from
from models import harmless

# Where the findings begin, in cells.
MARGIN = 18


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
    from rich.text import Text

    from flows.base.screen import Screen
    from flows.base.tables import wrapped
    from flows.operations.doctor import examine

    screen = Screen(emoji=False, highlight=False)
    failed = False
    for finding in examine(partial(settings_from, config, warehouse, feeds)):
        failed = failed or not (finding.ok or finding.optional)
        mark, style = ("ok", "green") if finding.ok else ("no", "red")
        if finding.optional and not finding.ok:
            mark, style = "--", "yellow"
        told = wrapped(harmless.line(finding.detail), screen.width - MARGIN)
        if finding.remedy:
            told += wrapped(f"-> {harmless.line(finding.remedy)}", screen.width - MARGIN)
        line = Text(f" {mark}  ", style=style).append(f"{finding.what:<{MARGIN - 5}}", "bold")
        line.append(("\n" + " " * MARGIN).join(told), "not bold")
        screen.print(line, soft_wrap=True)
    if failed:
        raise typer.Exit(1)
