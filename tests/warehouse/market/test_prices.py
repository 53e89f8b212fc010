"""Prices are loaded completely or not at all, and every fault has its line."""

import gzip
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from duckdb import DuckDBPyConnection

from models.errors import WarehouseError
from models.reference.markets import load_markets
from tests.warehouse.market_cases import sessions, small_market
from warehouse.market.prices import PriceLoad, load_price_file
from warehouse.market.securities import save_securities, save_sessions

NOW = datetime(2026, 1, 5, 22, tzinfo=UTC)
WEEK = [date(2025, 1, day) for day in (6, 7, 8, 9, 10)]
GOOD = "ticker,date,close,adj_close,volume,currency\n" + "".join(
    f"AAA,{day},{100 + n},{50 + n},1000,USD\n" for n, day in enumerate(WEEK)
)


@pytest.fixture(autouse=True)
def market(con: DuckDBPyConnection) -> None:
    save_securities(con, small_market(), load_markets().values())
    save_sessions(con, sessions(WEEK))


def load(
    con: DuckDBPyConnection, path: Path, text: str, *, skip_unknown: bool = False
) -> PriceLoad:
    path.write_text(text, "utf-8")
    return load_price_file(con, path, source="test", fetched_at=NOW, skip_unknown=skip_unknown)


def held(con: DuckDBPyConnection) -> int:
    row = con.execute("SELECT count(*) FROM store.daily_bars").fetchone()
    assert row is not None
    return int(row[0])


def test_a_good_file_loads_once(con: DuckDBPyConnection, tmp_path: Path) -> None:
    first = load(con, tmp_path / "p.csv", GOOD)
    assert (first.row_count, first.new_count, first.changed_count) == (5, 5, 0)
    assert (first.first_date, first.last_date, first.warnings) == (WEEK[0], WEEK[-1], ())
    again = load(con, tmp_path / "p.csv", GOOD)
    assert (again.new_count, again.changed_count, held(con)) == (0, 0, 5)
    row = con.execute(
        'SELECT listing_id, "close", adj_close, volume, currency, source FROM prices '
        "ORDER BY session_date LIMIT 1"
    ).fetchone()
    assert row == ("XNYS:AAA", 100.0, 50.0, 1000.0, "USD", "test")


def test_a_corrected_close_replaces_the_old_one(con: DuckDBPyConnection, tmp_path: Path) -> None:
    load(con, tmp_path / "p.csv", GOOD)
    fixed = load(
        con, tmp_path / "p.csv", GOOD.replace("AAA,2025-01-08,102", "AAA,2025-01-08,102.5")
    )
    assert (fixed.new_count, fixed.changed_count, held(con)) == (0, 1, 5)


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ("AAA,2025-01-08,0,0,1000,USD", "AAA 2025-01-08: price is 0.0"),
        ("AAA,2025-01-08,102,-1,1000,USD", "AAA 2025-01-08: price is -1.0"),
        ("AAA,2025-01-08,,,1000,USD", "AAA 2025-01-08: price is missing"),
        ("AAA,2025-01-08,102,cheap,1000,USD", "AAA 2025-01-08: price is missing"),
        ("AAA,2025-01-08,102,nan,1000,USD", "AAA 2025-01-08: price is nan"),
        ("AAA,2025-01-08,102,52,-7,USD", "AAA 2025-01-08: volume is -7.0"),
        ("AAA,2025-01-08,102,52,many,USD", "AAA 2025-01-08: volume is not a number"),
        (
            "AAA,2025-01-08,102,52,1000,EUR",
            "AAA 2025-01-08: currency EUR where XNYS:AAA trades in USD",
        ),
        ("ZZZZ,2025-01-08,102,52,1000,USD", "ZZZZ 2025-01-08: unknown ticker"),
        ("AAA,8 January,102,52,1000,USD", "AAA: not a date: '8 January'"),
        ("AAA,2031-01-08,102,52,1000,USD", "AAA 2031-01-08: a day in the future"),
        (
            "AAA,2025-01-07,99,99,1000,USD",
            "AAA 2025-01-07: 2 rows for one day with different values",
        ),
        (",2025-01-08,102,52,1000,USD", "2025-01-08: rows without a ticker"),
    ],
)
def test_a_fault_has_a_line_and_nothing_is_loaded(
    con: DuckDBPyConnection, tmp_path: Path, wrong: str, line: str
) -> None:
    with pytest.raises(WarehouseError) as failure:
        load(con, tmp_path / "p.csv", GOOD.replace("AAA,2025-01-08,102,52,1000,USD", wrong))
    assert f"p.csv: {line}" in str(failure.value)
    assert held(con) == 0
    assert con.execute("SELECT count(*) FROM store.price_loads").fetchone() == (0,)


