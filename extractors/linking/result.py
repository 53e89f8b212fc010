"""Turns linked developments and measures into rows to store."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from extractors.linking.days import days_of, month_end
from extractors.linking.grade import graded
from extractors.linking.index import keys_of, measure_keys_of
from extractors.linking.life_cycle import PAUSES, leaves_a_pause
from extractors.linking.match import CURBS
from extractors.linking.measure_state import MeasureState
from extractors.linking.reports import STAGES
from extractors.linking.state import DevelopmentState, Value
from models.event import EventStatus, Factuality, StatusTarget, TimeFrame
from models.identity import digest_id
from models.link import LinkedDevelopment, LinkedMeasure

MAX_CONFIDENCE = 0.99
LAST_YEAR = 2200
ADDED, TOTAL = "additional", "total"
DURATION = re.compile(r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?")


def development_row(state: DevelopmentState, measure: MeasureState) -> LinkedDevelopment:
    """Return a development in its current state; its main values are the first ones reported."""
    rate = main_rate(state.rates)
    amount = state.amounts[0] if state.amounts else None
    decided, precision, basis = decision(state)
    effective, end = most_precise(state.effective), most_precise(state.ends)
    grade, official = graded(state, measure.developments)
    return LinkedDevelopment(
        development_id=state.label,
        measure_id=state.measure,
        measure_key=measure.key(),
        block=state.block,
        type=state.type,
        status=state.status,
        status_class=state.status_class,
        status_target=state.status_target,
        factuality=state.factuality,
        time_frame=state.time_frame,
        polarity=state.polarity,
        novelty=state.novelty,
        novelty_score=state.novelty_score,
        decision_date=decided,
        decision_precision=precision,
        decision_basis=basis,
        first_seen_at=state.first_seen,
        first_reported_at=state.first_reported,
        last_reported_at=state.last_reported,
        lead_mention_id=state.lead_mention,
        article_id=state.lead_article,
        article_version=state.lead_version,
        extractor_version=state.extractor_version,
        actors=tuple(state.actors),
        targets=tuple(state.targets),
        commodities=goods_of(state, measure),
        products=tuple(state.products),
        hs_codes=tuple(state.hs_codes),
        companies=tuple(state.company_names),
        rate_value=rate[0] if rate else None,
        rate_unit=rate[1] if rate else None,
        amount_value=amount[0] if amount else None,
        amount_unit=amount[1] if amount else None,
        amount_kind=amount[2] if amount else None,
        effective_date=effective,
        effective_on=first_day(effective),
        end_date=end,
        ends_on=last_day(end) or end_of(state.duration, first_day(effective) or decided),
        duration=state.duration,
        instrument=state.instrument,
        instrument_ids=tuple(state.specific or sorted(state.grounds)),
        retaliation=state.retaliation,
        stage_of=state.stage_of,
        disputed=state.disputed,
        change_reason=state.withdrawals[-1][0] if state.withdrawals else None,
        correction_id=digest_id("correction", *sorted(map(":".join, state.withdrawals)))
        if state.withdrawals
        else None,
        grade=grade,
        official_source=official.publisher if official else None,
        official_article_id=official.article_id if official else None,
        official_seen_at=official.seen_at if official else None,
        official_reported_at=official.reported_at if official else None,
        confidence=round(min(1.0 - state.doubt, MAX_CONFIDENCE), 4),
        source_count=state.source_count,
        mention_count=state.mention_count,
        index_keys=(*keys_of(state), *measure_keys_of(measure)),
        state=state.to_json(),
    )


def goods_of(state: DevelopmentState, measure: MeasureState) -> tuple[str, ...]:
    """Return the commodities of a step; those of its curb where its reports only say "the ban".

    A tariff without goods is one on all, so nothing is lent to it. What is told under a number may
    be of other goods than the rest.
    """
    own = state.commodities or state.products or state.hs_codes or state.spares
    if own or measure.specific or state.group != CURBS:
        return tuple(state.commodities)
    told = [d for d in measure.developments if d.commodities and not d.spares]
    return tuple(told[0].commodities) if told else ()


def decision(state: DevelopmentState) -> tuple[date | None, str | None, str | None]:
    """Return the decision date, its precision, and whether it was `stated` or is the report's."""
    if state.stated:
        return state.low or state.high, state.precision, "stated"
    if state.background:
        return None, None, None
    return state.high, "day", "reported"


def most_precise(dates: list[str]) -> str | None:
    """Return the most precise of some dates; the first of these."""
    exactness = {"day": 0, "month": 1, "quarter": 2, "year": 3}
    known = [
        (exactness[span[2]], at, text) for at, text in enumerate(dates) if (span := days_of(text))
    ]
    return min(known)[2] if known else None


def first_day(text: str | None) -> date | None:
    span = days_of(text) if text else None
    return span[0] if span else None


def last_day(text: str | None) -> date | None:
    span = days_of(text) if text else None
    return span[1] if span else None


