"""Own lists of securities: added, refused with their line, never merged silently."""

import json
from datetime import date
from pathlib import Path

import httpx
import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner

from extractors.listings.affected import AffectedListings
from flows.commands.cli import app
from flows.markets.listing_files import read_listing_file, sec_list_rows
from flows.markets.listing_merge import with_rows, with_sec_list
from flows.markets.securities import (
    add_figis,
    check,
    fetch_sec_list,
    keep_sec_list,
    load_all,
    load_lists,
    openfigi_ids,
    show,
)
from flows.markets.security_values import is_isin
from models.errors import ConfigError, FetchError
from models.reference.markets import load_markets
from models.reference.securities import load_securities
from models.security import Listing
from warehouse.connection import open_warehouse
from warehouse.market.securities import save_securities

OWN = "ticker,mic,name,country,isin\nQQX,XNYS,Quite Quixotic Inc.,US,US0000000002\n"


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.csv"
    path.write_text(text, "utf-8")
    return path


def test_own_listings_are_added_to_the_shipped_ones(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    held, notes = load_all(warehouse, [own(tmp_path, OWN)])
    assert held == len(load_securities().listings) + 1
    assert not [note for note in notes if "own.csv" in note]
    (found,) = show(warehouse, "QQX")
    assert (found["listing_id"], found["currency"], found["source"]) == (
        "XNYS:QQX",
        "USD",
        "own.csv",
    )
    assert load_all(warehouse, [own(tmp_path, OWN)])[0] == held
    assert check(warehouse) == [line for line in notes if line in check(warehouse)]


def test_a_listing_of_another_issuer_is_noted_and_not_changed(tmp_path: Path) -> None:
    text = "ticker,mic,name,cik\nMP,XNYS,Someone Else Inc.,0000000009\n"
    joined = with_rows(
        load_securities(), read_listing_file(own(tmp_path, text)).rows, origin="own.csv"
    )
    assert joined.notes[-1] == (
        "own.csv: line 2: XNYS:MP already belongs to cik:0001801368, not cik:0000000009 "
        "(Someone Else Inc.); not changed"
    )
    assert joined.listings == load_securities().listings


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ticker,mic,name\nA,NOWHERE,B\n", "line 2: unknown market 'NOWHERE'"),
        ("ticker,mic,name\nA,XNYS,\n", "line 2: ticker and name are needed"),
        (OWN + OWN.splitlines()[1] + "\n", "line 3: XNYS:QQX twice"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path: Path, text: str, reason: str) -> None:
    good = f"QQG,XNYS,Quick Good Inc.{',' * (text.splitlines()[0].count(',') - 2)}\n"
    loaded = load_lists(tmp_path / "w.duckdb", [own(tmp_path, text + good)])
    ((_, count),) = loaded.counts
    assert count.refused == 1
    assert reason in str(count.refusals[0])
    assert count.read == len(text.splitlines())
    assert show(tmp_path / "w.duckdb", "QQG"), "the good row is stored"


def test_the_command_ends_with_counts_and_exit_code_1(tmp_path: Path) -> None:
    bad = own(tmp_path, "ticker,mic,name\nMP,XNYS,MP Materials\nA,NOWHERE,B\nQQG,XNYS,Quick Inc.\n")
    asked = ["securities", "load", str(bad), "--warehouse", str(tmp_path / "w.duckdb")]
    told = CliRunner().invoke(app, asked)
    assert told.exit_code == 1
    assert "own.csv: 3 read: 1 stored, 1 known, 1 refused" in told.stdout
    assert "refused: line 3: unknown market 'NOWHERE'" in told.output
    assert CliRunner().invoke(app, [*asked, "--lenient"]).exit_code == 0


def test_a_list_without_a_market_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no column 'mic'"):
        load_all(tmp_path / "w.duckdb", [own(tmp_path, "ticker,name\nA,B\n")])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.csv: not readable"):
        load_all(tmp_path / "w.duckdb", [tmp_path / "gone.csv"])


def test_the_secs_list_is_read_and_anything_else_refused(httpserver: HTTPServer) -> None:
    body = {
        "fields": ["cik", "name", "ticker", "exchange"],
        "data": [[9, "Nine Corp", "NINE9", "Nasdaq"], [10, "Off Corp", "OFF", None]],
    }
    httpserver.expect_request("/list").respond_with_data(json.dumps(body))
    httpserver.expect_request("/no").respond_with_data("", status=403)
    with httpx.Client() as client:
        rows = list(sec_list_rows(fetch_sec_list(client, httpserver.url_for("/list")), "list"))
        with pytest.raises(FetchError, match=r"HTTP 403; set fetch\.contact_url"):
            fetch_sec_list(client, httpserver.url_for("/no"))
    assert rows == [
        (1, {"cik": "0000000009", "ticker": "NINE9", "mic": "XNAS", "name": "Nine Corp"})
    ]
    with pytest.raises(ConfigError, match="not the SEC's"):
        list(sec_list_rows(b"<html>", "list"))


def test_openfigi_is_asked_by_isin_first_and_must_give_one_answer(httpserver: HTTPServer) -> None:
    listings = [
        Listing(listing_id="XNYS:A", issuer_id="a", mic="XNYS", ticker="A", isin="US1"),
        Listing(listing_id="XNYS:B", issuer_id="b", mic="XNYS", ticker="B"),
        Listing(listing_id="XNYS:C", issuer_id="c", mic="XNYS", ticker="C"),
    ]
    answers = [
        {"data": [{"compositeFIGI": "F1"}, {"compositeFIGI": "F1"}]},
        {"data": [{"compositeFIGI": "F2"}, {"compositeFIGI": "F3"}]},
        {"warning": "No identifier found."},
    ]
    jobs = [
        {"idType": "ID_ISIN", "idValue": "US1"},
        {"idType": "TICKER", "idValue": "B", "micCode": "XNYS"},
        {"idType": "TICKER", "idValue": "C", "micCode": "XNYS"},
    ]
    httpserver.expect_request("/map", method="POST", json=jobs).respond_with_json(answers)
    with httpx.Client() as client:
        assert openfigi_ids(client, listings, httpserver.url_for("/map")) == {"XNYS:A": "F1"}


def test_unchanged_securities_are_not_stored_again(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"

    def written() -> list[tuple[object, ...]]:
        with open_warehouse(warehouse) as con:
            return con.execute(
                "SELECT max(updated_at), count(*) FROM store.listings UNION ALL "
                "SELECT max(updated_at), count(*) FROM store.company_aliases UNION ALL "
                "SELECT max(loaded_at), count(*) FROM store.loaded_inputs"
            ).fetchall()

    load_all(warehouse)
    before = written()
    assert load_all(warehouse)[0] == len(load_securities().listings)
    assert written() == before
    load_all(warehouse, [own(tmp_path, OWN)])
    with open_warehouse(warehouse) as con:
        fresh = con.execute(
            "SELECT listing_id FROM store.listings WHERE updated_at > ?", [before[0][0]]
        ).fetchall()
    assert fresh == [("XNYS:QQX",)]


ASX = """ASX listed companies as at 24 November 2026

Company name,ASX code,GICs industry group
"LYNAS RARE EARTHS LIMITED",LYC,Materials
"QUIET QUARRY LTD",QQY,Materials
"""
OTHER_LISTED = """ACT Symbol|Security Name|Exchange|CQS Symbol|ETF|Lot|Test Issue|NASDAQ
QQA|Quick Quasar Inc. Common Stock|N|QQA|N|100|N|QQA
QQT|Test Company|A|QQT|N|100|Y|QQT
QQB|Quaint Quilts Corp|A|QQB|N|100|N|QQB
File Creation Time: 1124202621:30||||||
"""
NSE = """SYMBOL,NAME OF COMPANY, SERIES, DATE OF LISTING, ISIN NUMBER, FACE VALUE
QQN,Quiver Quintessence Limited,EQ,06-OCT-2008,INE002A01018,10
"""


@pytest.mark.parametrize(
    ("text", "mic", "found"),
    [
        (ASX, "XASX", [("XASX:LYC", None), ("XASX:QQY", None)]),
        (OTHER_LISTED, None, [("XNYS:QQA", None), ("XASE:QQB", None)]),
        (NSE, "XNSE", [("XNSE:QQN", "INE002A01018")]),
        ("Symbol;Name;MIC\nQQZ;Quartz AG;XETR\n", None, [("XETR:QQZ", None)]),
    ],
)
def test_lists_of_exchanges_are_read_as_published(
    tmp_path: Path, text: str, mic: str | None, found: list[tuple[str, str | None]]
) -> None:
    given = read_listing_file(own(tmp_path, text), mic)
    joined = with_rows(load_securities(), given.rows, origin="list.csv")
    held = {k.listing_id: k for k in joined.listings}
    assert [(key, held[key].isin) for key, _ in found] == [
        (key, isin or load_isin(key)) for key, isin in found
    ]
    assert joined.notes == load_securities().notes, "a listing known already is no conflict"


def load_isin(key: str) -> str | None:
    return next((k.isin for k in load_securities().listings if k.listing_id == key), None)


def test_a_list_without_a_market_column_needs_the_option(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no column 'mic'.*--mic"):
        read_listing_file(own(tmp_path, ASX))


@pytest.mark.parametrize(
    ("row", "note"),
    [
        ("QQC,XNYS,Quite Other Corp,1801368,", "CIK 0001801368 is already 'MP Materials Corp.'"),
        ("QQC,XNYS,Quick Corp,12x,", "CIK '12x' is not a number"),
        ("QQC,XNYS,Quick Corp,,US5533681013", "ISIN 'US5533681013' has a wrong check digit"),
    ],
)
def test_wrong_ids_are_noted_and_nothing_is_merged(tmp_path: Path, row: str, note: str) -> None:
    given = read_listing_file(own(tmp_path, f"ticker,mic,name,cik,isin\n{row}\n"))
    joined = with_rows(load_securities(), given.rows, origin="own.csv")
    assert note in joined.notes[-1]
    listing = joined.listings[-1]
    assert (listing.listing_id, listing.issuer_id, listing.isin) == (
        "XNYS:QQC",
        "listing:XNYS:QQC",
        None,
    )


def test_the_check_digit_of_an_isin() -> None:
    assert is_isin("US0378331005")
    assert is_isin("AU000000LYC6")
    assert not is_isin("US0378331006")
    assert not is_isin("0378331005")


def sec_rows(*changed: tuple[str, str, str, str]) -> list[tuple[int, dict[str, str]]]:
    rows = [
        {"cik": str(issuer.cik), "ticker": k.ticker, "mic": k.mic, "name": issuer.name}
        for k in load_securities().listings
        if k.source == "SEC list"
        for issuer in [ISSUERS[k.issuer_id]]
        if k.listing_id != "XNAS:ZM"
    ]
    new = [dict(zip(("cik", "ticker", "mic", "name"), row, strict=True)) for row in changed]
    keys = {(row["mic"], row["ticker"]) for row in new}
    kept = [row for row in rows if (row["mic"], row["ticker"]) not in keys]
    return list(enumerate([*kept, *new], 1))


ISSUERS = {issuer.issuer_id: issuer for issuer in load_securities().issuers}


def test_a_newer_sec_list_ends_renames_and_moves_listings(tmp_path: Path) -> None:
    day = date(2026, 11, 1)
    rows = sec_rows(
        ("0000000077", "QQNEW", "XNAS", "Quick Newcomer Inc."),
        ("0000000078", "YELP", "XNYS", "Quite Another Holder Inc."),
        (str(ISSUERS[owner_of("XNAS:ZS")].cik), "ZS", "XNAS", "Quilted Clouds Inc."),
        ("0000000079", "MP", "XNYS", "Someone Else Inc."),
    )
    joined = with_sec_list(load_securities(), rows, origin="sec.json", as_of=day)
    held = {k.listing_id: k for k in joined.listings}
    assert held["XNAS:ZM"].valid_to == day
    assert held["XNYS:YELP"].issuer_id == "cik:0000000078"
    assert held["XNYS:YELP"].valid_from == day
    assert held["XNYS:MP"] == {k.listing_id: k for k in load_securities().listings}["XNYS:MP"]
    assert any(a.kind == "former" and "Zscaler" in a.alias for a in joined.aliases)
    told = " | ".join(joined.notes)
    for words in (
        "1 new: XNAS:QQNEW",
        "1 ended: XNAS:ZM",
        "1 renamed: XNAS:ZS",
        "another company's",
    ):
        assert words in told
    warehouse = tmp_path / "w.duckdb"
    with open_warehouse(warehouse) as con:
        for securities in (load_securities(), joined, joined):
            save_securities(con, securities, load_markets().values())
        lives = con.execute(
            "SELECT issuer_id = 'cik:0000000078', valid_from, valid_to FROM store.listings "
            "WHERE listing_id = 'XNYS:YELP' ORDER BY ALL"
        ).fetchall()
    assert lives == [(False, None, day), (True, day, None)]
    assert any("XNYS:YELP: was" in line for line in check(warehouse))


def owner_of(key: str) -> str:
    return next(k.issuer_id for k in load_securities().listings if k.listing_id == key)


def test_a_fetched_list_is_kept_for_later_passes(tmp_path: Path, httpserver: HTTPServer) -> None:
    warehouse = tmp_path / "w.duckdb"
    names = {"XNAS": "Nasdaq", "XNYS": "NYSE", "BATS": "CBOE", "OTCM": "OTC"}
    rows = sec_rows(("0000000077", "QQNEW", "XNAS", "Quick Newcomer Inc."))
    data = [[int(r["cik"]), r["name"], r["ticker"], names[r["mic"]]] for _, r in rows]
    body = {"fields": ["cik", "name", "ticker", "exchange"], "data": data}
    httpserver.expect_request("/list").respond_with_data(json.dumps(body))
    httpserver.expect_request("/half").respond_with_data(json.dumps(body | {"data": data[:9]}))
    with httpx.Client() as client:
        keep_sec_list(warehouse, client, httpserver.url_for("/list"))
        with pytest.raises(FetchError, match="fewer than 5,000 listings; the old list is kept"):
            keep_sec_list(warehouse, client, httpserver.url_for("/half"))
    load_all(warehouse)
    (found,) = show(warehouse, "QQNEW")
    assert found["listing_id"] == "XNAS:QQNEW"


def test_figis_stay_when_the_files_are_loaded_again(tmp_path: Path, httpserver: HTTPServer) -> None:
    warehouse = tmp_path / "w.duckdb"
    load_all(warehouse)
    httpserver.expect_request("/map", method="POST").respond_with_json(
        [{"data": [{"compositeFIGI": "BBG00000NUE0"}]}]
    )
    with httpx.Client() as client:
        assert add_figis(warehouse, client, "ZS", httpserver.url_for("/map")) == (1, 1)
        load_all(warehouse, [own(tmp_path, OWN)])
        assert add_figis(warehouse, client, "ZS", httpserver.url_for("/map")) == (0, 0)


def test_a_delisted_company_is_not_affected_after_its_last_day() -> None:
    affected = AffectedListings()
    assert affected.trades("XNYS:X", date(2025, 6, 17))
    assert not affected.trades("XNYS:X", date(2025, 6, 18))
    assert affected.trades("XNYS:NUE", date(2026, 1, 1))
