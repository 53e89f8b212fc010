"""Real Apprise plugins with a fake network: size limits, hostile texts, digests in pieces."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from flows.alerting.delivery import DeliveryPlan, deliver
from flows.alerting.secrets import Redactor
from flows.alerting.sink_apprise import AppriseSink
from flows.alerting.sinks import WebhookSink
from models.alert import Notice
from models.alert_timing import Digest
from models.errors import AlertError, AlertRefusedError, AlertUnfinishedError
from tests.alert_world import NOW, candidate, notice, rule, warehouse_file
from tests.flows.receivers import MoodyReceiver
from warehouse.alerting.alerts import enqueue_in_transaction
from warehouse.alerting.outbox import ClaimTerms
from warehouse.connection import open_warehouse

HOSTILE: list[str] = json.loads(
    Path(__file__).parents[1].joinpath("data/hostile/texts.json").read_text("utf-8")
)
SERVICES = {
    "discord": "discord://1234567890/" + "a" * 64,
    "telegram": "tgram://123456789:abcdefg_hijklmnop/12315544/",
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#desk",
    "teams": "workflows://teams.example:443/WorkFlowID/signature/",
    "ntfy": "ntfy://push.example/desk",
    "mattermost": "mmost://chat.example/3ccdd113474722377935511fc85d3dd4",
}
# What the services themselves take: discord.com/developers (content 2000, description 4096, six
# thousand in all), core.telegram.org (4096), docs.slack.dev (40000), ntfy.sh (4096 bytes),
# Mattermost (16383), Teams (28 kB a card; Apprise cuts at 1000 a text).
MOST = {"discord": 2000, "telegram": 4096, "slack": 40000, "teams": 1000, "ntfy": 4096}
STYLES = ("text", "markdown", "html")


class Wire:
    """Takes what the plugins send, and answers as the service would: too long is refused."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.answer: Callable[[int], int] = lambda _: 200

    def __call__(self, _: object, request: requests.PreparedRequest, **__: Any) -> Any:
        body = request.body or b""
        assert isinstance(body, str | bytes)
        told = json.loads(body)
        self.sent.append(told)
        answer = requests.Response()
        answer.status_code = self.answer(len(self.sent))
        answer.url = str(request.url)
        answer._content = b"ok" if "slack" in answer.url else b"{}"
        return answer


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    found = Wire()
    monkeypatch.setattr(
        requests.adapters.HTTPAdapter, "send", lambda *args, **more: found(*args, **more)
    )
    return found


def sink(service: str, style: str = "text", **more: Any) -> AppriseSink:
    return AppriseSink(
        "desk", SERVICES[service], redact=Redactor(), style=style, pause_s=0.0, **more
    )


def digest(count: int, **fields: Any) -> Notice:
    parts = tuple(
        notice(
            alert_id=f"{n:032x}",
            headline=f"China: export control adopted: rare earths number {n}, against US & EU",
            candidate=candidate(url=f"https://ministry.example/a_{n}", **fields),
        )
        for n in range(count)
    )
    return notice(alert_id="d" * 32, candidate=None, fold_reason="hourly", parts=parts)


def texts(told: Any) -> Iterator[str]:
    """Every text of a message that came from us, whatever the service calls it."""
    if isinstance(told, dict):
        for key, item in told.items():
            if isinstance(item, str) and key in (
                "content", "text", "message", "title", "description", "body"
            ):  # fmt: skip
                yield item
            else:
                yield from texts(item)
    elif isinstance(told, list):
        for item in told:
            yield from texts(item)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("count", [10, 60])
def test_a_digest_is_split_to_the_limit_of_the_service(
    wire: Wire, service: str, style: str, count: int
) -> None:
    sink(service, style).send(digest(count))
    assert wire.sent
    most = MOST.get(service, 16383)
    told = " ".join(text for message in wire.sent for text in texts(message))
    marks = re.findall(r" \((\d+)/(\d+)\)", told)
    assert len(marks) in (0, len(wire.sent)), "one message a piece"
    for message in wire.sent:
        for text in texts(message):
            size = len(text.encode()) if service == "ntfy" else len(text)
            assert size <= most, (service, style, size)
    assert len(wire.sent) <= 10
    found = {int(n) for n in re.findall(r"rare earths number (\d+)", told)}
    left = re.search(r"and (\d+) more: see view alerts", told)
    assert len(found) + (int(left[1]) if left else 0) == count
    assert found == set(range(len(found))), "in order, none between left out"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("service", SERVICES)
def test_a_single_notice_is_shortened_to_one_message(wire: Wire, service: str, style: str) -> None:
    long = candidate(
        evidence="duty " * 400, title="x & y " * 300, url="https://e.example/" + "a/" * 900
    )
    sink(service, style).send(notice(candidate=long, headline="Tariff raised " + "& more " * 100))
    (message,) = wire.sent
    for text in texts(message):
        assert len(text.encode() if service == "ntfy" else text) <= MOST.get(service, 16383)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("service", SERVICES)
def test_no_hostile_text_pings_or_becomes_markup_on_any_service(
    wire: Wire, service: str, style: str
) -> None:
    channel = sink(service, style)
    for text in HOSTILE:
        bad = candidate(title=text, evidence=text, publisher=text, url="javascript:alert(1)")
        channel.send(notice(headline=text, candidate=bad))
    channel.send(notice(candidate=None, parts=tuple(notice(headline=t) for t in HOSTILE)))
    for message in wire.sent:
        for told in texts(message):
            assert not re.search(r"@(everyone|here|all|U0A)|<!|<@|<#|<at>|<script|<img", told), told
            assert not re.search(r"(?i)(javascript|data|tg|file):[^\u200b\s]", told), told
            assert "](j" not in told
            assert not re.search(
                r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", told
            )
        if service == "discord":
            assert message["allowed_mentions"] == {"parse": [], "users": [], "roles": []}
        if service == "teams":
            assert "entities" not in json.dumps(message)


