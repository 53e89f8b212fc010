"""What `policywire alerts list` shows: every rule and channel, and what became of it so far."""

from collections.abc import Sequence

from flows.alerting.rules import Channel, RuleBook, RuleProblem
from flows.base.settings import Settings
from models.alert import AlertRule
from models.errors import WarehouseError
from warehouse.alerting.alert_history import refused_predicates, sent_so_far
from warehouse.alerting.alert_predicates import check_rules
from warehouse.connection import open_warehouse

# The conditions of a rule, in the order they are told, under the names that files use.
CONDITIONS = (
    ("type", "types"),
    ("family", "families"),
    ("status", "statuses"),
    ("polarity", "polarities"),
    ("factuality", "factualities"),
    ("actor", "actors"),
    ("target", "targets"),
    ("commodity", "commodities"),
    ("ticker", "listings"),
    ("link", "links"),
)
MOST_VALUES = 4


def checked(settings: Settings, book: RuleBook) -> RuleBook:
    """The book without rules whose `where` is refused; no warehouse is needed, and none is made."""
    try:
        bad = refused_predicates(settings.snapshot, book.rules)
    except WarehouseError:
        with open_warehouse(":memory:") as con:
            _, bad = check_rules(con, book.rules)
    return book.without(bad)


def rule_rows(settings: Settings, book: RuleBook) -> list[tuple[str, str, str, str, str, str]]:
    """id, on or off, severity, channels, notices sent so far, what it matches."""
    try:
        sent = sent_so_far(settings.snapshot)
    except WarehouseError:
        # Nothing published yet: nothing to count.
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
    """What must hold: "family export; commodity rare_earths, gallium and 2 more"."""
    told = [
        f"{name} {several(getattr(rule, field))}"
        for name, field in CONDITIONS
        if getattr(rule, field)
    ]
    told.append(f"novelty >= {rule.min_novelty:g}")
    if rule.min_confidence:
        told.append(f"confidence >= {rule.min_confidence:g}")
    if rule.min_confirmations:
        told.append(f"{rule.min_confirmations} confirmations")
    if rule.max_source_tier:
        told.append(f"source tier <= {rule.max_source_tier}")
    if rule.max_age_days:
        told.append(f"at most {rule.max_age_days:g} days old")
    if rule.predicate:
        told.append(f"where {' '.join(rule.predicate.split())}")
    return "; ".join(told)


def several(values: Sequence[str]) -> str:
    """A few of the values, and how many more there are."""
    shown = ", ".join(values[:MOST_VALUES])
    left = len(values) - MOST_VALUES
    return f"{shown} and {left} more" if left > 0 else shown


def channel_rows(
    settings: Settings, book: RuleBook, broken: Sequence[RuleProblem]
) -> list[tuple[str, str, str, str, str]]:
    """id, kind, where to, who uses it, how it is. An address is never told, it may be a secret."""
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
                ", ".join(used) or "nobody",
                faults.get(f"channel {channel.channel_id!r}", "ok"),
            )
        )
    return rows


def where_to(channel: Channel) -> str:
    """The file, the variable that holds the address, or the address without what may be secret."""
    if channel.path:
        return channel.path
    url = channel.url or ""
    if url.startswith("${") and url.endswith("}"):
        return url
    return f"{url.split('://', 1)[0]}://***" if "://" in url else ""
