"""Loads, links and publishes batches until it is killed; prints each batch that is stored.

python -m tests.warehouse.crash_writer LIVE SNAPSHOT FIRST_BATCH BATCHES
"""

import sys
from pathlib import Path

from models.link import LinkMention
from tests.extractors.link_cases import told
from tests.warehouse.events.test_links import link_all, store
from warehouse.articles.search import index_articles
from warehouse.connection import open_warehouse
from warehouse.snapshot import publish

SIZE = 4
GOODS = ("steel", "copper", "gallium", "graphite", "rare_earths")
STEPS = ("tariff announced", "tariff in_force", "tariff raised", "export_control suspended")


def reports(batch: int) -> list[LinkMention]:
    """Return the reports of one batch, always the same."""
    return [
        told(
            f"2025-{1 + n % 12:02}-{1 + n % 28:02}",
            STEPS[n % len(STEPS)],
            actors=[("US", "CN", "EU")[n % 3]],
            commodities=[GOODS[n % len(GOODS)]],
            rate=float(5 * (n % 7)) or None,
            publisher=f"p{n % 4}",
            article=f"article-{n}",
        )
        for n in range(batch * SIZE, (batch + 1) * SIZE)
    ]


def main(live: Path, snapshot: Path, first: int, batches: int) -> None:
    """Process the batches; print one line for each that is stored."""
    for batch in range(first, batches):
        with open_warehouse(live) as con:
            store(con, reports(batch))
        with open_warehouse(live) as con:
            link_all(con)
        with open_warehouse(live) as con:
            index_articles(con)
        sys.stdout.write(f"{batch}\n")
        sys.stdout.flush()
        publish(live, snapshot)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
