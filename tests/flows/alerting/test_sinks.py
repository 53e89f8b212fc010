"""Sinks: file, log, mail through Apprise; webhook signatures, Retry-After, secrets."""

import base64
import json
import logging
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

import httpx
import pytest

from flows.alerting.channels import open_sinks
from flows.alerting.message import payload
from flows.alerting.rules import Channel
from flows.alerting.secrets import HIDDEN, Redactor
from flows.alerting.sink_apprise import AppriseSink
from flows.alerting.sinks import (
    FileSink,
    LogSink,
    WebhookSink,
    retry_after_s,
    secret_bytes,
    signature,
)
from models.errors import AlertError
from tests.alert_world import candidate, notice
from tests.flows.receivers import MailServer


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_file_contains_each_notice_once(tmp_path: Path) -> None:
    path = tmp_path / "out" / "alerts.jsonl"
    first, second = notice(alert_id="a" * 32), notice(alert_id="b" * 32)
    one, other = FileSink("file", path), FileSink("file", path)
    one.send(first)
    other.send(first)
    other.send(second)
    one.send(second)
    FileSink("file", path).send(first)
    assert [line["alert_id"] for line in lines(path)] == ["a" * 32, "b" * 32]
    assert lines(path)[0] == json.loads(json.dumps(payload(first)))


def test_a_line_cut_off_by_a_crash_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    sink = FileSink("file", path)
    sink.send(notice(alert_id="a" * 32))
    with path.open("ab") as file:
        file.write(b'{"alert_id":"' + b"b" * 32 + b'","rule')
    sink.send(notice(alert_id="b" * 32))
    sink.send(notice(alert_id="b" * 32))
    whole = [line for line in path.read_text().splitlines() if line.endswith("}")]
    assert [json.loads(line)["alert_id"] for line in whole] == ["a" * 32, "b" * 32]
    # Rotated away: the sink starts over with the new file.
    path.rename(tmp_path / "alerts.jsonl.1")
    sink.send(notice(alert_id="c" * 32))
    assert len(lines(path)) == 1


def test_a_file_that_cannot_be_written_is_a_failure_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(AlertError, match="Is a directory"):
        FileSink("file", tmp_path).send(notice())


def test_the_log_has_one_line_with_extra_fields(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    LogSink().send(notice())
    (record,) = caplog.records
    assert record.getMessage().startswith("[URGENT] United States: tariff raised")
    assert record.__dict__["fields"]["alert_id"] == notice().alert_id


def test_signatures_follow_standard_webhooks() -> None:
    # Key, id, time and body of the specification's own worked example, version 1.0.0.
    key = secret_bytes("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body) == expected
    assert key == base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert secret_bytes("plain") == b"plain"


@pytest.mark.parametrize("asked", [False, True])
def test_a_webhook_is_a_cloud_event_where_asked(asked: bool) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    sink = WebhookSink(
        "desk",
        "https://desk.example/hook",
        redact=Redactor(),
        secret="a secret",
        cloudevents=asked,
        transport=httpx.MockTransport(answer),
    )
    for kind in ("single", "correction"):
        sink.send(notice(kind=kind, candidate=candidate(measure_id="m/ü 1")))
    sink.send(notice(kind="digest", candidate=None))
    sink.close()
    event = {key: value for key, value in seen[0].headers.items() if key.startswith("ce-")}
    if not asked:
        assert event == {}
        return
    assert event == {
        "ce-specversion": "1.0",
        "ce-id": notice().alert_id,
        "ce-source": "/policywire/alerts",
        "ce-type": "policywire.notice.single",
        "ce-time": "2025-11-12T14:30:00.000Z",
        "ce-subject": "m/%C3%BC%201",
    }
    assert seen[1].headers["ce-type"] == "policywire.notice.correction"
    assert "ce-subject" not in seen[2].headers
    assert all(request.headers["content-type"] == "application/json" for request in seen)
    assert all("webhook-signature" in request.headers for request in seen)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("Wed, 12 Nov 2025 14:31:00 GMT", 60.0),
        ("Wed, 12 Nov 2025 14:00:00 GMT", 0.0),
        ("999999999", 86400.0),
        ("soon", None),
        (None, None),
    ],
)
def test_retry_after_in_both_its_forms(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, datetime(2025, 11, 12, 14, 30, tzinfo=UTC)) == seconds


