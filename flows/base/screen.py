"""The screen: rich's console and a plain line, both without what a terminal would obey."""

from collections.abc import Iterable

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from models import harmless


class Screen(Console):
    """A console whose text obeys nobody: what rich itself writes (colour, width) is all there is.

    Everything rich prints is made of segments, so no table or message can forget to ask.
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
