"""`policywire status`: the screen, the metrics and the warnings."""

import io
import json
import logging
import re
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console

from flows.alerting.delivery import DeliveryPlan, deliver
from flows.alerting.trial import Trial
from flows.base.cadence import cadences_of
from flows.base.logs import configure_logs
from flows.base.processes import host, this_process
from flows.base.run_ledger import RunLedger, counters_of, end_killed
from flows.operations.metrics import metrics_server, prometheus_text
from flows.operations.status import Status, print_status, read_status, state_of
from models.errors import WarehouseError
from tests.alert_world import NOW, RecordingSink, insert, rule, warehouse_file
from warehouse.alerting.alerts import enqueue_in_transaction
from warehouse.alerting.outbox import ClaimTerms
from warehouse.connection import open_warehouse
from warehouse.operations.runs import RunRecord, record_run

SOON = NOW + timedelta(seconds=60)


@pytest.fixture
def lived(tmp_path: Path) -> Path:
    """A warehouse that has seen runs, feeds, notices sent and one channel that is dead."""
    file = warehouse_file(tmp_path / "w.duckdb", 3)
    rules = [rule("a", channels=("good", "bad"))]
    with open_warehouse(file) as con:
        enqueue_in_transaction(con, rules, now=NOW)
        for stage, outcome, detail in (("ingest", "ok", None), ("extract", "failed", "no [model]")):
            run = RunRecord(
                run_id=stage,
                flow=stage,
                started_at=NOW,
                ended_at=NOW + timedelta(seconds=12),
                outcome=outcome,
                detail=detail,
                counters={"new_articles": 1234.0} if outcome == "ok" else None,
            )
            record_run(con, run)
            record_run(con, run)
        record_run(con, RunRecord(run_id="x", flow="alert", started_at=NOW - timedelta(hours=3)))
        feed = {"name": "F", "url": "https://f.example", "listed": True, "enabled": True}
        insert(con, "store.feeds", [{**feed, "feed_id": "f1"}, {**feed, "feed_id": "f2"}])
        insert(
            con,
            "store.fetches",
            [
                {
                    "fetch_id": "1",
                    "feed_id": "f1",
                    "started_at": NOW,
                    "outcome": "timeout",
                    "error": 'no answer in 10 s [bold]"x"',
                }
            ],
        )
        insert(con, "store.feed_states", [{"feed_id": "f1", "failure_count": 4}])
    plan = DeliveryPlan(terms=ClaimTerms(max_failures=1))
    sinks = [RecordingSink("good"), RecordingSink("bad", failures=99)]
    deliver(file, sinks, plan=plan, clock=lambda: SOON)
    return file


def status_of(file: Path, **more: object) -> Status:
    return read_status(file, file.with_suffix(".snapshot.duckdb"), at=SOON, **more)  # type: ignore[arg-type]


def test_the_status_fits_one_screen(lived: Path) -> None:
    out = io.StringIO()
    print_status(status_of(lived), Console(file=out, width=110, emoji=False))
    text = out.getvalue()
    assert len(text.splitlines()) <= 40
    for fact in (
        "3 articles",
        "3 developments",
        "snapshot: none",
        "channel bad: 3 notices failed permanently (HTTP 503 Service Unavailable)",
        "`policywire alerts",
        "extract: failed at 2025-11-12 14:30: no [model]",
        "alert: started at 2025-11-12 11:30 and was lost",
        "1,234 new_articles",
        'no answer in 10 s [bold]"x"',
    ):
        assert fact in text, fact
    assert re.search(r"published +6 min +6 min", text)
    assert re.search(r"first seen +4 min", text)


def test_a_stage_without_success_is_a_warning(lived: Path) -> None:
    cadences = cadences_of("*/15 * * * *", "30 22 * * 1-5")
    assert cadences["ingest"] == timedelta(minutes=15)
    later = read_status(lived, lived, at=NOW + timedelta(hours=5), cadences=cadences)
    assert "ingest: no success for 5 h" in later.warnings
    assert "market: no success yet" in later.warnings
    fresh = status_of(lived, cadences=cadences)
    assert not any(line.startswith("ingest") for line in fresh.warnings)


def test_overdue_notices_are_a_warning(tmp_path: Path) -> None:
    file = warehouse_file(tmp_path / "w.duckdb", 2)
    with open_warehouse(file) as con:
        enqueue_in_transaction(con, [rule(channels=("nowhere",))], now=NOW)
    late = read_status(file, file, at=NOW + timedelta(hours=2))
    assert late.warnings == ("channel nowhere: 2 notices due, the oldest for 2 h",)


def test_the_metrics_are_valid_prometheus_text(lived: Path) -> None:
    families = {
        family.name: family
        for family in text_string_to_metric_families(prometheus_text(status_of(lived)))
    }
    outbox = {
        (s.labels["channel"], s.labels["state"]): s.value
        for s in families["policywire_outbox_notices"].samples
    }
    assert outbox["good", "sent"] == 3
    assert outbox["bad", "dead"] == 3
    lag = {
        (s.labels["since"], s.labels["quantile"]): s.value
        for s in families["policywire_alert_lag_seconds"].samples
    }
    assert lag["published", "0.5"] == pytest.approx(360, abs=1)
    assert families["policywire_run_duration_seconds"].samples[0].value == 12


