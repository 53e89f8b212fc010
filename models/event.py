"""Policy events: the labels of the ontology and its three levels, mention, development, measure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class EventType(StrEnum):
    """The kind of measure. Families: import, export, entity, agreement, support."""

    TARIFF = "tariff"
    TARIFF_EXEMPTION = "tariff_exemption"
    TRADE_REMEDY = "trade_remedy"
    INVESTIGATION = "investigation"
    IMPORT_RESTRICTION = "import_restriction"
    PROCUREMENT_RESTRICTION = "procurement_restriction"
    EXPORT_BAN = "export_ban"
    EXPORT_LICENSING = "export_licensing"
    EXPORT_QUOTA = "export_quota"
    EXPORT_TAX = "export_tax"
    EXPORT_CONTROL = "export_control"
    SANCTION_LISTING = "sanction_listing"
    INVESTMENT_SCREENING = "investment_screening"
    LOCAL_CONTENT_NATIONALISATION = "local_content_nationalisation"
    TRADE_AGREEMENT = "trade_agreement"
    LICENSING_DEAL = "licensing_deal"
    OFFTAKE_AGREEMENT = "offtake_agreement"
    GOVERNMENT_INVESTMENT = "government_investment"
    SUBSIDY = "subsidy"
    STOCKPILE = "stockpile"


class EventStatus(StrEnum):
    """The step of a measure's life that the text reports."""

    UNDER_NEGOTIATION = "under_negotiation"
    THREATENED = "threatened"
    PROPOSED = "proposed"
    ANNOUNCED = "announced"
    ADOPTED = "adopted"
    IN_FORCE = "in_force"
    RAISED = "raised"
    CUT = "cut"
    EXPANDED = "expanded"
    NARROWED = "narrowed"
    DELAYED = "delayed"
    SUSPENDED = "suspended"
    EXTENDED = "extended"
    EXEMPTED = "exempted"
    REINSTATED = "reinstated"
    LIFTED = "lifted"
    EXPIRED = "expired"
    AVERTED = "averted"
    REJECTED = "rejected"
    VIOLATED = "violated"


class StatusTarget(StrEnum):
    """What the status verb applies to: the measure itself, or a pause, deadline or waiver of it."""

    MEASURE = "measure"
    SUSPENSION = "suspension"
    DEADLINE = "deadline"
    EXEMPTION = "exemption"
    INVESTIGATION = "investigation"


class Factuality(StrEnum):
    """How certain the text is. Declared in order of precedence: the first that fits wins."""

    NEGATED = "negated"
    QUESTION = "question"
    CONDITIONAL = "conditional"
    ALLEGED = "alleged"
    SPECULATIVE = "speculative"
    SCHEDULED = "scheduled"
    ASSERTED = "asserted"


class TimeFrame(StrEnum):
    """When the step happens relative to publication: the 7 days before, later, or earlier."""

    CURRENT = "current"
    FUTURE = "future"
    BACKGROUND = "background"


class SourceType(StrEnum):
    """Who says so."""

    AUTHOR = "author"
    OFFICIAL_ACTOR = "official_actor"
    OFFICIAL_COUNTERPARTY = "official_counterparty"
    OFFICIAL_OTHER = "official_other"
    COMPANY = "company"
    UNNAMED_SOURCE = "unnamed_source"
    ANALYST = "analyst"
    MEDIA = "media"


class Polarity(StrEnum):
    """The direction in which a development moves trade or support. Computed, never annotated."""

    RESTRICTING = "restricting"
    LIBERALISING = "liberalising"
    SUPPORTIVE = "supportive"
    UNSUPPORTIVE = "unsupportive"
    NEUTRAL = "neutral"


class Novelty(StrEnum):
    """How new a mention is compared with what is stored (ontology section 7), newest first."""

    NEW_MEASURE = "new_measure"
    NEW_DEVELOPMENT = "new_development"
    STAGE_UPDATE = "stage_update"
    NEW_DETAIL = "new_detail"
    CONFIRMATION = "confirmation"
    REPEAT = "repeat"


