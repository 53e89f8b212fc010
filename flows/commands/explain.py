"""`policywire explain`: show why a text gave its events."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import Config, Feeds, Warehouse, settings_from, stored


class Kind(StrEnum):
    """Kinds of text."""

    HEADLINE = "headline"
    SENTENCE = "sentence"
    ARTICLE = "article"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("explain")(explain)


def explain(
    text: Annotated[str, typer.Argument(help="A text, an article id, or - for standard input.")],
    title: Annotated[str | None, typer.Option("--title", help="The title above the text.")] = None,
    kind: Annotated[
        Kind | None, typer.Option("--kind", help="Kind of text. Default: guessed from the text.")
    ] = None,
    published: Annotated[
        str | None, typer.Option("--published", help="Publication date, YYYY-MM-DD.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Write an HTML page with the parse trees to this file."),
    ] = None,
    feeds: Feeds = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Show why a text gave its events: the parse, the evidence, refused candidates, arguments.

    An article id, or its first eight letters, is looked up in the published
    snapshot.

    [bold]Examples[/bold]

      policywire explain "China delays rare-earth export controls by one year"

      policywire explain 3f9c2ab7 --html why.html

      policywire explain - --kind article --published 2025-11-10 < story.txt
    """
    from flows.base.screen import Screen
    from flows.commands.explanations import (
        WIDTH,
        explained_unit,
        is_id,
        show_explanation,
        unit_named,
    )

    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    unit = unit_named(
        text,
        (stored if is_id(text) else settings_from)(config, warehouse, feeds),
        title=title,
        kind=kind.value if kind else None,
        published=published,
    )
    console = Screen(emoji=False, highlight=False)
    console.width = min(console.width, WIDTH) if console.is_terminal else WIDTH
    show_explanation(explained_unit(unit, html), console)
    if html is not None:
        console.print(f"wrote {html}", markup=False)
