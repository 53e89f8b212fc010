"""A real Prefect server for tests, on a free port."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import httpx

from flows.base.runtime import PREFECT_DEFAULTS

ROOT = Path(__file__).parents[1]
START_S = 120.0


def environment(api: str, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a process that uses the server at `api`."""
    return {**os.environ, **PREFECT_DEFAULTS, "PREFECT_API_URL": api, **(more or {})}


@contextmanager
def prefect_server(home: Path, database: str | None = None) -> Iterator[str]:
    """Run a server; yield the address of its API. Its runs are in `database`, or in a file."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    more = {"PREFECT_HOME": str(home)}
    if database is not None:
        more["PREFECT_API_DATABASE_CONNECTION_URL"] = database
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1"]
    with subprocess.Popen(
        [*command, "--port", str(port)],
        env=environment(url, more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            wait_until_up(url)
            yield url
        finally:
            server.terminate()


def wait_until_up(url: str) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/health", timeout=2.0).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("the Prefect server did not start")
