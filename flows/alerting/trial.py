"""`policywire alerts test`: what a rule would have sent in the past."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from flows.alerting.rules import RuleBook
from models.alert import AlertCandidate, AlertRule, matches
from models.alert_timing import timing
from models.errors import ConfigError
from models.headline import headline
from warehouse.alerting.alert_history import developments_since, refused_predicates


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialNotice:
    """A notice the rule would have sent: a single development, or a digest of several."""

    at: datetime
    headlines: tuple[str, ...]
    fold_reason: str | None = None


@dataclass(slots=True, kw_only=True)
class DayCount:
    """Counts of one day: developments that match the rule, and notices it would have sent."""

    matched: int = 0
    notices: int = 0
    digests: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a rule would have sent since a day, on each of its channels."""

    rule: AlertRule
    considered: int
    matched: int
    notices: tuple[TrialNotice, ...]
    days: dict[date, DayCount] = field(default_factory=dict)


def try_rule(snapshot: Path, book: RuleBook, rule_id: str, since: datetime) -> Trial:
    """Try one rule of the book on the snapshot. Stores and sends nothing.

    A development counts on the day it was first reported, by the publisher's time if it is
    plausible. Throttle, quiet hours and digests are applied in that order. Raises ConfigError, one
    line, when there is no such rule or it has an error.
    """
    rule = find_rule(book, rule_id)
    for _, reason in refused_predicates(snapshot, (rule,)):
        source = (book.sources or {}).get(rule_id, "")
        raise ConfigError(f"{source}: rule {rule_id!r}: where: {reason}")
    candidates = developments_since(snapshot, since, rule)
    met = [(told_at(c), c) for c in candidates if matches(rule, c, told_at(c))]
    notices = play(rule, met)
    days: dict[date, DayCount] = {}
    for at, _ in met:
        days.setdefault(at.date(), DayCount()).matched += 1
    for notice in notices:
        day = days.setdefault(notice.at.date(), DayCount())
        if notice.fold_reason:
            day.digests += 1
        else:
            day.notices += 1
    return Trial(
        rule=rule,
        considered=len(candidates),
        matched=len(met),
        notices=tuple(notices),
        days=dict(sorted(days.items())),
    )


def find_rule(book: RuleBook, rule_id: str) -> AlertRule:
    """Return the rule of that name. Raises ConfigError with its error, or with the known names."""
    for rule in book.rules:
        if rule.rule_id == rule_id:
            return rule
    for problem in book.problems:
        if problem.item == f"rule {rule_id!r}":
            raise ConfigError(str(problem))
    known = ", ".join(rule.rule_id for rule in book.rules) or "none"
    raise ConfigError(f"no rule {rule_id!r}; defined: {known}")


def told_at(candidate: AlertCandidate) -> datetime:
    """Return when the rule would have seen the development."""
    return candidate.reported_at or candidate.first_seen_at


def play(rule: AlertRule, met: Iterable[tuple[datetime, AlertCandidate]]) -> list[TrialNotice]:
    """Return the notices of a rule in the order it would have sent them."""
    passed: Counter[datetime] = Counter()
    waiting: dict[tuple[datetime, str | None], list[str]] = {}
    notices = []
    for at, candidate in met:
        window = rule.throttle.window_end(at) if rule.throttle else at + timedelta.resolution
        when = timing(
            now=at,
            throttle=rule.throttle,
            quiet=rule.quiet,
            digest=rule.digest,
            sent_in_window=passed[window],
        )
        line = headline(candidate)
        if when.fold_at is None:
            passed[window] += 1
            notices.append(TrialNotice(at=at, headlines=(line,)))
        else:
            waiting.setdefault((when.fold_at, when.reason), []).append(line)
    notices += [
        # A single waiting notice is not a digest.
        TrialNotice(at=at, headlines=tuple(lines), fold_reason=reason if len(lines) > 1 else None)
        for (at, reason), lines in waiting.items()
    ]
    return sorted(notices, key=lambda notice: notice.at)
