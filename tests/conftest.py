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

# Files that take longest, the longest waits first: begun at the end, one of them would keep one
# process at work while the others have none. The two that want the default port are far apart.
LONG_FIRST = (
    "tests/flows/operations/test_serve.py",
    "tests/flows/test_work_pool.py",
    "tests/test_documented_commands.py",
    "tests/extractors/events/test_grids.py",
    "tests/flows/test_lake.py",
    "tests/flows/reporting/test_browser.py",
    "tests/flows/test_random_answers.py",
    "tests/flows/test_delivery_killed.py",
    "tests/test_readme.py",
    "tests/test_wheel.py",
    "tests/flows/test_screens.py",
    "tests/flows/base/test_announce.py",
)

# A shell gives what it starts in the background an ignored Ctrl-C, and every child inherits that:
# the tests that press Ctrl-C would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let the longest files begin first; all else stays in its order."""
    places = {config.rootpath / name: place for place, name in enumerate(LONG_FIRST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


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
