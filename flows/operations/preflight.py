"""Check before the first pass for faults that would make every pass fail."""

from collections.abc import Iterator
from pathlib import Path

from flows.alerting.channel_names import refuse_unknown_channels
from flows.base.settings import Settings
from flows.feeds.feed_list import load_feeds
from models.errors import ConfigError


def check_start(settings: Settings) -> None:
    """Raise ConfigError for an unreadable feed list, a missing file or an unknown channel."""
    load_feeds(settings.feeds)
    for problem in missing_files(settings):
        raise ConfigError(f"{problem}; correct the path or remove it")
    refuse_unknown_channels(settings)


def missing_files(settings: Settings) -> Iterator[str]:
    """Yield a line for each file that the settings name but that does not exist."""
    for key, paths in (
        ("price_files", settings.market.price_files),
        ("reference_csv", settings.market.reference_csv),
    ):
        for path in paths:
            if not Path(path).is_file():
                yield f"[market] {key}: {path}: no such file"
    if not settings.rules.exists():
        yield f"rules: {settings.rules}: no such file or folder"
