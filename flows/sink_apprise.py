"""Notices to people's channels through an Apprise URL: mail, Slack, Teams, Telegram, ntfy, ..."""

import logging
import threading

import apprise

from flows.message import render, subject
from flows.secrets import Redactor
from models.alert import Notice, Severity
from models.errors import AlertError, ConfigError

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
# Apprise waits up to 5.5 s between two messages of one channel; a burst would outlast its claim.
PAUSE_S = 1.0


class AppriseSink:
    """One Apprise URL. The idempotency key goes as a header where the service has headers.

    Apprise says only whether it worked; why not comes from its log, redacted.
    Raises ConfigError when no service is known by the URL.
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
    ) -> None:
        self.channel = channel
        self.style = style
        # Connect and read may each take this long, and a service may need a second call.
        self.timeout_s = 3 * timeout_s + pause_s
        self.redact = redact
        OVERHEARD.install()
        self.plugin = apprise.Apprise.instantiate(url, suppress_exceptions=True)
        if not isinstance(self.plugin, apprise.NotifyBase):
            raise ConfigError("no service known to Apprise takes it")
        self.plugin.socket_connect_timeout = timeout_s
        self.plugin.socket_read_timeout = timeout_s
        self.plugin.request_rate_per_sec = min(self.plugin.request_rate_per_sec, pause_s)
        self.apprise = apprise.Apprise()
        self.apprise.add(self.plugin)

    def send(self, notice: Notice) -> None:
        headers = getattr(self.plugin, "headers", None)
        if isinstance(headers, dict):
            headers["Idempotency-Key"] = notice.alert_id
        OVERHEARD.listen()
        done = self.apprise.notify(
            body=render(notice, self.style),
            title=subject(notice),
            notify_type=KINDS[notice.severity],
            body_format=FORMATS[self.style],
        )
        if not done:
            reason = OVERHEARD.heard() or "Apprise gave no reason"
            raise AlertError(notice.alert_id, self.redact(reason))

    def close(self) -> None:
        """Apprise holds no connection between messages."""


class Overheard(logging.Handler):
    """Keeps what Apprise complains of, by thread, and lets nothing of it reach any other log.

    Apprise tells the cause (an SMTP code, a refused connection) only in its debug log, where it
    also writes addresses and whole messages.
    """

    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.complaints = threading.local()

    def install(self) -> None:
        """Take Apprise's log over."""
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
        """Forget what this thread heard before."""
        self.complaints.heard = []

    def heard(self) -> str:
        """What this thread heard since, the end of it."""
        return "; ".join(getattr(self.complaints, "heard", []))[-300:]


OVERHEARD = Overheard()
