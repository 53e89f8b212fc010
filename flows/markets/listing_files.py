"""Read lists of listings: your own CSV, an exchange's list, the SEC's JSON.

Columns are recognised by their usual names, the delimiter from the header. If a list does not name
its market, the caller does.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.errors import ConfigError
from models.reading import NOTHING_READ, ReadCount, Refusal, Tally
from models.reference.securities import SEC_MARKETS

Rows = list[tuple[int, dict[str, str]]]
# Names of each column, in lower case with letters and digits only.
COLUMN_NAMES = {
    "ticker": ("ticker", "symbol", "code", "asxcode", "actsymbol", "tradingsymbol", "mnemonic"),
    "name": ("name", "companyname", "nameofcompany", "company", "securityname", "issuername"),
    "mic": ("mic", "exchangemic", "operatingmic", "market"),
    "exchange": ("exchange",),
    "country": ("country", "countrycode"),
    "cik": ("cik",),
    "isin": ("isin", "isinnumber", "isincode"),
    "figi": ("figi", "compositefigi", "figicomposite"),
    "currency": ("currency", "tradingcurrency", "ccy"),
    "sector": ("sector", "gicsindustrygroup", "industry"),
    "valid_from": ("validfrom", "dateoflisting", "listingdate", "listed"),
    "valid_to": ("validto", "delistingdate", "delisted"),
    "test": ("testissue",),
}
NEEDED = ("ticker", "mic", "name")
# How Nasdaq's symbol directory codes the other exchanges.
EXCHANGE_MICS = {"A": "XASE", "N": "XNYS", "P": "ARCX", "Z": "BATS", "Q": "XNAS"} | SEC_MARKETS


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingFile:
    """One list. `kind` is sec or table; each row has its line number and our column names."""

    path: Path
    kind: str
    rows: Rows
    left_out: ReadCount = NOTHING_READ


def read_listing_file(path: Path, mic: str | None = None) -> ListingFile:
    """Read a list; `mic` is the market of a list without a market column.

    Raises ConfigError, one line, when the file is not such a list.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: not readable: {error}") from error
    tally = Tally()
    if body.lstrip()[:1] in (b"{", b"["):
        rows = list(sec_list_rows(body, str(path), tally))
        return ListingFile(path=path, kind="sec", rows=rows, left_out=tally.count)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not readable: {error}") from error
    rows = list(table_rows(text, str(path), mic, tally))
    return ListingFile(path=path, kind="table", rows=rows, left_out=tally.count)


def table_rows(
    text: str, origin: str, mic: str | None, tally: Tally
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a delimited list, without test issues.

    Raises ConfigError when a required column is missing.
    """
    lines = text.splitlines()
    first = header_line(lines)
    header = lines[first] if lines else ""
    reader = csv.reader(lines[first:], delimiter=max(",|;\t", key=header.count))
    columns = detect_columns(next(reader, []))
    if "mic" not in columns.values() and "exchange" not in columns.values() and mic is None:
        raise ConfigError(f"{origin}: no column 'mic'; needed: {', '.join(NEEDED)} (or give --mic)")
    for wanted in ("ticker", "name"):
        if wanted not in columns.values():
            raise ConfigError(f"{origin}: no column {wanted!r}; needed: {', '.join(NEEDED)}")
    for cells in reader:
        if not any(cells) or cells[0].startswith("File Creation Time"):
            continue
        row = {ours: cells[at].strip() for at, ours in columns.items() if at < len(cells)}
        if row.pop("test", "") == "Y":
            tally.passed += 1
            continue
        yield first + reader.line_num, row | {"mic": market_of(row, mic)}


def header_line(lines: list[str]) -> int:
    """Return the index of the header; exchanges put titles above it."""
    for place, line in enumerate(lines[:10]):
        found = detect_columns(next(csv.reader([line], delimiter=max(",|;\t", key=line.count)), []))
        if {"ticker", "name"} <= set(found.values()):
            return place
    return 0


def detect_columns(header: list[str]) -> dict[int, str]:
    """Return our column name by position, the first match for each."""
    plain = ["".join(c for c in cell.lower() if c.isalnum()) for cell in header]
    found: dict[int, str] = {}
    for ours, spellings in COLUMN_NAMES.items():
        for spelling in spellings:
            if spelling in plain:
                found[plain.index(spelling)] = ours
                break
    return found


def market_of(row: Mapping[str, str], mic: str | None) -> str:
    """Return the MIC of a row: its own, that of its exchange code, or the list's."""
    given = row.get("mic") or row.get("exchange") or mic or ""
    return EXCHANGE_MICS.get(given, given)


def sec_list_rows(
    body: bytes, origin: str, tally: Tally | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of the SEC's company_tickers_exchange.json that are on a market we know.

    Raises ConfigError when the file is something else.
    """
    tally = tally if tally is not None else Tally()
    try:
        given = json.loads(body)
        names = [given["fields"].index(n) for n in ("cik", "ticker", "exchange", "name")]
        rows = given["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{origin}: not the SEC's company_tickers_exchange.json") from error
    for line, row in enumerate(rows, start=1):
        try:
            cik, ticker, exchange, name = (row[n] for n in names)
            number = f"{int(cik):010d}"
        except (IndexError, TypeError, ValueError):
            reason = "not cik, ticker, exchange, name"
            tally.refuse(Refusal(place=f"row {line}", reason=reason))
            continue
        if mic := SEC_MARKETS.get(exchange or ""):
            yield line, {"cik": number, "ticker": ticker, "mic": mic, "name": name}
        else:
            tally.passed += 1
