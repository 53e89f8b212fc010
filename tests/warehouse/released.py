"""Warehouses as released schemas left them: `python -m tests.warehouse.released` writes today's.

One file per released schema in tests/data/warehouses/, each with a life in it; tests upgrade all.
Run it when a release adds migrations, and never over a file that is there.
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
    """Write a warehouse of the newest schema, zipped."""
    newest = max(migration.order for migration in sql_files("migrations"))
    target = FOLDER / f"schema-{newest:04d}.duckdb.gz"
    if target.exists():
        raise SystemExit(f"{target} is there already, and stays as it was released")
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
