"""One pass: all stages in order, as one Prefect flow. Each stage is also a flow of its own."""

import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from prefect import Flow, flow

from flows.alert import alert
from flows.base.announce import announce
from flows.base.logs import ensure_logs
from flows.base.pass_line import pass_line
from flows.base.progress import track
from flows.base.run_ledger import RunLedger
from flows.base.runtime import RUN_TIMEOUT_S, run_name
from flows.base.settings import Settings, settings_of
from flows.extract import extract
from flows.ingest import ingest
from flows.market import market
from flows.reporting.after_pass import write_report
from flows.workers.warm_up import load_ahead
from models.errors import ConfigError, PipelineError
from warehouse.snapshot import publish

log = logging.getLogger("policywire.pass")
FLOWS: dict[str, Flow[..., Any]] = {
    "ingest": ingest,
    "extract": extract,
    "market": market,
    "alert": alert,
}

# The process of a scheduled run starts early; it loads models and listings while it waits.
if "PREFECT__FLOW_RUN_ID" in os.environ:
    load_ahead()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassResult:
    """By stage name: the results, the reasons of failures, and the durations."""

    done: dict[str, Any]
    failed: dict[str, str]
    seconds: dict[str, float]


@flow(
    name="pipeline",
    flow_run_name=run_name,
    timeout_seconds=RUN_TIMEOUT_S,
    validate_parameters=False,
)
def pipeline(
    config: str | None = None,
    warehouse: str | None = None,
    feeds: str | None = None,
    stages: tuple[str, ...] = tuple(FLOWS),
    due_only: bool = False,
) -> PassResult:
    """Run `stages` in order; the next run continues what one of them could not finish.

    Raises ConfigError for an unknown stage, PipelineError when a stage failed.
    """
    paths = {"config": config, "warehouse": warehouse, "feeds": feeds}
    ensure_logs()
    began = datetime.now(UTC)
    try:
        result = run_in_order(stages, lambda stage: stage_flow(stage, due_only)(**paths), paths)
    except PipelineError as error:
        log.error("%s failed: %s", "+".join(stages), error)
        raise
    announce(settings_of(**paths), began)
    log.log(
        logging.ERROR if result.failed else logging.INFO,
        "%s",
        pass_line(result.done, result.failed, result.seconds),
    )
    if result.failed:
        raise PipelineError("; ".join(f"{stage}: {why}" for stage, why in result.failed.items()))
    return result


def stage_flow(stage: str, due_only: bool) -> Callable[..., Any]:
    """The flow of a stage; with `due_only`, `ingest` fetches only the feeds that are due."""
    return partial(ingest, due_only=True) if due_only and stage == "ingest" else FLOWS[stage]


def run_without_prefect(paths: Mapping[str, str | None], stages: tuple[str, ...]) -> PassResult:
    """Run the stages as plain functions, without a Prefect server and its records."""
    return run_in_order(stages, lambda stage: FLOWS[stage].fn(**paths), paths)


def run_in_order(
    stages: tuple[str, ...], run: Callable[[str], Any], paths: Mapping[str, str | None]
) -> PassResult:
    """Run the stages in order; after one that fails, the next one runs all the same.

    The snapshot is published in any case: a market without prices delays no alert.
    """
    unknown = [stage for stage in stages if stage not in FLOWS]
    if unknown:
        raise ConfigError(f"unknown stage {unknown[0]!r}; the stages are {', '.join(FLOWS)}")
    settings = settings_of(**paths)
    ledger = RunLedger(settings.warehouse)
    done: dict[str, Any] = {}
    failed: dict[str, str] = {}
    seconds: dict[str, float] = {}
    for stage in stages:
        began, began_at = time.monotonic(), datetime.now(UTC)
        try:
            done[stage] = run(stage)
        except ConfigError:
            raise
        except PipelineError as error:
            failed[stage] = str(error)
        seconds[stage] = time.monotonic() - began
        ledger.stage(stage, began_at, done.get(stage), failed.get(stage))
    ledger.end("; ".join(f"{stage}: {why}" for stage, why in failed.items()))
    began = time.monotonic()
    publish_snapshot(settings)
    seconds["snapshot"] = time.monotonic() - began
    if settings.report.path is not None:
        began = time.monotonic()
        done |= write_report(settings, failed)
        if "report" in done or "report" in failed:
            seconds["report"] = time.monotonic() - began
    return PassResult(done=done, failed=failed, seconds=seconds)


def publish_snapshot(settings: Settings) -> None:
    """Publish the results of the pass for analysts."""
    with track("snapshot", 1) as advance:
        publish(settings.warehouse, settings.snapshot)
        advance(1)