def test_sent_parts_of_a_digest_are_not_sent_again(wire: Wire) -> None:
    whole = digest(40)
    sink("discord").send(whole)
    every = [message["content"] for message in wire.sent]
    assert len(every) > 2
    wire.sent.clear()
    wire.answer = lambda n: 503 if n == 2 else 204
    with pytest.raises(AlertError) as failed:
        sink("discord").send(whole)
    assert failed.value.parts == (1, len(every))
    wire.sent.clear()
    wire.answer = lambda _: 204
    sink("discord").send(replace(whole, parts_sent=1, parts_total=len(every), attempt=2))
    assert [message["content"] for message in wire.sent] == every[1:]


def test_a_digest_split_differently_is_sent_from_the_start(wire: Wire) -> None:
    sink("discord").send(replace(digest(25), parts_sent=1, parts_total=99))
    assert " (1/" in wire.sent[0]["content"]


def test_an_expiring_claim_leaves_the_rest_for_next_time(wire: Wire) -> None:
    held = replace(digest(25), claimed_until=NOW + timedelta(seconds=40))
    channel = sink("discord", timeout_s=10.0, clock=lambda: NOW + timedelta(seconds=20))
    with pytest.raises(AlertUnfinishedError) as unfinished:
        channel.send(held)
    assert unfinished.value.parts[0] == len(wire.sent) == 1


@pytest.mark.parametrize("code", [400, 401, 404, 413])
def test_a_refusal_is_distinguished_from_a_failure(wire: Wire, code: int) -> None:
    wire.answer = lambda _: code
    with pytest.raises(AlertRefusedError, match=str(code)):
        sink("discord").send(notice())
    wire.answer = lambda _: 502
    with pytest.raises(AlertError) as failed:
        sink("discord").send(notice())
    assert not isinstance(failed.value, AlertRefusedError)


def test_the_outbox_remembers_the_parts_sent(tmp_path: Path, wire: Wire) -> None:
    file = warehouse_file(tmp_path / "w.duckdb", 30)
    hourly = rule("all", channels=("desk",), digest=Digest(every="hourly"))
    with open_warehouse(file) as con:
        enqueue_in_transaction(con, [hourly], now=NOW)
    wire.answer = lambda n: 503 if n == 3 else 204
    later = NOW + timedelta(hours=1)
    plan = DeliveryPlan(terms=ClaimTerms(backoff_base_s=0.01))
    channel = sink("discord", clock=lambda: later)
    first = deliver(file, [channel], plan=plan, clock=lambda: later)
    assert (first.sent, first.failed) == (0, 1)
    wire.answer = lambda _: 204
    second = deliver(file, [channel], plan=plan, clock=lambda: later + timedelta(minutes=5))
    assert second.sent == 1
    marks = re.findall(r" \((\d)/(\d)\)", " ".join(message["content"] for message in wire.sent))
    total = marks[0][1]
    # The third was refused once and sent once; the others went once.
    assert [n for n, _ in marks] == ["1", "2", "3", *(str(n) for n in range(3, int(total) + 1))]


def test_a_claim_too_short_for_all_parts_still_sends_each_once(tmp_path: Path, wire: Wire) -> None:
    file = warehouse_file(tmp_path / "w.duckdb", 30)
    hourly = rule("all", channels=("desk",), digest=Digest(every="hourly"))
    with open_warehouse(file) as con:
        enqueue_in_transaction(con, [hourly], now=NOW)
    # The sink's clock is far ahead: after each message the claim seems to run out.
    channel = sink("discord", clock=lambda: NOW + timedelta(days=1))
    counts = deliver(file, [channel], clock=lambda: NOW + timedelta(hours=1))
    marks = re.findall(r" \((\d)/(\d)\)", " ".join(message["content"] for message in wire.sent))
    assert [n for n, _ in marks] == ["1", "2", "3"]
    assert (counts.sent, counts.failed, counts.released) == (1, 0, 2)


def test_a_refused_digest_is_tried_three_times_not_ten(tmp_path: Path, wire: Wire) -> None:
    file = warehouse_file(tmp_path / "w.duckdb", 1)
    with open_warehouse(file) as con:
        enqueue_in_transaction(con, [rule("all", channels=("desk",))], now=NOW)
    wire.answer = lambda _: 400
    plan = DeliveryPlan(terms=ClaimTerms(backoff_base_s=0.0))
    counts = deliver(file, [sink("discord")], plan=plan, clock=lambda: NOW + timedelta(hours=1))
    for hour in range(2, 8):
        later = NOW + timedelta(hours=hour)
        more = deliver(file, [sink("discord")], plan=plan, clock=partial(max, later, later))
        counts.dead += more.dead
    assert len(wire.sent) == 3
    assert counts.dead == 1


def test_a_webhook_gets_what_fits_and_the_number_left_out() -> None:
    with MoodyReceiver() as receiver:
        hook = WebhookSink("desk", receiver.url, redact=Redactor(), most_bytes=50_000)
        hook.send(digest(300, evidence="duty " * 100))
        hook.send(digest(2))
        hook.close()
    small, body = sorted(map(json.loads, receiver.bodies["d" * 32]), key=lambda b: b["folded"])
    assert "developments_left_out" not in small
    assert body["folded"] == 300
    assert 0 < len(body["developments"]) < 300
    assert len(body["developments"]) + body["developments_left_out"] == 300
