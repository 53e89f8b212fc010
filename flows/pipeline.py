"""All stages in order, as one Prefect flow; each stage is a flow and a deployment of its own."""

from pathlib import Path
from typing import Any

from prefect import Flow, flow

from flows.alert import alert
from flows.extract import extract
from flows.ingest import ingest
from flows.market import market
from models.errors import ConfigError

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
) -> dict[str, Any]:
    """Run `stages` in order and return what each of them did.

    Raises ConfigError for a stage that does not exist; what a stage raises ends the run, and the
    next run goes on with what is not yet done.
    """
    unknown = [stage for stage in stages if stage not in FLOWS]
    if unknown:
        raise ConfigError(f"no stage {unknown[0]!r}: there are {', '.join(FLOWS)}")
    return {
        stage: FLOWS[stage](config=config, warehouse=warehouse, feeds=feeds) for stage in stages
    }


def run_without_server(
    config: Path | None, warehouse: Path, feeds: Path, stages: tuple[str, ...]
) -> dict[str, Any]:
    """The same stages as plain functions: no Prefect server, nothing recorded in one."""
    paths = {
        "config": str(config) if config else None,
        "warehouse": str(warehouse),
        "feeds": str(feeds),
    }
    return {stage: FLOWS[stage].fn(**paths) for stage in stages}
