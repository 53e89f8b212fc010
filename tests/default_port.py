"""The port that `policywire serve` takes by default: of tests run side by side one has it."""

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEFAULT_PORT = 4200


@contextmanager
def default_port_alone() -> Iterator[None]:
    """Wait until no other test serves on the default port, and keep it from others meanwhile."""
    with Path(tempfile.gettempdir(), f"policywire-tests-{DEFAULT_PORT}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
