"""The status as Prometheus metrics, printed or served over HTTP."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

from flows.base.loopback import LoopbackServer
from flows.operations.status import Status
from models import harmless
from models.errors import PipelineError

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def prometheus_text(status: Status) -> str:
    """Return the status in the Prometheus text format, version 0.0.4.

    Source: prometheus.io/docs/instrumenting/exposition_formats.
    """
    return "\n".join(lines(status)) + "\n"


def lines(status: Status) -> Iterator[str]:
    """Yield the lines of every metric: help, type, samples."""
    found = status.standing
    yield from metric("up", "gauge", "1 when the status could be read.", [({}, 1)])
    yield from metric("articles", "gauge", "Stored articles.", [({}, found.totals["articles"])])
    yield from metric(
        "developments", "gauge", "Current developments.", [({}, found.totals["developments"])]
    )
    yield from metric(
        "outbox_notices",
        "gauge",
        "Notices by channel and state.",
        [
            ({"channel": box.channel, "state": state}, getattr(box, state))
            for box in found.channels
            for state in ("due", "waiting", "claimed", "sent", "folded", "dead")
        ],
    )
    yield from metric(
        "repeated_deliveries_total",
        "counter",
        "Deliveries of a notice that had been delivered before.",
        [({}, found.totals["repeated_deliveries"])],
    )
    yield from metric(
        "alert_lag_seconds",
        "gauge",
        "Seconds until a notice was sent, over the last seven days, by starting point.",
        [
            ({"since": lag.clock, "quantile": quantile}, value)
            for lag in found.lags
            for quantile, value in (("0.5", lag.p50_s), ("0.95", lag.p95_s))
            if value is not None
        ],
    )
    yield from metric(
        "feeds",
        "gauge",
        "Feeds by health.",
        [({"health": health}, count) for health, count in found.feed_healths.items()],
    )
    yield from metric(
        "run_duration_seconds",
        "gauge",
        "Duration of the last run of a stage, in seconds.",
        [
            ({"stage": run.flow}, (run.ended_at - run.started_at).total_seconds())
            for run in found.runs
            if run.ended_at
        ],
    )
    yield from metric(
        "run_counted",
        "gauge",
        "Counters of the last run of a stage.",
        [
            ({"stage": run.flow, "what": what}, value)
            for run in found.runs
            for what, value in (run.counters or {}).items()
        ],
    )
    yield from metric(
        "last_success_timestamp_seconds",
        "gauge",
        "Time of the last successful run of a stage.",
        [({"stage": flow}, at.timestamp()) for flow, at in found.successes.items()],
    )
    if status.snapshot_at:
        yield from metric(
            "snapshot_timestamp_seconds",
            "gauge",
            "Time the snapshot was published.",
            [({}, status.snapshot_at.timestamp())],
        )
    yield from metric(
        "warnings", "gauge", "Number of warnings for the operator.", [({}, len(status.warnings))]
    )


def metric(
    name: str, kind: str, says: str, samples: list[tuple[dict[str, str], float]]
) -> Iterator[str]:
    """Yield the lines of one metric; none without samples."""
    if not samples:
        return
    yield f"# HELP policywire_{name} {says}"
    yield f"# TYPE policywire_{name} {kind}"
    for labels, value in samples:
        inside = ",".join(f'{key}="{harmless.metric_label(text)}"' for key, text in labels.items())
        yield f"policywire_{name}{'{' + inside + '}' if inside else ''} {float(value):.15g}"


def metrics_server(
    read: Callable[[], Status], *, host: str = "127.0.0.1", port: int = 9464
) -> LoopbackServer:
    """Return an HTTP server that answers /metrics with the current status; the caller runs it.

    It answers 503 and one line with the reason when the status cannot be read.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.split("?")[0] != "/metrics":
                self.answer(404, "see /metrics\n")
                return
            try:
                self.answer(200, prometheus_text(read()))
            except PipelineError as error:
                self.answer(503, f"# {harmless.line(str(error))}\n")

        def answer(self, status: int, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing: scrapes are frequent."""

    return LoopbackServer((host, port), Handler)
