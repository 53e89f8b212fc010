"""Warehouses of released schemas: `python -m tests.warehouse.released` writes one of today's.

One file per released schema in tests/data/warehouses/, each with a measure in it; the tests upgrade
all of them. Run it when a release adds migrations; it never overwrites a file.
"""

import gzip
import tempfile
from pathlib import Path

from tests.extractors.linking.test_link import truce
from tests.warehouse.events.test_links import link_all, store
from warehouse.articles.retention import compact
from warehouse.connection import open_warehouse
from warehouse.migrate import sql_files

FOLDER = Path(__file__).parents[1] / "data" / "warehouses"


def main() -> None:
    """Write a zipped warehouse with the newest schema."""
    newest = max(migration.order for migration in sql_files("migrations"))
    target = FOLDER / f"schema-{newest:04d}.duckdb.gz"
    if target.exists():
        raise SystemExit(f"{target} already exists; released files are not overwritten")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "w.duckdb"
        with open_warehouse(path) as con:
            store(con, truce())
            link_all(con)
        compact(path)
        FOLDER.mkdir(parents=True, exist_ok=True)
        target.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


if __name__ == "__main__":
    main()
