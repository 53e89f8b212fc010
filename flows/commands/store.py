"""`policywire search` and `policywire warehouse`: the texts, and looking after the store."""

from pathlib import Path
from typing import Annotated

import typer

from flows.base.screen import say
from flows.commands.options import Config, Warehouse, settings_from, stored

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
    from flows.base.answers import write_answer
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
    from warehouse.connection import open_warehouse
    from warehouse.operations.check import check_snapshot, check_warehouse

    settings = stored(config, warehouse, live=True)
    with open_warehouse(settings.warehouse) as con:
        problems = check_warehouse(con)
    problems += check_snapshot(settings.warehouse, settings.snapshot)
    for problem in problems:
        say(f"{problem.check}: {problem.rows} rows, for example {problem.example}")
    if problems:
        raise typer.Exit(1)
    say("sound")


@app.command("backup")
def backup(
    path: Annotated[
        Path | None, typer.Argument(help="File or folder; beside the warehouse if not given.")
    ] = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """A whole copy of the live warehouse, opened and counted before it takes its name.

    May run beside `policywire serve`: it waits its turn. A file that is there is never replaced.

    [bold]Examples[/bold]

      policywire warehouse backup

      policywire warehouse backup /srv/backups/
    """
    from warehouse.operations.backup import backup as copy

    made = copy(stored(config, warehouse, live=True).warehouse, path)
    say(f"{made}: {made.stat().st_size / 1e6:,.1f} MB, opened and counted")


@app.command("restore")
def restore(
    source: Annotated[Path, typer.Argument(help="A backup, or the published snapshot.")],
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Put a backup or the snapshot in the place of the live warehouse.

    The old file is kept beside it under a dated name. Stop `policywire serve` first: it is refused
    while somebody has the file open. What was written after the copy was made is not in it.

    [bold]Example[/bold]

      policywire warehouse restore var/policywire.snapshot.duckdb
    """
    from contextlib import nullcontext

    from flows.operations.serve import only_one
    from warehouse.operations.backup import restore as put_back
    from warehouse.snapshot import publish

    settings = settings_from(config, warehouse)
    # Between two passes a schedule has the file closed, and would go on with the new one.
    home = settings.prefect_home
    with only_one(home) if (home / "serve.lock").exists() else nullcontext():
        kept = put_back(source, settings.warehouse)
    publish(settings.warehouse, settings.snapshot)
    say(f"{settings.warehouse}: restored from {source}")
    if kept is not None:
        say(f"the file that was there is {kept}; delete it when you need it no more")


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
    from warehouse.operations.export import export_parquet

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
    from warehouse.articles import retention
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

    from warehouse.articles import retention
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
