"""The rows of `policywire alerts list`: every rule and channel with its state, and mutes."""

from collections.abc import Sequence

from flows.alerting.muting import mute_lines
from flows.alerting.rules import Channel, RuleBook, RuleProblem
from flows.base.settings import Settings
from models.alert import AlertRule
from models.errors import WarehouseError
from warehouse.alerting.alert_history import refused_predicates, sent_so_far
from warehouse.alerting.alert_predicates import check_rules
from warehouse.connection import open_warehouse

# The conditions of a rule, in display order, under the names that rule files use.
CONDITIONS = (
    ("type", "types"),
    ("family", "families"),
    ("status", "statuses"),
    ("polarity", "polarities"),
    ("factuality", "factualities"),
    ("grade", "grades"),
    ("actor", "actors"),
    ("target", "targets"),
    ("commodity", "commodities"),
    ("ticker", "listings"),
    ("link", "links"),
)
MOST_VALUES = 4


def muted_now(settings: Settings) -> list[str]:
    """Return the mutes that hold today, as lines."""
    try:
        return mute_lines(settings.snapshot)
    except WarehouseError:
        # No snapshot yet, so nothing is muted.
        return []


def checked(settings: Settings, book: RuleBook) -> RuleBook:
    """Return the book without rules whose `where` is refused. Needs no warehouse, creates none."""
    try:
        bad = refused_predicates(settings.snapshot, book.rules)
    except WarehouseError:
        with open_warehouse(":memory:") as con:
            _, bad = check_rules(con, book.rules)
    return book.without(bad)


def rule_rows(settings: Settings, book: RuleBook) -> list[tuple[str, str, str, str, str, str]]:
    """Return a row per rule: id, state, severity, channels, notices sent so far, conditions."""
    try:
        sent = sent_so_far(settings.snapshot)
    except WarehouseError:
        # No snapshot yet, so nothing was sent.
        sent = {}
    rows = [
        (
            rule.rule_id,
            "on",
            rule.severity.value,
            ", ".join(rule.channels),
            str(sent.get(rule.rule_id, 0)),
            conditions(rule),
        )
        for rule in book.rules
    ]
    rows += [(rule_id, "off", "", "", str(sent.get(rule_id, 0)), "") for rule_id in book.off]
    for problem in book.problems:
        if problem.item.startswith("rule "):
            name = problem.item.removeprefix("rule ").strip("'\"")
            rows.append((name, "broken", "", "", str(sent.get(name, 0)), problem.reason))
    return rows


def conditions(rule: AlertRule) -> str:
    """Return the conditions: "family export; commodity rare_earths, gallium and 2 more"."""
    parts = [
        f"{name} {several(getattr(rule, field))}"
        for name, field in CONDITIONS
        if getattr(rule, field)
    ]
    parts.append(f"novelty >= {rule.min_novelty:g}")
    if rule.min_confidence:
        parts.append(f"confidence >= {rule.min_confidence:g}")
    if rule.min_confirmations:
        parts.append(f"{rule.min_confirmations} confirmations")
    if rule.max_source_tier:
        parts.append(f"source tier <= {rule.max_source_tier}")
    if rule.max_age_days:
        parts.append(f"at most {rule.max_age_days:g} days old")
    if rule.predicate:
        parts.append(f"where {' '.join(rule.predicate.split())}")
    return "; ".join(parts)


def several(values: Sequence[str]) -> str:
    """Return the first few values, and how many more there are."""
    shown = ", ".join(values[:MOST_VALUES])
    left = len(values) - MOST_VALUES
    return f"{shown} and {left} more" if left > 0 else shown


def channel_rows(
    settings: Settings, book: RuleBook, broken: Sequence[RuleProblem]
) -> list[tuple[str, str, str, str, str]]:
    """Return a row per channel: id, kind, target, users, state. Addresses are hidden as secrets."""
    faults = {problem.item: problem.reason for problem in broken}
    rows = []
    for channel in book.channels:
        users = sum(channel.channel_id in rule.channels for rule in book.rules)
        used = [f"{users} rule{'' if users == 1 else 's'}"] if users else []
        if channel.channel_id in settings.default_channel:
            used.append("default")
        if channel.channel_id in settings.watch.channel:
            used.append("alarms")
        rows.append(
            (
                channel.channel_id,
                channel.kind,
                where_to(channel),
                ", ".join(used) or "unused",
                faults.get(f"channel {channel.channel_id!r}", "ok"),
            )
        )
    return rows


def where_to(channel: Channel) -> str:
    """Return the file, the variable that holds the address, or the address without secrets."""
    if channel.path:
        return channel.path
    url = channel.url or ""
    if url.startswith("${") and url.endswith("}"):
        return url
    return f"{url.split('://', 1)[0]}://***" if "://" in url else ""
