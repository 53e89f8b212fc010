"""Merge lists of listings into the known securities: your own lists, and the SEC's."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from rapidfuzz import fuzz

from extractors.listings.company_names import core_name
from flows.markets.security_values import cik_of, day_of, isin_of
from models.reading import Refusal, Tally
from models.reference.markets import US_MARKETS, Market, load_markets
from models.reference.securities import SEC_SOURCE, issuer_id
from models.security import CompanyAlias, Issuer, Listing, Securities

# Names are alike from this score on, of 100.
ALIKE = 70
SHOWN = 5


def with_rows(
    held: Securities,
    rows: Iterable[tuple[int, Mapping[str, str]]],
    *,
    origin: str,
    tally: Tally | None = None,
) -> Securities:
    """Return `held` with more listings. Conflicts are noted, never merged silently.

    A known listing keeps its issuer. If the CIK belongs to an issuer with a very different name,
    the row gets an issuer of its own. An ISIN with a wrong check digit is left out. A row with an
    unknown market, an invalid date or a repeated listing is refused. `tally` counts the rows.
    """
    tally = tally if tally is not None else Tally()
    markets = load_markets()
    issuers = {issuer.issuer_id: issuer for issuer in held.issuers}
    listings = {listing.listing_id: listing for listing in held.listings}
    notes = list(held.notes)
    seen: set[str] = set()
    for line, row in rows:
        where = f"{origin}: line {line}"
        mic, ticker, name = (row.get(column, "").strip() for column in ("mic", "ticker", "name"))
        key = f"{mic}:{ticker}"
        try:
            since, until = day_of(row, "valid_from"), day_of(row, "valid_to")
            check_row(mic, ticker, name, markets, seen)
        except ValueError as error:
            tally.refuse(Refusal(place=f"line {line}", reason=str(error)))
            continue
        seen.add(key)
        cik = cik_of(row, where, notes)
        owner = issuer_id(cik, key)
        if key in listings:
            if listings[key].issuer_id != owner and cik:
                notes.append(
                    f"{where}: {key} already belongs to {listings[key].issuer_id}, "
                    f"not {owner} ({name}); not changed"
                )
            tally.known += 1
            continue
        tally.stored += 1
        if owner in issuers and not same_company(issuers[owner].name, name):
            notes.append(
                f"{where}: CIK {cik} is already {issuers[owner].name!r}, not {name!r}; kept apart"
            )
            cik, owner = None, issuer_id(None, key)
        issuers.setdefault(
            owner,
            Issuer(
                issuer_id=owner,
                name=name,
                country=row.get("country") or None,
                cik=cik,
                sector=row.get("sector") or None,
            ),
        )
        listings[key] = Listing(
            listing_id=key,
            issuer_id=owner,
            mic=mic,
            ticker=ticker,
            currency=row.get("currency") or markets[mic].currency,
            isin=isin_of(row, where, notes),
            figi=row.get("figi") or None,
            valid_from=since,
            valid_to=until,
            source=Path(origin).name,
        )
    return replace(
        held,
        issuers=tuple(issuers.values()),
        listings=tuple(listings.values()),
        notes=tuple(notes),
    )


def check_row(
    mic: str, ticker: str, name: str, markets: Mapping[str, Market], seen: Container[str]
) -> None:
    """Raise ValueError when a row lacks a value, its market is unknown, or it is a repeat."""
    if not ticker or not name:
        raise ValueError("ticker and name are needed")
    if mic not in markets:
        raise ValueError(f"unknown market {mic!r}, an ISO 10383 MIC")
    if f"{mic}:{ticker}" in seen:
        raise ValueError(f"{mic}:{ticker} twice")


def with_sec_list(
    held: Securities,
    rows: Iterable[tuple[int, Mapping[str, str]]],
    *,
    origin: str,
    as_of: date,
    tally: Tally | None = None,
) -> Securities:
    """Return `held` with the SEC's list of `as_of` instead of the shipped one.

    Our own tables take precedence for US tickers. A listing no longer in the list ends that day, a
    ticker with another CIK moves to its new issuer, a renamed filer keeps its old name as an alias.
    Each change is noted, the first few by name. `tally` counts the rows.
    """
    tally = tally if tally is not None else Tally()
    issuers = {issuer.issuer_id: issuer for issuer in held.issuers}
    listings = {listing.listing_id: listing for listing in held.listings}
    aliases = list(held.aliases)
    curated = {
        k.ticker for k in listings.values() if k.mic in US_MARKETS and k.source != SEC_SOURCE
    }
    gone = {key for key, k in listings.items() if k.source == SEC_SOURCE}
    moved = {(k.issuer_id, k.ticker) for k in listings.values()}
    changes: dict[str, list[str]] = {
        "new": [],
        "ended": [],
        "renamed": [],
        "now another company's": [],
    }
    for _, row in rows:
        mic, ticker, name = row["mic"], row["ticker"], row["name"]
        key, owner = f"{mic}:{ticker}", issuer_id(row["cik"], "")
        if mic in US_MARKETS and ticker in curated:
            tally.known += 1
            continue
        old = listings.get(key)
        gone.discard(key)
        known = issuers.get(owner)
        if known is None:
            issuers[owner] = Issuer(issuer_id=owner, name=name, country=None, cik=row["cik"])
        elif known.name != name and known.sector is None and not known.aliases:
            issuers[owner] = replace(known, name=name)
            if not same_company(known.name, name):
                aliases.append(CompanyAlias(issuer_id=owner, alias=known.name, kind="former"))
                changes["renamed"].append(f"{key} {known.name} -> {name}")
        if old is not None and old.issuer_id == owner:
            tally.known += 1
            continue
        tally.stored += 1
        if old is not None:
            changes["now another company's"].append(f"{key} {name}")
        elif (owner, ticker) not in moved:
            changes["new"].append(key)
        listings[key] = Listing(
            listing_id=key,
            issuer_id=owner,
            mic=mic,
            ticker=ticker,
            currency="USD",
            valid_from=as_of if old is not None else None,
            source=SEC_SOURCE,
        )
    for key in sorted(gone):
        listings[key] = replace(listings[key], valid_to=as_of)
        changes["ended"].append(key)
    return replace(
        held,
        issuers=tuple(issuers.values()),
        listings=tuple(listings.values()),
        aliases=tuple(aliases),
        notes=(*held.notes, *notes_on(changes, origin)),
    )


def notes_on(changes: Mapping[str, Sequence[str]], origin: str) -> Iterator[str]:
    """Yield one line per kind of change, with the first few listings by name."""
    for what, found in changes.items():
        if found:
            more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
            yield f"{origin}: {len(found):,} {what}: {', '.join(found[:SHOWN])}{more}"


def same_company(one: str, other: str) -> bool:
    """Return whether both could name one company, ignoring legal forms, case and punctuation."""
    return fuzz.token_set_ratio(core_name(one).lower(), core_name(other).lower()) >= ALIKE
