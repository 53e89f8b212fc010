"""Command line and environment of child processes that run a module of this project."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def command(module: str, *arguments: str) -> list[str]:
    """The command line that runs `module`, without its folder on the import path."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment() -> dict[str, str]:
    """Our environment, with the folder of our packages first on PYTHONPATH.

    `sys.path` is not passed on: Prefect puts the folder of a flow there, and a module in it may
    have the name of a standard library module.
    """
    path = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), path)))}
