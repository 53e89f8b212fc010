"""A warehouse of 130 dated steps from 2018 to 2026 (tests/data/timeline.csv), in our own words.

Each row is reported by its implementer on the day and by a wire service on the next day; a few were
in the news before they were official. Listings and prices are those shipped with the project.
"""

import csv
import re
from datetime import date, timedelta
from pathlib import Path

from flows.base.settings import Settings
from flows.link import join_tickers
from flows.market import listings_to_price
from flows.markets.prices import FileProvider, load_from
from flows.markets.securities import load_all
from flows.markets.sessions import fill_sessions
from models.link import LinkMention
from models.reference import load_commodities
from models.reference.harmonized import through
from tests.extractors.link_cases import told
from tests.warehouse.events.test_links import link_all, store
from warehouse.articles.search import index_articles
from warehouse.connection import open_warehouse

PRICES = Path(__file__).parents[2] / "flows" / "commands" / "demo" / "prices.csv.gz"
TIMELINE = Path(__file__).parents[1] / "data" / "timeline.csv"
# The headings of the goods in these rows: Proclamations 9705 (steel) and 9704 (aluminium).
STEEL = (*through("7206", "7229"), "7301", "7302", "7304", "7305", "7306")
ALUMINIUM = ("7601", *through("7604", "7609"))
HS_CODES = {
    "T002": (*STEEL, *ALUMINIUM),
    "T011": STEEL,
    "T025": ("760110",),
    "T068": (*STEEL, *ALUMINIUM),
    "T082": (*STEEL, *ALUMINIUM),
}
# States that publish in feeds of their own, and rows that these confirm after the news, in days.
OWN_FEEDS = frozenset({"CN", "EU", "GB", "IN", "JP", "US"})
OFFICIAL_LATER = {"T077": 2, "T086": 3, "T098": 1, "T119": 2}
PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")
CHANGED_TO = re.compile(r"\d% to (\d+(?:\.\d+)?)%")
RATED = ("tariff", "trade_remedy")
INSTRUMENT = re.compile(
    r"(?:MOFCOM (?:and GACC )?Announcements? No\. \d+(?: to \d+)? of \d{4}|EO \d{5}|Section \d{3}"
    r"|Proclamation \d{4,5}|Affiliates rule|FR doc \d{4}-\d+|IEEPA)"
)


def commodities_in(words: str) -> list[str]:
    """Return the commodity ids whose names or aliases occur in the words."""
    lowered = words.lower()
    return [
        item.commodity_id
        for item in load_commodities().values()
        if any(
            re.search(rf"\b{re.escape(name.lower())}\b", lowered)
            for name in (item.commodity_id.replace("_", " "), *item.aliases)
            if len(name) > 3
        )
    ]


def timeline_reports() -> list[LinkMention]:
    """Return two reports for every row."""
    found = []
    with TIMELINE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words = f"{row['what']} {row['instrument']}"
            acts = INSTRUMENT.findall(row["instrument"]) or INSTRUMENT.findall(row["what"])
            rate = CHANGED_TO.search(row["what"]) or PERCENT.search(row["what"])
            dates = [("date_announced", row["announced"])]
            dates += [("date_effective", row["effective"])] if row["effective"] else []
            dates += [("date_end", row["end"])] if row["end"] else []
            suspended = re.search(r"Announcements (55 to 58, 61 and 62) suspended", row["what"])
            state = row["actor"].split(",")[0]
            late = OFFICIAL_LATER.get(row["id"], 0)
            for publisher, days in (("official", late), ("wire", 0 if late else 1)):
                day = date.fromisoformat(row["announced"]) + timedelta(days=days)
                found.append(
                    told(
                        day.isoformat(),
                        f"{row['type']} {row['status']}",
                        actors=row["actor"].split(","),
                        targets=[] if row["target"] == "world" else row["target"].split(","),
                        commodities=commodities_in(words),
                        hs_codes=HS_CODES.get(row["id"], ()),
                        companies=row["what"].split(":")[:1]
                        if row["type"] in ("government_investment", "sanction_listing")
                        else (),
                        rate=float(rate[1]) if rate and row["type"] in RATED else None,
                        dates=dates,
                        instrument=f"MOFCOM Announcements No. {suspended[1]} of 2025"
                        if suspended
                        else acts[0]
                        if acts
                        else None,
                        source="official_actor" if publisher == "official" else "author",
                        publisher=publisher if publisher == "wire" else f"{state} government",
                        speaks_for=state
                        if publisher == "official" and state in OWN_FEEDS
                        else None,
                        article=f"{row['id']}-{publisher}",
                        says=row["what"],
                        # As a plain headline is read; below .9 no exposed listing is joined.
                        confidence=0.95,
                    )
                )
    return found


def fill(path: Path) -> None:
    """Create a warehouse file with the whole timeline: linked, with tickers and prices."""
    with open_warehouse(path) as con:
        store(con, timeline_reports())
        link_all(con)
        index_articles(con)
    load_all(path)
    join_tickers(Settings(warehouse=path), "tests")
    load_from(FileProvider((PRICES,)), path, listings_to_price(path), date(2018, 1, 1))
    fill_sessions(path)
