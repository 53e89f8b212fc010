"""What the desk wants to hear of, and what it was told."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """A standing order for news. An empty tuple means "any"; all conditions must hold."""

    rule_id: str
    severity: str = "notice"
    types: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    polarities: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    commodities: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    min_novelty: float = 0.5
    min_confidence: float = 0.0
    channels: tuple[str, ...] = ("log",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One notice owed to one channel. Its id digests rule, development and channel: once is all."""

    alert_id: str
    rule_id: str
    development_id: str
    channel: str
    severity: str
    created_at: datetime
    headline: str
    body: str
