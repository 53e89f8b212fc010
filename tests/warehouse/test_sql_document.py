"""docs/SQL.md shows the results of its queries, and they are fast."""

import time
from pathlib import Path

import pytest

from tests.warehouse.sql_examples import DOCUMENT, EXAMPLE, output_of, published
from warehouse.connection import connect
from warehouse.operations.check import check_warehouse

EXAMPLES = [(found["sql"], found["output"]) for found in EXAMPLE.finditer(DOCUMENT.read_text())]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(tmp_path_factory.mktemp("timeline"))


def test_there_are_twenty_queries() -> None:
    assert len(EXAMPLES) >= 20


@pytest.mark.parametrize(("sql", "output"), EXAMPLES)
def test_the_document_shows_what_the_query_gives(snapshot: Path, sql: str, output: str) -> None:
    start = time.monotonic()
    assert output_of(snapshot, sql) == output, "run: python -m tests.warehouse.sql_examples"
    assert time.monotonic() - start < 5


def test_the_timeline_warehouse_passes_the_check(snapshot: Path) -> None:
    with connect(snapshot, read_only=True) as con:
        assert check_warehouse(con) == []
