"""What linking remembers of a development.

The state is a fold over the development's reports, in order. It is stored as JSON, so that linking
continues from there without reading old mentions again.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

from extractors.linking.days import Interval
from extractors.linking.grade import HEARSAY, Official
from models.event import Factuality
from models.grade import Grade

MAX_NAMES = 24
# An annex names goods by the hundred, each in a few characters.
MAX_CODES = 240
Value = tuple[float, str, str | None]


@dataclass(slots=True, kw_only=True)
class DevelopmentState:
    """One step of one measure, as reported so far. Lists keep the order of reports.

    Field names are the keys of the stored JSON.
    """

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
    # What the last article took it for.
    last_types: list[str] = field(default_factory=list)
    stage_of: str | None = None
    disputed_with: list[list[str]] = field(default_factory=list)
    official: bool = False
    buckets: list[str] = field(default_factory=list)
    companies: list[str] = field(default_factory=list)
    company_names: list[str] = field(default_factory=list)
    specific: list[str] = field(default_factory=list)
    grounds: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    actors: list[str] = field(default_factory=list)
    commodities: list[str] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    hs_codes: list[str] = field(default_factory=list)
    rates: list[Value] = field(default_factory=list)
    amounts: list[Value] = field(default_factory=list)
    effective: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    worldwide: bool = False
    # True while all its reports say what the measure leaves out.
    spares: bool = False
    duration: str | None = None
    instrument: str | None = None
    publishers: list[str] = field(default_factory=list)
    copy_groups: list[str] = field(default_factory=list)
    source_count: int = 0
    mention_count: int = 0
    doubt: float = 1.0
    # How well it is attested, and the earliest report of the state that takes the step.
    grade: str | None = None
    confirmed_by: Official | None = None
    # What sources took back: the reason and the mention that did so, in the order of reports.
    withdrawals: list[list[str]] = field(default_factory=list)
    # True if all its reports were taken back by their own source.
    hollow: bool = False
    # The mention that replaces what its source took back.
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
        """Return the state as text; `from_json` reads it back without loss."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return json.dumps(values, default=lambda v: v.isoformat(), separators=(",", ":"))


def from_json(text: str) -> DevelopmentState:
    """Return the state written by `to_json`."""
    values = json.loads(text)
    for name in ("low", "high"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    for name in ("first_seen", "first_reported", "last_reported"):
        values[name] = datetime.fromisoformat(values[name])
    for name in ("rates", "amounts"):
        values[name] = [tuple(value) for value in values[name]]
    if found := values.get("confirmed_by"):
        reported, seen, publisher, article = found
        times = datetime.fromisoformat(reported), datetime.fromisoformat(seen)
        values["confirmed_by"] = Official(*times, publisher, article)
    if "grade" not in values:
        values["grade"] = ungraded(values)
    return DevelopmentState(**values)


def ungraded(values: dict[str, Any]) -> str | None:
    """Return the grade of a state that was stored before there were grades.

    Who said what is not in it, so an official source is not known either.
    """
    sure = Factuality(values["factuality"])
    if values.get("hollow") or sure is Factuality.NEGATED:
        return None
    return (Grade.RUMOUR if sure in HEARSAY else Grade.REPORTED).value


def extend(held: list[Any], given: Iterable[Any], limit: int | None = MAX_NAMES) -> None:
    """Add new items, up to a limit that keeps the state of a hot development small."""
    for item in given:
        if item not in held and (limit is None or len(held) < limit):
            held.append(item)
