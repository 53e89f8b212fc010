"""Delivery over HTTP to a receiver that fails, stalls and loses answers."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from flows.alerting.delivery import DeliveryCounts, DeliveryPlan, deliver
from flows.alerting.secrets import Redactor
from flows.alerting.sinks import AlertSink, WebhookSink
from models.alert_timing import Throttle
from models.errors import AlertError
from tests.alert_world import NOW, RecordingSink, notice, rule, warehouse_file
from tests.flows.receivers import MoodyReceiver
from warehouse.alerting.alerts import enqueue_in_transaction
from warehouse.alerting.outbox import ClaimTerms, outbox, revive_dead
from warehouse.connection import connect, open_warehouse

KEY = b"a signing key of the test"
FAST = DeliveryPlan(
    terms=ClaimTerms(backoff_base_s=0.05, max_failures=5), patience_s=20.0, pause_s=0.2
)


class Clock:
    """A clock that only a sleeper moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def owing(path: Path, count: int, **fields: object) -> Path:
    """A warehouse that owes `count` notices to the channel `desk`."""
    file = warehouse_file(path / "w.duckdb", count)
    with open_warehouse(file) as con:
        enqueue_in_transaction(con, [rule("all", channels=("desk",), **fields)], now=NOW)
    return file


def webhook(url: str, timeout_s: float = 0.5) -> WebhookSink:
    return WebhookSink(
        "desk", url, redact=Redactor([url]), secret=KEY.decode(), timeout_s=timeout_s
    )


def states(file: Path) -> dict[str, int]:
    with open_warehouse(file) as con:
        rows = con.execute("SELECT state, count(*) FROM alerts GROUP BY state").fetchall()
    return dict(rows)


def test_every_notice_arrives_once_signed_and_nothing_is_sent_again(tmp_path: Path) -> None:
    file = owing(tmp_path, 120)
    with MoodyReceiver(key=KEY) as receiver:
        counts = deliver(file, [webhook(receiver.url)])
        again = deliver(file, [webhook(receiver.url)])
    assert (counts.sent, again) == (120, DeliveryCounts())
    assert (len(receiver.taken), receiver.repeats, receiver.bad_signatures) == (120, 0, 0)
    assert states(file) == {"sent": 120}


@pytest.mark.parametrize("mood", ["503", "429", "stall", "drop", "deaf"])
def test_a_retry_has_the_same_key_and_the_same_body(tmp_path: Path, mood: str) -> None:
    file = owing(tmp_path, 6)
    with MoodyReceiver(lambda n: mood if n in (1, 3) else "ok", KEY, stall_s=1.0) as receiver:
        counts = deliver(file, [webhook(receiver.url)], plan=FAST)
    assert counts.failed == 2
    assert counts.sent == len(receiver.taken) == 6
    # Taken, but the answer was lost: only the key can tell that it is the same notice.
    assert receiver.repeats == (2 if mood in ("stall", "drop") else 0)
    assert {len(bodies) for bodies in receiver.bodies.values()} == {1}
    assert receiver.bad_signatures == 0
    assert states(file) == {"sent": 6}


