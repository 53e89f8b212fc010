"""An operator's own securities: joined, refused with their line, never merged in silence."""

import json
from pathlib import Path

import httpx
import pytest
from pytest_httpserver import HTTPServer

from flows.securities import (
    check,
    csv_rows,
    fetch_sec_list,
    load_all,
    openfigi_ids,
    sec_list_rows,
    show,
    with_rows,
)
from models.errors import ConfigError, FetchError
from models.reference.securities import load_securities
from models.security import Listing
from warehouse.connection import open_warehouse

OWN = "ticker,mic,name,country,isin\nQQX,XNYS,Quite Quixotic Inc.,US,US0000000002\n"


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.csv"
    path.write_text(text, "utf-8")
    return path


def test_own_listings_stand_beside_those_that_ship(tmp_path: Path) -> None:
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


def test_a_listing_claimed_by_another_issuer_is_noted_and_left(tmp_path: Path) -> None:
    text = "ticker,mic,name,cik\nMP,XNYS,Someone Else Inc.,0000000009\n"
    joined = with_rows(load_securities(), csv_rows(own(tmp_path, text)), origin="own.csv")
    assert joined.notes[-1] == (
        "own.csv: line 2: XNYS:MP is cik:0001801368 already, not cik:0000000009 "
        "(Someone Else Inc.); left as it is"
    )
    assert joined.listings == load_securities().listings


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ticker,name\nA,B\n", "no column 'mic'"),
        ("ticker,mic,name\nA,NOWHERE,B\n", "line 2: unknown market 'NOWHERE'"),
        ("ticker,mic,name\nA,XNYS,\n", "line 2: ticker and name are needed"),
        (OWN + OWN.splitlines()[1] + "\n", "line 3: XNYS:QQX twice"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        load_all(tmp_path / "w.duckdb", [own(tmp_path, text)])


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.csv: not readable"):
        load_all(tmp_path / "w.duckdb", [tmp_path / "gone.csv"])


def test_the_secs_list_is_read_and_what_is_not_it_refused(httpserver: HTTPServer) -> None:
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


def test_openfigi_is_asked_by_isin_first_and_must_be_of_one_mind(httpserver: HTTPServer) -> None:
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


def test_what_is_stored_already_is_not_stored_again(tmp_path: Path) -> None:
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