def test_metrics_are_served_on_request(lived: Path) -> None:
    def read() -> Status:
        if broken:
            raise WarehouseError("w.duckdb: gone")
        return status_of(lived)

    broken = False
    server = metrics_server(read, port=0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        answer = httpx.get(f"{base}/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert "policywire_up 1" in answer.text
        assert httpx.get(f"{base}/").status_code == 404
        broken = True
        assert httpx.get(f"{base}/metrics").text == "# w.duckdb: gone\n"
    finally:
        server.shutdown()
        server.server_close()


def test_without_a_warehouse_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="no warehouse yet; `policywire run` creates one"):
        status_of(tmp_path / "w.duckdb")


def test_a_run_is_recorded_when_it_starts(tmp_path: Path) -> None:
    file = warehouse_file(tmp_path / "w.duckdb")
    ledger = RunLedger(file)
    began = datetime.now(UTC)
    found = {run.flow: run for run in status_of(file).standing.runs}
    assert found["pass"].ended_at is None
    ledger.stage("ingest", began, None, None)
    ledger.stage("extract", began, None, "w.duckdb: disk full")
    ledger.end("extract: w.duckdb: disk full")
    found = {run.flow: run for run in status_of(file).standing.runs}
    assert (found["ingest"].outcome, found["pass"].outcome) == ("ok", "failed")
    assert found["extract"].detail == "w.duckdb: disk full"


def began_by(file: Path, **who: str) -> None:
    with open_warehouse(file) as con:
        record_run(con, RunRecord(run_id="x", flow="pass", started_at=SOON, **who))  # type: ignore[arg-type]


def test_a_killed_run_is_reported_at_once_and_closed_by_the_next(tmp_path: Path) -> None:
    file = warehouse_file(tmp_path / "w.duckdb")
    code = (
        "import os, sys; from pathlib import Path; from flows.base.run_ledger import RunLedger; "
        "RunLedger(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(file)], check=False)
    found = status_of(file)
    (run,) = found.standing.runs
    assert state_of(run, SOON) == "killed"
    (warning,) = found.warnings
    assert "was killed; the next pass continues" in warning
    RunLedger(file)
    with open_warehouse(file) as con:
        ended = con.execute(
            "SELECT outcome, ended_at IS NOT NULL FROM store.runs ORDER BY started_at"
        ).fetchall()
    assert ended == [("killed", True), (None, False)]


def test_a_live_run_counts_as_running_however_long_it_takes(tmp_path: Path) -> None:
    file = warehouse_file(tmp_path / "w.duckdb")
    began_by(file, host=host(), process=this_process())
    (run,) = status_of(file).standing.runs
    assert state_of(run, SOON + timedelta(hours=5)) == "running"


def test_a_reused_process_id_is_another_process(tmp_path: Path) -> None:
    file = warehouse_file(tmp_path / "w.duckdb")
    boot, pid, start = this_process().rsplit("/", 2)
    began_by(file, host=host(), process=f"{boot}/{pid}/{start}1")
    (run,) = status_of(file).standing.runs
    assert state_of(run, SOON) == "killed"


def test_a_run_on_another_host_counts_as_lost_after_an_hour(tmp_path: Path) -> None:
    file = warehouse_file(tmp_path / "w.duckdb")
    began_by(file, host="another", process="b/1/1")
    (run,) = status_of(file).standing.runs
    assert state_of(run, SOON) == "running on another"
    assert state_of(run, SOON + timedelta(hours=2)) == "lost"
    assert end_killed(file) == 0, "nobody here can know"


def test_counters_are_the_numeric_fields_of_a_result() -> None:
    trial = Trial(rule=rule(min_confirmations=2), considered=3, matched=1, notices=())
    counted = counters_of(trial)
    assert (counted["considered"], counted["matched"]) == (3, 1)
    assert counters_of(None) == {}


def test_the_log_is_json_if_a_program_reads_it(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    handler = configure_logs(stream=stream)
    try:
        logging.getLogger("policywire.alerts").warning(
            "%s", 'a "quoted" line', extra={"fields": {"alert_id": "x", "level": "mine"}}
        )
        line = json.loads(stream.getvalue())
        assert (line["message"], line["alert_id"]) == ('a "quoted" line', "x")
        assert (line["level"], line["logger"]) == ("warning", "policywire.alerts")
        plain = io.StringIO()
        handler = configure_logs(stream=plain, as_json=False)
        logging.getLogger("policywire.alerts").info("hello")
        assert plain.getvalue().endswith("INFO    hello\n")
        assert len(stream.getvalue().splitlines()) == 1
    finally:
        logger = logging.getLogger("policywire")
        logger.removeHandler(handler)
        logger.propagate = True
