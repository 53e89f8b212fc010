"""Suggested next commands, printed so that they work as they are: same program and warehouse."""

import os
import shlex
import shutil
import sys
from pathlib import Path

from flows.base.settings import DEFAULT_CONFIG, Settings, load_settings


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
