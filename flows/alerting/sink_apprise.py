"""Send notices through an Apprise URL: mail, Slack, Teams, Telegram, ntfy and others."""

import logging
import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import apprise
from apprise.conversion import convert_between
from apprise.plugins.discord import NotifyDiscord

from flows.alerting.message import markup_for, subject
from flows.alerting.pieces import MOST_PIECES, Limit, limit_of, pieces_of
from flows.alerting.secrets import Redactor
from flows.alerting.sinks import RETRIED
from flows.base.clock import utc_now
from models import harmless
from models.alert import Notice, Severity
from models.errors import AlertError, AlertRefusedError, AlertUnfinishedError, ConfigError
from models.headline import shorten

FORMATS = {
    "text": apprise.NotifyFormat.TEXT,
    "markdown": apprise.NotifyFormat.MARKDOWN,
    "html": apprise.NotifyFormat.HTML,
}
KINDS = {
    Severity.FLASH: apprise.NotifyType.FAILURE,
    Severity.URGENT: apprise.NotifyType.WARNING,
    Severity.NOTICE: apprise.NotifyType.INFO,
}
# Apprise waits up to 5.5 s between two messages of a channel; a burst would outlast its claims.
PAUSE_S = 1.0
TITLE_LIMIT = 240
# Room around the title: Apprise adds markup when it puts the title into the body.
TITLE_SPARE = 16
# Room in the body for "(2/3)", for a counter that Apprise may add, and for line ends.
BODY_SPARE = 40
_STATUS = re.compile(r"\berror\s*=\s*(\d{3})\b|\bHTTP(?:/\d\S*)? (\d{3})\b")


