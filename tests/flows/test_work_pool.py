"""Two workers of a Prefect work pool on one lake, as prefect-lake.yaml deploys it.

A real Postgres keeps the lake's catalogue and the Prefect server's runs.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.orchestration import SyncPrefectClient

from flows import extract
from flows.base.settings import Extracting, Settings
from tests.flows.test_lake import COUNT, FEEDS, assert_same, stored
from tests.postgres import debian_postgres, lake_at, need_lake
from tests.prefect_server import ROOT, environment, prefect_server

PREFECT = [sys.executable, "-m", "prefect", "--no-prompt"]
ONE_RUN = ("--limit", "1")
DONE_S = 300.0
Pool = tuple[str, dict[str, str]]


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Pool]:
    """A server with everything deployed, two workers that wait: its API, and the lake."""
    feeds = tmp_path / "feeds.toml"
    feeds.write_text(FEEDS, "utf-8")
    need_lake()
    with ExitStack() as stack:
        host = stack.enter_context(debian_postgres())
        lake = lake_at(host, tmp_path)
        database = f"postgresql+asyncpg://postgres@/postgres?host={host}"
        api = stack.enter_context(prefect_server(tmp_path / "server", database))
        more = {
            "PREFECT_HOME": str(tmp_path / "worker"),
            "POLICYWIRE_WAREHOUSE": lake,
            "POLICYWIRE_FEEDS": str(feeds),
        }
        for command in (
            ["work-pool", "create", "policywire", "--type", "process"],
            ["deploy", "--all", "--prefect-file", "prefect-lake.yaml"],
        ):
            done = subprocess.run(
                [*PREFECT, *command],
                env=environment(api, more),
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
        for name in ("one", "two"):
            worker = subprocess.Popen(
                [*PREFECT, "worker", "start", "--pool", "policywire", "--name", name, *ONE_RUN],
                env=environment(api, more),
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(worker.wait, 60)
            stack.callback(worker.terminate)
        yield api, more


def test_two_workers_of_a_pool_give_what_one_process_gives(pool: Pool, tmp_path: Path) -> None:
    api, more = pool
    alone = Settings(
        warehouse=tmp_path / "alone.duckdb",
        feeds=tmp_path / "feeds.toml",
        extract=Extracting(workers=0),
    )
    lake = more["POLICYWIRE_WAREHOUSE"]
    for warehouse in (alone.warehouse, lake):
        stored(warehouse, COUNT)
    extract.extract_and_link(alone)
    with SyncPrefectClient(api) as client:
        names = ("news-1", "news-2")
        ids = [client.read_deployment_by_name(f"pipeline/{name}").id for name in names]
        for deployment_id in ids:
            # A run that falls due at the quarter of an hour would have ours cancelled.
            client.pause_deployment(deployment_id)
        runs = [
            client.create_flow_run_from_deployment(
                deployment_id, parameters={"stages": ["extract"]}
            ).id
            for deployment_id in ids
        ]
        assert ended(client, runs) == ["COMPLETED", "COMPLETED"]
    assert_same(lake, alone.warehouse)


def ended(client: SyncPrefectClient, runs: list[UUID]) -> list[str]:
    """How each run ended."""
    until = time.monotonic() + DONE_S
    while time.monotonic() < until:
        states = [client.read_flow_run(run).state for run in runs]
        if all(state is not None and state.is_final() for state in states):
            return [state.type.value for state in states if state is not None]
        time.sleep(1)
    raise AssertionError(f"still going on: {states}")
