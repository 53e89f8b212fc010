"""Settings of Prefect for our flows: quiet, without analytics, with a home folder of our own.

Prefect reads its settings from the environment once, when it is imported, so they must be set
before: here for every command, in flows/operations/prefect_server.py for commands that need a
server. A worker of a deployment has its own settings.
"""

import os
import warnings
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

PREFECT_DEFAULTS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
    # A temporary server needs 10 s or more to start, longer on a busy machine.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
}


def prepare_prefect(home: Path) -> None:
    """Set what Prefect reads at import; what the operator has set stays."""
    for name, value in PREFECT_DEFAULTS.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("PREFECT_HOME", str(home.resolve()))
    if not home.parent.exists():
        # The folder of a new warehouse; it is made with the warehouse, after Prefect is imported.
        warnings.filterwarnings("ignore", "Failed to create the Prefect home", UserWarning)


# Longer than the longest pass. The next run continues a pass that was cut off.
RUN_TIMEOUT_S = 3600


def run_name() -> str:
    """The name of the flow run that is starting."""
    from prefect.runtime import flow_run

    return name_of_run(
        flow_run.parameters or {}, str(flow_run.flow_name), flow_run.scheduled_start_time
    )


def name_of_run(parameters: Mapping[str, Any], flow: str, at: datetime) -> str:
    """A run's stages and planned time, for example "ingest+extract+alert 2026-01-31 08:15"."""
    stages = "+".join(parameters.get("stages") or ()) or flow
    return f"{stages} {at:%Y-%m-%d %H:%M}"
