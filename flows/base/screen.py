"""Terminal output without control sequences from outside: a rich console and plain lines."""

import shutil
import sys
import textwrap
from collections.abc import Iterable

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from models import harmless

# On anything narrower, words are left to the terminal.
NARROWEST = 20
# An indent of more than this is that of a second column.
DEEPEST = 4


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


def say(text: object, *, err: bool = False, end: str = "\n", fold: bool = True) -> None:
    """Write a line to standard output, or to standard error.

    On a terminal a line that is too long goes on, indented, on the next one, between two words. A
    file or pipe gets it whole; so does a terminal without `fold`, for data.
    """
    said = harmless.terminal(f"{text}{end}")
    stream = sys.stderr if err else sys.stdout
    if fold and stream.isatty():
        said = folded(said, shutil.get_terminal_size().columns)
    typer.echo(said, err=err, nl=False)


def folded(text: str, width: int) -> str:
    """Return text with long lines broken between words, the rest of a line indented below it."""
    if width < NARROWEST:
        return text
    return "\n".join(
        line
        if len(line) <= width
        else textwrap.fill(
            line,
            width,
            subsequent_indent=" " * below(len(line) - len(line.lstrip(" ")), width),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.split("\n")
    )


def below(indent: int, width: int) -> int:
    """The indent of the rest of a line: two more, but under a second column that column's."""
    return min(indent if indent > DEEPEST else indent + 2, width // 2)
