"""Processes of our own that run a module of ours."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def command(module: str, *arguments: str) -> list[str]:
    """The command line that runs `module`; its folder does not become a place to import from."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment() -> dict[str, str]:
    """Our environment, with the folder of our packages first on the path.

    Not with `sys.path`: Prefect puts the folder of a flow there, and a module in it may have the
    name of one of Python's own.
    """
    held = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), held)))}
