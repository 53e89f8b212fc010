"""Load, show and check securities, for `policywire securities`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from textwrap import wrap
from typing import Any

import httpx

from flows.base.reading import lines_of, summary
from flows.markets.listing_files import read_listing_file, sec_list_rows
from flows.markets.listing_merge import with_rows, with_sec_list
from models.errors import FetchError, TransientFetchError
from models.identity import digest_id
from models.reading import ReadCount, Tally
from models.reference.markets import Market, load_markets
from models.reference.securities import load_securities
from models.security import Listing, Securities
from warehouse.articles.inputs import is_loaded, note_loaded
from warehouse.connection import open_warehouse
from warehouse.market.securities import (
    check_securities,
    count_listings,
    find_securities,
    listings_without_figi,
    save_figis,
    save_securities,
)

SEC_URL = "https://www.sec.gov/files/company_tickers_exchange.json"
OPENFIGI_URL = "https://api.openfigi.com/v3/mapping"
OPENFIGI_BATCH = 10
# The SEC lists about 10,000; far fewer means a truncated answer.
LEAST_SEC_ROWS = 5000
WIDTH = 96
INPUT = "securities"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The result of loading securities: listings stored, notes, and row counts of each list."""

    held: int
    notes: tuple[str, ...]
    counts: tuple[tuple[Path, ReadCount], ...]


def load_all(
    warehouse: Path, files: Sequence[Path] = (), *, mic: str | None = None
) -> tuple[int, tuple[str, ...]]:
    """Call `load_lists`; return listings stored and notes, with refused rows among the notes."""
    loaded = load_lists(warehouse, files, mic=mic)
    refused = (
        f"{path}: {line.strip()}"
        for path, count in loaded.counts
        if count.refused
        for line in (summary(count), *lines_of(count))
    )
    return loaded.held, (*loaded.notes, *refused)


def load_lists(warehouse: Path, files: Sequence[Path] = (), *, mic: str | None = None) -> Loaded:
    """Store the shipped securities and the operator's own lists.

    An SEC list among `files`, or else the one that `keep_sec_list` saved next to the warehouse,
    replaces the shipped one. Invalid rows are refused, the others are stored. Writes nothing if
    nothing has changed since the last load. Raises ConfigError for a file that is not such a list;
    then nothing is stored.
    """
    lists = [read_listing_file(path, mic) for path in files]
    kept = sec_list_path(warehouse)
    if kept.exists() and not any(given.kind == "sec" for given in lists):
        lists.insert(0, read_listing_file(kept))
    securities = load_securities()
    counts = []
    for given in sorted(lists, key=lambda given: given.kind != "sec"):
        origin = str(given.path)
        tally = Tally()
        if given.kind == "sec":
            day = datetime.fromtimestamp(given.path.stat().st_mtime, UTC).date()
            securities = with_sec_list(
                securities, given.rows, origin=origin, as_of=day, tally=tally
            )
        else:
            securities = with_rows(securities, given.rows, origin=origin, tally=tally)
        counts.append((given.path, given.left_out + tally.count))
    markets = tuple(load_markets().values())
    digest = securities_digest(securities, markets)
    with open_warehouse(warehouse) as con:
        if not is_loaded(con, INPUT, digest):
            save_securities(con, securities, markets)
            note_loaded(con, INPUT, digest, datetime.now(UTC))
        return Loaded(
            held=count_listings(con),
            notes=(*securities.notes, *check_securities(con)),
            counts=tuple(counts),
        )


def securities_digest(securities: Securities, markets: tuple[Market, ...]) -> str:
    """Return a digest of a set of securities."""
    return digest_id(repr(securities), repr(markets))


@cache
def shipped_digest() -> str:
    """Return the digest of the shipped securities alone."""
    return securities_digest(load_securities(), tuple(load_markets().values()))


def sec_list_path(warehouse: Path) -> Path:
    """Return the path of a fetched SEC list: next to the warehouse, used by later passes."""
    return warehouse.with_name("company_tickers_exchange.json")


