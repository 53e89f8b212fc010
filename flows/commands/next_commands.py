"""Suggested next commands, printed so that they work as they are: same program and warehouse."""

import os
import re
import shlex
import shutil
import sys
from pathlib import Path

from rich.cells import cell_len

from flows.base.settings import DEFAULT_CONFIG, Settings, load_settings

CONTINUED = " \\"


def command_line(*words: str, settings: Settings, config: Path | None) -> str:
    """Return `policywire WORDS` as the user has to type it for the warehouse of `settings`."""
    return shlex.join([program(), *words, *same_warehouse(settings, config)])


def program() -> str:
    """Return the program as it was called, or its bare name if that runs the same program."""
    called = Path(sys.argv[0])
    if called.name != "policywire":
        return "policywire"
    found = shutil.which("policywire")
    if found and Path(found).resolve() == called.resolve():
        return "policywire"
    relative = os.path.relpath(called)
    return str(called) if relative.startswith("..") else relative


def same_warehouse(settings: Settings, config: Path | None) -> list[str]:
    """Return the options that select the warehouse of `settings`; none if it is the default."""
    if config is not None and config != Path(DEFAULT_CONFIG):
        if load_settings(config).warehouse == settings.warehouse:
            return ["--config", shown_path(config)]
    elif load_settings().warehouse == settings.warehouse:
        return []
    return ["--warehouse", shown_path(settings.warehouse)]


def shown_path(path: Path) -> str:
    """Return the path relative to this folder if it is below it, else the full path."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def folded(line: str, width: int, indent: int = 4) -> str:
    """Return a command in lines of at most `width`, broken where the shell and SQL allow it.

    Between words of the shell a line ends in a backslash; within quotes a line end is a space to
    SQL. A longer word keeps a line for itself. A line with another quoted word, such as a path with
    a space, stays as it is.
    """
    quotes = [word for word in shlex.split(line) if re.search(r"\s", word)]
    if any(not word.startswith("FROM ") or "  " in word for word in quotes):
        return line
    lead = line[: len(line) - len(line.lstrip())]
    lines, quoted = [""], False
    for word in line.split():
        longer = f"{lines[-1]} {word}" if lines[-1] else lead + word
        if cell_len(longer) + len(CONTINUED) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines[-1] += "" if quoted else CONTINUED
            lines.append(" " * indent + word)
        quoted ^= word.count("'") % 2 == 1
    return "\n".join(lines)
