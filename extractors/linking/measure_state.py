"""What linking knows of a measure: its developments and what they share."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from extractors.linking.acts import ALL_GOODS, any_each_country, known_act
from extractors.linking.days import Interval
from extractors.linking.parts import COMPANY_TYPES, TARIFFS, WORLD
from extractors.linking.state import DevelopmentState, extend
from models.event import EventType

MAX_TARGETS = 20


@dataclass(slots=True, kw_only=True)
class MeasureState:
    """A measure: its developments in the order first reported, and what they share.

    Call `refresh` after a development was added or changed; it computes what they share. `buckets`,
    `companies`, `targets` and `grounds` are the first that a development states. `firm` holds the
    steps reported as facts, in the order of decision.
    """

    label: str
    developments: list[DevelopmentState] = field(default_factory=list)
    type: str = ""
    buckets: list[str] = field(default_factory=list)
    companies: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    grounds: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    specific: list[str] = field(default_factory=list)
    firm: list[DevelopmentState] = field(default_factory=list)
    rated: bool = False
    worldwide: bool = False
    articles: frozenset[str] = frozenset()
    order: tuple[Any, ...] = ()
    last_reported: datetime | None = None

    @property
    def first(self) -> DevelopmentState:
        return self.developments[0]

    def refresh(self) -> "MeasureState":
        """Recompute what the developments share."""
        steps = self.developments
        self.type, self.order = self.first.type, self.first.leader
        # What is spared is no part of what the measure is against.
        imposing = [d for d in steps if not d.spares] or steps
        self.buckets = next((d.buckets for d in imposing if d.buckets), [])
        self.companies = next((d.companies for d in steps if d.companies), [])
        self.targets = next((d.targets for d in imposing if d.targets), [])
        if self.first.group == TARIFFS:
            self.targets = imposing[0].targets
        self.subjects = next((d.subjects for d in steps if d.subjects), [])
        self.worldwide = any(d.worldwide for d in steps)
        self.grounds = next((d.grounds for d in steps if d.grounds), [])
        self.specific = []
        for development in steps:
            extend(self.specific, development.specific)
        if self.specific and self.first.group == TARIFFS:
            # What the table says of an act goes before what reports happened to name first.
            act = known_act(self.specific[0])
            if act.goods:
                self.buckets = sorted(act.goods - {ALL_GOODS})
            self.targets = sorted(act.targets) or self.targets
            self.grounds = [act.ground] if act.ground else self.grounds
            if act.goods:
                self.subjects = [act.subject] if act.subject else []
        self.rated = any(d.rates for d in steps)
        self.last_reported = max(d.last_reported for d in steps)
        self.firm = sorted(
            (d for d in steps if not d.weak),
            key=lambda d: (d.low or d.high - timedelta(days=1), d.leader),
        )
        return self

    def heard_since(self, moment: datetime) -> bool:
        """Was it reported at that time or later?"""
        return self.last_reported is not None and self.last_reported >= moment

    def state_before(self, when: Interval) -> DevelopmentState | None:
        """Return the last firm step decided up to `when`."""
        return next((d for d in reversed(self.firm) if (d.low or d.high) <= when.high), None)

    def key(self) -> str:
        """Return the measure_key of the ontology (section 7), from what is known now."""
        specific = self.specific
        if specific:
            act = f"{self.first.implementer}:{specific[0]}"
            each = any_each_country(specific[:1])
            return f"{act}:{self.target_bucket()}" if each and self.targets else act
        month = (self.first.low or self.first.high) if self.first.stated else self.first.high
        return ":".join(
            (
                self.first.implementer,
                self.kind(),
                self.product_bucket(),
                self.target_bucket(),
                f"{month:%Y-%m}",
            )
        )

    def kind(self) -> str:
        """Return the type of the step that says what the measure is; an exemption never does."""
        said = [d.type for d in self.developments if not d.spares] or [self.type]
        return TARIFFS if said[0] == EventType.TARIFF_EXEMPTION else said[0]

    def product_bucket(self) -> str:
        """Return its subject: companies for deals with firms, else products, else all goods."""
        if EventType(self.type) in COMPANY_TYPES:
            if self.companies:
                return "+".join(sorted(self.companies)[:3])
            if not self.buckets:  # a deal with an unnamed firm matches no other deal
                return f"unstated-{self.first.lead_mention[:8]}"
        return "+".join(sorted(self.buckets)[:3]) or ALL_GOODS

    def target_bucket(self) -> str:
        targets = self.targets
        return "+".join(sorted(targets)) if 0 < len(targets) <= MAX_TARGETS else WORLD
