"""A real Prefect server: artifacts, one event per development, late runs dropped on a stop."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.alert_world import insert, warehouse_file
from tests.prefect_server import ROOT, environment, prefect_server
from warehouse.connection import open_warehouse

PASS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from prefect import flow
from flows.base.announce import announce
from flows.base.settings import load_settings

@flow
def told() -> None:
    announce(load_settings(warehouse=Path(sys.argv[1])), datetime.now(UTC))

told()
"""
LATE = """
from datetime import UTC, datetime, timedelta
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.states import Scheduled
from flows.operations.orphaned_runs import drop_late_runs

@flow
def news() -> None:
    pass

with get_client(sync_client=True) as client:
    flow_id = client.create_flow(news)
    for name in ("news", "other"):
        deployment = client.create_deployment(flow_id=flow_id, name=name)
        for minutes in (5, 4, 3, 2, 1, -5):
            at = datetime.now(UTC) - timedelta(minutes=minutes)
            client.create_flow_run_from_deployment(deployment, state=Scheduled(scheduled_time=at))
print(drop_late_runs(["news"]), drop_late_runs(["news"]))
"""


ORPHAN = """
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.states import Pending, Running
from flows.operations.orphaned_runs import end_orphans

@flow
def market() -> None:
    pass

def begin(client, deployment):
    run = client.create_flow_run_from_deployment(deployment)
    if client.set_flow_run_state(run.id, Pending()).state.is_pending():
        client.set_flow_run_state(run.id, Running())
    return client.read_flow_run(run.id).state.type.value

with get_client(sync_client=True) as client:
    made = client.create_deployment(
        flow_id=client.create_flow(market), name="market", concurrency_limit=1,
        concurrency_options={"collision_strategy": "CANCEL_NEW"},
    )
    first, second = begin(client, made), begin(client, made)
    print(first, second, end_orphans(["market"]), begin(client, made))
"""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prefect server of our own."""
    with prefect_server(tmp_path_factory.mktemp("prefect")) as url:
        yield url


def run(code: str, api: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment(api),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def events(api: str) -> list[dict[str, object]]:
    wanted = {"filter": {"event": {"name": ["policywire.development"]}}}
    answer = httpx.post(f"{api}/events/filter", json=wanted, timeout=20.0)
    found: list[dict[str, object]] = answer.raise_for_status().json()["events"]
    return found


def developments(folder: Path) -> Path:
    """A warehouse with two developments of today and one whose alerts are off."""
    path = warehouse_file(folder / "w.duckdb")
    now = datetime.now(UTC)
    with open_warehouse(path) as con:
        from tests.alert_world import store_all

        ids = {f"{n:032x}": {"recorded_at": now, "measure_id": f"m{n}"} for n in (1, 2, 3)}
        store_all(con, ids)
        quiet = {"development_id": f"{3:032x}", "alerts_off": True, "considered_at": now}
        insert(con, "store.alert_considered", [quiet])
        feed = {"name": "F", "url": "https://f.example", "listed": True, "enabled": True}
        insert(con, "store.feeds", [{**feed, "feed_id": "ministry"}])
    return path


def test_a_pass_shows_and_emits_each_development_once(api: str, tmp_path: Path) -> None:
    path = developments(tmp_path)
    for _ in range(2):
        run(PASS, api, str(path))
    until = time.monotonic() + 30
    while len(events(api)) < 2 and time.monotonic() < until:
        time.sleep(0.5)
    found = events(api)
    assert sorted(str(e["id"]) for e in found) == [
        "00000000-0000-0000-0000-000000000001",
        "00000000-0000-0000-0000-000000000002",
    ]
    resource, payload = found[0]["resource"], found[0]["payload"]
    assert isinstance(resource, dict)
    assert isinstance(payload, dict)
    assert resource["policywire.status"] == "suspended"
    assert payload["commodities"] == ["dysprosium"]
    artifacts = httpx.post(f"{api}/artifacts/filter", json={}, timeout=20.0).json()
    keys = [a["key"] for a in artifacts]
    assert keys.count("new-developments") == 1, "nothing new is not shown again"
    assert keys.count("feed-health") == 2
    table = next(a["data"] for a in artifacts if a["key"] == "new-developments")
    assert "dysprosium" in table
    assert "Ministry pauses" in table


def test_a_run_whose_server_was_killed_does_not_block_the_writer(api: str) -> None:
    assert run(ORPHAN, api).splitlines()[-1] == "RUNNING CANCELLED 1 RUNNING"


def test_late_runs_are_dropped_except_the_last(api: str) -> None:
    assert run(LATE, api).split() == ["4", "0"]
    wanted = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
    left = httpx.post(f"{api}/flow_runs/filter", json=wanted, timeout=20.0).json()
    assert len(left) == 2 + 6, "the last late one and the one to come; all of others"


def test_outside_a_flow_nothing_is_announced(tmp_path: Path) -> None:
    from flows.base.announce import announce
    from flows.base.settings import load_settings

    path = developments(tmp_path)
    announce(load_settings(warehouse=path), datetime.now(UTC) - timedelta(minutes=1))
    with open_warehouse(path) as con:
        assert con.execute("SELECT count(*) FROM store.emitted_events").fetchone() == (0,)
