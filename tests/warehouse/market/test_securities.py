"""Securities load as saved; a change of issuer is kept as history and reported."""

from dataclasses import replace

from duckdb import DuckDBPyConnection

from models.reference.markets import load_markets
from models.reference.securities import load_securities as shipped
from models.security import Listing
from tests.warehouse.market_cases import sessions, small_market, weekdays
from warehouse.market.securities import (
    check_securities,
    find_securities,
    load_securities,
    save_securities,
    save_sessions,
)


def test_shipped_securities_load_as_saved(con: DuckDBPyConnection) -> None:
    given = shipped()
    save_securities(con, given, load_markets().values())
    save_securities(con, given, load_markets().values())
    held = load_securities(con)
    assert held.issuers == given.issuers
    assert held.listings == tuple(k for k in given.listings if k.valid_to is None)
    assert set(held.exposures) == set(given.exposures)
    assert set(held.aliases) == set(given.aliases)
    assert set(held.signs) == set(given.signs)


def test_a_ticker_with_a_new_issuer_keeps_its_past(con: DuckDBPyConnection) -> None:
    given = small_market()
    save_securities(con, given, load_markets().values())
    other = Listing(
        listing_id="XNYS:AAA", issuer_id="issuer XNAS:BBB", mic="XNYS", ticker="AAA", currency="USD"
    )
    moved = replace(given, listings=(other, *given.listings[1:]))
    save_securities(con, moved, load_markets().values())
    rows = con.execute(
        "SELECT issuer_id, valid_to IS NULL FROM store.listings WHERE listing_id = 'XNYS:AAA' "
        "ORDER BY valid_to NULLS LAST"
    ).fetchall()
    assert rows == [("issuer XNYS:AAA", False), ("issuer XNAS:BBB", True)]
    assert [k.issuer_id for k in load_securities(con).listings if k.ticker == "AAA"] == [
        "issuer XNAS:BBB"
    ]
    assert "XNYS:AAA: was issuer XNYS:AAA, then issuer XNAS:BBB" in check_securities(con)


def test_one_isin_for_two_issuers_gives_a_warning(con: DuckDBPyConnection) -> None:
    given = small_market()
    twice = tuple(replace(k, isin="US0000000001") for k in given.listings[:2])
    save_securities(
        con, replace(given, listings=(*twice, *given.listings[2:])), load_markets().values()
    )
    assert check_securities(con) == ["ISIN US0000000001 is given for XNAS:BBB, XNYS:AAA"]


def test_securities_are_found_by_ticker_name_or_alias(con: DuckDBPyConnection) -> None:
    save_securities(con, shipped(), load_markets().values())
    for words in ("MP", "XNYS:MP", "mp materials", "Mountain Pass", "US5533681012"):
        assert find_securities(con, words)[0]["listing_id"] == "XNYS:MP", words
    assert find_securities(con, "waymo")[0]["listing_id"] == "XNAS:GOOGL"
    assert find_securities(con, "no such firm") == []


def test_sessions_load_once(con: DuckDBPyConnection) -> None:
    days = sessions(weekdays(10))
    assert save_sessions(con, days) == 10
    assert save_sessions(con, days) == 0
    assert save_sessions(con, []) == 0
