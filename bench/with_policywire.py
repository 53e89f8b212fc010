"""The bench's update with PolicyWire: `python -m bench.with_policywire DIR PORT FEEDS`.

The `ingest` flow's own work without Prefect: fetch, parse in worker processes, clean, store in
DuckDB. Ten requests at once and no gap, as the other side does; our defaults are 2 and 0.25 s.
"""

import json
import resource
import sys
import time
from pathlib import Path

from flows.ingest import gather_news
from flows.settings import load_settings
from warehouse.connection import open_warehouse


def main(folder: Path, port: int, feeds: int) -> None:
    """Two passes into a DuckDB file; prints one JSON line per pass."""
    listed = folder / "feeds.toml"
    listed.write_text(
        "".join(
            f'[[feed]]\nid = "f{n}"\nname = "{n}"\nurl = "http://127.0.0.1:{port}/feed/{n}.xml"\n'
            for n in range(feeds)
        )
    )
    config = folder / "policywire.toml"
    config.write_text(
        f'warehouse = "{folder / "bench.duckdb"}"\nfeeds = "{listed}"\n'
        "[fetch]\nper_host = 10\nmax_at_once = 10\nhost_gap_s = 0.0\nstart_gap_s = 0.0\n"
    )
    settings = load_settings(config)
    for name in ("first", "again"):
        began = time.perf_counter()
        result = gather_news(settings)
        took = time.perf_counter() - began
        with open_warehouse(settings.warehouse) as con:
            row = con.execute("SELECT count(*) FROM store.articles").fetchone()
        peak = sum(
            resource.getrusage(who).ru_maxrss / 1024
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        line = {
            "pass": name,
            "took_s": took,
            "entries": row[0] if row else 0,
            "peak_mib": peak,
            "outcomes": result.outcomes,
        }
        print(json.dumps(line))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
