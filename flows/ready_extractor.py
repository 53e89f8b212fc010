"""The extractor of this process, loaded once, and ahead of time where a run waits for its turn."""

import threading

from extractors.extract import Extractor

_loading = threading.Lock()
_loaded: dict[bool, Extractor] = {}


def ready_extractor(*, gate: bool) -> Extractor:
    """The extractor; loading its model takes a second, and several on a busy machine."""
    with _loading:
        if gate not in _loaded:
            _loaded[gate] = Extractor(gate=gate)
        return _loaded[gate]


def load_ahead() -> None:
    """Begin to load it in a thread of its own; who asks for it meanwhile waits for that."""
    threading.Thread(
        target=ready_extractor, kwargs={"gate": True}, name="load-extractor", daemon=True
    ).start()
