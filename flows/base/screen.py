"""Terminal output without control sequences from outside: a rich console and plain lines."""

from collections.abc import Iterable

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from models import harmless


class Screen(Console):
    """A console that escapes control characters in text; only rich's own styling gets through.

    rich prints everything as segments, so this covers every table and message.
    """

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(harmless.terminal(segment.text), segment.style)


def say(text: object, *, err: bool = False, end: str = "\n") -> None:
    """Write a line to standard output, or to standard error."""
    typer.echo(harmless.terminal(f"{text}{end}"), err=err, nl=False)
