"""Listed companies: issuers, their listings, their exposures, and their prices."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A company, identified by its legal name and, if known, its CIK."""

    issuer_id: str
    name: str
    country: str | None
    cik: str | None = None
    sector: str | None = None
    aliases: tuple[str, ...] = ()
    ambiguous_aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A security on a market: MIC and ticker, valid for a period. A ticker alone is not a key."""

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
class CompanyAlias:
    """Another name of an issuer. kind: alias, brand, subsidiary, former, publisher, platform.

    A gated alias counts only near one of `keep_near`, or if the full name or the tag is in the same
    document. Near one of `reject_near` it never counts.
    """

    issuer_id: str
    alias: str
    kind: str = "alias"
    gated: bool = False
    keep_near: tuple[str, ...] = ()
    reject_near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """An issuer's tie to a commodity. role: producer, processor, consumer, substitute.

    `countries` are where it does that work, as ISO 3166-1 codes; empty means the issuer's own
    country. `sells` are the only countries where it sells the goods; empty means that is not known.
    `source` is the filing that the weight comes from; None for the prior of the role. Valid from
    `valid_from` until the day before `valid_to`.
    """

    issuer_id: str
    commodity_id: str
    role: str
    weight: float = 1.0
    countries: tuple[str, ...] = ()
    sells: tuple[str, ...] = ()
    source: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date | None) -> bool:
        """Was the company in this business on that day? True if no day is given."""
        return day is None or (
            (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day < self.valid_to)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureSign:
    """One cell of the signed prior (ontology 4.2), for a measure that moves forward.

    `role` is a role of Exposure, or `party` for the company the measure names. `place` is where the
    company works: actor (the implementing jurisdiction), target, elsewhere, both (one of several
    that act), country (under sanctions that name no firm), any.
    """

    type: str
    role: str
    place: str
    sign: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Securities:
    """All known listed companies; `notes` are conflicts found while reading."""

    issuers: tuple[Issuer, ...]
    listings: tuple[Listing, ...]
    aliases: tuple[CompanyAlias, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    signs: tuple[ExposureSign, ...] = ()
    benchmarks: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedListing:
    """A listing named in a text. Offsets count code points in `field` ("title" or "body").

    `certainty` is tag, full_name, name or short; `kind` is that of the alias (a subsidiary or
    brand stands for its listed parent). `relevance` 0 to 100 is the listing's in the whole text.
    """

    listing_id: str
    issuer_id: str
    text: str
    start: int
    end: int
    field: str
    certainty: str
    kind: str
    relevance: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TickerLink:
    """A listing affected by an event. link: named, party or exposed; sign: +, - or ?.

    No sign where it hangs on what is not known. `listing` is "MIC:TICKER". `relevance` is 0 to 100;
    `why` explains link and sign in words, or what is missing.
    """

    listing: str
    link: str
    sign: str | None
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