def end_of(duration: str | None, start: date | None) -> date | None:
    """Return the day a span such as P1Y or P90D from `start` is over; None for other spans."""
    found = DURATION.fullmatch(duration or "")
    if not found or start is None:
        return None
    years, months, weeks, days = (int(found[n] or 0) for n in (1, 2, 3, 4))
    month = start.month - 1 + months + 12 * years
    year = start.year + month // 12
    if year > LAST_YEAR:
        return None
    day = min(start.day, month_end(year, month % 12 + 1).day)
    return date(year, month % 12 + 1, day) + timedelta(days=7 * weeks + days)


def main_rate(rates: Sequence[Value]) -> Value | None:
    """Return the first rate that a step sets: what it adds, not what that comes to in all."""
    totals = {(value, unit) for value, unit, basis in rates if basis == TOTAL}
    return min(rates, key=lambda r: ((r[0], r[1]) in totals, r[2] != ADDED), default=None)


def measure_row(measure: MeasureState) -> LinkedMeasure:
    """Return a measure in its current state, derived from its developments."""
    specific = measure.specific
    firm = [d for d in measure.developments if not d.weak]
    # A look back without a date says what once was, not where the measure stands.
    told = [d for d in firm if not d.background or d.stated]
    steps = sorted(told or firm, key=lambda d: (stepped_on(d), d.first_reported, d.leader))
    latest, returns_on = where_it_stands(steps)
    decided = [d for d in steps if EventStatus(d.status) in STAGES]
    starts = [day for d in decided if (day := start_of(d))]
    rates = [rate for d in steps if (rate := main_rate(d.rates))]
    return LinkedMeasure(
        measure_id=measure.label,
        measure_key=measure.key(),
        type=measure.type,
        implementer=measure.first.implementer,
        product_bucket=measure.product_bucket(),
        target_bucket=measure.target_bucket(),
        instrument_id=specific[0] if specific else None,
        first_seen_at=min(d.first_seen for d in measure.developments),
        last_development_id=latest.label if latest else None,
        first_step_date=stepped_on(steps[0]) if steps else None,
        decided_date=stepped_on(decided[0]) if decided else None,
        start_date=min(starts, default=None),
        returns_on=returns_on,
        rate_value=rates[-1][0] if rates else None,
        rate_unit=rates[-1][1] if rates else None,
        statuses=tuple(d.status for d in steps),
        status_dates=tuple(stepped_on(d) for d in steps),
        step_count=len(steps),
        mention_count=sum(d.mention_count for d in steps),
        disputed=any(d.disputed for d in steps),
        actors=every(d.actors for d in steps),
        targets=every(d.targets for d in steps),
        commodities=every(d.commodities for d in steps),
        companies=every(d.company_names for d in steps),
        last_reported_at=max(d.last_reported for d in measure.developments),
    )


def where_it_stands(
    steps: Iterable[DevelopmentState],
) -> tuple[DevelopmentState | None, date | None]:
    """Return the step that a measure stands at; if that is a pause, also the day it is over.

    A later step that leaves the pause as it is does not count, while the pause lasts.
    """
    latest: DevelopmentState | None = None
    returns_on: date | None = None
    for step in sorted(
        steps, key=lambda d: (stepped_on(d), not d.background, d.first_reported, d.leader)
    ):
        lasts = returns_on is None or stepped_on(step) <= returns_on
        paused = latest is not None and lasts and pauses(latest)
        if paused and leaves_a_pause(EventStatus(step.status), planned=is_planned(step)):
            continue
        over = pause_over(step)
        # A pause told again without its end still ends when it did.
        known = returns_on if paused and pauses(step) else None
        latest, returns_on = step, over or known
    return latest, returns_on


def is_planned(step: DevelopmentState) -> bool:
    """Is it told as still to come, or not as a fact?"""
    certain = step.factuality == Factuality.ASSERTED
    return not certain or step.time_frame == TimeFrame.FUTURE


def pauses(step: DevelopmentState) -> bool:
    """Is the measure paused after this step?"""
    if step.status == EventStatus.EXTENDED:
        return step.status_target == StatusTarget.SUSPENSION
    of_measure = step.status_target in (StatusTarget.MEASURE, StatusTarget.DEADLINE)
    return EventStatus(step.status) in PAUSES and of_measure


def pause_over(step: DevelopmentState) -> date | None:
    """Return the day on which a pause is over; of a delay, the day on which the measure starts."""
    if not pauses(step):
        return None
    effective = first_day(most_precise(step.effective))
    end = last_day(most_precise(step.ends))
    end = end or end_of(step.duration, effective or decision(step)[0])
    later = effective if step.status == EventStatus.DELAYED else None
    return end or (later if later and later > stepped_on(step) else None)


def stepped_on(state: DevelopmentState) -> date:
    """Return when a step was decided, else first reported."""
    return decision(state)[0] or state.first_reported.date()


def start_of(state: DevelopmentState) -> date | None:
    """Return when a deciding step takes effect, if known."""
    effective = first_day(most_precise(state.effective))
    in_force = state.status == EventStatus.IN_FORCE
    return effective or (stepped_on(state) if in_force else None)


def every(lists: Iterable[list[str]]) -> tuple[str, ...]:
    """Return all values of some lists, each once."""
    return tuple(dict.fromkeys(value for values in lists for value in values))
