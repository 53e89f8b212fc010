"""Read, join and check the securities that ship with the project.

tickers.csv                 issuers affected by policy: listing, ids, aliases, exposures;
                            status is active, or delisted with the day
sec_company_tickers.csv.gz  snapshot of the SEC's list of filers with a ticker (facts)
funds.csv                   exchange-traded funds used as benchmarks and yardsticks
companies.csv               further names: brands, subsidiaries, names that need context
operations.csv              where an issuer works, if outside its own country; `sells`: the only
                            countries where it sells, if known
revenue_shares.csv          the share of revenue that goods bring, with the filing that says so
exposure_signs.csv          the signed prior of ontology 4.2, for an analyst to edit
benchmarks.csv              what a market's returns are measured against

An issuer is identified by its CIK, else by its listing. Two rows never merge on a name alone:
apparent conflicts stay separate and are listed in `Securities.notes`.
"""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import resources

from models.errors import ConfigError
from models.reference import load_commodities, read_rows, split_list
from models.reference.markets import US_MARKETS, load_markets
from models.security import (
    CompanyAlias,
    Exposure,
    ExposureSign,
    Issuer,
    Listing,
    Securities,
)

SEC_MARKETS = {"NYSE": "XNYS", "Nasdaq": "XNAS", "CBOE": "BATS", "OTC": "OTCM"}
SEC_SOURCE = "SEC list"
ROLES = frozenset({"producer", "processor", "consumer", "substitute"})
PLACES = frozenset({"actor", "target", "elsewhere", "both", "country", "any"})
ALIAS_KINDS = frozenset({"alias", "brand", "subsidiary", "former", "publisher", "platform"})
# The roles whose goods are sold, so that a share of revenue measures them.
SHARED = frozenset({"producer", "processor"})
# (listing, commodity or "") -> where it works, where alone it sells.
Operations = dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]]
ROLE_WEIGHT = {"producer": 1.0, "processor": 0.8, "consumer": 0.5, "substitute": 0.6}


@cache
def load_securities() -> Securities:
    """Return everything shipped. Raises ConfigError naming the file, the line and the fault."""
    issuers: dict[str, Issuer] = {}
    listings: dict[str, Listing] = {}
    notes: list[str] = []
    exposures = list(curated_rows(issuers, listings, notes))
    add_funds(issuers, listings)
    add_sec_list(issuers, listings, notes)
    return Securities(
        issuers=tuple(issuers.values()),
        listings=tuple(listings.values()),
        aliases=tuple(load_aliases(listings, notes)),
        exposures=tuple(exposures),
        signs=load_signs(),
        benchmarks=tuple(
            (row["scope"], row["benchmark"])
            for _, row in read_rows("benchmarks.csv", ("scope", "benchmark"))
        ),
        notes=tuple(notes),
    )


def issuer_id(cik: str | None, listing_id: str) -> str:
    """Return the id of an issuer: its CIK if it files with the SEC, else its first listing."""
    return f"cik:{cik}" if cik else f"listing:{listing_id}"


def curated_rows(
    issuers: dict[str, Issuer], listings: dict[str, Listing], notes: list[str]
) -> Iterator[Exposure]:
    """Fill `issuers` and `listings` from tickers.csv; return its exposures."""
    where = operations()
    shares = revenue_shares()
    markets = load_markets()
    for line, row in read_rows("tickers.csv", ("ticker", "mic", "country", "name")):
        key = f"{row['mic']}:{row['ticker']}"
        if key in listings:
            raise ConfigError(f"tickers.csv: line {line}: {key} twice")
        if row["mic"] not in markets:
            raise ConfigError(
                f"tickers.csv: line {line}: unknown market {row['mic']!r}: add it to markets.csv"
            )
        owner = issuer_id(row["cik"], key)
        listings[key] = Listing(
            listing_id=key,
            issuer_id=owner,
            mic=row["mic"],
            ticker=row["ticker"],
            currency=markets[row["mic"]].currency,
            isin=row["isin"] or None,
            figi=row["figi_composite"] or None,
            valid_to=last_day(row["status"], line),
            source="tickers.csv",
        )
        if owner in issuers:
            notes.append(
                f"tickers.csv: line {line}: {key} shares CIK {row['cik']} with another row"
            )
            continue
        issuers[owner] = Issuer(
            issuer_id=owner,
            name=row["name"],
            country=row["country"],
            cik=row["cik"] or None,
            sector=row["sector"] or None,
            aliases=split_list(row["aliases"]),
            ambiguous_aliases=split_list(row["ambiguous_aliases"]),
        )
        for place, cell in enumerate(split_list(row["exposures"])):
            tie = exposure(owner, key, cell, place, where, line)
            yield with_share(tie, shares.pop((key, tie.commodity_id), None))
    if shares:
        listing, commodity = min(shares)
        raise ConfigError(f"revenue_shares.csv: {listing} does not produce {commodity!r}")


