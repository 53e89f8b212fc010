"""`policywire serve`: news every 15 minutes, prices once a weekday, on a Prefect server."""

import fcntl
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flows.base.cadence import longest_gap
from flows.base.interrupts import run_async
from flows.base.logs import PLAIN_IN_RUNS
from flows.base.settings import DEFAULT_CONFIG, Settings
from flows.operations.prefect_server import prefect_reached
from models.errors import PipelineError
from warehouse.lake import is_lake_target

if TYPE_CHECKING:
    from types import FrameType

    from prefect.deployments.runner import RunnerDeployment

log = logging.getLogger("policywire.serve")
NEWS_STAGES = ("ingest", "extract", "alert")


def serve_schedules(settings: Settings, config: Path | None) -> None:
    """Serve every flow as a deployment until Ctrl-C; news and market have a schedule.

    Raises PipelineError when no server can be reached or started.
    """
    try:
        with (
            only_one(settings.prefect_home),
            stopped_by_signal(),
            prefect_reached(settings) as api,
        ):
            log.info("passes at %s; Prefect at %s; Ctrl-C ends it", settings.schedule.news, api)
            if sys.stderr.isatty():
                os.environ[PLAIN_IN_RUNS] = "1"
            serve_deployments(settings, config)
    except KeyboardInterrupt:
        pass
    log.info(
        "stopped; all that was stored is kept, and the next `policywire serve` continues where "
        "this one stopped"
    )


def serve_deployments(settings: Settings, config: Path | None) -> None:
    """Register the deployments on the server, and run them when due until a signal arrives."""
    from flows.base.run_ledger import end_killed
    from flows.operations.orphaned_runs import drop_late_runs, end_orphans
    from flows.operations.run_names import naming
    from flows.operations.watch import watching

    deployments = deployments_of(settings, config)
    names = [str(deployment.name) for deployment in deployments]
    end_killed(settings.warehouse)
    end_orphans(names)
    drop_late_runs(names)
    pace = runner_pace(settings.schedule.news)
    with watching(settings), naming(names, every_s=pace["query_seconds"]):
        run_what_falls_due(deployments, pace)


def run_what_falls_due(deployments: "Sequence[RunnerDeployment]", pace: dict[str, Any]) -> None:
    """Do what `prefect.serve` does, except that SIGTERM stops it cleanly, as Ctrl-C does."""
    from prefect.exceptions import TerminationSignal
    from prefect.runner import Runner

    class Ending(Runner):
        def handle_sigterm(self, *_args: Any, **_more: Any) -> None:
            # Prefect's own handler exits inside the event loop and prints a traceback.
            signal.raise_signal(signal.SIGINT)

    runner = Ending(pause_on_shutdown=True, limit=1, **pace)
    for deployment in deployments:
        runner.add_deployment(deployment)
    with suppress(KeyboardInterrupt, TerminationSignal):
        run_async(runner.start())


def deployments_of(settings: Settings, config: Path | None) -> "list[RunnerDeployment]":
    """Return the deployments: news and market with schedules, and each stage without one."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.schedules import Cron

    from flows.pipeline import FLOWS, pipeline

    # Prefect chooses the working folder of a run, so paths are absolute.
    given = config or Path(DEFAULT_CONFIG)
    paths = {
        "config": str(given.absolute()) if given.exists() else None,
        "warehouse": str(
            settings.warehouse
            if is_lake_target(settings.warehouse)
            else settings.warehouse.absolute()
        ),
        "feeds": str(settings.feeds.absolute()),
    }
    # One writer: a run that starts during another one is dropped; the next run does its work.
    single = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    zone = settings.schedule.timezone
    crons = {"news": settings.schedule.news, "market": settings.schedule.market}
    # All use the pipeline flow, which keeps the run ledger and publishes the snapshot.
    passes: dict[str, dict[str, Any]] = {"news": {"stages": list(NEWS_STAGES), "due_only": True}}
    passes |= {stage: {"stages": [stage]} for stage in FLOWS}
    return [
        cast(
            "RunnerDeployment",
            pipeline.to_deployment(
                name=name,
                schedule=Cron(crons[name], timezone=zone) if name in crons else None,
                parameters={**paths, **what},
                concurrency_limit=single,
                tags=["policywire", name],
            ),
        )
        for name, what in passes.items()
    ]


@contextmanager
def stopped_by_signal() -> Iterator[None]:
    """Make SIGTERM end the block as Ctrl-C does, also while the server starts."""

    def stop(_signal: int, _frame: "FrameType | None") -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def runner_pace(news: str) -> dict[str, Any]:
    """Return how often the runner polls for runs, and how long before its time it starts one.

    The process of a run takes seconds to start, on a busy machine 15 s. It is started early and
    waits for its time, but not so early that it overlaps the previous run.
    """
    gap_s = longest_gap(news).total_seconds()
    return {"query_seconds": min(5.0, gap_s / 10), "prefetch_seconds": min(25.0, gap_s / 2.5)}


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Lock `folder` during the block. Raises PipelineError when another `serve` has it locked."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "serve.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise PipelineError(
                f"another `policywire serve` (process {lock.read().strip()}) is running on this "
                "warehouse; stop it first"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