def test_all_faults_are_reported_at_once(con: DuckDBPyConnection, tmp_path: Path) -> None:
    bad = GOOD.replace("102,52,1000", "0,0,1000").replace("103,53,1000", "103,53,-1")
    with pytest.raises(WarehouseError) as failure:
        load(con, tmp_path / "p.csv", bad)
    assert len(str(failure.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (
            GOOD + "AAA,2025-01-10,104,54,1000,USD\n",
            "2 rows for one day with equal values: kept once",
        ),
        (GOOD.replace("AAA,2025-01-08,102,52,1000,USD\n", ""), "2025-01-08: session without a"),
        (GOOD.replace("2025-01-08", "2025-01-11"), "AAA 2025-01-11: not a session of its market"),
        (GOOD.replace("102,52,", "102,5200,"), "adjusted close moved x 101.96 in a day"),
        (GOOD.replace("adj_close", "open"), "no adjusted close"),
        (GOOD.replace("date,close", "date,open"), "no raw close"),
    ],
)
def test_unusual_rows_give_a_warning_and_are_loaded(
    con: DuckDBPyConnection, tmp_path: Path, text: str, warning: str
) -> None:
    # The calendar ends on the Friday; to lie within it, the Saturday needs a later session.
    save_sessions(con, sessions([date(2025, 1, 13)]))
    loaded = load(con, tmp_path / "p.csv", text)
    assert any(warning in line for line in loaded.warnings), loaded.warnings
    assert held(con) == loaded.row_count


def test_unknown_tickers_can_be_left_out(con: DuckDBPyConnection, tmp_path: Path) -> None:
    text = GOOD + "ZZZZ,2025-01-08,1,1,1,USD\n"
    loaded = load(con, tmp_path / "p.csv", text, skip_unknown=True)
    assert loaded.warnings == ("ZZZZ: left out, unknown ticker",)
    assert held(con) == 5
    count = loaded.reading
    assert (count.read, count.stored, count.known, count.refused) == (6, 5, 0, 1)
    again = load(con, tmp_path / "p.csv", text, skip_unknown=True).reading
    assert (again.read, again.stored, again.known, again.refused) == (6, 0, 5, 1)


def test_columns_are_recognised_by_their_usual_names(
    con: DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "stooq.csv.gz"
    path.write_bytes(gzip.compress(b"Date,Open,High,Low,Close,Volume\n2025-01-06,1,1,1,2,3\n"))
    loaded = load_price_file(con, path, source="stooq", fetched_at=NOW, listing_id="XNYS:AAA")
    assert loaded.row_count == 1
    table = pa.table(
        {
            "Symbol": ["XASX:CCC"],
            "Date": [date(2025, 1, 6)],
            "Adj Close": [1.5],
            "<VOL>": [10],
        }
    )
    pq.write_table(table, tmp_path / "p.parquet")
    loaded = load_price_file(con, tmp_path / "p.parquet", source="pq", fetched_at=NOW)
    assert loaded.row_count == 1
    assert con.execute(
        "SELECT adj_close, volume, currency FROM prices WHERE listing_id = 'XASX:CCC'"
    ).fetchone() == (1.5, 10.0, "AUD")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b\n1,2\n", "no column for a date among a, b"),
        ("date,close\n2025-01-06,1\n", "no column for a ticker"),
        ("ticker,date,open\nAAA,2025-01-06,1\n", "no column for close or adj_close"),
    ],
)
def test_a_table_of_something_else_is_refused(
    con: DuckDBPyConnection, tmp_path: Path, text: str, reason: str
) -> None:
    with pytest.raises(WarehouseError, match=reason):
        load(con, tmp_path / "p.csv", text)


def test_missing_or_unreadable_files_are_refused(con: DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="no such file"):
        load_price_file(con, tmp_path / "gone.csv", source="x", fetched_at=NOW)
    (tmp_path / "p.parquet").write_bytes(b"PAR? no")
    with pytest.raises(WarehouseError, match="not a readable price table"):
        load_price_file(con, tmp_path / "p.parquet", source="x", fetched_at=NOW)


ACTIONS = """ticker,date,close,dividends,stock splits
AAA,2025-01-06,100,0,0
AAA,2025-01-07,50,0,2
AAA,2025-01-08,51,0.25,1
"""


def test_splits_and_dividends_are_kept_once(con: DuckDBPyConnection, tmp_path: Path) -> None:
    for _ in range(2):
        load(con, tmp_path / "p.csv", ACTIONS)
    found = con.execute(
        'SELECT ex_date, kind, "value", currency FROM corporate_actions ORDER BY ex_date'
    ).fetchall()
    assert found == [
        (date(2025, 1, 7), "split", 2.0, None),
        (date(2025, 1, 8), "dividend", 0.25, "USD"),
    ]


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ("51,-1,1", "dividend is -1.0"),
        ("51,0,-2", "split is -2.0"),
        ("51,some,1", "dividend is nan"),
    ],
)
def test_a_wrong_action_stops_the_load(
    con: DuckDBPyConnection, tmp_path: Path, wrong: str, line: str
) -> None:
    with pytest.raises(WarehouseError, match=f"AAA 2025-01-08: {line}"):
        load(con, tmp_path / "p.csv", ACTIONS.replace("51,0.25,1", wrong))
    assert held(con) == 0


@pytest.mark.parametrize(
    "stamp", ["{day}T00:00:00Z", "{day}T14:30:00Z", "{day} 16:00:00-05:00", "{next}T02:00:00+00"]
)
def test_an_instant_is_the_day_it_was_on_the_exchange(
    con: DuckDBPyConnection, tmp_path: Path, stamp: str
) -> None:
    text = "ticker,date,close\n" + "".join(
        f"AAA,{stamp.format(day=day, next=day + timedelta(days=1))},100\n" for day in WEEK
    )
    loaded = load(con, tmp_path / "p.csv", text)
    assert (loaded.first_date, loaded.last_date, loaded.new_count) == (WEEK[0], WEEK[-1], 5)
    assert not [line for line in loaded.warnings if "no session" in line]
