"""Read alert rules and channels from TOML. A rule with errors does not stop the others.

[[channel]]                         where notices go
id = "desk"
kind = "webhook"                    log, file, webhook, apprise
url = "${DESK_WEBHOOK_URL}"         secrets come from the environment only
secret = "${DESK_WEBHOOK_SECRET}"

[[rule]]                            all conditions must hold; a list means any of its values
id = "rare-earth-curbs"
severity = "flash"
family = "export"
commodity = ["rare_earths"]         with all commodities below it
where = "rate_value >= 25"          SQL over one row of policy_events
channel = ["log", "desk"]
throttle = "10/hour"
quiet = { from = "22:00", to = "07:00", zone = "Europe/London" }
digest = { every = "daily", at = "07:00", zone = "Europe/London" }

[ticker_group]                      your own groups of listings, besides the shipped sectors
magnets = ["XNYS:MP", "LYC"]
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from flows.alerting.rule_tables import ChannelTable, RuleTable
from flows.alerting.rule_vocabulary import RuleVocabulary, reference_vocabulary, suggestion
from models.alert import AlertRule
from models.fault import fault_line

TABLES = ("rule", "channel", "ticker_group")
LOG_CHANNEL = "log"
Table = TypeVar("Table", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleProblem:
    """A problem with one rule or channel: one line naming file, item and key."""

    source: str
    item: str
    key: str
    reason: str

    def __str__(self) -> str:
        where = ": ".join(part for part in (self.source, self.item, self.key) if part)
        return f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where notices go. `url` and `secret` are as written, `${NAME}` unresolved, so not secret."""

    channel_id: str
    kind: str
    url: str | None = None
    secret: str | None = None
    path: str | None = None
    style: str = "text"
    timeout_s: float = 10.0
    max_bytes: int = 1024 * 1024
    cloudevents: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """The rules that can run, all channels, problems of the rest; `off`: ids of disabled rules."""

    rules: tuple[AlertRule, ...] = ()
    channels: tuple[Channel, ...] = ()
    problems: tuple[RuleProblem, ...] = ()
    sources: Mapping[str, str] | None = None
    off: tuple[str, ...] = ()

    def without(self, bad: Iterable[tuple[str, str]]) -> "RuleBook":
        """Return the book without these rules (id and reason), whose SQL the warehouse refused."""
        reasons = dict(bad)
        sources = self.sources or {}
        return replace(
            self,
            rules=tuple(rule for rule in self.rules if rule.rule_id not in reasons),
            problems=self.problems
            + tuple(
                RuleProblem(
                    source=sources.get(rule_id, ""),
                    item=f"rule {rule_id!r}",
                    key="where",
                    reason=reason,
                )
                for rule_id, reason in reasons.items()
            ),
        )


def rule_files(path: Path) -> list[Path]:
    """Return the path itself, or the .toml files of a folder in order of name."""
    return sorted(path.glob("*.toml")) if path.is_dir() else [path]


def load_rules(
    paths: Sequence[Path],
    vocabulary: RuleVocabulary | None = None,
    *,
    settings_file: Path | None = None,
    default_channels: Sequence[str] = (LOG_CHANNEL,),
) -> RuleBook:
    """Read rules and channels from files. Errors are listed in `problems`; the rest can run.

    One of the files may be the settings file; its other tables are ignored here. A rule without
    channels uses `default_channels`. SQL predicates are checked later, against the warehouse
    (warehouse.alerting.alert_predicates).
    """
    problems: list[RuleProblem] = []
    tables = read_tables(paths, settings_file, problems)
    for source, table in tables:
        problems += unknown_tables(source, table)
    vocabulary = with_groups(vocabulary or reference_vocabulary(), tables, problems)
    channels = load_channels(tables, problems)
    known = {channel.channel_id for channel in channels}
    rules: dict[str, AlertRule] = {}
    sources: dict[str, str] = {}
    off = []
    for source, number, raw in items(tables, "rule", problems):
        if raw.get("enabled") is False:
            off.append(str(raw.get("id", number)))
        try:
            rule = read_rule(source, number, raw, vocabulary, known, problems, default_channels)
        except Exception as error:  # noqa: BLE001 - one rule's fault must not stop the others
            name = f"rule {raw.get('id', number)!r}"
            problems.append(_problem(source, name, "", fault_line(error)))
            continue
        if rule is None:
            continue
        if rule.rule_id in rules:
            reason = f"already used in {sources[rule.rule_id]}; the first rule runs"
            problems.append(_problem(source, f"rule {rule.rule_id!r}", "id", reason))
            continue
        rules[rule.rule_id], sources[rule.rule_id] = rule, source
    return RuleBook(
        rules=tuple(rules.values()),
        channels=tuple(channels),
        problems=tuple(problems),
        sources=sources,
        off=tuple(off),
    )


def read_tables(
    paths: Sequence[Path], settings_file: Path | None, problems: list[RuleProblem]
) -> list[tuple[str, dict[str, Any]]]:
    """Return the name and the tables of each file; add a problem for each unreadable file."""
    tables: list[tuple[str, dict[str, Any]]] = []
    for path in paths:
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            problems.append(_problem(path.name, "", "", error.strerror or "cannot be read"))
            continue
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(_problem(path.name, "", "", f"not valid TOML: {error}"))
            continue
        if path == settings_file:
            table = {key: value for key, value in table.items() if key in TABLES}
        tables.append((path.name, table))
    return tables


