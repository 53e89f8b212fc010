"""The schedules: news every quarter of an hour, the market once a day, on a Prefect server."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import httpx

from flows.cadence import longest_gap
from flows.runtime import prepare_prefect
from flows.settings import Settings
from models.errors import PipelineError

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

LOCAL_API = "http://127.0.0.1:4200/api"
SERVER_START_S = 180.0
NEWS_STAGES = ("ingest", "extract", "alert")


def serve_schedules(settings: Settings, config: Path | None) -> None:
    """Serve every flow as a deployment until Ctrl-C; two of them have a schedule.

    Raises PipelineError when no server can be reached or started.
    """
    prepare_prefect(settings.warehouse.parent / "prefect")
    api = os.environ.setdefault("PREFECT_API_URL", LOCAL_API)
    with prefect_server(api):
        from prefect import serve
        from prefect.client.schemas.objects import (
            ConcurrencyLimitConfig,
            ConcurrencyLimitStrategy,
        )
        from prefect.schedules import Cron

        from flows.pipeline import FLOWS, pipeline
        from flows.watch import watching

        paths = {
            "config": str(config) if config else None,
            "warehouse": str(settings.warehouse),
            "feeds": str(settings.feeds),
        }
        # One writer: a run that comes while another goes on is dropped, its work is picked up
        # by the next one anyway.
        single = ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
        )
        zone = settings.schedule.timezone
        deployments = [
            pipeline.to_deployment(
                name="news",
                schedule=Cron(settings.schedule.news, timezone=zone),
                parameters={**paths, "stages": list(NEWS_STAGES), "due_only": True},
                concurrency_limit=single,
                tags=["policywire", "news"],
            )
        ]
        for name, flow in FLOWS.items():
            daily = Cron(settings.schedule.market, timezone=zone) if name == "market" else None
            deployments.append(
                flow.to_deployment(
                    name=name,
                    schedule=daily,
                    parameters=paths,
                    concurrency_limit=single,
                    tags=["policywire", name],
                )
            )
        drop_late_runs(["news", *FLOWS])
        with watching(settings):
            serve(
                *cast("list[RunnerDeployment]", deployments),
                limit=1,
                **runner_pace(settings.schedule.news),
            )


def runner_pace(news: str) -> dict[str, Any]:
    """How often the runner looks for runs, and how long before its time it prepares one.

    A run's process takes seconds to come up, and on a busy machine a quarter of a minute. Begun
    ahead it waits, ready, for its time; so early that the run before it has ended by then.
    """
    gap_s = longest_gap(news).total_seconds()
    return {"query_seconds": min(5.0, gap_s / 10), "prefetch_seconds": min(25.0, gap_s / 2.5)}


def drop_late_runs(names: list[str]) -> int:
    """Cancel runs that fell due while nobody served, but for the last of each; how many.

    A pass does whatever is not yet done: after a stop one of them catches up, more would only
    pile up.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import (
        FlowRunFilter,
        FlowRunFilterExpectedStartTime,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import StateType
    from prefect.client.schemas.sorting import FlowRunSort
    from prefect.states import Cancelled

    late = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        expected_start_time=FlowRunFilterExpectedStartTime(before_=datetime.now(UTC)),
    )
    dropped = 0
    with get_client(sync_client=True) as client:
        ours = {d.id for d in client.read_deployments() if d.name in names}
        runs = client.read_flow_runs(
            flow_run_filter=late, sort=FlowRunSort.EXPECTED_START_TIME_DESC
        )
        kept: set[UUID] = set()
        for run in runs:
            if run.deployment_id not in ours or run.deployment_id is None:
                continue
            if run.deployment_id not in kept:
                kept.add(run.deployment_id)
                continue
            client.set_flow_run_state(
                run.id, Cancelled(message="late: a later run does its work"), force=True
            )
            dropped += 1
    return dropped


@contextmanager
def prefect_server(api: str) -> Iterator[None]:
    """A Prefect server at `api`: the one that answers there, else one of our own on loopback."""
    if answers(api):
        yield
        return
    if api != LOCAL_API:
        raise PipelineError(
            f"no Prefect server answers at {api}: start it, or unset PREFECT_API_URL"
        )
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1"]
    # A session of its own: Ctrl-C is for the runner, which says goodbye to the server first.
    server = subprocess.Popen(  # noqa: S603 - fixed arguments, no shell
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + SERVER_START_S
        while not answers(api):
            if server.poll() is not None or time.monotonic() > deadline:
                raise PipelineError(
                    "the local Prefect server did not start; "
                    "run `prefect server start` to see why (is port 4200 taken?)"
                )
            time.sleep(0.5)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def answers(api: str) -> bool:
    """Is there a healthy Prefect server at this address?"""
    try:
        return httpx.get(f"{api}/health", timeout=2.0).is_success
    except httpx.HTTPError:
        return False
