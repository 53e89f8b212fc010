"""How a report starts a development or adds to one."""

from dataclasses import replace
from datetime import timedelta

from extractors.linking.actors import UNKNOWN
from extractors.linking.days import CURRENT_DAYS, of_another
from extractors.linking.grade import earliest, official_of, worth
from extractors.linking.parts import Part, same_name
from extractors.linking.state import MAX_CODES, DevelopmentState, Value, extend
from models.event import (
    EventStatus,
    EventType,
    Factuality,
    StatusTarget,
    TimeFrame,
    polarity,
)
from models.grade import best
from models.identity import digest_id

STAGES = {EventStatus.ANNOUNCED: 0, EventStatus.ADOPTED: 1, EventStatus.IN_FORCE: 2}
RECENT = timedelta(days=CURRENT_DAYS)
VALUES = (
    "buckets",
    "companies",
    "company_names",
    "specific",
    "grounds",
    "subjects",
    "targets",
    "actors",
    "commodities",
    "products",
    "hs_codes",
    "rates",
    "amounts",
    "effective",
    "ends",
)


def new_development(part: Part, *, label: str, measure: str) -> DevelopmentState:
    """Return the state after its first report, the leader."""
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
        spares=part.spares,
    )
    if part.withdrawn:
        # Its values stay so that it can be found; it counts no more than a denial.
        add_report(state, replace(part, withdrawn=None))
        state.hollow = True
        forget_sources(state)
        note_withdrawal(state, part)
        if not part.weak:
            deny(state, m.type, m.status, m.status_target)
        return state
    add_report(state, part)
    return state


def note_withdrawal(state: DevelopmentState, part: Part) -> None:
    """Record why a report was taken back, and by which mention."""
    assert part.withdrawn is not None
    assert part.withdrawn_by is not None
    extend(state.withdrawals, [[part.withdrawn, part.withdrawn_by[0]]], limit=None)


def forget_sources(state: DevelopmentState) -> None:
    """Let a step have no sources: those it had took it back."""
    state.source_count, state.doubt, state.publishers, state.copy_groups = 0, 1.0, [], []
    state.grade = state.confirmed_by = None


def deny(
    state: DevelopmentState, kind: EventType, status: EventStatus, target: StatusTarget
) -> None:
    """Mark a step whose only sources took it back as negated."""
    state.factuality, state.weak = Factuality.NEGATED.value, True
    state.polarity = polarity(kind, status, target, Factuality.NEGATED).value


def lead_with(state: DevelopmentState, part: Part) -> None:
    """Let a report replace the withdrawn reports of a step.

    A denial replaces them too, but keeps what the step was: that is what is denied.
    """
    m = part.source.mention
    state.lead_mention, state.lead_article = m.mention_id, m.article_id
    state.lead_version, state.extractor_version = m.article_version, m.extractor_version
    state.factuality, state.polarity = m.factuality.value, m.polarity.value
    state.weak = part.weak
    state.lead_withdrew = m.mention_id if part.replaces is not None else None
    if part.weak:
        return
    state.hollow = False
    # A source that denied it does not count as its source.
    forget_sources(state)
    state.type, state.status = m.type.value, m.status.value
    state.status_target, state.time_frame = m.status_target.value, part.time_frame.value
    state.background, state.official = part.background, False
    state.low, state.high = part.when.low, part.when.high
    state.precision, state.stated = part.when.precision, part.when.stated
    state.duration = state.instrument = None
    if part.replaces is not None:  # a source's correction replaces all its values
        for name in VALUES:
            setattr(state, name, [])


def acting(part: Part) -> list[str]:
    """Return who acts in a part; for one of several agreements in a mention, only its parties."""
    named = [a for a in part.source.mention.actors if a != UNKNOWN]
    parties = part.implementer.split("+")
    if part.type is not EventType.TRADE_AGREEMENT or parties == [UNKNOWN]:
        return named or parties
    return [a for a in named if a in parties] + [a for a in parties if a not in named]


