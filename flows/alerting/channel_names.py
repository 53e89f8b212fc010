"""Check, before anything starts, that the channels named in settings and rules exist."""

from flows.alerting.rounds import read_rules
from flows.alerting.rules import no_channel
from flows.base.settings import Settings
from models.errors import ConfigError


def unknown_channels(settings: Settings) -> list[str]:
    """Return a line for each place that names an undefined or invalid channel."""
    book = read_rules(settings.rule_paths, settings.alert_tables_in, settings.default_channel)
    known = [channel.channel_id for channel in book.channels]
    broken = {problem.item: str(problem) for problem in book.problems}
    lines = []
    for key, names in (
        ("default_channel", settings.default_channel),
        ("watch.channel", settings.watch.channel),
    ):
        for name in dict.fromkeys(names):
            if name not in known:
                lines.append(broken.get(f"channel {name!r}") or f"{key}: {no_channel(name, known)}")
    if not set(settings.default_channel) - set(known):
        lines += [
            str(problem)
            for problem in book.problems
            if problem.key == "channel" and problem.item.startswith("rule ")
        ]
    return list(dict.fromkeys(lines))


def refuse_unknown_channels(settings: Settings) -> None:
    """Raise ConfigError, one line, when a named channel does not exist."""
    lines = unknown_channels(settings)
    if lines:
        more = f" (and {len(lines) - 1} more: `policywire alerts check`)" if len(lines) > 1 else ""
        raise ConfigError(f"{lines[0]}{more}")
