"""How a flow runs here: quietly, without analytics, with a Prefect home of our own.

Imported before Prefect is, by the command line; a worker of a deployment brings its own settings.
"""

import os
from pathlib import Path

PREFECT_DEFAULTS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
    # A temporary server takes 10 s and more to come up, longer on a busy machine.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
}


def prepare_prefect(home: Path) -> None:
    """Set what Prefect reads at import; anything the operator has set stays."""
    for name, value in PREFECT_DEFAULTS.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("PREFECT_HOME", str(home.resolve()))


# Longer than the longest pass. What is cut off is gone on with by the next run.
RUN_TIMEOUT_S = 3600


def run_name() -> str:
    """The name of the flow run that begins: what it does, and for when it was planned."""
    from prefect.runtime import flow_run

    parameters = flow_run.parameters or {}
    what = "+".join(parameters.get("stages") or ()) or str(flow_run.flow_name)
    return f"{what} {flow_run.scheduled_start_time:%Y-%m-%d %H:%M}"