NOVELTY_SCORE = {
    Novelty.NEW_MEASURE: 1.0,
    Novelty.NEW_DEVELOPMENT: 0.8,
    Novelty.STAGE_UPDATE: 0.5,
    Novelty.NEW_DETAIL: 0.3,
    Novelty.CONFIRMATION: 0.1,
    Novelty.REPEAT: 0.0,
}
_T, _S = EventType, EventStatus
FAMILY: dict[EventType, str] = {
    **dict.fromkeys(
        (
            _T.TARIFF,
            _T.TARIFF_EXEMPTION,
            _T.TRADE_REMEDY,
            _T.INVESTIGATION,
            _T.IMPORT_RESTRICTION,
            _T.PROCUREMENT_RESTRICTION,
        ),
        "import",
    ),
    **dict.fromkeys(
        (_T.EXPORT_BAN, _T.EXPORT_LICENSING, _T.EXPORT_QUOTA, _T.EXPORT_TAX, _T.EXPORT_CONTROL),
        "export",
    ),
    **dict.fromkeys(
        (_T.SANCTION_LISTING, _T.INVESTMENT_SCREENING, _T.LOCAL_CONTENT_NATIONALISATION),
        "entity",
    ),
    **dict.fromkeys((_T.TRADE_AGREEMENT, _T.LICENSING_DEAL, _T.OFFTAKE_AGREEMENT), "agreement"),
    **dict.fromkeys((_T.GOVERNMENT_INVESTMENT, _T.SUBSIDY, _T.STOCKPILE), "support"),
}

RELAXED_GROUPS: tuple[frozenset[EventType], ...] = (
    frozenset(
        {_T.EXPORT_BAN, _T.EXPORT_LICENSING, _T.EXPORT_QUOTA, _T.EXPORT_TAX, _T.EXPORT_CONTROL}
    ),
    frozenset({_T.TARIFF, _T.TARIFF_EXEMPTION, _T.TRADE_REMEDY}),
    frozenset({_T.GOVERNMENT_INVESTMENT, _T.SUBSIDY, _T.OFFTAKE_AGREEMENT, _T.STOCKPILE}),
)

# A measure is taken, at whichever of its first stages.
TAKEN = frozenset({_S.ANNOUNCED, _S.ADOPTED, _S.IN_FORCE})
STATUS_CLASSES: tuple[frozenset[EventStatus], ...] = (
    TAKEN,
    frozenset({_S.CUT, _S.NARROWED}),
    frozenset({_S.DELAYED, _S.SUSPENDED}),
    frozenset({_S.LIFTED, _S.AVERTED, _S.EXPIRED}),
)

_LIBERALISING_TYPES = {_T.TARIFF_EXEMPTION, _T.TRADE_AGREEMENT, _T.LICENSING_DEAL}
_SUPPORT_TYPES = {_T.OFFTAKE_AGREEMENT, _T.GOVERNMENT_INVESTMENT, _T.SUBSIDY, _T.STOCKPILE}
_BACKWARD = {
    _S.CUT,
    _S.NARROWED,
    _S.DELAYED,
    _S.SUSPENDED,
    _S.EXEMPTED,
    _S.LIFTED,
    _S.EXPIRED,
    _S.AVERTED,
    _S.REJECTED,
    _S.VIOLATED,
}
_FLIPPING = {StatusTarget.SUSPENSION, StatusTarget.EXEMPTION, StatusTarget.DEADLINE}


def type_group(event_type: EventType) -> str:
    """Return the relaxed group of a type, named by its first member; the type itself if alone."""
    for group in RELAXED_GROUPS:
        if event_type in group:
            return min(group).value
    return event_type.value


def status_class(status: EventStatus) -> str:
    """Return the status class used in matching (ontology section 7), named by its first member."""
    for members in STATUS_CLASSES:
        if status in members:
            return min(members).value
    return status.value


def moves_forward(status: EventStatus, target: StatusTarget = StatusTarget.MEASURE) -> bool:
    """Does this step advance the measure? Extending a pause, for example, does not."""
    return (status not in _BACKWARD) != (target in _FLIPPING)


def polarity(
    event_type: EventType,
    status: EventStatus,
    target: StatusTarget = StatusTarget.MEASURE,
    factuality: Factuality = Factuality.ASSERTED,
) -> Polarity:
    """Return the direction in which a step moves trade or support (ontology section 4.1)."""
    if factuality is Factuality.NEGATED:
        return Polarity.NEUTRAL
    forward = moves_forward(status, target)
    if event_type in _SUPPORT_TYPES:
        return Polarity.SUPPORTIVE if forward else Polarity.UNSUPPORTIVE
    if event_type in _LIBERALISING_TYPES:
        return Polarity.LIBERALISING if forward else Polarity.RESTRICTING
    return Polarity.RESTRICTING if forward else Polarity.LIBERALISING


