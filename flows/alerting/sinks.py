"""Send notices to the log, to a file of JSON lines, or to a signed webhook.

Every sink is an AlertSink. `send` returns when the notice is delivered and raises AlertError when
it is not. `alert_id` is the idempotency key, so a receiver can recognise a repeat.
"""

import base64
import binascii
import fcntl
import hashlib
import hmac
import json
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import httpx

from flows.alerting.message import payload_bytes, subject
from flows.alerting.secrets import Redactor
from models import harmless
from models.alert import Notice, Severity
from models.errors import AlertError, AlertRefusedError

LEVELS = {
    Severity.FLASH: logging.WARNING,
    Severity.URGENT: logging.WARNING,
    Severity.NOTICE: logging.INFO,
}
# A later attempt may succeed: timeout, conflict, locked, too early, too many requests.
RETRIED = {408, 409, 423, 425, 429}
ANSWER_LIMIT = 200
BODY_LIMIT = 1024 * 1024


class AlertSink(Protocol):
    """One channel. `timeout_s` is the longest a send may take; a claim must outlast it."""

    channel: str
    timeout_s: float

    def send(self, notice: Notice) -> None:
        """Deliver one notice. Raises AlertError; AlertRefusedError if retries will hardly help."""

    def close(self) -> None:
        """Close connections and files."""


class LogSink:
    """Writes notices to the log `policywire.alerts`, with their fields as extra data."""

    timeout_s = 1.0

    def __init__(self, channel: str = "log") -> None:
        self.channel = channel
        self.log = logging.getLogger("policywire.alerts")

    def send(self, notice: Notice) -> None:
        fields = {
            "alert_id": notice.alert_id,
            "rule": notice.rule_id,
            "severity": notice.severity.value,
            "refers_to": notice.refers_to,
            "folded": len(notice.parts),
        }
        self.log.log(LEVELS[notice.severity], "%s", subject(notice), extra={"fields": fields})

    def close(self) -> None:
        """Do nothing: nothing is open."""


