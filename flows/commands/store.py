"""`policywire search` and `policywire warehouse`: the texts, and whether the store is sound."""

from typing import Annotated

import typer

from flows.commands.options import Config, Warehouse, settings_from

app = typer.Typer(help="Whether the store is sound.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    """Add the commands of this module."""
    parent.add_typer(app, name="warehouse")
    parent.command("search")(search)


def search(
    words: Annotated[str, typer.Argument(help="What the article is to hold.")],
    limit: Annotated[int, typer.Option("--limit", "-n", min=1)] = 15,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Articles that hold the words, best first (BM25 over titles and bodies).

    [bold]Example[/bold]

      policywire search "gallium licence"
    """
    from flows.answers import write_answer
    from warehouse.connection import load_query

    settings = settings_from(config, warehouse)
    parameters = {"words": words, "row_limit": limit}
    write_answer(settings.snapshot, load_query("search"), parameters, "table", None)


@app.command("check")
def check(warehouse: Warehouse = None, config: Config = None) -> None:
    """References, orphans, views, snapshot: what keys and constraints would hold elsewhere.

    [bold]Example[/bold]

      policywire warehouse check
    """
    from warehouse.check import check_snapshot, check_warehouse
    from warehouse.connection import open_warehouse

    settings = settings_from(config, warehouse)
    with open_warehouse(settings.warehouse) as con:
        problems = check_warehouse(con)
    problems += check_snapshot(settings.warehouse, settings.snapshot)
    for problem in problems:
        typer.echo(f"{problem.check}: {problem.rows} rows, for example {problem.example}")
    if problems:
        raise typer.Exit(1)
    typer.echo("sound")