@dataclass(frozen=True, slots=True, kw_only=True)
class TextUnit:
    """What the extractor reads: an article, or a single headline or sentence.

    For an article, `title` is extracted too and `text` is the body. For a headline or sentence,
    only `text` is extracted; `title` and `context` may supply codes. `publisher_country` is the
    jurisdiction an official publisher speaks for ("US" for the White House).
    """

    unit_id: str
    text: str
    title: str | None = None
    context: str | None = None
    published: date | None = None
    kind: str = "article"
    language: str | None = None
    publisher_country: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityMention:
    """A name in a text. label: COUNTRY, AGENCY, COMPANY, COMMODITY, INSTRUMENT, or spaCy's own."""

    text: str
    label: str
    start: int
    end: int
    field: str = "body"
    entity_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate of the measure. unit: percent, percent_point, <currency>_per_kg, ..._per_tonne."""

    text: str
    value: float
    unit: str
    basis: str | None = None
    role: str = "rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A sum or volume. unit: ISO 4217 code, percent, tonne, USD_per_kg, ...

    kind: investment, stake_percent, price_floor, volume, trade_value, loan, quota, penalty.
    """

    text: str
    value: float
    unit: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDate:
    """A date of the measure. `date` is YYYY, YYYY-MM, YYYY-Qn or YYYY-MM-DD, as precise as stated.

    role: date_announced, date_effective, date_end, deadline.
    """

    role: str
    text: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMention:
    """A span in one text that reports one step of one measure.

    Offsets count code points in the field ("title" or "body"). Jurisdictions are ISO 3166-1
    alpha-2, plus `EU` for the Union and `XX` for unknown. `hs_codes` are Harmonized System codes of
    the goods, digits only: 2, 4 or 6 of them. `missing` gives a reason for each empty argument.
    """

    mention_id: str
    article_id: str
    article_version: int
    field: str
    start: int
    end: int
    trigger: str
    sentence: str
    sentence_start: int
    type: EventType
    status: EventStatus
    status_target: StatusTarget
    factuality: Factuality
    time_frame: TimeFrame
    polarity: Polarity
    retaliation: bool
    source_type: SourceType
    source_text: str | None
    actors: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    actor_texts: tuple[str, ...] = ()
    target_texts: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    product_texts: tuple[str, ...] = ()
    commodities: tuple[str, ...] = ()
    hs_codes: tuple[str, ...] = ()
    company_texts: tuple[str, ...] = ()
    rates: tuple[Rate, ...] = ()
    amounts: tuple[Amount, ...] = ()
    dates: tuple[EventDate, ...] = ()
    duration: str | None = None
    instrument: str | None = None
    instrument_id: str | None = None
    condition: str | None = None
    is_lead: bool = False
    confidence: float
    rule: str
    missing: tuple[tuple[str, str], ...] = ()
    extractor_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """The result of one text. `reject` says why a text was refused; the rest is then empty.

    `events` are the mentions that the text tells; only these make developments. `asides` are
    mentions that it holds but is not taken to tell: stored, never linked.
    """

    unit_id: str
    version: int
    events: tuple[EventMention, ...]
    entities: tuple[EntityMention, ...]
    extractor_version: str
    reject: str | None = None
    asides: tuple[EventMention, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Development:
    """One change in the life of a measure, as first reported; append-only."""

    development_id: str
    measure_id: str
    measure_key: str
    type: EventType
    status: EventStatus
    status_target: StatusTarget
    factuality: Factuality
    time_frame: TimeFrame
    polarity: Polarity
    novelty: Novelty
    decision_date: date | None
    decision_precision: str | None
    first_seen_at: datetime
    lead_mention_id: str
    article_id: str
    actors: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    commodities: tuple[str, ...] = ()
    rate_value: float | None = None
    rate_unit: str | None = None
    effective_date: str | None = None
    end_date: str | None = None
    stage_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A standing rule, deal or grant that lives for days to years."""

    measure_id: str
    measure_key: str
    type: EventType
    implementer: str
    product_bucket: str
    target_bucket: str
    instrument_id: str | None
    first_seen_at: datetime