def test_after_enough_failures_a_notice_fails_permanently_and_can_be_retried(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = owing(tmp_path, 1)
    with MoodyReceiver(lambda n: "503" if n <= 5 else "ok", KEY) as receiver:
        counts = deliver(file, [webhook(receiver.url)], plan=FAST)
        assert (counts.failed, counts.dead, states(file)) == (5, 1, {"dead": 1})
        (warning,) = [r for r in caplog.records if r.levelno == logging.ERROR]
        assert "failed permanently" in warning.getMessage()
        assert "HTTP 503" in warning.getMessage()
        with open_warehouse(file) as con:
            (box,) = outbox(con, now=datetime.now(UTC))
            assert (box.dead, box.last_error) == (1, "HTTP 503 Service Unavailable")
            assert revive_dead(con, now=datetime.now(UTC)) == 1
        assert deliver(file, [webhook(receiver.url)], plan=FAST).sent == 1


def test_a_refused_notice_fails_permanently_sooner(tmp_path: Path) -> None:
    file = owing(tmp_path, 1)
    with MoodyReceiver(lambda _: "401") as receiver:
        counts = deliver(file, [webhook(receiver.url)], plan=FAST)
        assert (counts.refused, counts.dead, receiver.requests) == (3, 1, 3)
    with MoodyReceiver(lambda _: "302") as receiver, pytest.raises(AlertError, match="HTTP 302"):
        webhook(receiver.url).send(notice())


def test_a_channel_pauses_while_its_receiver_is_down_and_loses_no_attempts(tmp_path: Path) -> None:
    file = owing(tmp_path, 40)
    sink = RecordingSink(failures=10**6)
    clock = Clock()
    counts = deliver(file, [sink], plan=DeliveryPlan(pause_s=60.0), clock=clock, sleep=clock.sleep)
    assert len(sink.tried) == 3
    assert (counts.failed, counts.released) == (3, 37)
    clock.sleep(59)
    assert deliver(file, [sink], clock=clock, sleep=clock.sleep).failed == 3 - 0
    healthy = RecordingSink()
    clock.sleep(4000)
    assert deliver(file, [healthy], clock=clock, sleep=clock.sleep).sent == 40


def test_a_slow_channel_does_not_delay_another(tmp_path: Path) -> None:
    file = warehouse_file(tmp_path / "w.duckdb", 4)
    with open_warehouse(file) as con:
        enqueue_in_transaction(con, [rule(channels=("desk", "fast"))], now=NOW)
    gate = threading.Event()

    class Stalling(RecordingSink):
        def send(self, notice: object) -> None:
            gate.wait(10)
            super().send(notice)  # type: ignore[arg-type]

    class Opening(RecordingSink):
        def send(self, notice: object) -> None:
            super().send(notice)  # type: ignore[arg-type]
            if len(self.taken) == 4:
                gate.set()

    sinks: list[AlertSink] = [Stalling("desk"), Opening("fast")]
    assert deliver(file, sinks).sent == 8
    assert gate.is_set()


def test_nothing_is_sent_after_its_claim_has_expired(tmp_path: Path) -> None:
    file = owing(tmp_path, 3)
    clock = Clock()

    class Slow(RecordingSink):
        timeout_s = 4.0

        def send(self, notice: object) -> None:
            super().send(notice)  # type: ignore[arg-type]
            clock.sleep(4.0)

    sink = Slow()
    plan = DeliveryPlan(terms=ClaimTerms(lease_s=9.0))
    counts = deliver(file, [sink], plan=plan, clock=clock, sleep=clock.sleep)
    assert (counts.sent, counts.released) == (3, 1)
    assert len(sink.taken) == len(set(sink.taken)) == 3


def test_the_warehouse_is_closed_while_a_receiver_answers(tmp_path: Path) -> None:
    file = owing(tmp_path, 1)
    opened: list[int] = []

    class Looking(RecordingSink):
        def send(self, notice: object) -> None:
            # Another process could: within one process DuckDB shares, so ask for the lock anew.
            with open_warehouse(file, patience_s=0.0) as con:
                opened.append(len(con.execute("FROM store.alerts").fetchall()))
            super().send(notice)  # type: ignore[arg-type]

    assert deliver(file, [Looking()]).sent == 1
    assert opened == [1]


def test_the_most_severe_go_first_and_throttled_ones_in_one_digest(tmp_path: Path) -> None:
    file = warehouse_file(tmp_path / "w.duckdb", 5)
    from models.alert import Severity

    limited = rule("slow", channels=("desk",), throttle=Throttle(count=1, window_s=60))
    loud = rule("loud", channels=("desk",), severity=Severity.FLASH)
    with open_warehouse(file) as con:
        enqueue_in_transaction(con, [limited, loud], now=NOW)
    sink, clock = RecordingSink(), Clock()
    deliver(file, [sink], clock=clock, sleep=clock.sleep)
    assert [n.rule_id for n in sink.tried] == ["loud"] * 5 + ["slow"]
    clock.sleep(60)
    deliver(file, [sink], clock=clock, sleep=clock.sleep)
    digest = sink.tried[-1]
    assert (digest.rule_id, digest.fold_reason, len(digest.parts)) == ("slow", "throttle", 4)


def test_no_secret_gets_into_warehouse_log_or_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from flows.alerting.rounds import run_alerts

    caplog.set_level(logging.DEBUG)
    file = warehouse_file(tmp_path / "w.duckdb", 2)
    with MoodyReceiver(lambda n: "deaf" if n == 1 else "500") as receiver:
        monkeypatch.setenv("DESK_URL", receiver.url)
        monkeypatch.setenv("DESK_SECRET", KEY.decode())
        rules = tmp_path / "desk.toml"
        rules.write_text(
            '[[channel]]\nid = "desk"\nkind = "webhook"\nurl = "${DESK_URL}"\n'
            'secret = "${DESK_SECRET}"\n[[channel]]\nid = "unset"\nkind = "webhook"\n'
            'url = "${NOT_SET_ANYWHERE}"\n[[rule]]\nid = "all"\nchannel = ["desk", "unset"]\n'
        )
        result = run_alerts(file, [rules])
    assert result.delivered.failed == 2
    assert result.problems == (
        "desk.toml: channel 'unset': url: environment variable NOT_SET_ANYWHERE is not set",
    )
    httpx_log = [r.getMessage() for r in caplog.records if r.name == "httpx"]
    assert httpx_log, "the loggers we guard did speak"
    with connect(file) as con:
        held = "".join(
            str(con.execute(f"FROM {table}").fetchall())
            for table in ("store.alerts", "store.deliveries", "alerts")
        )
    for text in (held, caplog.text, str(result)):
        assert "t0ken-in-the-path" not in text
        assert KEY.decode() not in text


def test_timeouts_and_broken_addresses_are_errors_without_the_address() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"cannot reach {request.url}")

    url = "https://hooks.example/services/T000/B000/averysecrettoken"
    sink = WebhookSink("desk", url, redact=Redactor([url]), transport=httpx.MockTransport(fail))
    with pytest.raises(AlertError) as caught:
        sink.send(notice())
    assert "cannot reach ***" in caught.value.reason
    assert "averysecrettoken" not in f"{caught.value!r} {caught.value.__cause__!r}"
