"""What tests of several folders share."""

import fcntl
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from tests.demo import run_demo

# `make test` gives the same answer twice; `make fuzz` looks for new examples.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("fuzz", max_examples=2_000, deadline=None)
settings.load_profile("same")

# A shell gives what it starts in the background an ignored Ctrl-C, and every child inherits that:
# the tests that press Ctrl-C would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Path:
    """The folder that one run of the demo filled for all processes. Copy it to change it."""
    # The base folder is that of one process; the one above it is that of all.
    shared = tmp_path_factory.getbasetemp().parent / f"demo-{testrun_uid}"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = shared / "done"
        if not done.exists():
            run_demo(shared / "demo")
            done.touch()
    return shared / "demo"
