"""Create a sink for each channel of the rule book; report those that cannot be created."""

from collections.abc import Iterable
from pathlib import Path

from flows.alerting.rules import Channel, RuleProblem
from flows.alerting.secrets import Redactor, resolve
from flows.alerting.sinks import AlertSink, FileSink, LogSink, WebhookSink
from models.errors import ConfigError
from models.fault import fault_line


def open_sinks(
    channels: Iterable[Channel], redact: Redactor, *, folder: Path | None = None
) -> tuple[list[AlertSink], list[RuleProblem]]:
    """Return a sink for each channel, and a problem for each channel that cannot have one.

    Notices for a channel without a sink stay in the outbox until it has one. Relative paths of
    file channels are relative to `folder`.
    """
    sinks: list[AlertSink] = []
    problems: list[RuleProblem] = []
    for channel in channels:
        key = "url"
        try:
            url = resolve(channel.url, redact) if channel.url else ""
            key = "secret"
            secret = resolve(channel.secret, redact) if channel.secret else None
            key = "url"
            sinks.append(open_sink(channel, url, secret, redact, folder or Path()))
        except (LookupError, ConfigError) as error:
            problems.append(
                problem(channel, key, redact(str(error.args[0] if error.args else error)))
            )
        except Exception as error:  # noqa: BLE001 - a broken channel must not stop the others
            problems.append(problem(channel, key, redact(fault_line(error))))
    return sinks, problems


def problem(channel: Channel, key: str, reason: str) -> RuleProblem:
    """Return why a channel cannot be created."""
    return RuleProblem(
        source=channel.source, item=f"channel {channel.channel_id!r}", key=key, reason=reason
    )


def open_sink(
    channel: Channel, url: str, secret: str | None, redact: Redactor, folder: Path
) -> AlertSink:
    """Return the sink of one channel. Raises ConfigError when its URL is invalid."""
    if channel.kind == "log":
        return LogSink(channel.channel_id)
    if channel.kind == "file":
        assert channel.path is not None, "checked by ChannelTable"
        return FileSink(channel.channel_id, folder / Path(channel.path).expanduser())
    # The whole address may be a secret: anyone who knows a Slack hook can post to it.
    redact.learn([url])
    if channel.kind == "webhook":
        if not url.startswith(("http://", "https://")):
            raise ConfigError("a webhook address must start with http:// or https://")
        return WebhookSink(
            channel.channel_id,
            url,
            redact=redact,
            secret=secret,
            timeout_s=channel.timeout_s,
            most_bytes=channel.max_bytes,
            cloudevents=channel.cloudevents,
        )
    # Apprise takes a second to import, so import it only if it is used.
    from flows.alerting.sink_apprise import AppriseSink

    return AppriseSink(
        channel.channel_id, url, redact=redact, style=channel.style, timeout_s=channel.timeout_s
    )
