"""Price providers: their requests, their files and their errors."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from pytest_httpserver import HTTPServer

from flows.markets.prices import (
    FileProvider,
    StooqProvider,
    YahooProvider,
    load_from,
    yfinance_download,
)
from models.errors import ConfigError, FetchError, TransientFetchError, WarehouseError
from models.reference.markets import load_markets
from models.security import Listing
from tests.warehouse.market_cases import small_market
from warehouse.connection import open_warehouse
from warehouse.market.securities import save_securities

SINCE = date(2025, 1, 1)
STOOQ = "Date,Open,High,Low,Close,Volume\r\n2025-01-06,9,9,9,10,100\r\n2025-01-07,9,9,9,11,100\r\n"
AAA = Listing(listing_id="XNYS:AAA", issuer_id="issuer XNYS:AAA", mic="XNYS", ticker="AAA")
ABROAD = Listing(listing_id="XKRX:005490", issuer_id="posco", mic="XKRX", ticker="005490")


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "w.duckdb"
    with open_warehouse(path) as con:
        save_securities(con, small_market(), load_markets().values())
    return path


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client() as opened:
        yield opened


def bars(warehouse: Path) -> list[tuple[object, ...]]:
    with open_warehouse(warehouse) as con:
        return con.execute(
            'SELECT listing_id, source, "close", adj_close FROM store.daily_bars ORDER BY ALL'
        ).fetchall()


def test_stooq_closes_count_as_adjusted(
    warehouse: Path, client: httpx.Client, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/q", query_string=None).respond_with_data(STOOQ)
    provider = StooqProvider(client, httpserver.url_for("/q"))
    loads = load_from(provider, warehouse, [AAA, ABROAD], SINCE)
    assert [load.new_count for load in loads] == [2]
    assert bars(warehouse) == [
        ("XNYS:AAA", "stooq", None, 10.0),
        ("XNYS:AAA", "stooq", None, 11.0),
    ]
    request = httpserver.log[0][0]
    assert (request.args["s"], request.args["i"], request.args["d1"]) == ("aaa.us", "d", "20250101")


def test_a_symbol_unknown_to_stooq_is_skipped(
    warehouse: Path, client: httpx.Client, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/q").respond_with_data("No data")
    assert load_from(StooqProvider(client, httpserver.url_for("/q")), warehouse, [AAA], SINCE) == []


@pytest.mark.parametrize(
    ("body", "status", "error", "said"),
    [
        ("Exceeded the daily hits limit", 200, TransientFetchError, "daily limit reached"),
        ("<html>sorry</html>", 200, FetchError, "not a table of prices"),
        ("", 503, TransientFetchError, "HTTP 503"),
    ],
)
def test_a_bad_answer_is_one_clear_line(
    warehouse: Path,
    client: httpx.Client,
    httpserver: HTTPServer,
    body: str,
    status: int,
    error: type[Exception],
    said: str,
) -> None:
    httpserver.expect_request("/q").respond_with_data(body, status=status)
    provider = StooqProvider(client, httpserver.url_for("/q"))
    with pytest.raises(error, match=said):
        load_from(provider, warehouse, [AAA], SINCE)


def test_an_unreachable_server_is_a_transient_error(warehouse: Path, client: httpx.Client) -> None:
    with pytest.raises(TransientFetchError, match=r"aaa\.us"):
        load_from(StooqProvider(client, "http://127.0.0.1:9/"), warehouse, [AAA], SINCE)


def test_yahoo_gives_raw_and_adjusted_closes(warehouse: Path) -> None:
    asked: list[str] = []

    class Frame:
        def __len__(self) -> int:
            return 1

        def iterrows(self) -> Iterator[tuple[Any, dict[str, float]]]:
            day = SimpleNamespace(date=lambda: date(2025, 1, 6))
            yield day, {"Close": 20.0, "Adj Close": 10.0, "Volume": 5, "Stock Splits": 2.0}

    def download(symbol: str, **options: object) -> Frame:
        asked.append(symbol)
        assert options["auto_adjust"] is False
        return Frame()

    load_from(YahooProvider(download), warehouse, [AAA], SINCE)
    assert asked == ["AAA"]
    assert bars(warehouse) == [("XNYS:AAA", "yahoo", 20.0, 10.0)]
    with open_warehouse(warehouse) as con:
        actions = con.execute(
            'SELECT listing_id, ex_date, kind, "value", currency FROM corporate_actions'
        ).fetchall()
    assert actions == [("XNYS:AAA", date(2025, 1, 6), "split", 2.0, None)]


def test_without_yfinance_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "yfinance", None)
    with pytest.raises(ConfigError, match=r"policywire\[yfinance\]"):
        yfinance_download()


def test_a_faulty_file_leaves_the_ones_before_it(warehouse: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("ticker,date,close\nAAA,2025-01-06,10\n", "utf-8")
    bad.write_text("ticker,date,close\nBBB,2025-01-06,10\nBBB,2025-01-07,0\n", "utf-8")
    with pytest.raises(WarehouseError, match=r"bad\.csv: BBB 2025-01-07: price is 0"):
        load_from(FileProvider([good, bad]), warehouse, [], SINCE)
    assert [row[0] for row in bars(warehouse)] == ["XNYS:AAA"]


def test_an_unchanged_file_is_read_once(warehouse: Path, tmp_path: Path) -> None:
    path = tmp_path / "closes.csv"
    path.write_text("ticker,date,close\nAAA,2025-01-06,10\n", "utf-8")
    provider = FileProvider([path])
    assert [load.new_count for load in load_from(provider, warehouse, [], SINCE)] == [1]
    assert load_from(provider, warehouse, [], SINCE) == []
    path.write_text("ticker,date,close\nAAA,2025-01-06,10\nAAA,2025-01-07,11\n", "utf-8")
    assert [load.new_count for load in load_from(provider, warehouse, [], SINCE)] == [1]


def test_a_file_with_faults_is_reported_each_time(warehouse: Path, tmp_path: Path) -> None:
    path = tmp_path / "closes.csv"
    path.write_text("ticker,date,close\nAAA,2025-01-06,0\n", "utf-8")
    for _ in range(2):
        with pytest.raises(WarehouseError, match="price is 0"):
            load_from(FileProvider([path]), warehouse, [], SINCE)
