"""The report after a pass, where `[report] path` is set. Its failure stops no stage."""

import logging
from typing import Any

from flows.base.settings import Settings
from models.errors import PipelineError

log = logging.getLogger("policywire.report")


def write_report(settings: Settings, failed: dict[str, str]) -> dict[str, Any]:
    """Write the report; return it by the name `report`, or note in `failed` why there is none.

    A report that another process is writing is left to that process.
    """
    # Templates load slowly, and most passes write no report.
    from flows.reporting.publishing import ReportBusyError
    from flows.reporting.site import build_report, options_of

    assert settings.report.path is not None, "asked for only where a path is set"
    try:
        built = build_report(settings.snapshot, settings.report.path, options_of(settings.report))
    except ReportBusyError as error:
        log.warning("%s", error)
        return {}
    except PipelineError as error:
        failed["report"] = str(error)
        return {}
    return {"report": built}
