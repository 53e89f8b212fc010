"""Input and output of linking: mentions with their times, developments and measures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from models.event import EventMention


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMention:
    """A mention with what linking needs to know about its article. Times are UTC.

    `reported_at` is the publisher's time if plausible, else `first_seen_at`. `publisher` and
    `copy_group` identify independent sources: copies of one text share a group. `speaks_for` is the
    state whose own publication this is, if any. `development_ids` are the developments it is
    linked to now, by part (see `extractors.linking.parts`).
    """

    mention: EventMention
    first_seen_at: datetime
    reported_at: datetime
    publisher: str
    copy_group: str
    speaks_for: str | None = None
    development_ids: Mapping[int, str] = field(default_factory=dict)

    @property
    def reported_date(self) -> date:
        return self.reported_at.date()

    @property
    def order(self) -> tuple[datetime, str, int, bool, int, str]:
        """Return the sort key for reports; it does not depend on the order of arrival."""
        m = self.mention
        return (
            self.reported_at,
            m.article_id,
            m.article_version,
            m.field != "title",
            m.start,
            m.mention_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDevelopment:
    """A development as linking stored it: `state` is JSON that only extractors/linking reads."""

    development_id: str
    measure_id: str
    block: str
    last_reported_at: datetime
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A reviewer's decision: the mention reports a step of this group's measure.

    All mentions of a group share a measure, whichever is reported first. Groups with `apart` have a
    measure of their own that no other report started. `development_id` is where the mention is
    linked now.
    """

    mention_id: str
    group: str
    apart: bool = False
    development_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something for a person to review. Its id digests its content, so it is raised once."""

    review_id: str
    kind: str
    development_id: str
    measure_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkInput:
    """Everything linking needs to update some blocks.

    `since`: block -> its first report that is new or removed. `settled`: the developments of those
    blocks last reported before that; `open`: those reported since. `mentions`: mentions that are
    new, reported since, or part of an open development, with all of their articles.
    """

    mentions: tuple[LinkMention, ...] = ()
    settled: tuple[StoredDevelopment, ...] = ()
    open: tuple[StoredDevelopment, ...] = ()
    since: Mapping[str, datetime] = field(default_factory=dict)
    pins: tuple[Pin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedMention:
    """The development that a part of a mention reports, and how new it was when reported.

    `grade` is what this report alone is worth (`models.grade`), None if it denies the step.
    `withdrawn` says why a later version of its article retracted or changed it, if one did;
    `withdrawn_at` when.
    """

    mention_id: str
    part: int
    development_id: str
    article_id: str
    publisher: str
    novelty: str
    novelty_score: float
    first_seen_at: datetime
    reported_at: datetime
    extractor_version: str
    grade: str | None = None
    withdrawn: str | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedDevelopment:
    """A development in full, with the state that linking continues from. Fields as stored.

    `change_reason` is the last change by its source (retracted, corrected, reinstated);
    `correction_id` digests all such changes and is None if there are none. `grade` is None if no
    report stands that tells it as more than denied; the `official_` fields are those of the
    earliest official report.
    """

    development_id: str
    measure_id: str
    measure_key: str
    block: str
    type: str
    status: str
    status_class: str
    status_target: str
    factuality: str
    time_frame: str
    polarity: str
    novelty: str
    novelty_score: float
    decision_date: date | None
    decision_precision: str | None
    decision_basis: str | None
    first_seen_at: datetime
    first_reported_at: datetime
    last_reported_at: datetime
    lead_mention_id: str
    article_id: str
    article_version: int
    extractor_version: str
    actors: tuple[str, ...]
    targets: tuple[str, ...]
    commodities: tuple[str, ...]
    products: tuple[str, ...]
    hs_codes: tuple[str, ...]
    companies: tuple[str, ...]
    rate_value: float | None
    rate_unit: str | None
    amount_value: float | None
    amount_unit: str | None
    amount_kind: str | None
    effective_date: str | None
    effective_on: date | None
    end_date: str | None
    ends_on: date | None
    duration: str | None
    instrument: str | None
    instrument_ids: tuple[str, ...]
    retaliation: bool
    stage_of: str | None
    disputed: bool
    change_reason: str | None
    correction_id: str | None
    grade: str | None
    official_source: str | None
    official_article_id: str | None
    official_seen_at: datetime | None
    official_reported_at: datetime | None
    confidence: float
    source_count: int
    mention_count: int
    index_keys: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedMeasure:
    """A measure derived from its developments: its identity, then its life.

    The life counts firm steps only; if there is none, `last_development_id` is None. `returns_on`
    is the day on which its pause is over, None if it is not paused or no report says.
    """

    measure_id: str
    measure_key: str
    type: str
    implementer: str
    product_bucket: str
    target_bucket: str
    instrument_id: str | None
    first_seen_at: datetime
    last_development_id: str | None
    first_step_date: date | None
    decided_date: date | None
    start_date: date | None
    returns_on: date | None
    rate_value: float | None
    rate_unit: str | None
    statuses: tuple[str, ...]
    status_dates: tuple[date, ...]
    step_count: int
    mention_count: int
    disputed: bool
    actors: tuple[str, ...]
    targets: tuple[str, ...]
    commodities: tuple[str, ...]
    companies: tuple[str, ...]
    last_reported_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkResult:
    """All affected rows in their current state, to be stored together.

    `gone` maps each removed development to the one that took over its first report, if any;
    `gone_measures` are measures that have no developments left.
    """

    developments: tuple[LinkedDevelopment, ...] = ()
    measures: tuple[LinkedMeasure, ...] = ()
    mentions: tuple[LinkedMention, ...] = ()
    findings: tuple[Finding, ...] = ()
    blocks: tuple[str, ...] = ()
    gone: Mapping[str, str | None] = field(default_factory=dict)
    gone_measures: frozenset[str] = frozenset()
