"""Alert rules, the developments they match, and the notices sent to the desk."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.alert_timing import Digest, QuietHours, Throttle
from models.event import Factuality
from models.grade import Grade
from models.identity import digest_id
from models.security import TickerLink


class Severity(StrEnum):
    """How urgent a notice is. Declared most urgent first; notices are delivered in this order."""

    FLASH = "flash"
    URGENT = "urgent"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """What the desk wants to be alerted to. All conditions must hold; an empty tuple means "any".

    `commodities` and `listings` are already expanded (descendants, groups). `max_source_tier` is
    the lowest trust tier that counts (1: an official publisher or a top wire). `predicate` is a
    boolean SQL expression over one row of `policy_events`; the warehouse evaluates it. Empty
    `factualities` means the ontology's own test (section 7): reported as fact, scheduled, or a
    condition set officially.
    """

    rule_id: str
    description: str = ""
    severity: Severity = Severity.NOTICE
    types: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    polarities: tuple[str, ...] = ()
    factualities: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    commodities: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    min_novelty: float = 0.5
    min_confidence: float = 0.0
    min_confirmations: int = 0
    max_source_tier: int | None = None
    max_age_days: float | None = None
    predicate: str | None = None
    channels: tuple[str, ...] = ("log",)
    throttle: Throttle | None = None
    quiet: QuietHours | None = None
    digest: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierStep:
    """One step the measure took before the step that a notice is about."""

    development_id: str
    status: str
    first_seen_at: datetime
    decision_date: date | None = None
    rate_value: float | None = None
    rate_unit: str | None = None
    end_date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCandidate:
    """A development as rules and messages see it: one row of `policy_events` with its related rows.

    `confirmations` counts independent publishers beyond the first. `predicates_met` names the rules
    whose SQL predicate holds. `reported_at` is when it was first reported: the publisher's time if
    plausible. `change_reason` and `correction_id` describe what a source retracted or corrected.
    `grade` is how well it is attested (`models.grade`), `official_source` the publisher of the
    first official text.
    Times are UTC.
    """

    development_id: str
    measure_id: str
    type: str
    family: str
    status: str
    polarity: str
    factuality: str
    novelty: str
    novelty_score: float
    first_seen_at: datetime
    status_target: str = "measure"
    time_frame: str = "current"
    stage_of: str | None = None
    disputed: bool = False
    change_reason: str | None = None
    correction_id: str | None = None
    source_type: str = "author"
    source_tier: int | None = None
    grade: str | None = None
    official_source: str | None = None
    confidence: float | None = None
    confirmations: int = 0
    reported_at: datetime | None = None
    published_at: datetime | None = None
    actors: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    commodities: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    instrument: str | None = None
    tickers: tuple[TickerLink, ...] = ()
    rate_value: float | None = None
    rate_unit: str | None = None
    decision_date: date | None = None
    decision_precision: str | None = None
    effective_date: str | None = None
    end_date: str | None = None
    evidence: str | None = None
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    earlier: tuple[EarlierStep, ...] = ()
    predicates_met: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One notice for one channel. Its id digests rule, development and channel, so it is sent once.

    `due_at` is the earliest time to send it. `fold_at` is set when the notice goes out in a digest
    at that time; `fold_reason` says why. `refers_to` is the notice about the previous step of the
    measure.
    """

    alert_id: str
    rule_id: str
    development_id: str
    measure_id: str
    channel: str
    severity: Severity
    created_at: datetime
    due_at: datetime
    headline: str
    fold_at: datetime | None = None
    fold_reason: str | None = None
    refers_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a sender holds: the alert and its facts, or for a digest its parts.

    `alert_id` is the idempotency key and stays the same on every attempt. `attempt` counts from 1.
    `kind` is single, update, digest or correction. A digest has no `candidate`; its `parts` are the
    notices folded into it. If the channel needs several messages, `parts_sent` of `parts_total` are
    already sent.
    """

    alert_id: str
    kind: str = "single"
    rule_id: str
    channel: str
    severity: Severity
    headline: str
    created_at: datetime
    claim_token: str = ""
    claimed_until: datetime | None = None
    attempt: int = 1
    refers_to: str | None = None
    refers_to_headline: str | None = None
    refers_to_sent_at: datetime | None = None
    candidate: AlertCandidate | None = None
    fold_reason: str | None = None
    parts: tuple["Notice", ...] = ()
    parts_sent: int = 0
    parts_total: int = 0


def alert_id(rule_id: str, development_id: str, channel: str) -> str:
    """Return the id of a notice: the same for the same rule, development and channel."""
    return digest_id("alert", rule_id, development_id, channel)


def newsworthy(candidate: AlertCandidate) -> bool:
    """Is it reported as fact, scheduled, or a condition set officially? (ontology section 7)"""
    if candidate.factuality in (Factuality.ASSERTED, Factuality.SCHEDULED):
        return True
    official = candidate.source_type.startswith("official") or candidate.grade == Grade.CONFIRMED
    return candidate.factuality == Factuality.CONDITIONAL and official


def matches(rule: AlertRule, candidate: AlertCandidate, now: datetime | None = None) -> bool:
    """Does every condition of the rule hold? `now` is needed only for `max_age_days`."""
    return (
        _is_wanted(rule.types, candidate.type)
        and _is_wanted(rule.families, candidate.family)
        and _is_wanted(rule.statuses, candidate.status)
        and _is_wanted(rule.polarities, candidate.polarity)
        and _overlaps(rule.actors, candidate.actors)
        and _overlaps(rule.targets, candidate.targets)
        and _overlaps(rule.commodities, candidate.commodities)
        and _affects_listing(rule, candidate)
        and (
            candidate.factuality in rule.factualities
            if rule.factualities
            else newsworthy(candidate)
        )
        and (not rule.grades or candidate.grade in rule.grades)
        and candidate.novelty_score >= rule.min_novelty
        and (candidate.confidence or 0.0) >= rule.min_confidence
        and candidate.confirmations >= rule.min_confirmations
        and _is_trusted(rule, candidate)
        and _is_fresh(rule, candidate, now)
        and (rule.predicate is None or rule.rule_id in candidate.predicates_met)
    )


def _is_wanted(wanted: tuple[str, ...], value: str) -> bool:
    return not wanted or value in wanted


def _overlaps(wanted: tuple[str, ...], values: tuple[str, ...]) -> bool:
    return not wanted or not set(wanted).isdisjoint(values)


def _affects_listing(rule: AlertRule, candidate: AlertCandidate) -> bool:
    # Listing and link must hold for the same tie: "MP, by name" does not match a text that names
    # Apple and reaches MP through rare earths.
    if not rule.listings and not rule.links:
        return True
    return any(
        _is_wanted(rule.listings, tie.listing) and _is_wanted(rule.links, tie.link)
        for tie in candidate.tickers
    )


def _is_trusted(rule: AlertRule, candidate: AlertCandidate) -> bool:
    if rule.max_source_tier is None:
        return True
    return candidate.source_tier is not None and candidate.source_tier <= rule.max_source_tier


def _is_fresh(rule: AlertRule, candidate: AlertCandidate, now: datetime | None) -> bool:
    if rule.max_age_days is None or now is None:
        return True
    reported = candidate.published_at or candidate.first_seen_at
    return (now - reported).total_seconds() <= rule.max_age_days * 86400
