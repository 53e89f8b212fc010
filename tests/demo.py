"""Runs of `policywire demo` whose figures are those of any other run."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
POLICYWIRE = Path(sys.executable).with_name("policywire")


def run_demo(folder: Path) -> None:
    """Fill a folder by the demo; what lies there is deleted first."""

    def run() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(
            [POLICYWIRE, "demo", "--dir", folder],
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=600,
        )

    within_an_hour(run)


def within_an_hour(run: Callable[[], T]) -> T:
    """Return what `run` returns; repeat it if an hour ended meanwhile.

    Throttles count by the hour of the clock, so a pass across its end sends more.
    """
    while True:
        began = time.time() // 3600
        found = run()
        if time.time() // 3600 == began:
            return found