class FileSink:
    """Appends notices to a file, one JSON object per line, each alert_id once.

    The sink reads the ids in the file, so a repeat after a crash is not written again. A line cut
    off by a crash stays as it is, and its notice is written again.
    """

    timeout_s = 5.0

    def __init__(self, channel: str, path: Path) -> None:
        self.channel = channel
        self.path = path
        self.read_to = 0
        self.held: set[str] = set()

    def send(self, notice: Notice) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                # Two processes may write at the same time; the lock ends with the process.
                fcntl.flock(file, fcntl.LOCK_EX)
                whole = self.read_on(file.fileno())
                if notice.alert_id in self.held:
                    return
                file.write((b"" if whole else b"\n") + payload_bytes(notice) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise AlertError(
                notice.alert_id, f"{self.path.name}: {error.strerror or error}"
            ) from error

    def read_on(self, descriptor: int) -> bool:
        """Read the ids written since last time; return whether the file ends with a whole line."""
        size = os.fstat(descriptor).st_size
        if size < self.read_to:
            # Rotated or truncated: start over.
            self.read_to, self.held = 0, set()
        data = os.pread(descriptor, size - self.read_to, self.read_to)
        end = data.rfind(b"\n") + 1
        for line in data[:end].splitlines():
            try:
                self.held.add(json.loads(line)["alert_id"])
            except (ValueError, KeyError, TypeError):
                continue
        self.read_to += end
        return end == len(data)

    def close(self) -> None:
        """Do nothing: no file is open between notices."""


class WebhookSink:
    """Posts notices as JSON, signed by the Standard Webhooks scheme, with an idempotency key.

    Headers: `Idempotency-Key` and `webhook-id` (the alert_id), `webhook-timestamp` (Unix seconds),
    `webhook-signature` ("v1," and the base64 HMAC-SHA256 of "id.timestamp.body"). A secret that
    starts with "whsec_" is base64, any other is used as it is. Redirects are not followed: a
    notice goes only to the address the operator chose. Source: standardwebhooks.com, version 1.0.0.
    With `cloudevents`, headers `ce-...` describe the same body (CloudEvents 1.0, binary mode).
    """

    def __init__(
        self,
        channel: str,
        url: str,
        *,
        redact: Redactor,
        secret: str | None = None,
        timeout_s: float = 10.0,
        most_bytes: int = BODY_LIMIT,
        cloudevents: bool = False,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.channel = channel
        self.timeout_s = timeout_s
        self.most_bytes = most_bytes
        self.cloudevents = cloudevents
        self.url = url
        self.key = secret_bytes(secret) if secret else None
        self.redact = redact
        self.clock = clock
        self.client = httpx.Client(
            timeout=httpx.Timeout(timeout_s, connect=min(5.0, timeout_s)),
            follow_redirects=False,
            transport=transport,
            headers={"User-Agent": "policywire", "Content-Type": "application/json"},
        )

    def send(self, notice: Notice) -> None:
        body = payload_bytes(notice, self.most_bytes)
        headers = {"Idempotency-Key": notice.alert_id, "webhook-id": notice.alert_id}
        stamp = str(int(self.clock().timestamp()))
        headers["webhook-timestamp"] = stamp
        if self.cloudevents:
            headers |= cloud_event(notice)
        if self.key is not None:
            headers["webhook-signature"] = signature(self.key, notice.alert_id, stamp, body)
        try:
            with self.client.stream("POST", self.url, content=body, headers=headers) as answer:
                self.judge(notice, answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            # The cause is not chained: it may contain the address, with a token.
            raise AlertError(notice.alert_id, self.redact(harmless.line(reason))) from None

    def judge(self, notice: Notice, answer: httpx.Response) -> None:
        """Raise AlertError unless the answer says that the notice has arrived."""
        status = answer.status_code
        if 200 <= status < 300:
            return
        if status == 409 and notice.attempt > 1:
            # The receiver knows this key: an earlier attempt arrived, but its answer was lost.
            return
        reason = harmless.line(f"HTTP {status} {answer.reason_phrase}{self.said(answer)}")
        if status in RETRIED or status >= 500:
            wait = retry_after_s(answer.headers.get("retry-after"), self.clock())
            raise AlertError(notice.alert_id, reason, retry_after_s=wait)
        raise AlertRefusedError(notice.alert_id, reason)

    def said(self, answer: httpx.Response) -> str:
        """Return the start of the answer's body, on one line, redacted."""
        for chunk in answer.iter_bytes(ANSWER_LIMIT):
            text = harmless.line(chunk[:ANSWER_LIMIT].decode("utf-8", "replace"))
            return f": {self.redact(text)}" if text else ""
        return ""

    def close(self) -> None:
        self.client.close()


def cloud_event(notice: Notice) -> dict[str, str]:
    """Return the attributes of a notice as headers: CloudEvents 1.0, HTTP binding, binary mode.

    Source and id together name the notice, the same on every attempt. The subject is the measure.
    """
    at = notice.created_at.astimezone(UTC).isoformat(timespec="milliseconds")
    found = {
        "ce-specversion": "1.0",
        "ce-id": notice.alert_id,
        "ce-source": "/policywire/alerts",
        "ce-type": f"policywire.notice.{notice.kind}",
        "ce-time": at.replace("+00:00", "Z"),
    }
    if notice.candidate is not None:
        # A header holds ASCII; the binding asks for percent-encoding of the rest.
        found["ce-subject"] = quote(notice.candidate.measure_id, safe=":/+-._~")
    return found


def secret_bytes(secret: str) -> bytes:
    """Return the key of a webhook secret."""
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            return secret.encode()
    return secret.encode()


def signature(key: bytes, alert_id: str, stamp: str, body: bytes) -> str:
    """Return the `webhook-signature` of a body (Standard Webhooks 1.0.0, symmetric)."""
    signed = b".".join((alert_id.encode(), stamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Return the seconds a Retry-After header asks for, at most a day; None without a valid one."""
    if not header:
        return None
    if header.strip().isdecimal():
        return min(float(header), 86400.0)
    try:
        then = parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return min(max((then - now).total_seconds(), 0.0), 86400.0)
