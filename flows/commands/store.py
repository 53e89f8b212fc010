"""`policywire search` and `policywire warehouse`: the texts, and looking after the store."""

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import Config, Warehouse, stored
from flows.screen import say

app = typer.Typer(help="Looking after the store.", no_args_is_help=True)


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

    settings = stored(config, warehouse)
    parameters = {"words": words, "row_limit": limit}
    write_answer(
        settings.snapshot, load_query("search"), parameters, "table", None, row_limit=limit
    )


@app.command("check")
def check(warehouse: Warehouse = None, config: Config = None) -> None:
    """References, orphans, views, snapshot: what keys and constraints would hold elsewhere.

    [bold]Example[/bold]

      policywire warehouse check
    """
    from warehouse.check import check_snapshot, check_warehouse
    from warehouse.connection import open_warehouse

    settings = stored(config, warehouse, live=True)
    with open_warehouse(settings.warehouse) as con:
        problems = check_warehouse(con)
    problems += check_snapshot(settings.warehouse, settings.snapshot)
    for problem in problems:
        say(f"{problem.check}: {problem.rows} rows, for example {problem.example}")
    if problems:
        raise typer.Exit(1)
    say("sound")


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="Where the files go; made if it is not there.")],
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """The views as Parquet, big ones partitioned by month, for everyone without DuckDB.

    Reads the published snapshot; a view that is there already is replaced as a whole.

    [bold]Example[/bold]

      policywire warehouse export out/parquet
    """
    from warehouse.export import export_parquet

    settings = stored(config, warehouse)
    for view, rows in export_parquet(settings.snapshot, folder).items():
        say(f"{view}: {rows:,} rows")


@app.command("compact")
def compact(warehouse: Warehouse = None, config: Config = None) -> None:
    """Checkpoint, and rewrite the live file without dead space.

    Takes as long as a copy; flows wait for it, readers of the snapshot notice nothing.

    [bold]Example[/bold]

      policywire warehouse compact
    """
    from warehouse import retention
    from warehouse.snapshot import publish

    settings = stored(config, warehouse, live=True)
    before, after = retention.compact(settings.warehouse)
    publish(settings.warehouse, settings.snapshot)
    say(f"{before / 1e6:,.1f} MB before, {after / 1e6:,.1f} MB after")


@app.command("drop-texts")
def drop_texts(
    days: Annotated[int, typer.Option("--older-than", min=1, help="Days since first seen.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many.")] = False,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Drop the texts of old articles. Articles, mentions, evidence and the search index stay.

    A text that no extractor has read is kept. What is dropped cannot be read again by a later
    extractor. `compact` gives the room back.

    [bold]Examples[/bold]

      policywire warehouse drop-texts --older-than 730 --dry-run

      policywire warehouse drop-texts --older-than 730
    """
    from datetime import UTC, datetime

    from warehouse import retention
    from warehouse.connection import open_warehouse
    from warehouse.snapshot import publish

    settings = stored(config, warehouse, live=True)
    with open_warehouse(settings.warehouse) as con:
        look = retention.count_droppable if dry_run else retention.drop_texts
        count = look(con, older_than_days=days, now=datetime.now(UTC))
    if dry_run:
        say(f"{count:,} texts would be dropped")
        return
    publish(settings.warehouse, settings.snapshot)
    say(f"{count:,} texts dropped")
