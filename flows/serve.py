"""The schedules: news every quarter of an hour, the market once a day, on a Prefect server."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx

from flows.cadence import longest_gap
from flows.left_behind import drop_late_runs, end_orphans
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
    home = settings.warehouse.parent / "prefect"
    prepare_prefect(home)
    api = os.environ.setdefault("PREFECT_API_URL", LOCAL_API)
    with only_one(home), prefect_server(api):
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
        end_orphans(["news", *FLOWS])
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


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Holds `folder` against a second `serve`; raises PipelineError when there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "serve.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise PipelineError(
                f"another `policywire serve` (process {lock.read().strip()}) runs on this "
                "warehouse; stop it first"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


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
