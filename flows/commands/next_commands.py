"""Commands to go on with, printed so that they work as they are: same program, same warehouse."""

import os
import shlex
import shutil
import sys
from pathlib import Path

from flows.base.settings import DEFAULT_CONFIG, Settings, load_settings


def command_line(*words: str, settings: Settings, config: Path | None) -> str:
    """`policywire WORDS` as this person has to type it to ask the warehouse of `settings`."""
    return shlex.join([program(), *words, *same_warehouse(settings, config)])


def program() -> str:
    """The program as it was called; its bare name where the shell finds the same one by it."""
    called = Path(sys.argv[0])
    if called.name != "policywire":
        return "policywire"
    found = shutil.which("policywire")
    if found and Path(found).resolve() == called.resolve():
        return "policywire"
    relative = os.path.relpath(called)
    return str(called) if relative.startswith("..") else relative


def same_warehouse(settings: Settings, config: Path | None) -> list[str]:
    """The options that lead to the warehouse of `settings`; none where it is found without."""
    if config is not None and config != Path(DEFAULT_CONFIG):
        if load_settings(config).warehouse == settings.warehouse:
            return ["--config", shown_path(config)]
    elif load_settings().warehouse == settings.warehouse:
        return []
    return ["--warehouse", shown_path(settings.warehouse)]


def shown_path(path: Path) -> str:
    """The path from here when it lies below this folder, else the whole of it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
