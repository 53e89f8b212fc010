"""`policywire search` and `policywire warehouse`: search articles, maintain the warehouse."""

from pathlib import Path
from typing import Annotated

import typer

from flows.base.counts import counted
from flows.base.screen import say
from flows.commands.options import (
    Config,
    FormatOption,
    NewWarehouse,
    Output,
    Warehouse,
    settings_from,
    stored,
)

app = typer.Typer(
    help="Check, back up, restore, export and compact the warehouse.", no_args_is_help=True
)


def register(parent: typer.Typer) -> None:
    """Add the commands of this module."""
    parent.add_typer(app, name="warehouse")
    parent.command("search")(search)


def search(
    words: Annotated[str, typer.Argument(help="Words to search for.")],
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Articles to show.")] = 15,
    format: FormatOption = None,
    output: Output = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Search articles by words, best match first (BM25 over titles and texts).

    [bold]Example[/bold]

      policywire search "gallium licence"
    """
    from flows.base.answers import write_answer
    from warehouse.connection import load_query

    settings = stored(config, warehouse)
    parameters = {"words": words, "row_limit": limit}
    write_answer(
        settings.snapshot,
        load_query("search"),
        parameters,
        format,
        output,
        row_limit=limit,
        optional=("feed", "score"),
    )


@app.command("check")
def check(warehouse: Warehouse = None, config: Config = None) -> None:
    """Check the warehouse: references between tables, orphaned rows, views, the snapshot.

    Prints "sound", or one line per problem with exit code 1.

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
        say(f"{problem.check}: {counted(problem.rows, 'row')}, for example {problem.example}")
    if problems:
        raise typer.Exit(1)
    say("sound")


@app.command("backup")
def backup(
    path: Annotated[
        Path | None, typer.Argument(help="File or folder. Default: next to the warehouse.")
    ] = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Copy the whole live warehouse, and check the copy before it gets its final name.

    Safe while `policywire serve` runs: the backup waits for its turn. Never
    replaces a file.

    [bold]Examples[/bold]

      policywire warehouse backup

      policywire warehouse backup /srv/backups/
    """
    from warehouse.operations.backup import backup as copy

    made = copy(stored(config, warehouse, live=True).warehouse, path)
    say(f"{made}: {made.stat().st_size / 1e6:,.1f} MB, checked")


@app.command("restore")
def restore(
    source: Annotated[Path, typer.Argument(help="A backup, or the published snapshot.")],
    warehouse: NewWarehouse = None,
    config: Config = None,
) -> None:
    """Replace the live warehouse by a backup or by the snapshot.

    Keeps the old file next to it, under a name with the date. Stop
    `policywire serve` first: a restore is refused while the file is open.
    Data written after the backup was made is not in it.

    [bold]Examples[/bold]

      policywire warehouse restore /srv/backups/policywire.backup-20251001T060000Z.duckdb

      policywire warehouse restore var/policywire.snapshot.duckdb
    """
    from contextlib import nullcontext

    from flows.operations.serve import only_one
    from warehouse.operations.backup import restore as put_back
    from warehouse.snapshot import publish

    settings = settings_from(config, warehouse)
    # Between two passes `serve` has the file closed, and would continue on the new one.
    home = settings.prefect_home
    with only_one(home) if (home / "serve.lock").exists() else nullcontext():
        kept = put_back(source, settings.warehouse)
    publish(settings.warehouse, settings.snapshot)
    say(f"{settings.warehouse}: restored from {source}")
    if kept is not None:
        say(f"the old file is now {kept}; delete it when you no longer need it")


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="Folder for the files; created if missing.")],
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Write all views as Parquet files, for tools without DuckDB.

    Reads the published snapshot. Large views are folders with one part per
    month, for example policy_events/month=2025-10; the others are one file.
    Replaces what an earlier export wrote, once the new one is complete.

    [bold]Example[/bold]

      policywire warehouse export out/parquet
    """
    from warehouse.operations.export import export_parquet

    settings = stored(config, warehouse)
    for view, rows in export_parquet(settings.snapshot, folder).items():
        say(f"{view}: {counted(rows, 'row')}")


@app.command("compact")
def compact(warehouse: Warehouse = None, config: Config = None) -> None:
    """Rewrite the live file without unused space.

    Takes about as long as a copy. Passes wait for it; readers of the snapshot
    do not.

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
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count them.")] = False,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Delete the texts of old articles. Articles, mentions, evidence and the search index stay.

    Keeps texts that no extractor has read yet. A later extractor cannot read
    a deleted text again. Run `compact` afterwards to shrink the file.

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
        say(f"{counted(count, 'text')} would be deleted")
        return
    publish(settings.warehouse, settings.snapshot)
    say(f"{counted(count, 'text')} deleted")