def mail(server: MailServer, redact: Redactor, style: str = "html") -> AppriseSink:
    url = f"mailto://127.0.0.1:{server.port}?from=wire@pw.example&to=desk@pw.example&mode=insecure"
    return AppriseSink("mail", url, redact=redact, style=style, pause_s=0.0)


def parts(message: Message) -> dict[str, str]:
    found = {}
    for part in message.walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            found[part.get_content_type()] = content.decode()
    return found


def test_mail_arrives_with_key_subject_and_escaped_body() -> None:
    hostile = candidate(
        title="<script>alert(1)</script>\r\nBcc: all@pw.example",
        evidence="Duty of 25% on <b>steel</b> & aluminium",
        url="https://x.example/a",
    )
    sent = notice(candidate=hostile, headline="Tariff raised\r\nBcc: all@pw.example")
    with MailServer() as server:
        sink = mail(server, Redactor())
        sink.send(sent)
        sink.send(notice(alert_id="f" * 32))
    first, second = server.mails
    assert first["Idempotency-Key"] == sent.alert_id
    assert second["Idempotency-Key"] == "f" * 32
    assert first["Bcc"] is None
    assert "Tariff raised" in str(first["Subject"])
    body = parts(first)["text/html"]
    assert "<script>" not in body
    assert "&lt;b&gt;steel&lt;/b&gt; &amp; aluminium" in body.replace("\u200b", "")
    assert 'href="https://x.example/a"' in body


def test_refused_mail_gives_the_reason_and_arrives_on_a_retry() -> None:
    with MailServer(refuse=1) as server:
        sink = mail(server, Redactor(), "text")
        with pytest.raises(AlertError, match="451"):
            sink.send(notice())
        sink.send(notice())
    assert len(server.mails) == 1


def test_a_missing_mail_server_is_an_error_without_the_password() -> None:
    url = "mailto://desk:hunter2hunter2@127.0.0.1:1?from=wire@pw.example&to=desk@pw.example"
    redact = Redactor([url])
    with pytest.raises(AlertError) as caught:
        AppriseSink("mail", url, redact=redact, timeout_s=1.0, pause_s=0.0).send(notice())
    assert "hunter2" not in str(caught.value)
    assert "Connection" in caught.value.reason


def test_broken_channels_are_reported_and_the_others_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAT_URL", "pigeon://s3cret-loft-key/x")
    channels = [
        Channel(channel_id="log", kind="log"),
        Channel(channel_id="file", kind="file", path="alerts.jsonl"),
        Channel(channel_id="chat", kind="apprise", url="${CHAT_URL}", source="desk.toml"),
        Channel(channel_id="hook", kind="webhook", url="ftp://x.example", source="desk.toml"),
    ]
    sinks, problems = open_sinks(channels, Redactor(), folder=tmp_path)
    assert [sink.channel for sink in sinks] == ["log", "file"]
    assert [str(problem) for problem in problems] == [
        "desk.toml: channel 'chat': url: Apprise knows no service for this address",
        "desk.toml: channel 'hook': url: a webhook address must start with http:// or https://",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "POST https://hooks.example/services/T0000001/B0000001/abcdefghijkl failed",
        "path /services/T0000001/B0000001/abcdefghijkl",
        "token abcdefghijkl",
        "https%3A%2F%2Fhooks.example%2Fservices%2FT0000001%2FB0000001%2Fabcdefghijkl",
    ],
)
def test_a_secret_is_hidden_whole_in_parts_and_encoded(text: str) -> None:
    redact = Redactor(["https://hooks.example/services/T0000001/B0000001/abcdefghijkl"])
    assert HIDDEN in redact(text)
    assert "abcdefghijkl" not in redact(text)
