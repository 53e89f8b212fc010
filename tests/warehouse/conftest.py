"""An empty real database with the newest schema."""

from collections.abc import Iterator

import pytest
from duckdb import DuckDBPyConnection

from warehouse.connection import open_warehouse


@pytest.fixture
def con() -> Iterator[DuckDBPyConnection]:
    with open_warehouse(":memory:") as opened:
        yield opened
