"""All stages in order, as one Prefect flow; each stage is a flow and a deployment of its own."""

from collections.abc import Mapping
from typing import Any

from prefect import Flow, flow

from flows.alert import alert
from flows.extract import extract
from flows.ingest import ingest
from flows.market import market
from flows.progress import track
from flows.settings import Settings, settings_of
from models.errors import ConfigError
from warehouse.snapshot import publish

FLOWS: dict[str, Flow[..., Any]] = {
    "ingest": ingest,
    "extract": extract,
    "market": market,
    "alert": alert,
}


@flow(name="pipeline", validate_parameters=False)
def pipeline(
    config: str | None = None,
    warehouse: str | None = None,
    feeds: str | None = None,
    stages: tuple[str, ...] = tuple(FLOWS),
    due_only: bool = False,
) -> dict[str, Any]:
    """Run `stages` in order and return what each of them did.

    Raises ConfigError for a stage that does not exist; what a stage raises ends the run, and the
    next run goes on with what is not yet done.
    """
    unknown = [stage for stage in stages if stage not in FLOWS]
    if unknown:
        raise ConfigError(f"no stage {unknown[0]!r}: there are {', '.join(FLOWS)}")
    paths = {"config": config, "warehouse": warehouse, "feeds": feeds}
    results = {stage: FLOWS[stage](**paths) for stage in stages}
    publish_snapshot(settings_of(**paths))
    return results


def pass_through(paths: Mapping[str, str | None], stages: tuple[str, ...]) -> dict[str, Any]:
    """The same stages as plain functions: no Prefect server, nothing recorded in one."""
    results = {stage: FLOWS[stage].fn(**paths) for stage in stages}
    publish_snapshot(settings_of(**paths))
    return results


def publish_snapshot(settings: Settings) -> None:
    """Let analysts see what the pass brought."""
    with track("snapshot", 1) as advance:
        publish(settings.warehouse, settings.snapshot)
        advance(1)
