"""Waiting for the warehouse: one process has it at a time, each as briefly as it can."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from duckdb import DuckDBPyConnection

from models.errors import WarehouseBusyError
from warehouse.connection import open_warehouse

Result = TypeVar("Result")


def take_turn(
    path: Path | str,
    work: Callable[[DuckDBPyConnection], Result],
    *,
    patience_s: float = 120.0,
    sleep: Callable[[float], None] = time.sleep,
) -> Result:
    """Open the warehouse, do the work, close it; wait while another process has it.

    Raises WarehouseBusyError when it stays busy for `patience_s`.
    """
    given_up = time.monotonic() + patience_s
    wait = 0.02
    while True:
        try:
            with open_warehouse(path) as con:
                return work(con)
        except WarehouseBusyError:
            if time.monotonic() > given_up:
                raise
        # Spread, so that two who wait do not keep meeting.
        sleep(wait * (0.5 + random.random()))  # noqa: S311 - no secret hangs on it
        wait = min(wait * 1.5, 0.5)
