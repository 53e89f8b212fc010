"""The status as Prometheus text, printed or served on request."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

from flows.base.loopback import LoopbackServer
from flows.operations.status import Status
from models import harmless
from models.errors import PipelineError

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def prometheus_text(status: Status) -> str:
    """The status in the Prometheus text format, version 0.0.4.

    Source: prometheus.io/docs/instrumenting/exposition_formats.
    """
    return "\n".join(lines(status)) + "\n"


def lines(status: Status) -> Iterator[str]:
    """Every metric with its help and type, a line each."""
    found = status.standing
    yield from metric("up", "gauge", "1 when the status could be read.", [({}, 1)])
    yield from metric("articles", "gauge", "Articles held.", [({}, found.totals["articles"])])
    yield from metric(
        "developments", "gauge", "Developments that stand.", [({}, found.totals["developments"])]
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
        "Deliveries of a notice that had been delivered.",
        [({}, found.totals["repeated_deliveries"])],
    )
    yield from metric(
        "alert_lag_seconds",
        "gauge",
        "Seconds to a notice sent in the last seven days, by where the clock starts.",
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
        "How long the last pass of a stage took.",
        [
            ({"stage": run.flow}, (run.ended_at - run.started_at).total_seconds())
            for run in found.runs
            if run.ended_at
        ],
    )
    yield from metric(
        "run_counted",
        "gauge",
        "What the last pass of a stage counted.",
        [
            ({"stage": run.flow, "what": what}, value)
            for run in found.runs
            for what, value in (run.counters or {}).items()
        ],
    )
    yield from metric(
        "last_success_timestamp_seconds",
        "gauge",
        "When a stage last went well.",
        [({"stage": flow}, at.timestamp()) for flow, at in found.successes.items()],
    )
    if status.snapshot_at:
        yield from metric(
            "snapshot_timestamp_seconds",
            "gauge",
            "When the snapshot was published.",
            [({}, status.snapshot_at.timestamp())],
        )
    yield from metric(
        "warnings", "gauge", "Things an operator should look at.", [({}, len(status.warnings))]
    )


def metric(
    name: str, kind: str, says: str, samples: list[tuple[dict[str, str], float]]
) -> Iterator[str]:
    """One metric; nothing when it has no sample."""
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
    """An HTTP server that answers /metrics with the status of that moment; the caller runs it.

    503 with the reason, in one line, when the status cannot be read.
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
            """A scrape every few seconds is not worth a line."""

    return LoopbackServer((host, port), Handler)
