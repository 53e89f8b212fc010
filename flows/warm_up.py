"""What a pass needs that takes seconds to load: once a process, ahead where a run waits."""

import threading
from functools import cache

from extractors.extract import Extractor
from extractors.touched import TouchedListings

_loading = threading.Lock()


def ready_extractor(*, gate: bool) -> Extractor:
    """The extractor of this process; its model takes a second, and several on a busy machine."""
    with _loading:
        return _extractor(gate)


def ready_listings() -> TouchedListings:
    """The listings of this process, with their tables loaded."""
    with _loading:
        return _listings()


def load_ahead() -> None:
    """Begin to load both in a thread of its own; who asks for one meanwhile waits for that."""
    threading.Thread(target=_load, name="load-ahead", daemon=True).start()


def _load() -> None:
    ready_extractor(gate=True)
    ready_listings()


@cache
def _extractor(gate: bool) -> Extractor:
    return Extractor(gate=gate)


@cache
def _listings() -> TouchedListings:
    found = TouchedListings()
    assert found.linker is not None, "asked for so that it is loaded"
    return found
