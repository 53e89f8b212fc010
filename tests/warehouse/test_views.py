"""The views deliver what they promise, and every column is explained."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection

from models.event import FAMILY
from tests.extractors.link_cases import told
from tests.extractors.linking.test_link import truce
from tests.warehouse.events.test_links import link_all, store
from warehouse.migrate import sql_files
from warehouse.operations.dictionary import (
    KEYS,
    RELATIONS,
    collect_examples,
    data_dictionary,
    joined_columns,
    load_examples,
    views_of,
)

ROOT = Path(__file__).parents[2]


def test_every_view_opens_with_its_grain_and_explains_every_column(
    con: DuckDBPyConnection,
) -> None:
    for view in sql_files("views"):
        assert view.sql.startswith("-- One row per "), view.name
    unexplained = con.execute(
        "SELECT table_name || '.' || column_name FROM duckdb_columns() WHERE NOT internal "
        "AND schema_name = 'main' AND comment IS NULL"
    ).fetchall()
    assert unexplained == []
    silent = con.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL"
    ).fetchall()
    assert silent == []


def test_the_data_dictionary_is_up_to_date(con: DuckDBPyConnection) -> None:
    shown = (ROOT / "docs" / "DATA_DICTIONARY.md").read_text("utf-8")
    assert shown == data_dictionary(con), (
        "run: python -m warehouse.operations.dictionary docs/DATA_DICTIONARY.md"
    )


def test_every_column_has_an_example_and_no_other(con: DuckDBPyConnection) -> None:
    columns = {(view.name, column.name) for view in views_of(con) for column in view.columns}
    examples = load_examples()
    assert set(examples) == columns
    assert [key for key, example in examples.items() if not example] == []


def test_the_diagram_joins_columns_that_exist(con: DuckDBPyConnection) -> None:
    columns = {view.name: {column.name for column in view.columns} for view in views_of(con)}
    for view, key in KEYS.items():
        assert {*key, *joined_columns(view)} <= columns[view], view
    assert {side for left, _, right, _ in RELATIONS for side in (left, right)} == set(KEYS)


def test_examples_come_from_the_data_or_stay(con: DuckDBPyConnection) -> None:
    store(con, truce())
    link_all(con)
    old = {("policy_events", "change_reason"): "corrected", ("policy_events", "status"): "old"}
    found = {(view, column): example for view, column, example in collect_examples(con, old)}
    assert found["policy_events", "change_reason"] == "corrected"
    assert found["policy_events", "status"] in ("threatened", "averted", "suspended")
    assert found["policy_events", "retaliation"] == "false"


def test_families_equal_those_of_the_model(con: DuckDBPyConnection) -> None:
    rows = con.execute("SELECT type, family FROM event_families").fetchall()
    assert dict(rows) == {kind.value: family for kind, family in FAMILY.items()}


def test_policy_events_has_one_row_per_development(con: DuckDBPyConnection) -> None:
    store(con, truce())
    link_all(con)
    rows = con.execute(
        "SELECT count(*), count(DISTINCT development_id) FROM policy_events"
    ).fetchall()
    assert rows == [(7, 7)]
    threat = con.execute(
        "SELECT actors, targets, rate_value, headline, first_source, source_count, "
        "effective_on, family FROM policy_events WHERE status = 'threatened'"
    ).fetchone()
    assert threat == (
        ["US"],
        ["CN"],
        100.0,
        "Told on 2025-10-10",
        "wire",
        2,
        date(2025, 11, 1),
        "import",
    )


@pytest.mark.parametrize(
    ("what", "dates", "expected"),
    [
        (
            "tariff announced",
            [("date_effective", "2999-01-01")],
            ("announced", date(2999, 1, 1), "takes effect"),
        ),
        ("tariff announced", [("date_effective", "2025-01-01")], ("in_force", None, None)),
        (
            "tariff suspended",
            [("date_end", "2999-01-01")],
            ("suspended", date(2999, 1, 1), "returns unless prolonged"),
        ),
        ("tariff suspended", [("date_end", "2025-11-10")], ("suspension_over", None, None)),
        ("tariff in_force", [("date_end", "2999-12")], ("in_force", date(2999, 12, 31), "ends")),
        ("tariff lifted", [], ("lifted", None, None)),
    ],
)
def test_measure_status_changes_with_the_calendar(
    con: DuckDBPyConnection,
    what: str,
    dates: list[tuple[str, str]],
    expected: tuple[object, ...],
) -> None:
    store(con, [told("2024-12-10", what, actors=["US"], commodities=["steel"], dates=dates)])
    link_all(con)
    found = con.execute("SELECT status_today, next_date, next_step FROM measure_status").fetchone()
    assert found == expected


def test_the_legs_of_a_deal_hang_on_it_in_every_order(con: DuckDBPyConnection) -> None:
    deal: dict[str, Any] = {"article": "deal", "publisher": "wire"}
    parties = ("US", "JP")
    reports = [
        told("2025-07-23", "trade_agreement announced", actors=parties, start=0, **deal),
        told("2025-07-23", "tariff cut", actors=["US"], targets=["JP"], start=20, rate=15, **deal),
        told("2025-07-23", "offtake_agreement announced", actors=["JP"], start=40, **deal),
        # Neither what is only threatened, nor a tariff on others, nor one that gives nothing.
        told("2025-07-23", "tariff threatened", actors=["JP"], targets=["US"], start=60, **deal),
        told("2025-07-23", "tariff cut", actors=["US"], targets=["BR"], start=80, **deal),
        told("2025-07-23", "export_ban adopted", actors=["JP"], start=100, **deal),
        told("2025-07-23", "tariff cut", actors=["US"], targets=["KR"], publisher="other"),
    ]
    store(con, reports[::-1])
    while link_all(con, limit=1):
        pass
    found = con.execute(
        """
        SELECT leg.implementer, leg.type, leg.targets
        FROM measure_status AS leg
        JOIN measure_status AS deal ON deal.measure_id = leg.part_of
        WHERE deal.measure_key LIKE 'JP+US:trade_agreement:%'
        ORDER BY ALL
        """
    ).fetchall()
    assert found == [("JP", "offtake_agreement", []), ("US", "tariff", ["JP"])]
    assert con.execute("SELECT count(part_of) FROM measure_status").fetchone() == (2,)


def test_a_suspension_with_a_duration_has_an_end(con: DuckDBPyConnection) -> None:
    store(
        con,
        [
            told(
                "2025-11-08",
                "export_control suspended",
                duration="P1Y",
                commodities=["rare_earths"],
            )
        ],
    )
    link_all(con)
    assert con.execute("SELECT ends_on FROM policy_events").fetchone() == (date(2026, 11, 8),)


def test_as_of_uses_no_later_report(con: DuckDBPyConnection) -> None:
    store(con, truce())
    link_all(con)

    def known(ts: str) -> list[tuple[object, ...]]:
        return con.execute(
            "SELECT status, rate_value, mention_count FROM policy_events_as_of(?) "
            "WHERE type = 'tariff' ORDER BY first_seen_at",
            [ts],
        ).fetchall()

    assert known("2025-10-10 12:59:00+00") == []
    assert known("2025-10-10 13:00:00+00") == [("threatened", 100.0, 1)]
    assert known("2025-10-29") == [("threatened", 100.0, 2)]
    assert known("2026-01-01") == [("threatened", 100.0, 2), ("averted", 100.0, 1)]


def test_the_index_has_its_denominator_and_separates_threats_from_acts(
    con: DuckDBPyConnection,
) -> None:
    store(con, truce())
    link_all(con)
    rows = con.execute(
        "SELECT index_date, family, article_count, act_article_count, threat_article_count "
        "FROM policy_index_daily WHERE index_date = '2025-10-10' ORDER BY family"
    ).fetchall()
    day = date(2025, 10, 10)
    assert rows == [(day, "all", 2, 1, 1), (day, "export", 2, 1, 0), (day, "import", 2, 0, 1)]
