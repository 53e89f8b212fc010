"""The listings that a process loads: the shipped ones, or the operator's."""

from datetime import date
from pathlib import Path

from extractors.extract import Extractor
from flows.markets.securities import INPUT, load_all
from flows.workers.warm_up import ready_listings
from models.event import TextUnit
from warehouse.articles.inputs import loaded_digest
from warehouse.connection import open_warehouse

TEXT = TextUnit(
    unit_id="a",
    text="The United States on Monday put Quite Quixotic on its entity list.",
    published=date(2025, 10, 9),
    kind="sentence",
)


def touched(warehouse: Path) -> set[str]:
    with open_warehouse(warehouse) as con:
        loaded = loaded_digest(con, INPUT)
    listings = ready_listings(warehouse, loaded)
    (event,) = Extractor().extract_one(TEXT).events
    return {link.listing for link in listings.by_event(TEXT, event)}


def test_the_operators_own_listing_is_found_by_name(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    assert "XNYS:QQX" not in touched(warehouse)
    load_all(warehouse)
    assert "XNYS:QQX" not in touched(warehouse)
    own = tmp_path / "own.csv"
    own.write_text("ticker,mic,name,country\nQQX,XNYS,Quite Quixotic Inc.,US\n", "utf-8")
    load_all(warehouse, [own])
    assert "XNYS:QQX" in touched(warehouse)


def test_the_shipped_listings_are_loaded_once(tmp_path: Path) -> None:
    assert ready_listings(tmp_path / "a.duckdb", None) is ready_listings(
        tmp_path / "b.duckdb", None
    )
