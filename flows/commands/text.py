"""`policywire extract`: JSON lines in, JSON lines out, without Prefect or a database."""

import sys
from typing import Annotated

import typer

from flows.base.reading import Lenient, RefusedTo, end_reading
from models.errors import ConfigError


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("extract")(extract)


def extract(
    workers: Annotated[
        int, typer.Option("--workers", min=1, help="Number of processes; each loads its own model.")
    ] = 1,
    lenient: Lenient = False,
    refused_to: RefusedTo = None,
) -> None:
    """Read texts as JSON lines and write their policy events as JSON lines, in the same order.

    A record is {"id", "text", "title"?, "context"?, "published"?, "kind"?,
    "lang"?, "publisher_country"?}. kind is article (the default), headline or
    sentence; published is a date or time in ISO 8601; publisher_country is the
    ISO code of a state whose own text this is. A line that is not JSON gives
    {"id": null, "line": n, "error": "..."}; the other lines are still read,
    and the exit code is 1. A text that takes too long gives no events;
    "reject" says so.

    [bold]Examples[/bold]

      policywire extract < articles.jsonl > events.jsonl

      policywire extract --workers 4 < articles.jsonl > events.jsonl

      echo '{"id": 1, "text": "China bans gallium exports"}' | policywire extract
    """
    if sys.stdin.isatty():
        raise ConfigError("no input: pipe records to standard input, policywire extract < in.jsonl")
    from flows.workers.extract_workers import extract_stream

    end_reading(
        extract_stream(sys.stdin.buffer, sys.stdout.buffer, workers),
        "extract",
        lenient=lenient,
        refused_to=refused_to,
        stored="answered",
        to_stderr=True,
    )
