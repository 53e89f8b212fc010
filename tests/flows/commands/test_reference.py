"""docs/CLI.md is what the commands say of themselves."""

from pathlib import Path

import typer

from flows.commands.cli import app
from flows.commands.reference import reference

PAGE = Path(__file__).parents[3] / "docs" / "CLI.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == reference(app), (
        "regenerate it: python -m flows.commands.reference docs/CLI.md"
    )


def test_groups_options_arguments_and_examples_are_shown() -> None:
    small, group = typer.Typer(), typer.Typer(help="Of a group.")

    @small.command("read")
    def read(path: str, most: int = typer.Option(3, "--most", help="At most|so many.")) -> None:
        """Read a file.

        [bold]Example[/bold]

          policywire read a.txt
        """

    @group.command("inner")
    def inner() -> None:
        """Do it inside."""

    @small.command("old", hidden=True)
    def old() -> None:
        """Do as before."""

    small.add_typer(group, name="group")
    page = reference(small)
    assert "| [`policywire read`](#policywire-read) | Read a file. |" in page
    assert "```sh\npolicywire read a.txt\n```" in page
    assert "| `path <str>` | [required] |" in page
    assert "| `--most <int>` | At most\\|so many. [default: 3] |" in page
    assert "## policywire group inner\n\nDo it inside." in page
    assert "old" not in page
