"""Command line and environment of child processes that run a module of this project."""

import os
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def command(module: str, *arguments: str) -> list[str]:
    """The command line that runs `module`, without its folder on the import path."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment() -> dict[str, str]:
    """Our environment, with the folder of our packages first on PYTHONPATH.

    An installed package needs no PYTHONPATH: its folder there would come before Python's own.

    `sys.path` is not passed on: Prefect puts the folder of a flow there, and a module in it may
    have the name of a standard library module.
    """
    if Path(sysconfig.get_path("purelib")).resolve() == ROOT:
        return dict(os.environ)
    path = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), path)))}
