"""Write docs/CLI.md, the reference of all commands, from the commands themselves.

`python -m flows.commands.reference docs/CLI.md` regenerates it.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

HEAD = """\
# Command line

Every command with its arguments and options, generated from the program:
`python -m flows.commands.reference docs/CLI.md`. `policywire COMMAND --help` prints the same.

Exit codes: 0 done; 1 failed, or a record to load was refused; 2 wrong options or settings; 130
stopped by Ctrl-C. Output is plain when it is piped. Options of the whole program come before the
command.

| command | what it does |
|---|---|
"""
EXAMPLES = re.compile(r"\[bold\]Examples?\[/bold\]\n")
MARKUP = re.compile(r"\[/?(?:bold|dim|italic)\]")


def reference(app: typer.Typer) -> str:
    """Return the page as Markdown: an index, then a section for each command."""
    root: Any = typer.main.get_command(app)
    context = typer.Context(root, info_name="policywire")
    found = list(leaves(root, context))
    rows = [f"| [`{c.command_path}`](#{anchor(c)}) | {first_line(c.command)} |" for c in found]
    top = ["## Options of the program\n", *listed(context), ""]
    return "\n".join([HEAD + "\n".join(rows), "", *top, *map(section, found)]).strip() + "\n"


def leaves(command: Any, context: Any) -> Iterator[Any]:
    """Yield a context for each command that is not a group, in the order of --help."""
    for name, below in command.commands.items():
        if below.hidden:
            continue
        inside = type(context)(below, info_name=name, parent=context)
        if hasattr(below, "commands"):
            yield from leaves(below, inside)
        else:
            yield inside


def section(context: Any) -> str:
    """Return heading, explanation, examples, arguments and options of one command."""
    told, *examples = EXAMPLES.split(context.command.help or "")
    usage = " ".join([context.command_path, *context.command.collect_usage_pieces(context)])
    parts = [f"## {context.command_path}\n", MARKUP.sub("", told).strip() + "\n"]
    if examples:
        lines = [line.strip() for line in examples[0].splitlines() if line.strip()]
        parts.append("```sh\n" + "\n".join(lines) + "\n```\n")
    return "\n".join([*parts, f"Usage: `{usage}`\n", *listed(context), ""])


def listed(context: Any) -> Iterator[str]:
    """Yield a table of the arguments and options that are not hidden; `--help` goes unsaid."""
    rows = [parameter.get_help_record(context) for parameter in context.command.params]
    if shown := [row for row in rows if row is not None]:
        yield "| argument or option | meaning |\n|---|---|"
    for name, meaning in shown:
        yield f"| `{cell(name)}` | {cell(MARKUP.sub('', meaning))} |"


def cell(text: str) -> str:
    """Return the text as a cell of a table."""
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|")


def first_line(command: Any) -> str:
    """Return the first paragraph of a command's help."""
    return cell(MARKUP.sub("", (command.help or "").split("\n\n")[0]))


def anchor(context: Any) -> str:
    """Return the anchor of a command's heading."""
    return str(context.command_path).replace(" ", "-")


def main() -> None:
    """Write the page to the file named on the command line."""
    from flows.commands.cli import app

    Path(sys.argv[1]).write_text(reference(app), "utf-8")


if __name__ == "__main__":
    main()
