"""Listed companies: issuers, their listings, what they are exposed to, and what prices did."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A company, known by its legal name and, where we have them, its CIK."""

    issuer_id: str
    name: str
    country: str | None
    cik: str | None = None
    sector: str | None = None
    aliases: tuple[str, ...] = ()
    ambiguous_aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A security on a market: MIC (ISO 10383) and ticker, valid for a time. A ticker alone is no key."""

    listing_id: str
    issuer_id: str
    mic: str
    ticker: str
    currency: str | None = None
    isin: str | None = None
    figi: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = "reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """An issuer's tie to a commodity. role: producer, processor, consumer, substitute."""

    issuer_id: str
    commodity_id: str
    role: str
    weight: float = 1.0
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TickerLink:
    """A listing an event touches. link: named, party or exposed; sign: +, - or ?.

    `listing` is "MIC:TICKER". `relevance` is 0 to 100; `why` says it in words.
    """

    listing: str
    link: str
    sign: str
    why: str
    relevance: int = 50
    commodity_id: str | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyBar:
    """One session of one listing, prices in the listing's currency."""

    listing_id: str
    session_date: date
    close: float
    adj_close: float
    volume: float | None
    currency: str | None
    source: str
    fetched_at: datetime