def keep_sec_list(warehouse: Path, client: httpx.Client, url: str = SEC_URL) -> Path:
    """Fetch the SEC's current list, check it and save it; return its path."""
    body = fetch_sec_list(client, url)
    if len(list(sec_list_rows(body, url))) < LEAST_SEC_ROWS:
        raise FetchError(url, f"fewer than {LEAST_SEC_ROWS:,} listings; the old list is kept")
    path = sec_list_path(warehouse)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".tmp")
    fresh.write_bytes(body)
    fresh.replace(path)
    return path


def show(warehouse: Path, words: str) -> list[dict[str, Any]]:
    """Return listings whose ticker, id, name or alias contains `words`, with their exposures."""
    with open_warehouse(warehouse) as con:
        return find_securities(con, words)


def listing_lines(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield one listing as text: id and name, then a line for each known value."""
    yield f"{row['listing_id']}  {row['name']}"
    end = f" until {row['valid_to']}" if row["valid_to"] else ""
    since = f" from {row['valid_from']}" if row["valid_from"] else ""
    for label, value in (
        ("country", row["country"]),
        ("currency", row["currency"]),
        ("isin", row["isin"]),
        ("figi", row["figi"]),
        ("cik", row["cik"]),
        ("valid", f"{since}{end}".strip() or None),
        ("benchmark", row["benchmark_id"]),
        ("names", ", ".join(dict.fromkeys(row["names"] or ()))),
        ("exposures", ", ".join(row["exposures"] or ())),
        ("source", row["source"]),
    ):
        if value:
            yield from wrap(
                str(value), WIDTH, initial_indent=f"  {label:<11}", subsequent_indent=" " * 13
            )


def check(warehouse: Path) -> list[str]:
    """Return a line for each oddity among the stored securities."""
    with open_warehouse(warehouse) as con:
        return check_securities(con)


def fetch_sec_list(client: httpx.Client, url: str = SEC_URL) -> bytes:
    """Fetch the SEC's current list. The SEC requires a User-Agent that identifies the caller."""
    try:
        answer = client.get(url)
    except httpx.HTTPError as error:
        raise TransientFetchError(url, str(error) or type(error).__name__) from error
    if answer.status_code != httpx.codes.OK:
        raise FetchError(url, f"HTTP {answer.status_code}; set fetch.contact_url")
    return answer.content


def add_figis(
    warehouse: Path, client: httpx.Client, words: str | None = None, url: str = OPENFIGI_URL
) -> tuple[int, int]:
    """Ask OpenFIGI for missing FIGIs; return how many were asked for and found.

    Asks for one ticker (`words`), else for issuers exposed to a commodity. Raises
    TransientFetchError when rate limited; what was found by then is stored.
    """
    with open_warehouse(warehouse) as con:
        asked = listings_without_figi(con, words)
    found = 0
    for place in range(0, len(asked), OPENFIGI_BATCH):
        given = openfigi_ids(client, asked[place : place + OPENFIGI_BATCH], url)
        with open_warehouse(warehouse) as con:
            save_figis(con, given)
        found += len(given)
    return len(asked), found


def openfigi_ids(
    client: httpx.Client, listings: Sequence[Listing], url: str = OPENFIGI_URL
) -> dict[str, str]:
    """Return the composite FIGIs that OpenFIGI knows, by listing id; ten per request.

    Raises TransientFetchError when rate limited.
    """
    found = {}
    for place in range(0, len(listings), OPENFIGI_BATCH):
        asked = listings[place : place + OPENFIGI_BATCH]
        jobs = [
            {"idType": "ID_ISIN", "idValue": listing.isin}
            if listing.isin
            else {"idType": "TICKER", "idValue": listing.ticker, "micCode": listing.mic}
            for listing in asked
        ]
        try:
            answer = client.post(url, json=jobs)
        except httpx.HTTPError as error:
            raise TransientFetchError(url, str(error) or type(error).__name__) from error
        if answer.status_code != httpx.codes.OK:
            raise TransientFetchError(url, f"HTTP {answer.status_code}")
        for listing, outcome in zip(asked, answer.json(), strict=True):
            figis = {d.get("compositeFIGI") for d in outcome.get("data", ())} - {None}
            if len(figis) == 1:
                found[listing.listing_id] = str(figis.pop())
    return found
