"""Where prices come from. A provider leaves files; one loader checks and stores them all."""

import csv
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import httpx

from models.errors import ConfigError, FetchError, TransientFetchError, WarehouseError
from models.reference.markets import US_MARKETS
from models.security import Listing
from warehouse.articles.inputs import is_loaded, note_loaded
from warehouse.connection import open_warehouse
from warehouse.market.prices import PriceLoad, load_price_file

STOOQ_URL = "https://stooq.com/q/d/l/"
STOOQ_SUFFIX = {
    **dict.fromkeys(US_MARKETS, "us"),
    "XLON": "uk",
    "XTKS": "jp",
    "XHKG": "hk",
    "XETR": "de",
}
YAHOO_SUFFIX = {
    **dict.fromkeys(US_MARKETS, ""),
    "XASX": ".AX",
    "XTSE": ".TO",
    "XTSX": ".V",
    "XTKS": ".T",
    "XHKG": ".HK",
    "XKRX": ".KS",
    "XSHG": ".SS",
    "XSHE": ".SZ",
    "XNSE": ".NS",
    "XETR": ".DE",
    "XPAR": ".PA",
    "XAMS": ".AS",
    "XSES": ".SI",
}
YAHOO_ACTIONS = ("Dividends", "Stock Splits")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFile:
    """A table of daily prices on disk. `listing_id` where the file does not say whose they are.

    `digest` of its content is given where the file stays and may come unchanged again.
    """

    path: Path
    source: str
    listing_id: str | None = None
    digest: str | None = None


class PriceProvider(Protocol):
    """Somewhere prices can be had."""

    name: str

    def files(self, listings: Sequence[Listing], since: date, folder: Path) -> Iterator[PriceFile]:
        """Files with the prices of `listings` from `since` on, put into `folder` if need be.

        Raises FetchError or ConfigError with one clear line; files given before it are whole.
        """
        ...


class FileProvider:
    """CSV and Parquet files the operator names; they hold what they hold."""

    name = "files"

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)

    def files(self, listings: Sequence[Listing], since: date, folder: Path) -> Iterator[PriceFile]:
        for path in self.paths:
            yield PriceFile(path=path, source=path.name.split(".")[0], digest=digest_of(path))


def digest_of(path: Path) -> str | None:
    """Digest of a file's content; None when it cannot be read, which loading it will tell."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()
    except OSError:
        return None


class StooqProvider:
    """Stooq's daily CSV, one request a listing; closes adjusted for splits and dividends."""

    name = "stooq"

    def __init__(self, client: httpx.Client, url: str = STOOQ_URL) -> None:
        self.client = client
        self.url = url

    def files(self, listings: Sequence[Listing], since: date, folder: Path) -> Iterator[PriceFile]:
        for listing in listings:
            if suffix := STOOQ_SUFFIX.get(listing.mic):
                body = self.answer(f"{listing.ticker.lower()}.{suffix}", since)
                if body.startswith("Date,"):
                    path = folder / f"{listing.mic}-{listing.ticker.replace('/', '-')}.csv"
                    header, _, rest = body.partition("\n")
                    # Adjusted already: it must not pass for what was paid on the day.
                    path.write_text(f"{header.replace('Close', 'Adj Close')}\n{rest}", "utf-8")
                    yield PriceFile(path=path, source=self.name, listing_id=listing.listing_id)

    def answer(self, symbol: str, since: date) -> str:
        """The body for one symbol. Raises TransientFetchError when asked too often or unwell."""
        query = {"s": symbol, "i": "d", "d1": since.strftime("%Y%m%d")}
        query["d2"] = datetime.now(UTC).strftime("%Y%m%d")
        try:
            answer = self.client.get(self.url, params=query)
        except httpx.HTTPError as error:
            raise TransientFetchError(
                self.url, f"{symbol}: {error or type(error).__name__}"
            ) from error
        if answer.status_code != httpx.codes.OK:
            raise TransientFetchError(self.url, f"{symbol}: HTTP {answer.status_code}")
        body = answer.text.replace("\r", "")
        if "daily hits limit" in body:
            raise TransientFetchError(self.url, "daily limit reached; go on tomorrow")
        if not body.startswith("Date,") and "No data" not in body:
            raise FetchError(self.url, f"{symbol}: not a table of prices: {body[:60]!r}")
        return body


class YahooProvider:
    """Yahoo's daily prices through the optional package yfinance (extra `yfinance`).

    `download` is yfinance.download; given so that it can be replaced.
    """

    name = "yahoo"

    def __init__(self, download: Callable[..., Any] | None = None) -> None:
        self.download = download or yfinance_download()

    def files(self, listings: Sequence[Listing], since: date, folder: Path) -> Iterator[PriceFile]:
        for listing in listings:
            suffix = YAHOO_SUFFIX.get(listing.mic)
            if suffix is None:
                continue
            frame = self.download(
                listing.ticker.replace(".", "-") + suffix,
                start=since.isoformat(),
                auto_adjust=False,
                actions=True,
                progress=False,
                multi_level_index=False,
            )
            if frame is None or not len(frame):
                continue
            path = folder / f"{listing.mic}-{listing.ticker.replace('/', '-')}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                out = csv.writer(file)
                out.writerow(("date", "close", "adj_close", "volume", "dividend", "split"))
                for day, row in frame.iterrows():
                    bar = (row["Close"], row["Adj Close"], row["Volume"])
                    out.writerow((day.date(), *bar, *(row.get(name, 0) for name in YAHOO_ACTIONS)))
            yield PriceFile(path=path, source=self.name, listing_id=listing.listing_id)


def yfinance_download() -> Callable[..., Any]:
    """yfinance.download. Raises ConfigError when the package is not there."""
    try:
        import yfinance  # type: ignore[import-not-found,unused-ignore]
    except ImportError as error:
        raise ConfigError(
            "prices from Yahoo need yfinance: pip install 'policywire[yfinance]'"
        ) from error
    download: Callable[..., Any] = yfinance.download
    return download


def load_from(
    provider: PriceProvider,
    warehouse: Path,
    listings: Sequence[Listing],
    since: date,
    *,
    skip_unknown: bool = False,
) -> list[PriceLoad]:
    """Load all a provider gives, file by file, each whole or not at all.

    A file that was loaded with the same content before is passed over. The warehouse is open only
    while a file is loaded. A file with faults is refused as a whole and the others are loaded;
    then raises WarehouseError naming each fault, and a second run takes the others as they are.
    """
    loads: list[PriceLoad] = []
    refused: list[str] = []
    with TemporaryDirectory(prefix="policywire-prices-") as folder:
        for file in provider.files(listings, since, Path(folder)):
            known = f"prices: {file.path}"
            with open_warehouse(warehouse) as con:
                # What was left out as unknown may be known today.
                if file.digest and not skip_unknown and is_loaded(con, known, file.digest):
                    continue
                try:
                    load = load_price_file(
                        con,
                        file.path,
                        source=file.source,
                        fetched_at=datetime.now(UTC),
                        listing_id=file.listing_id,
                        skip_unknown=skip_unknown,
                    )
                except WarehouseError as error:
                    refused.append(str(error))
                    continue
                loads.append(load)
                if file.digest:
                    note_loaded(con, known, file.digest, datetime.now(UTC))
    if refused:
        raise WarehouseError("\n".join(refused))
    return loads
