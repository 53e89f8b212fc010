"""Market data: securities, the listings that developments affect, prices, trading sessions."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from prefect import flow

from flows.base.progress import track
from flows.base.reading import summary
from flows.base.runtime import RUN_TIMEOUT_S, run_name
from flows.base.settings import Settings, settings_of
from flows.link import join_tickers
from flows.markets.prices import FileProvider, PriceProvider, StooqProvider, load_from
from flows.markets.securities import load_all
from flows.markets.sessions import fill_sessions
from flows.workers.leases import as_worker
from models.security import Listing
from warehouse.connection import open_warehouse
from warehouse.market.prices import PriceLoad
from warehouse.market.securities import affected_listings, find_closed_days

HISTORY = timedelta(days=365)
NAMED_DAYS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketResult:
    """Counts of one pass. `warnings` are one line each, about price files and securities."""

    listings: int
    joined: int
    bars: int
    sessions: int
    warnings: tuple[str, ...]

    def log_counts(self) -> tuple[str, ...]:
        """The counts for the pass's log line."""
        return (f"{self.bars} new bars",)

    def __str__(self) -> str:
        counts = f"{self.listings} listings, {self.bars} new bars, {self.sessions} new sessions"
        return "; ".join((counts, *self.warnings))


@flow(name="market", flow_run_name=run_name, timeout_seconds=RUN_TIMEOUT_S)
def market(
    config: str | None = None, warehouse: str | None = None, feeds: str | None = None
) -> MarketResult:
    """Bring securities, prices and sessions up to date."""
    return update_market(settings_of(config, warehouse, feeds))


def update_market(settings: Settings) -> MarketResult:
    """Run one pass; every step is safe to repeat.

    Raises ConfigError, FetchError or WarehouseError; what was loaded before the error stays.
    """
    with track("market", 4) as advance:
        listings, notes = load_all(settings.warehouse, settings.market.reference_csv)
        advance(1)
        with as_worker(settings) as owner:
            joined = join_tickers(settings, owner)
        advance(1)
        loads = load_prices(settings)
        advance(1)
        sessions = fill_sessions(settings.warehouse)
        closed = closed_days(settings.warehouse)
        advance(1)
    return MarketResult(
        listings=listings,
        joined=joined,
        bars=sum(load.new_count + load.changed_count for load in loads),
        sessions=sessions,
        warnings=(
            *notes,
            *closed,
            *(f"{Path(load.origin).name}: {summary(load.reading)}" for load in loads),
            *(f"{load.origin}: {w}" for load in loads for w in load.warnings),
        ),
    )


def closed_days(warehouse: Path) -> tuple[str, ...]:
    """A line for each market whose calendar the price files contradict, with the newest days."""
    with open_warehouse(warehouse) as con:
        found = find_closed_days(con, now=datetime.now(UTC))
    days: dict[str, list[str]] = {}
    for calendar, day in found:
        days.setdefault(calendar, []).append(day.isoformat())
    return tuple(
        f"{calendar}: closed on {', '.join(named[-NAMED_DAYS:])} in the price files, open in the "
        "calendar; events count from the next session"
        + (f" (and {len(named) - NAMED_DAYS} days before)" if len(named) > NAMED_DAYS else "")
        for calendar, named in days.items()
    )


def load_prices(settings: Settings) -> list[PriceLoad]:
    """Load prices from every enabled provider, for the listings that developments affect."""
    listings = listings_to_price(settings.warehouse)
    since = (datetime.now(UTC) - HISTORY).date()
    loads: list[PriceLoad] = []
    with httpx.Client(timeout=30, follow_redirects=True) as client:
        providers: list[PriceProvider] = [FileProvider(settings.market.price_files)]
        if settings.market.stooq:
            providers.append(StooqProvider(client))
        for provider in providers:
            loads += load_from(provider, settings.warehouse, listings, since)
    return loads


def listings_to_price(warehouse: Path) -> list[Listing]:
    """The listings that developments affect, and their benchmarks."""
    with open_warehouse(warehouse) as con:
        return affected_listings(con)
