"""`policywire feeds`: the feed list, and a look at each feed live."""

from typing import Annotated

import typer

from flows.commands.options import Config, Feeds, settings_from

app = typer.Typer(help="The feed list, and a look at each feed live.", no_args_is_help=True)


@app.command("list")
def list_feeds(
    all: Annotated[bool, typer.Option("--all", help="Disabled feeds too.")] = False,
    feeds: Feeds = None,
    config: Config = None,
) -> None:
    """The feeds of the list, by category, with their terms.

    [bold]Examples[/bold]

      policywire feeds list

      policywire feeds list --all --feeds my_feeds.toml
    """
    from rich.console import Console

    from flows.answers import table_of
    from flows.feed_list import load_feeds

    settings = settings_from(config, feeds=feeds)
    listed = load_feeds(settings.feeds)
    chosen = [feed for feed in listed if all or feed.enabled]
    rows = [
        (f.feed_id, f.category, f.country, f.trust_tier, f.poll_minutes, f.url, f.terms)
        for f in sorted(chosen, key=lambda f: (f.category, f.feed_id))
    ]
    columns = ("feed", "category", "country", "tier", "minutes", "url", "terms")
    console = Console()
    console.print(table_of(columns, rows))
    console.print(f"{len(chosen)} of {len(listed)} feeds in {settings.feeds}", style="dim")


@app.command("check")
def check(
    feed_id: Annotated[
        str | None, typer.Argument(help="One feed; all enabled ones if not given.")
    ] = None,
    feeds: Feeds = None,
    config: Config = None,
) -> None:
    """Ask feeds live and explain what came; nothing is stored. Exit code 1 if one failed.

    [bold]Examples[/bold]

      policywire feeds check ustr-press

      policywire feeds check
    """
    from rich.console import Console

    from flows.answers import table_of
    from flows.feed_check import check_feeds

    settings = settings_from(config, feeds=feeds)
    rows = check_feeds(settings, feed_id)
    columns = ("feed", "answer", "status", "entries", "newest", "seconds", "why")
    Console().print(table_of(columns, [row.cells for row in rows]))
    if any(row.failed for row in rows):
        raise typer.Exit(1)
