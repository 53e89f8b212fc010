"""warehouse/dbt_source.yml: current, complete, and true of the data."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from duckdb import DuckDBPyConnection

from tests.extractors.linking.test_link import truce
from tests.warehouse.events.test_links import link_all, store
from warehouse.operations.dbt_source import dbt_source
from warehouse.operations.dictionary import KEYS, views_of

ROOT = Path(__file__).parents[3]


def tables(text: str) -> list[dict[str, Any]]:
    (source,) = yaml.safe_load(text)["sources"]
    found: list[dict[str, Any]] = source["tables"]
    return found


def test_the_file_is_up_to_date(con: DuckDBPyConnection) -> None:
    shown = (ROOT / "warehouse" / "dbt_source.yml").read_text("utf-8")
    assert shown == dbt_source(con), (
        "run: python -m warehouse.operations.dbt_source warehouse/dbt_source.yml"
    )


def test_it_says_what_the_views_say(con: DuckDBPyConnection) -> None:
    said = {
        table["name"]: (
            table["description"],
            [(c["name"], c["description"]) for c in table["columns"]],
        )
        for table in tables(dbt_source(con))
    }
    assert said == {
        view.name: (view.comment, [(c.name, c.comment) for c in view.columns])
        for view in views_of(con)
    }


def test_its_tests_hold_on_data(con: DuckDBPyConnection) -> None:
    store(con, truce())
    link_all(con)
    tested = [
        (table["name"], column["name"])
        for table in tables(dbt_source(con))
        for column in table["columns"]
        if column.get("data_tests") == ["unique", "not_null"]
    ]
    assert len(tested) == sum(len(key) == 1 for key in KEYS.values())
    assert ("policy_events", "development_id") in tested
    for view, column in tested:
        rows = con.execute(
            f'SELECT count(*), count(DISTINCT "{column}"), count("{column}") FROM "{view}"'
        ).fetchone()
        assert rows is not None
        assert rows[0] == rows[1] == rows[2], view


def test_a_template_in_a_comment_is_refused(con: DuckDBPyConnection) -> None:
    con.execute("COMMENT ON COLUMN prices.close IS 'Close {{ ref(x) }}.'")
    with pytest.raises(AssertionError, match="template"):
        dbt_source(con)
