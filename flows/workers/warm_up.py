"""Loads models and listings once per process, ahead of time when a run is waiting."""

import atexit
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path

from extractors.extract import Extractor
from extractors.listings.affected import AffectedListings
from extractors.text.budget import Budget
from flows.base.settings import Settings, load_settings
from flows.markets.securities import shipped_digest
from flows.workers.extract_workers import ExtractWorkers
from models.errors import ConfigError
from warehouse.connection import open_warehouse
from warehouse.market.securities import load_securities

_loading = threading.Lock()
_workers: dict[tuple[bool, Budget], ExtractWorkers] = {}


def ready_extractor(*, gate: bool) -> Extractor:
    """The extractor of this process. Loading its model takes a second, more on a busy machine."""
    with _loading:
        return _extractor(gate)


def ready_listings(warehouse: Path, loaded: str | None) -> AffectedListings:
    """The listings of this process, loaded: the shipped ones, or the operator's.

    `loaded` is the digest of the securities that the warehouse was last given. If it is that of the
    shipped ones, their tables are used, which may be in memory already.
    """
    with _loading:
        if loaded is None or loaded == shipped_digest():
            return _listings()
        return _own_listings(warehouse, loaded)


def ready_workers(settings: Settings) -> ExtractWorkers:
    """The one extraction worker of this process. It serves all passes and ends with the process."""
    key = settings.extract.gate, settings.extract.budget
    with _loading:
        held = _workers.get(key)
        if held is None or held.closed:
            held = _workers[key] = ExtractWorkers(1, gate=key[0], budget=key[1])
            atexit.register(held.close)
        return held


def load_ahead() -> None:
    """Start to load both in a thread; a caller that needs one of them waits for it."""
    threading.Thread(target=_load, name="load-ahead", daemon=True).start()


def _load() -> None:
    with suppress(ConfigError):
        ready_workers(load_settings()).start_ahead()
    with _loading:
        _listings()


@cache
def _extractor(gate: bool) -> Extractor:
    return Extractor(gate=gate)


@cache
def _listings() -> AffectedListings:
    found = AffectedListings()
    assert found.linker is not None, "reading the property loads the tables"
    return found


@cache
def _own_listings(warehouse: Path, loaded: str) -> AffectedListings:
    with open_warehouse(warehouse) as con:
        return AffectedListings(load_securities(con))
