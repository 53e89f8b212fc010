"""Price providers write files; one loader checks and stores them."""

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
    """A table of daily prices on disk. `listing_id` is set if the file does not name the listing.

    `digest` (of the content) is set for files that stay and may come back unchanged.
    """

    path: Path
    source: str
    listing_id: str | None = None
    digest: str | None = None


class PriceProvider(Protocol):
    """A source of prices."""

    name: str

    def files(self, listings: Sequence[Listing], since: date, folder: Path) -> Iterator[PriceFile]:
        """Yield files with the prices of `listings` from `since` on; downloads go to `folder`.

        Raises FetchError or ConfigError with one line; files yielded before are complete.
        """
        ...


class FileProvider:
    """CSV and Parquet files named by the operator; given as they are, whatever they contain."""

    name = "files"

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)

    def files(self, listings: Sequence[Listing], since: date, folder: Path) -> Iterator[PriceFile]:
        for path in self.paths:
            yield PriceFile(path=path, source=path.name.split(".")[0], digest=digest_of(path))


def digest_of(path: Path) -> str | None:
    """Return the digest of a file's content; None if unreadable, which loading will report."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()
    except OSError:
        return None


class StooqProvider:
    """Stooq's daily CSV, one request per listing; closes adjusted for splits and dividends."""

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
                    # Already adjusted: it must not be stored as the traded price.
                    path.write_text(f"{header.replace('Close', 'Adj Close')}\n{rest}", "utf-8")
                    yield PriceFile(path=path, source=self.name, listing_id=listing.listing_id)

    def answer(self, symbol: str, since: date) -> str:
        """Return the body for one symbol. Raises TransientFetchError on rate limits and errors."""
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
            raise TransientFetchError(self.url, "daily limit reached; try again tomorrow")
        if not body.startswith("Date,") and "No data" not in body:
            raise FetchError(self.url, f"{symbol}: not a table of prices: {body[:60]!r}")
        return body


class YahooProvider:
    """Yahoo's daily prices through the optional package yfinance (extra `yfinance`).

    `download` is yfinance.download by default; tests replace it.
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
    """Return yfinance.download. Raises ConfigError when the package is not installed."""
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
    """Load all files of a provider, each whole or not at all.

    Skips a file that was loaded before with the same content. The warehouse is open only while a
    file is loaded. A file with faults is refused as a whole; the others are loaded, then
    WarehouseError is raised with each fault.
    """
    loads: list[PriceLoad] = []
    refused: list[str] = []
    with TemporaryDirectory(prefix="policywire-prices-") as folder:
        for file in provider.files(listings, since, Path(folder)):
            known = f"prices: {file.path}"
            with open_warehouse(warehouse) as con:
                # Rows left out because their ticker was unknown may be known now.
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