def last_day(status: str, line: int) -> date | None:
    """Return the last day of a listing from a status "active" or "delisted YYYY-MM-DD"."""
    if status == "active":
        return None
    try:
        return date.fromisoformat(status.removeprefix("delisted "))
    except ValueError as error:
        raise ConfigError(
            f"tickers.csv: line {line}: status {status!r} is not active or delisted YYYY-MM-DD"
        ) from error


def exposure(
    owner: str,
    listing: str,
    cell: str,
    place: int,
    where: "Operations",
    line: int,
) -> Exposure:
    """Parse "commodity:role", "commodity:role:weight" or "commodity:role:weight:from..to".

    The default weight is the role's, minus a tenth for each position further down the row: a
    company depends most on what is listed first. It is a prior; a revenue share replaces it.
    The days limit its validity; either may be omitted, and an exposure may be repeated with other
    days.
    """
    parts = cell.split(":")
    if len(parts) not in (2, 3, 4) or parts[1] not in ROLES:
        raise ConfigError(f"tickers.csv: line {line}: exposure {cell!r} is not commodity:role")
    if parts[0] not in load_commodities():
        raise ConfigError(f"tickers.csv: line {line}: unknown commodity {parts[0]!r}")
    usual = ROLE_WEIGHT[parts[1]] * max(0.4, 1 - 0.1 * place)
    try:
        weight = float(parts[2]) if len(parts) > 2 and parts[2] else usual
        first, end = (
            (date.fromisoformat(day) if day else None)
            for day in (parts[3].split("..") if len(parts) == 4 else ("", ""))
        )
    except ValueError as error:
        raise ConfigError(
            f"tickers.csv: line {line}: exposure {cell!r}: write commodity:role:0.5:2025-01-01.."
        ) from error
    return Exposure(
        issuer_id=owner,
        commodity_id=parts[0],
        role=parts[1],
        weight=round(weight, 3),
        countries=(where.get((listing, parts[0])) or where.get((listing, "")) or ((), ()))[0],
        sells=(where.get((listing, parts[0])) or where.get((listing, "")) or ((), ()))[1],
        valid_from=first,
        valid_to=end,
    )


def operations() -> Operations:
    """Return (listing, commodity or "") -> countries where it works, and where alone it sells."""
    return {
        (row["listing"], row["commodity_id"]): (
            split_list(row["countries"]),
            split_list(row["sells"]),
        )
        for _, row in read_rows("operations.csv", ("listing",))
    }


def revenue_shares() -> dict[tuple[str, str], tuple[float, str]]:
    """Return (listing, commodity) -> share of revenue, 0 to 1, and the filing that says so.

    Raises ConfigError for a share out of range or a row twice.
    """
    found: dict[tuple[str, str], tuple[float, str]] = {}
    needed = ("listing", "commodity_id", "share", "period", "source")
    for line, row in read_rows("revenue_shares.csv", needed):
        key = row["listing"], row["commodity_id"]
        share = float(row["share"])
        if key in found or not 0 < share <= 1:
            raise ConfigError(f"revenue_shares.csv: line {line}: {' '.join(key)}: {share}")
        found[key] = share, f"{row['period']}: {row['source']}"
    return found


def with_share(tie: Exposure, share: tuple[float, str] | None) -> Exposure:
    """Return the exposure weighted by a share of revenue, if one is known."""
    if share is None or tie.role not in SHARED:
        return tie
    return replace(tie, weight=round(share[0], 3), source=share[1])