def add_report(state: DevelopmentState, part: Part) -> None:
    """Count a report and add its new values. A weak report of a firm step adds no values."""
    m = part.source.mention
    if part.withdrawn:
        note_withdrawal(state, part)
        state.mention_count += 1
        state.first_seen = min(state.first_seen, part.source.first_seen_at)
        state.last_reported = max(state.last_reported, part.source.reported_at)
        note_article(state, part)
        return
    if state.hollow and not (part.weak and state.lead_withdrew):
        lead_with(state, part)
    independent = (
        part.source.publisher not in state.publishers
        and part.source.copy_group not in state.copy_groups
    )
    # A firm step is not reported by who denies it, in however many sentences.
    denies = not state.hollow and (
        (part.weak and part.replaces is not None)
        or (m.factuality is Factuality.NEGATED and not state.weak)
    )
    if independent and not denies:
        state.source_count += 1
        state.doubt *= 1.0 - min(max(m.confidence, 0.0), 1.0)
    if not denies:
        extend(state.publishers, [part.source.publisher], limit=None)
        extend(state.copy_groups, [part.source.copy_group], limit=None)
        state.grade = best(state.grade, worth(part))
        state.confirmed_by = earliest(state.confirmed_by, official_of(part))
    state.mention_count += 1
    state.first_seen = min(state.first_seen, part.source.first_seen_at)
    state.last_reported = max(state.last_reported, part.source.reported_at)
    note_article(state, part)
    if part.weak and not state.weak:
        return
    if part.when.stated and not state.stated and part.when.gap_days(state.when) == 0:
        state.low, state.high = part.when.low, part.when.high
        state.precision, state.stated = part.when.precision, True
    # A look back may name another rate, start or stage: it does not tell what was news then.
    looks_back = part.background and not state.background and looks_from_afar(part, state)
    reached = m.time_frame is not TimeFrame.FUTURE and m.factuality is not Factuality.SCHEDULED
    further = STAGES.get(m.status, -1) > STAGES.get(EventStatus(state.status), 9)
    if reached and not looks_back and further:
        state.status = m.status.value
    state.official = state.official or part.official
    state.retaliation = state.retaliation or m.retaliation
    if not looks_back:
        add_values(state, part)
    state.instrument = state.instrument or m.instrument
    if state.spares and not part.spares:
        state.spares, state.buckets, state.targets = False, [], []
    if state.spares or not part.spares:
        extend(state.buckets, sorted(part.buckets))
        extend(state.targets, sorted(part.targets))
    for name in sorted(part.companies, key=lambda key: (-len(key), key)):
        if not any(same_name(name, held) for held in state.companies):
            extend(state.companies, [name])
    extend(state.company_names, m.company_texts)
    extend(state.specific, part.specific)
    extend(state.grounds, sorted(part.grounds))
    extend(state.subjects, sorted(part.subjects))
    state.worldwide = state.worldwide or part.worldwide
    extend(state.actors, acting(part))
    extend(state.commodities, part.goods)
    extend(state.products, m.product_texts)
    extend(state.hs_codes, m.hs_codes, limit=MAX_CODES)


def note_article(state: DevelopmentState, part: Part) -> None:
    """Remember the last article and the types by which it tells the step."""
    if part.article != state.last_article:
        state.last_types = []
    state.last_article = part.article
    extend(state.last_types, [part.type.value])


def looks_from_afar(part: Part, state: DevelopmentState) -> bool:
    """Is it a report of another article, more than a week after the step?"""
    return part.article != state.lead_article and part.reported - state.high > RECENT


def add_values(state: DevelopmentState, part: Part) -> None:
    """Add the rates, sums and dates of a report."""
    state.duration = state.duration or part.source.mention.duration
    extend(state.rates, rates_of(part))
    extend(state.amounts, amounts_of(part))
    extend(state.effective, dates_of(part, "date_effective"))
    extend(state.ends, [*dates_of(part, "date_end"), *dates_of(part, "deadline")])


def rates_of(part: Part) -> list[Value]:
    """Return the rates a report gives for the step, not those it replaces."""
    return [
        (r.value, r.unit, r.basis) for r in part.source.mention.rates if r.role != "previous_rate"
    ]


def amounts_of(part: Part) -> list[Value]:
    return [(a.value, a.unit, a.kind) for a in part.source.mention.amounts]


def dates_of(part: Part, role: str) -> list[str]:
    """Return the dates of one role; an end date may be that of the whole article."""
    m = part.source.mention
    found = [
        d.date
        for d in m.dates
        if d.role == role and not (role == "date_effective" and of_another(d.text, m))
    ]
    if role == "date_end" and part.shared_end and not found:
        return [part.shared_end]
    return found


def development_label(part: Part) -> str:
    """Return the id of a development, from its first report."""
    return digest_id("development", part.source.mention.mention_id, part.part)


def measure_label(part: Part) -> str:
    """Return the id of a measure, from its first report."""
    return digest_id("measure", part.source.mention.mention_id, part.part)
