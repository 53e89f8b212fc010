"""What a pass needs that takes seconds to load: once a process, ahead where a run waits."""

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
    """The extractor of this process; its model takes a second, and several on a busy machine."""
    with _loading:
        return _extractor(gate)


def ready_listings(warehouse: Path, loaded: str | None) -> AffectedListings:
    """The listings of this process, with their tables loaded: the shipped ones, or the operator's.

    `loaded` is the digest of what the warehouse was last given; where that is what ships, the
    tables that ship are as good and may be loaded already.
    """
    with _loading:
        if loaded is None or loaded == shipped_digest():
            return _listings()
        return _own_listings(warehouse, loaded)


def ready_workers(settings: Settings) -> ExtractWorkers:
    """The one extraction worker of this process, kept from pass to pass; it ends with us."""
    key = settings.extract.gate, settings.extract.budget
    with _loading:
        held = _workers.get(key)
        if held is None or held.closed:
            held = _workers[key] = ExtractWorkers(1, gate=key[0], budget=key[1])
            atexit.register(held.close)
        return held


def load_ahead() -> None:
    """Begin to load both in a thread of its own; who asks for one meanwhile waits for that."""
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
    assert found.linker is not None, "asked for so that it is loaded"
    return found


@cache
def _own_listings(warehouse: Path, loaded: str) -> AffectedListings:
    with open_warehouse(warehouse) as con:
        return AffectedListings(load_securities(con))
