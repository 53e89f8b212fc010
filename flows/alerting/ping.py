"""`policywire alerts ping`: one test notice through one channel."""

from flows.alerting.channels import open_sinks
from flows.alerting.delivery import try_send
from flows.alerting.rules import RuleBook, no_channel
from flows.alerting.secrets import Redactor, guard_logs
from flows.base.clock import utc_now
from flows.base.settings import Settings
from models.alert import Notice, Severity
from models.errors import ConfigError
from models.identity import digest_id
from warehouse.alerting.outbox import Attempt

RULE = "policywire-ping"


def ping_channel(settings: Settings, book: RuleBook, name: str) -> Attempt:
    """Send a test notice and return the attempt. The outbox is not involved.

    Raises ConfigError, one line, when there is no such channel or it cannot be created.
    """
    chosen = [channel for channel in book.channels if channel.channel_id == name]
    if not chosen:
        for problem in book.problems:
            if problem.item == f"channel {name!r}":
                raise ConfigError(str(problem))
        raise ConfigError(no_channel(name, [channel.channel_id for channel in book.channels]))
    redact = Redactor()
    undo = guard_logs(redact)
    try:
        sinks, problems = open_sinks(chosen, redact, folder=settings.warehouse.parent)
        for problem in problems:
            raise ConfigError(str(problem))
        (sink,) = sinks
        attempt = try_send(test_notice(name), sink, utc_now)
        sink.close()
    finally:
        undo()
    return attempt


def test_notice(channel: str) -> Notice:
    """Return a notice that says it is a test."""
    now = utc_now()
    return Notice(
        alert_id=digest_id("ping", channel, now.isoformat()),
        rule_id=RULE,
        channel=channel,
        severity=Severity.NOTICE,
        headline=f"PolicyWire test notice: channel {channel} works",
        created_at=now,
    )
