"""What linking remembers of developments and measures, and how a report adds to it.

A development's state is a fold over its reports in the order of reports. It survives as JSON, so
that linking goes on from where it stood without reading old mentions again.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from extractors.linking.parts import (
    ALL_GOODS,
    COMPANY_TYPES,
    UNKNOWN,
    WORLD,
    Interval,
    Part,
    same_name,
)
from models.event import (
    EventStatus,
    EventType,
    Factuality,
    StatusTarget,
    TimeFrame,
    polarity,
)
from models.identity import digest_id

STAGES = {EventStatus.ANNOUNCED: 0, EventStatus.ADOPTED: 1, EventStatus.IN_FORCE: 2}
VALUES = (
    "buckets",
    "companies",
    "company_names",
    "specific",
    "grounds",
    "targets",
    "actors",
    "commodities",
    "products",
    "rates",
    "amounts",
    "effective",
    "ends",
)
MAX_NAMES = 24
MAX_TARGETS = 20
Value = tuple[float, str, str | None]


@dataclass(slots=True, kw_only=True)
class DevelopmentState:
    """One step of one measure, as reported so far. Lists keep the order of reports."""

    label: str
    measure: str
    order: list[Any]
    implementer: str
    block: str
    group: str
    status_class: str
    type: str
    status: str
    status_target: str
    factuality: str
    time_frame: str
    polarity: str
    novelty: str
    novelty_score: float
    weak: bool
    background: bool
    retaliation: bool
    low: date | None
    high: date
    precision: str | None
    stated: bool
    lead_mention: str
    lead_article: str
    lead_version: int
    extractor_version: str
    first_seen: datetime
    first_reported: datetime
    last_reported: datetime
    last_article: str
    stage_of: str | None = None
    disputed_with: list[list[str]] = field(default_factory=list)
    official: bool = False
    buckets: list[str] = field(default_factory=list)
    companies: list[str] = field(default_factory=list)
    company_names: list[str] = field(default_factory=list)
    specific: list[str] = field(default_factory=list)
    grounds: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    actors: list[str] = field(default_factory=list)
    commodities: list[str] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    rates: list[Value] = field(default_factory=list)
    amounts: list[Value] = field(default_factory=list)
    effective: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    duration: str | None = None
    instrument: str | None = None
    publishers: list[str] = field(default_factory=list)
    copy_groups: list[str] = field(default_factory=list)
    source_count: int = 0
    mention_count: int = 0
    doubt: float = 1.0
    # What sources took back: the reason, and the mention that did, in the order of reports.
    withdrawals: list[list[str]] = field(default_factory=list)
    # Does it rest on reports alone that their own source took back?
    hollow: bool = False
    # The mention that now speaks in place of what its source took back.
    lead_withdrew: str | None = None

    @property
    def disputed(self) -> bool:
        """Do sources contradict each other, or did one of several take it back?"""
        retracted = any(reason != "reinstated" for reason, _ in self.withdrawals)
        stands = not self.hollow and not self.weak and self.lead_withdrew is None
        return bool(self.disputed_with) or (retracted and stands)

    @property
    def when(self) -> Interval:
        return Interval(low=self.low, high=self.high, precision=self.precision, stated=self.stated)

    @property
    def leader(self) -> tuple[Any, ...]:
        return tuple(self.order)

    def to_json(self) -> str:
        """The state as text, read back by `from_json` without loss."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return json.dumps(values, default=lambda v: v.isoformat(), separators=(",", ":"))


