"""`policywire feeds`: list feeds, check them live, add, import and export."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.base.counts import counted
from flows.base.reading import Lenient, RefusedTo, end_reading
from flows.base.screen import say
from flows.commands.options import Config, Feeds, Output, TextFormatOption, settings_from
from models.errors import ConfigError

if TYPE_CHECKING:
    from flows.base.settings import Settings

app = typer.Typer(help="List feeds, check them live, add, import and export.", no_args_is_help=True)


@app.command("list")
def list_feeds(
    all: Annotated[bool, typer.Option("--all", help="Include disabled feeds.")] = False,
    format: TextFormatOption = None,
    output: Output = None,
    feeds: Feeds = None,
    config: Config = None,
) -> None:
    """List the feeds by category, with their terms of use.

    [bold]Examples[/bold]

      policywire feeds list

      policywire feeds list --all --feeds my_feeds.toml

      policywire feeds list --format csv
    """
    from flows.base.answers import write_rows
    from flows.feeds.feed_list import load_feeds

    settings = settings_from(config, feeds=feeds)
    listed = load_feeds(settings.feeds)
    chosen = [feed for feed in listed if all or feed.enabled]
    rows = [
        (f.feed_id, f.category, f.country, f.trust_tier, f.poll_minutes, f.url, f.terms)
        for f in sorted(chosen, key=lambda f: (f.category, f.feed_id))
    ]
    columns = ("feed", "category", "country", "tier", "minutes", "url", "terms")
    note = f"{len(chosen)} of {len(listed)} feeds in {settings.feeds}"
    optional = ("category", "tier", "country", "minutes", "terms")
    write_rows(columns, rows, format, output, optional=optional, note=note)


@app.command("check")
def check(
    feed_id: Annotated[
        str | None, typer.Argument(help="Feed id. Default: all enabled feeds.")
    ] = None,
    feeds: Feeds = None,
    config: Config = None,
) -> None:
    """Fetch feeds now and explain the answers. Stores nothing. Exit code 1 if one failed.

    [bold]Examples[/bold]

      policywire feeds check ustr-press

      policywire feeds check
    """
    from flows.base.answers import write_rows
    from flows.feeds.feed_check import check_feeds

    settings = settings_from(config, feeds=feeds)
    rows = check_feeds(settings, feed_id)
    columns = ("feed", "answer", "status", "entries", "newest", "seconds", "why")
    write_rows(columns, [row.cells for row in rows], None, optional=columns[2:-1])
    if any(row.failed for row in rows):
        raise typer.Exit(1)


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="URL of a feed, or of a page that links to one.")],
    feed_id: Annotated[
        str | None, typer.Option("--id", help="Id to give the feed. Default: made from its name.")
    ] = None,
    feeds: Feeds = None,
    config: Config = None,
) -> None:
    """Find the feed at a URL, or linked from the page there, and add it to your list.

    [bold]Example[/bold]

      policywire feeds add https://example.org/news --feeds my_feeds.toml
    """
    from flows.feeds.discovery import add_feed

    settings = own_list(feeds, config)
    feed = add_feed(settings, url, feed_id=feed_id)
    say(f"{feed.feed_id}: {feed.name}, {feed.url}; added to {settings.feeds}")


@app.command("import")
def import_opml(
    opml: Annotated[Path, typer.Argument(help="An OPML file.")],
    lenient: Lenient = False,
    refused_to: RefusedTo = None,
    feeds: Feeds = None,
    config: Config = None,
) -> None:
    """Add the feeds of an OPML file to your list. Feeds already in it are counted as known.

    Ends with how many outlines were added, known and refused. Exit code 1 if
    one was refused.

    [bold]Example[/bold]

      policywire feeds import subscriptions.opml --feeds my_feeds.toml
    """
    from flows.feeds.discovery import append_feeds
    from flows.feeds.feed_list import load_feeds
    from flows.feeds.opml import feeds_from_opml

    settings = own_list(feeds, config)
    listed = load_feeds(settings.feeds) if settings.feeds.exists() else ()
    try:
        data = opml.read_bytes()
    except OSError as error:
        raise ConfigError(f"{opml}: cannot be read: {error.strerror}") from error
    new, count = feeds_from_opml(data, where=str(opml), listed=listed)
    if new:
        append_feeds(settings.feeds, new)
    say(f"{counted(len(new), 'feed')} added to {settings.feeds}")
    end_reading(count, str(opml), lenient=lenient, refused_to=refused_to, stored="added")


@app.command("export")
def export(feeds: Feeds = None, config: Config = None) -> None:
    """Print the feed list as OPML 2.0.

    [bold]Example[/bold]

      policywire feeds export > feeds.opml
    """
    from flows.feeds.feed_list import load_feeds
    from flows.feeds.opml import feeds_to_opml

    say(feeds_to_opml(load_feeds(settings_from(config, feeds=feeds).feeds)), fold=False)


def own_list(feeds: Path | None, config: Path | None) -> "Settings":
    """Return settings whose feed list may be changed. Raises ConfigError for the shipped list."""
    from flows.base.settings import SHIPPED_FEEDS

    settings = settings_from(config, feeds=feeds)
    if settings.feeds == SHIPPED_FEEDS:
        raise ConfigError("the shipped feed list cannot be changed: give --feeds FILE")
    return settings
