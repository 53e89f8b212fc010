"""Loading, showing and checking securities: what stands behind `policywire securities`."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from models.errors import ConfigError, FetchError, TransientFetchError
from models.identity import digest_id
from models.reference.markets import load_markets
from models.reference.securities import SEC_MARKETS, issuer_id, load_securities
from models.security import Issuer, Listing, Securities
from warehouse.connection import open_warehouse
from warehouse.inputs import is_loaded, note_loaded
from warehouse.securities import (
    check_securities,
    count_listings,
    find_securities,
    save_securities,
)

SEC_URL = "https://www.sec.gov/files/company_tickers_exchange.json"
OPENFIGI_URL = "https://api.openfigi.com/v3/mapping"
NEEDED = ("ticker", "mic", "name")
OPENFIGI_BATCH = 10
INPUT = "securities"


def load_all(warehouse: Path, reference_csv: Sequence[Path] = ()) -> tuple[int, tuple[str, ...]]:
    """Store the shipped securities and the operator's own files; (listings held, notes).

    Nothing is written when it is what was stored last.
    Raises ConfigError naming file and line; then nothing was stored.
    """
    securities = load_securities()
    for path in reference_csv:
        securities = with_rows(securities, csv_rows(path), origin=str(path))
    markets = tuple(load_markets().values())
    digest = digest_id(repr(securities), repr(markets))
    with open_warehouse(warehouse) as con:
        if not is_loaded(con, INPUT, digest):
            save_securities(con, securities, markets)
            note_loaded(con, INPUT, digest, datetime.now(UTC))
        return count_listings(con), (*securities.notes, *check_securities(con))


def show(warehouse: Path, words: str) -> list[dict[str, Any]]:
    """Listings whose ticker, id, name or alias holds `words`, with what they are exposed to."""
    with open_warehouse(warehouse) as con:
        return find_securities(con, words)


def check(warehouse: Path) -> list[str]:
    """What is odd about the securities held, a line each."""
    with open_warehouse(warehouse) as con:
        return check_securities(con)


def csv_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of an operator's list: ticker, mic, name; country, cik, isin, figi, currency if known.

    Raises ConfigError when it is not that.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            absent = [c for c in NEEDED if c not in (reader.fieldnames or ())]
            if absent:
                raise ConfigError(f"{path}: no column {absent[0]!r}; needed: {', '.join(NEEDED)}")
            for row in reader:
                yield reader.line_num, row
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not readable: {error}") from error


def sec_list_rows(body: bytes, origin: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of the SEC's company_tickers_exchange.json. Raises ConfigError when it is not that."""
    try:
        given = json.loads(body)
        names = [given["fields"].index(n) for n in ("cik", "ticker", "exchange", "name")]
        rows = given["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{origin}: not the SEC's company_tickers_exchange.json") from error
    for line, row in enumerate(rows, start=1):
        cik, ticker, exchange, name = (row[n] for n in names)
        if mic := SEC_MARKETS.get(exchange or ""):
            yield line, {"cik": f"{int(cik):010d}", "ticker": ticker, "mic": mic, "name": name}


def fetch_sec_list(client: httpx.Client, url: str = SEC_URL) -> bytes:
    """The SEC's list as it is today; the SEC asks for a User-Agent that says who you are."""
    try:
        answer = client.get(url)
    except httpx.HTTPError as error:
        raise TransientFetchError(url, str(error) or type(error).__name__) from error
    if answer.status_code != httpx.codes.OK:
        raise FetchError(url, f"HTTP {answer.status_code}; set fetch.contact_url")
    return answer.content


def with_rows(
    held: Securities, rows: Iterable[tuple[int, Mapping[str, str]]], *, origin: str
) -> Securities:
    """`held` with further listings; a listing already there keeps its issuer, which is noted.

    Raises ConfigError naming the line of an unknown market or a listing given twice.
    """
    markets = load_markets()
    issuers = {issuer.issuer_id: issuer for issuer in held.issuers}
    listings = {listing.listing_id: listing for listing in held.listings}
    notes = list(held.notes)
    seen: set[str] = set()
    for line, row in rows:
        mic, ticker = row["mic"].strip(), row["ticker"].strip()
        if not ticker or not row["name"].strip():
            raise ConfigError(f"{origin}: line {line}: ticker and name are needed")
        if mic not in markets:
            raise ConfigError(f"{origin}: line {line}: unknown market {mic!r}, an ISO 10383 MIC")
        key = f"{mic}:{ticker}"
        if key in seen:
            raise ConfigError(f"{origin}: line {line}: {key} twice")
        seen.add(key)
        owner = issuer_id(row.get("cik") or None, key)
        if key in listings:
            if listings[key].issuer_id != owner and row.get("cik"):
                notes.append(
                    f"{origin}: line {line}: {key} is {listings[key].issuer_id} already, "
                    f"not {owner} ({row['name']}); left as it is"
                )
            continue
        issuers.setdefault(
            owner,
            Issuer(
                issuer_id=owner,
                name=row["name"].strip(),
                country=row.get("country") or None,
                cik=row.get("cik") or None,
                sector=row.get("sector") or None,
            ),
        )
        listings[key] = Listing(
            listing_id=key,
            issuer_id=owner,
            mic=mic,
            ticker=ticker,
            currency=row.get("currency") or markets[mic].currency,
            isin=row.get("isin") or None,
            figi=row.get("figi") or None,
            source=Path(origin).name,
        )
    return replace(
        held,
        issuers=tuple(issuers.values()),
        listings=tuple(listings.values()),
        notes=tuple(notes),
    )


def openfigi_ids(
    client: httpx.Client, listings: Sequence[Listing], url: str = OPENFIGI_URL
) -> dict[str, str]:
    """Composite FIGIs of listings that OpenFIGI knows, by listing id; ten a request.

    Raises TransientFetchError when asked too often.
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