class AppriseSink:
    """One Apprise URL. The idempotency key is sent as a header if the service takes headers.

    A digest longer than the service's limit goes out in pieces (flows/alerting/pieces.py). Apprise
    reports only success or failure; the reason comes from its log, redacted. Raises ConfigError
    when Apprise knows no service for the URL.
    """

    def __init__(
        self,
        channel: str,
        url: str,
        *,
        redact: Redactor,
        style: str = "text",
        timeout_s: float = 10.0,
        pause_s: float = PAUSE_S,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.channel = channel
        self.style = style
        # Connect and read may each take timeout_s, and a service may need a second call.
        self.timeout_s = 3 * timeout_s + pause_s
        self.redact = redact
        self.clock = clock
        OVERHEARD.install()
        plugin = apprise.Apprise.instantiate(url, suppress_exceptions=True)
        if not isinstance(plugin, apprise.NotifyBase):
            raise ConfigError("Apprise knows no service for this address")
        self.plugin: apprise.NotifyBase = plugin
        self.plugin.socket_connect_timeout = timeout_s
        self.plugin.socket_read_timeout = timeout_s
        self.plugin.request_rate_per_sec = min(self.plugin.request_rate_per_sec, pause_s)
        self.service = service_of(self.plugin)
        self.markup = markup_for(style, self.service)
        # With overflow=truncate, one message. Otherwise Apprise splits what is still too long.
        truncates = self.plugin.overflow_mode == apprise.OverflowMode.TRUNCATE
        self.most_pieces = 1 if truncates else MOST_PIECES
        if not truncates:
            self.plugin.overflow_mode = apprise.OverflowMode.SPLIT
        keep_quiet(self.plugin)
        self.apprise = apprise.Apprise()
        self.apprise.add(self.plugin)

    def send(self, notice: Notice) -> None:
        title = self.title(notice)
        bodies = pieces_of(notice, self.markup, self.limit(title))
        total = len(bodies)
        # If the split differs from the last attempt (new release or format), send all pieces again.
        done = notice.parts_sent if notice.parts_total == total else 0
        for place in range(min(done, total - 1), total):
            if place > done and self.too_late(notice):
                raise AlertUnfinishedError(
                    notice.alert_id,
                    f"{place} of {total} parts sent, the rest follows",
                    parts=(place, total),
                )
            self.send_piece(notice, title, bodies[place], place, total)

    def send_piece(self, notice: Notice, title: str, body: str, place: int, total: int) -> None:
        """Send one message. Raises AlertError with the number of parts sent so far."""
        part = f"-{place + 1}of{total}" if total > 1 else ""
        headers = getattr(self.plugin, "headers", None)
        if isinstance(headers, dict):
            headers["Idempotency-Key"] = notice.alert_id + part
        OVERHEARD.listen()
        done = self.apprise.notify(
            body=body,
            title=f"{title} ({place + 1}/{total})" if total > 1 else title,
            notify_type=KINDS[notice.severity],
            body_format=FORMATS[self.style],
        )
        if done:
            return
        heard = OVERHEARD.heard() or "Apprise gave no reason"
        reason = harmless.line(self.redact(heard))
        kind = AlertRefusedError if is_refusal(heard) else AlertError
        raise kind(notice.alert_id, reason, parts=(place, total) if place else (0, 0))

    def title(self, notice: Notice) -> str:
        """Return the title, escaped for its place: a header, or the top of the body."""
        most = self.plugin.title_maxlen if self.plugin.title_maxlen > 0 else TITLE_LIMIT
        room = max(min(most, TITLE_LIMIT, self.plugin.body_maxlen // 4) - TITLE_SPARE, 20)
        escape = harmless.SERVICES.get(self.service, harmless.chat)
        if escape is harmless.mail:
            escape = harmless.mail_header
        if self.style != "text" and self.plugin.title_maxlen <= 0:
            escape = self.markup.escape
        title = escape(shorten(subject(notice), room))
        for shorter in range(room, 20, -10):
            if len(title) <= max(most - TITLE_SPARE, room):
                break
            title = escape(shorten(subject(notice), shorter))
        return title

    def limit(self, title: str) -> Limit:
        """Return the limit for the body next to the title, measured after Apprise's conversion."""
        most, size = limit_of(self.service, self.plugin.body_maxlen)
        if self.plugin.title_maxlen <= 0 or self.plugin.overflow_amalgamate_title:
            most -= self.converted(title, size) + BODY_SPARE
        return Limit(
            most=most, size=lambda text: self.converted(text, size), pieces=self.most_pieces
        )

    def converted(self, text: str, size: Callable[[str], int]) -> int:
        """Return the size of a text before or after Apprise's conversion, whichever is larger."""
        convert: Callable[..., str] = convert_between
        return max(size(text), size(convert(FORMATS[self.style], self.plugin.notify_format, text)))

    def too_late(self, notice: Notice) -> bool:
        """Return whether the claim could expire while the next piece is sent."""
        until = notice.claimed_until
        return until is not None and self.clock() + timedelta(seconds=self.timeout_s) > until

    def close(self) -> None:
        """Do nothing: Apprise keeps no connection between messages."""


def service_of(plugin: apprise.NotifyBase) -> str:
    """Return the scheme of its address: "discord", "tgram"."""
    schemas: Callable[[], frozenset[str]] = plugin.schemas
    names = sorted(schemas())
    return next((name for name in names if name in harmless.SERVICES), names[0] if names else "")


def is_refusal(heard: str) -> bool:
    """Return whether Apprise's log shows a permanent refusal by the service (4xx)."""
    codes = [int(first or second) for first, second in _STATUS.findall(heard)]
    return any(400 <= code < 500 and code not in RETRIED for code in codes)


def keep_quiet(plugin: apprise.NotifyBase) -> None:
    """Make Discord ping nobody mentioned in our texts, except those in the operator's `ping=`.

    Source: discord.com/developers/docs/resources/message#allowed-mentions-object.
    """
    if not isinstance(plugin, NotifyDiscord):
        return
    post = plugin._send

    def post_quietly(payload: dict[str, Any], *args: Any, **more: Any) -> Any:
        asked = payload.pop("allow_mentions", None) or {}
        everyone = {"everyone", "here"} & set(asked.get("parse", ()))
        payload["allowed_mentions"] = {
            "parse": ["everyone"] if everyone else [],
            "users": asked.get("users", []),
            "roles": asked.get("roles", []),
        }
        return post(payload, *args, **more)

    plugin._send = post_quietly  # type: ignore[method-assign]


class Overheard(logging.Handler):
    """Collects Apprise's warnings by thread, and keeps its log away from all other logs.

    Apprise gives the cause of a failure (an SMTP code, a refused connection) only in its debug
    log, which also contains addresses and whole messages.
    """

    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.complaints = threading.local()

    def install(self) -> None:
        """Redirect Apprise's log to this handler."""
        logger = logging.getLogger("apprise")
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        if self not in logger.handlers:
            logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        text = " ".join(record.getMessage().split())
        if record.levelno >= logging.WARNING or "Exception" in text:
            self.complaints.heard = [*getattr(self.complaints, "heard", []), text]

    def listen(self) -> None:
        """Drop earlier warnings of this thread."""
        self.complaints.heard = []

    def heard(self) -> str:
        """Return the warnings of this thread since `listen`, at most the last 300 characters."""
        return "; ".join(getattr(self.complaints, "heard", []))[-300:]


OVERHEARD = Overheard()