def unknown_tables(source: str, table: Mapping[str, Any]) -> list[RuleProblem]:
    """Return a problem for each unknown top-level key."""
    return [
        _problem(source, "", key, f"unknown table{suggestion(key, TABLES)}")
        for key in table
        if key not in TABLES
    ]


def with_groups(
    vocabulary: RuleVocabulary,
    tables: Sequence[tuple[str, Mapping[str, Any]]],
    problems: list[RuleProblem],
) -> RuleVocabulary:
    """Return the vocabulary with the operator's own ticker groups added."""
    groups = dict(vocabulary.groups)
    for source, table in tables:
        own = table.get("ticker_group", {})
        if not isinstance(own, dict):
            problems.append(_problem(source, "", "ticker_group", "must be a table of lists"))
            continue
        for name, members in own.items():
            try:
                groups[name] = tuple(vocabulary.listing(str(member)) for member in members)
            except (ValueError, TypeError) as error:
                problems.append(_problem(source, f"ticker_group {name!r}", "", str(error)))
    return replace(vocabulary, groups=groups)


def load_channels(
    tables: Sequence[tuple[str, Mapping[str, Any]]], problems: list[RuleProblem]
) -> list[Channel]:
    """Return the channels; `log` always exists."""
    channels = {LOG_CHANNEL: Channel(channel_id=LOG_CHANNEL, kind="log")}
    for source, number, raw in items(tables, "channel", problems):
        name = f"channel {raw.get('id', number)!r}"
        table = validated(ChannelTable, source, name, raw, problems)
        if table is None:
            continue
        if table.id in channels and table.id != LOG_CHANNEL:
            problems.append(_problem(source, name, "id", "already used; the first channel is kept"))
            continue
        channels[table.id] = Channel(
            channel_id=table.id,
            kind=table.kind,
            url=table.url,
            secret=table.secret,
            path=table.path,
            style=table.format,
            timeout_s=table.timeout_s,
            max_bytes=table.max_bytes,
            cloudevents=table.cloudevents,
            source=source,
        )
    return list(channels.values())


def read_rule(
    source: str,
    number: int,
    raw: dict[str, Any],
    vocabulary: RuleVocabulary,
    channels: set[str],
    problems: list[RuleProblem],
    default_channels: Sequence[str] = (LOG_CHANNEL,),
) -> AlertRule | None:
    """Return one [[rule]] table as a rule; None, with a problem added, when it cannot run."""
    name = f"rule {raw.get('id', number)!r}"
    table = validated(RuleTable, source, name, raw, problems)
    if table is None or not table.enabled:
        return None
    key = ""
    try:
        key = "commodity"
        goods = [item for name_ in table.commodity for item in vocabulary.commodity(name_)]
        key = "ticker"
        listings = [vocabulary.listing(item) for item in table.ticker]
        key = "ticker_group"
        listings += [item for group in table.ticker_group for item in vocabulary.group(group)]
        key = "actor"
        actors = tuple(vocabulary.jurisdiction(code) for code in table.actor)
        key = "target"
        targets = tuple(vocabulary.jurisdiction(code) for code in table.target)
        key = "channel"
        wanted = tuple(default_channels) if table.channel is None else table.channel
        for channel in wanted:
            if channel not in channels:
                raise ValueError(no_channel(channel, channels))
    except ValueError as error:
        problems.append(_problem(source, name, key, str(error)))
        return None
    return AlertRule(
        rule_id=table.id,
        description=table.description,
        severity=table.severity,
        types=table.type,
        families=table.family,
        statuses=table.status,
        polarities=table.polarity,
        factualities=table.factuality,
        grades=table.grade,
        actors=actors,
        targets=targets,
        commodities=tuple(dict.fromkeys(goods)),
        listings=tuple(dict.fromkeys(listings)),
        links=table.link,
        min_novelty=table.min_novelty,
        min_confidence=table.min_confidence,
        min_confirmations=table.min_confirmations,
        max_source_tier=table.max_source_tier,
        max_age_days=table.max_age_days,
        predicate=table.where,
        channels=tuple(dict.fromkeys(wanted)),
        throttle=table.throttle,
        quiet=table.quiet,
        digest=table.digest,
    )


def no_channel(name: str, known: Iterable[str]) -> str:
    """Return the message for an undefined channel."""
    known = sorted(known)
    message = f"no channel {name!r} is defined{suggestion(name, known)}"
    return f"{message} (defined: {', '.join(known)})"


def items(
    tables: Sequence[tuple[str, Mapping[str, Any]]], key: str, problems: list[RuleProblem]
) -> Iterable[tuple[str, int, dict[str, Any]]]:
    """Yield each [[key]] table with its file and its position in the file, from 1."""
    for source, table in tables:
        found = table.get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            problems.append(_problem(source, "", key, f"must be a table: [[{key}]]"))
            continue
        for number, item in enumerate(found, 1):
            yield source, number, item


def validated(
    model: type[Table], source: str, name: str, raw: dict[str, Any], problems: list[RuleProblem]
) -> Table | None:
    """Return the table as a model; None, with the first problem added, when it is invalid."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        reason = str(first["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
        if first["type"] == "extra_forbidden":
            reason = f"unknown key{suggestion(key, model.model_fields)}"
        elif first["type"] == "missing":
            reason = "is missing"
        problems.append(_problem(source, name, key, reason))
        return None


def _problem(source: str, item: str, key: str, reason: str) -> RuleProblem:
    return RuleProblem(source=source, item=item, key=key, reason=" ".join(reason.split()))
