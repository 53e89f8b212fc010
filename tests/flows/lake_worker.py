"""A worker of its own: passes of extraction until nothing waits. WAREHOUSE FEEDS LEASE_S [kill]

With `kill` it kills itself as soon as it has leased its first batch.
"""

import os
import signal
import sys
import time
from pathlib import Path

from extractors.extract import EXTRACTOR_VERSION
from flows import extract
from flows.settings import Extracting, Settings
from warehouse.articles import count_to_extract
from warehouse.connection import open_warehouse


def main(warehouse: str, feeds: str, lease_s: float, *, kill: bool) -> None:
    """Extract and link until no article waits, also those a dead worker held."""
    settings = Settings(
        warehouse=Path(warehouse),
        feeds=Path(feeds),
        extract=Extracting(batch_articles=10, workers=0, lease_s=lease_s),
    )
    if kill:
        extract.unit_of = die  # type: ignore[assignment]
    while True:
        extract.read_news(settings)
        with open_warehouse(settings.warehouse) as con:
            if not count_to_extract(con, EXTRACTOR_VERSION):
                return
        time.sleep(0.5)


def die(*_: object) -> object:
    """End at once, as a machine does that loses power."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("is dead")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), kill="kill" in sys.argv[4:])
