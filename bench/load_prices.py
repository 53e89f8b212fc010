"""Loads a synthetic price file of ten million rows and prints time and memory.

python bench/load_prices.py [rows] [memory limit, as 1GB]
"""

import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from models.reference.markets import load_markets
from models.reference.securities import load_securities
from warehouse.connection import open_warehouse
from warehouse.market.prices import load_price_file
from warehouse.market.securities import save_securities

GENERATE = """
COPY (
    SELECT listing AS listing_id, DATE '1980-01-01' + CAST(day AS INTEGER) AS date,
        10 + (day * 7919 % 9000) / 100.0 AS close, close AS adj_close,
        day * 104729 % 1000000 AS volume
    FROM (SELECT unnest($listings) AS listing), (SELECT unnest(range($days)) AS day)
) TO '{path}' (HEADER)
"""


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    limit = sys.argv[2] if len(sys.argv) > 2 else "1GB"
    listings = [listing.listing_id for listing in load_securities().listings[:1000]]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "prices.csv"
        days = rows // len(listings)
        duckdb.sql(GENERATE.format(path=path), params={"listings": listings, "days": days})
        print(f"{path.stat().st_size / 1e6:.0f} MB of CSV, {days * len(listings):,} rows")
        with open_warehouse(Path(folder) / "w.duckdb") as con:
            con.execute(f"SET memory_limit = '{limit}'")
            save_securities(con, load_securities(), load_markets().values())
            for turn in ("first", "again"):
                started = time.perf_counter()
                load = load_price_file(con, path, source="made up", fetched_at=datetime.now(UTC))
                took = time.perf_counter() - started
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
                print(
                    f"{turn}: {load.row_count:,} rows, {load.new_count:,} new, {took:.0f} s, "
                    f"peak {peak:.2f} GB resident (memory_limit {limit})"
                )


if __name__ == "__main__":
    main()