def from_json(text: str) -> DevelopmentState:
    """The state written by `to_json`."""
    values = json.loads(text)
    for name in ("low", "high"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    for name in ("first_seen", "first_reported", "last_reported"):
        values[name] = datetime.fromisoformat(values[name])
    for name in ("rates", "amounts"):
        values[name] = [tuple(value) for value in values[name]]
    return DevelopmentState(**values)


def new_development(part: Part, *, label: str, measure: str) -> DevelopmentState:
    """The state right after its first report, the leader."""
    m = part.source.mention
    state = DevelopmentState(
        label=label,
        measure=measure,
        order=[part.source.order[0].isoformat(), *part.source.order[1:], part.part],
        implementer=part.implementer,
        block=part.block,
        group=part.group,
        status_class=part.status_class,
        type=m.type.value,
        status=m.status.value,
        status_target=m.status_target.value,
        factuality=m.factuality.value,
        time_frame=part.time_frame.value,
        polarity=m.polarity.value,
        novelty="",
        novelty_score=0.0,
        weak=part.weak,
        background=part.background,
        retaliation=m.retaliation,
        low=part.when.low,
        high=part.when.high,
        precision=part.when.precision,
        stated=part.when.stated,
        lead_mention=m.mention_id,
        lead_article=m.article_id,
        lead_version=m.article_version,
        extractor_version=m.extractor_version,
        first_seen=part.source.first_seen_at,
        first_reported=part.source.reported_at,
        last_reported=part.source.reported_at,
        last_article=m.article_id,
    )
    if part.withdrawn:
        # Its values stay, for it to be found by; it counts no more than a denial.
        add_report(state, replace(part, withdrawn=None))
        state.hollow = True
        state.source_count, state.doubt, state.publishers, state.copy_groups = 0, 1.0, [], []
        note_withdrawal(state, part)
        if not part.weak:
            deny(state, m.type, m.status, m.status_target)
        return state
    add_report(state, part)
    return state


def note_withdrawal(state: DevelopmentState, part: Part) -> None:
    """Keep why a report was taken back, and by which mention."""
    assert part.withdrawn is not None
    assert part.withdrawn_by is not None
    extend(state.withdrawals, [[part.withdrawn, part.withdrawn_by[0]]], limit=None)


def deny(
    state: DevelopmentState, kind: EventType, status: EventStatus, target: StatusTarget
) -> None:
    """Say of a step that its only sources took it back."""
    state.factuality, state.weak = Factuality.NEGATED.value, True
    state.polarity = polarity(kind, status, target, Factuality.NEGATED).value


def lead_with(state: DevelopmentState, part: Part) -> None:
    """Let a report speak for a step whose earlier reports were taken back.

    A denial speaks for it, but leaves what the step was: what was denied.
    """
    m = part.source.mention
    state.lead_mention, state.lead_article = m.mention_id, m.article_id
    state.lead_version, state.extractor_version = m.article_version, m.extractor_version
    state.factuality, state.polarity = m.factuality.value, m.polarity.value
    state.weak = part.weak
    state.lead_withdrew = m.mention_id if part.heir_of is not None else None
    if part.weak:
        return
    state.hollow = False
    # Whoever denied it is no source of it.
    state.source_count, state.doubt, state.publishers, state.copy_groups = 0, 1.0, [], []
    state.type, state.status = m.type.value, m.status.value
    state.status_target, state.time_frame = m.status_target.value, part.time_frame.value
    state.background, state.official = part.background, False
    state.low, state.high = part.when.low, part.when.high
    state.precision, state.stated = part.when.precision, part.when.stated
    state.duration = state.instrument = None
    if part.heir_of is not None:  # a source that corrects itself says all anew
        for name in VALUES:
            setattr(state, name, [])


def acting(part: Part) -> list[str]:
    """Who acts in a part of a mention: of several agreements told in one, the parties to this."""
    told = [a for a in part.source.mention.actors if a != UNKNOWN]
    parties = part.implementer.split("+")
    if part.type is not EventType.TRADE_AGREEMENT or parties == [UNKNOWN]:
        return told or parties
    return [a for a in told if a in parties] + [a for a in parties if a not in told]


def add_report(state: DevelopmentState, part: Part) -> None:
    """Count a report and keep what it adds. A weak report of a firm step adds no values."""
    m = part.source.mention
    if part.withdrawn:
        note_withdrawal(state, part)
        state.mention_count += 1
        state.first_seen = min(state.first_seen, part.source.first_seen_at)
        state.last_reported = max(state.last_reported, part.source.reported_at)
        state.last_article = m.article_id
        return
    if state.hollow and not (part.weak and state.lead_withdrew):
        lead_with(state, part)
    independent = (
        part.source.publisher not in state.publishers
        and part.source.copy_group not in state.copy_groups
    )
    denies = part.weak and part.heir_of is not None and not state.hollow
    if independent and not denies:
        state.source_count += 1
        state.doubt *= 1.0 - min(max(m.confidence, 0.0), 1.0)
    if not denies:
        extend(state.publishers, [part.source.publisher], limit=None)
        extend(state.copy_groups, [part.source.copy_group], limit=None)
    state.mention_count += 1
    state.first_seen = min(state.first_seen, part.source.first_seen_at)
    state.last_reported = max(state.last_reported, part.source.reported_at)
    state.last_article = m.article_id
    if part.weak and not state.weak:
        return
    if part.when.stated and not state.stated and part.when.gap_days(state.when) == 0:
        state.low, state.high = part.when.low, part.when.high
        state.precision, state.stated = part.when.precision, True
    reached = m.time_frame is not TimeFrame.FUTURE and m.factuality is not Factuality.SCHEDULED
    if reached and STAGES.get(m.status, -1) > STAGES.get(EventStatus(state.status), 9):
        state.status = m.status.value
    state.official = state.official or part.official
    state.retaliation = state.retaliation or m.retaliation
    state.duration = state.duration or m.duration
    state.instrument = state.instrument or m.instrument
    extend(state.buckets, sorted(part.buckets))
    for name in sorted(part.companies, key=lambda key: (-len(key), key)):
        if not any(same_name(name, held) for held in state.companies):
            extend(state.companies, [name])
    extend(state.company_names, m.company_texts)
    extend(state.specific, part.specific)
    extend(state.grounds, sorted(part.grounds))
    extend(state.targets, sorted(part.targets))
    extend(state.actors, acting(part))
    extend(state.commodities, m.commodities)
    extend(state.products, m.product_texts)
    extend(state.rates, rates_of(part))
    extend(state.amounts, amounts_of(part))
    extend(state.effective, dates_of(part, "date_effective"))
    extend(state.ends, [*dates_of(part, "date_end"), *dates_of(part, "deadline")])


def rates_of(part: Part) -> list[Value]:
    """The rates a report gives for the step, not those it replaces."""
    return [
        (r.value, r.unit, r.basis) for r in part.source.mention.rates if r.role != "previous_rate"
    ]


def amounts_of(part: Part) -> list[Value]:
    return [(a.value, a.unit, a.kind) for a in part.source.mention.amounts]


def dates_of(part: Part, role: str) -> list[str]:
    return [d.date for d in part.source.mention.dates if d.role == role]


def extend(held: list[Any], given: Iterable[Any], limit: int | None = MAX_NAMES) -> None:
    """Add what is not there yet, up to a limit that keeps a hot development's state small."""
    for item in given:
        if item not in held and (limit is None or len(held) < limit):
            held.append(item)


@dataclass(slots=True, kw_only=True)
class MeasureState:
    """A measure: its developments in the order they were first reported, and what they share.

    What they share is worked out by `refresh`, to be called when a development was added or
    learned something. `buckets`, `companies`, `targets` and `grounds` are the first its
    developments state: what it began as. `firm` holds the steps told as facts, as decided.
    """

    label: str
    developments: list[DevelopmentState] = field(default_factory=list)
    type: str = ""
    buckets: list[str] = field(default_factory=list)
    companies: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    grounds: list[str] = field(default_factory=list)
    specific: list[str] = field(default_factory=list)
    firm: list[DevelopmentState] = field(default_factory=list)
    rated: bool = False
    order: tuple[Any, ...] = ()
    last_reported: datetime | None = None

    @property
    def first(self) -> DevelopmentState:
        return self.developments[0]

    def refresh(self) -> "MeasureState":
        """Work out anew what the developments share."""
        told = self.developments
        self.type, self.order = self.first.type, self.first.leader
        self.buckets = next((d.buckets for d in told if d.buckets), [])
        self.companies = next((d.companies for d in told if d.companies), [])
        self.targets = next((d.targets for d in told if d.targets), [])
        self.grounds = next((d.grounds for d in told if d.grounds), [])
        self.specific = []
        for development in told:
            extend(self.specific, development.specific)
        self.rated = any(d.rates for d in told)
        self.last_reported = max(d.last_reported for d in told)
        self.firm = sorted(
            (d for d in told if not d.weak),
            key=lambda d: (d.low or d.high - timedelta(days=1), d.leader),
        )
        return self

    def heard_since(self, moment: datetime) -> bool:
        """Was it written of at that time or later?"""
        return self.last_reported is not None and self.last_reported >= moment

    def state_before(self, when: Interval) -> DevelopmentState | None:
        """The last firm step decided up to `when`."""
        return next((d for d in reversed(self.firm) if (d.low or d.high) <= when.high), None)

    def key(self) -> str:
        """The measure_key of the ontology (section 7), as far as is known now."""
        specific = self.specific
        if specific:
            return f"{self.first.implementer}:{specific[0]}"
        month = (self.first.low or self.first.high) if self.first.stated else self.first.high
        return ":".join(
            (
                self.first.implementer,
                self.first.group,
                self.product_bucket(),
                self.target_bucket(),
                f"{month:%Y-%m}",
            )
        )

    def product_bucket(self) -> str:
        """What it is about: companies for deals with firms, else products, else all goods."""
        if EventType(self.type) in COMPANY_TYPES:
            if self.companies:
                return "+".join(sorted(self.companies)[:3])
            if not self.buckets:  # a deal with nobody in particular is like no other one
                return f"unstated-{self.first.lead_mention[:8]}"
        return "+".join(sorted(self.buckets)[:3]) or ALL_GOODS

    def target_bucket(self) -> str:
        targets = self.targets
        return "+".join(sorted(targets)) if 0 < len(targets) <= MAX_TARGETS else WORLD


def development_label(part: Part) -> str:
    """The id a development gets from its first report."""
    return digest_id("development", part.source.mention.mention_id, part.part)


def measure_label(part: Part) -> str:
    """The id a measure gets from its first report."""
    return digest_id("measure", part.source.mention.mention_id, part.part)
