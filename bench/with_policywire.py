"""The update of bench/ingest.py by PolicyWire: `python -m bench.with_policywire DIR PORT FEEDS N`.

The work of the `ingest` flow without Prefect: fetch, parse in worker processes, clean, detect the
language, store in DuckDB. Makes as many requests at once as the other side, without gaps: our
defaults for one host (two at once, 0.2 s apart) would only measure our politeness.
"""

import asyncio
import json
import resource
import sys
import time
from pathlib import Path

from flows.base.fetch_settings import FetchSettings
from flows.ingest import Intake
from models.feed import Feed
from warehouse.articles.articles import load_feed_states, save_feeds
from warehouse.connection import open_warehouse


def main(folder: Path, port: int, feeds: int, at_once: int) -> None:
    """Run two passes into a DuckDB file; print one JSON line per pass."""
    warehouse = folder / "bench.duckdb"
    fetching = FetchSettings(per_host=at_once, max_at_once=at_once, host_gap_s=0.0, start_gap_s=0.0)
    listed = [
        Feed(feed_id=f"f{n}", name=f"Desk {n}", url=f"http://127.0.0.1:{port}/feed/{n}.xml")
        for n in range(feeds)
    ]
    with open_warehouse(warehouse) as con:
        save_feeds(con, listed)
    for name in ("first", "again"):
        began = time.perf_counter()
        with open_warehouse(warehouse) as con:
            states = load_feed_states(con)
        intake = Intake(warehouse=warehouse, fetching=fetching, archive_clock=False)
        asyncio.run(intake.run(listed, states))
        took = time.perf_counter() - began
        if intake.failed:
            raise SystemExit(f"{intake.failed} feeds failed, first: {intake.first_error}")
        with open_warehouse(warehouse) as con:
            row = con.execute("SELECT count(*) FROM store.articles").fetchone()
        peak = sum(
            resource.getrusage(who).ru_maxrss / 1024
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        line = {"pass": name, "took_s": took, "entries": row[0] if row else 0, "peak_mib": peak}
        print(json.dumps(line))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