def add_funds(issuers: dict[str, Issuer], listings: dict[str, Listing]) -> None:
    """Give each fund its own issuer: SEC filers name the trust, not the fund."""
    for _, row in read_rows("funds.csv", ("ticker", "mic", "name")):
        key = f"{row['mic']}:{row['ticker']}"
        owner = issuer_id(None, key)
        issuers[owner] = Issuer(
            issuer_id=owner, name=row["name"], country=row["country"], sector="fund"
        )
        listings[key] = Listing(
            listing_id=key,
            issuer_id=owner,
            mic=row["mic"],
            ticker=row["ticker"],
            currency=row["currency"],
            source="funds.csv",
        )


def add_sec_list(
    issuers: dict[str, Issuer], listings: dict[str, Listing], notes: list[str]
) -> None:
    """Add the SEC's filers; rows of tickers.csv and funds.csv take precedence for a US ticker."""
    held = {entry.ticker: entry for entry in listings.values() if entry.mic in US_MARKETS}
    for row in sec_rows():
        mic = SEC_MARKETS.get(row["exchange"])
        if mic is None:
            continue
        known = held.get(row["ticker"]) if mic in US_MARKETS else None
        if known:
            owner = issuers[known.issuer_id]
            if owner.cik and owner.cik != row["cik"]:
                notes.append(
                    f"{known.listing_id}: CIK {owner.cik} here, {row['cik']} "
                    f"({row['name']}) in the SEC list"
                )
            continue
        key = f"{mic}:{row['ticker']}"
        owner_id = issuer_id(row["cik"], key)
        if owner_id not in issuers:
            issuers[owner_id] = Issuer(
                issuer_id=owner_id, name=row["name"], country=None, cik=row["cik"]
            )
        listings[key] = Listing(
            listing_id=key,
            issuer_id=owner_id,
            mic=mic,
            ticker=row["ticker"],
            currency="USD",
            source=SEC_SOURCE,
        )


def sec_rows() -> Iterator[dict[str, str]]:
    """Yield the rows (cik, ticker, exchange, name) of the shipped snapshot, largest firm first."""
    path = resources.files("models.reference") / "sec_company_tickers.csv.gz"
    with path.open("rb") as raw, gzip.open(raw, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def load_aliases(listings: dict[str, Listing], notes: list[str]) -> Iterator[CompanyAlias]:
    """Yield companies.csv for known listings; a name without a listing is noted and skipped."""
    for line, row in read_rows("companies.csv", ("listing", "alias", "kind")):
        if row["kind"] not in ALIAS_KINDS:
            raise ConfigError(f"companies.csv: line {line}: unknown kind {row['kind']!r}")
        listing = listings.get(row["listing"])
        if listing is None:
            notes.append(f"companies.csv: line {line}: no listing {row['listing']}")
            continue
        yield CompanyAlias(
            issuer_id=listing.issuer_id,
            alias=row["alias"],
            kind=row["kind"],
            gated=row["gated"] == "yes",
            keep_near=split_words(row["keep_near"]),
            reject_near=split_words(row["reject_near"]),
        )


def split_words(cell: str) -> tuple[str, ...]:
    """Return the parts of a cell, keeping spaces: "pc " does not match "pcr"."""
    return tuple(part for part in (cell or "").lower().split("|") if part.strip())


def load_signs() -> tuple[ExposureSign, ...]:
    """Return the signed prior. Raises ConfigError on an unknown or duplicate row."""
    found: dict[tuple[str, str, str], ExposureSign] = {}
    for line, row in read_rows("exposure_signs.csv", ("type", "role", "place", "sign", "reason")):
        key = (row["type"], row["role"], row["place"])
        if row["role"] not in ROLES | {"party"}:
            raise ConfigError(f"exposure_signs.csv: line {line}: unknown role {row['role']!r}")
        if row["place"] not in PLACES or row["sign"] not in ("+", "-", "?"):
            raise ConfigError(
                f"exposure_signs.csv: line {line}: place is one of {', '.join(sorted(PLACES))}; "
                "sign is +, - or ?"
            )
        if key in found:
            raise ConfigError(f"exposure_signs.csv: line {line}: {' '.join(key)} twice")
        found[key] = ExposureSign(
            type=row["type"],
            role=row["role"],
            place=row["place"],
            sign=row["sign"],
            reason=row["reason"],
        )
    return tuple(found.values())
