"""Does a report match a known development or measure, and how well?

The tolerances are those of the ontology (section 7). Real reports often omit what the rules
compare, so points decide: each shared property adds points; a contradiction in actor, act, product,
company or target rules a match out (`extractors.linking.likeness`).
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from extractors.linking.days import CURRENT_DAYS, days_of
from extractors.linking.life_cycle import AFTER_PAUSE, CHANGES, ENDED, PAUSES, allowed
from extractors.linking.likeness import (
    likeness,
    names_no_subject,
    next_round,
    other_reach,
    shares_act,
)
from extractors.linking.measure_state import MeasureState
from extractors.linking.parts import TARIFFS, Part, is_deal
from extractors.linking.reports import STAGES, amounts_of, dates_of, rates_of
from extractors.linking.state import DevelopmentState, Value
from models.event import EventStatus as S
from models.event import EventType, Factuality, Novelty, TimeFrame, status_class, type_group

RATE_POINTS = 0.5
AMOUNT_SHARE = 0.05
DATE_DAYS = 3
SAME_DEVELOPMENT = 20
SAME_MEASURE = 20
STILL_REPORTED_DAYS = 120
STAGE_DAYS = 200
AVERT_DAYS = 180
OPENING = frozenset({S.UNDER_NEGOTIATION, S.THREATENED, S.PROPOSED, *STAGES})
CURBS = type_group(EventType.EXPORT_BAN)
# "The ban", which names no goods, is of a measure told of in these days.
KIND_DAYS = 30
FOUNDED = frozenset({status_class(S.ADOPTED), status_class(S.EXPANDED)})
DATED_CLASSES = frozenset({"delayed", "extended"})
# What is only done to a deal that was made.
OF_MADE = frozenset(
    {S.IN_FORCE, S.EXTENDED, S.VIOLATED, S.REINSTATED, *PAUSES, S.LIFTED, S.EXPIRED}
)
WISHED = frozenset({S.THREATENED, S.PROPOSED, S.UNDER_NEGOTIATION})
UNBOUND = WISHED | {S.ANNOUNCED}


def fits_development(part: Part, known: DevelopmentState) -> int | None:
    """Return points for the report describing this development; None if it cannot."""
    other_class = part.status_class != known.status_class
    if other_class and not (founds(part, known) or starts(part, known)):
        return None
    if known.weak and not known.hollow and not part.weak:
        return None
    gap = part.when.gap_days(known.when)
    if gap > part.when.tolerance_days(known.when):
        return None
    points = likeness(part, known)
    if points is None or values_conflict(part, known) or next_round(part, [known]):
        return None
    if carries_out(part, known) or spares_from(part, known):
        return None
    same_article = part.source.mention.article_id == known.last_article
    if same_article and part.type.value not in (known.last_types or [known.type]):
        return None  # the extractor separated them within one text
    dated = part.when.low is not None and known.low is not None
    if not dated and other_reach(part, known, [known]):
        return None
    points += 10 if gap <= 1 and dated else 0
    points += 15 if same_article else 0
    points += 10 if part.empty and names_no_subject(known) else 0
    return points if points >= SAME_DEVELOPMENT else None


def founds(part: Part, known: DevelopmentState) -> bool:
    """Is one the decision that makes a measure, and the other the same one called an expansion?

    "China expands its controls" is how papers tell a new act that stands beside older ones.
    """
    new = known.novelty == Novelty.NEW_MEASURE and not (part.background or part.weak or known.weak)
    return new and {part.status_class, known.status_class} == FOUNDED and part.group != TARIFFS


def starts(part: Part, known: DevelopmentState) -> bool:
    """Does it only say when the change takes effect that its article has just told?

    "The order takes effect at midnight" names neither goods nor act nor rate.
    """
    only_when = part.status is S.IN_FORCE and part.empty and not (rates_of(part) or part.weak)
    return only_when and part.article == known.last_article and S(known.status) in CHANGES


def spares_from(part: Part, known: DevelopmentState) -> bool:
    """Does one impose a tariff, and the other take goods or countries out of it?"""
    exempts = (part.type is EventType.TARIFF_EXEMPTION, known.type == EventType.TARIFF_EXEMPTION)
    return part.status in STAGES and exempts[0] != exempts[1]


def carries_out(part: Part, known: DevelopmentState) -> bool:
    """Does it report as done, with what an act tells, what was promised more than a week before?"""
    m = part.source.mention
    promised = is_planned(known.factuality, known.time_frame)
    done = not (part.weak or part.background or is_planned(m.factuality, m.time_frame))
    late = (part.when.high - known.high).days > CURRENT_DAYS
    tells = part.official or part.when.stated or m.instrument or dates_of(part, "date_end")
    return bool(promised and done and late and tells)


def is_planned(factuality: str, time_frame: str) -> bool:
    """Is it told as still to come?"""
    return factuality == Factuality.SCHEDULED or time_frame == TimeFrame.FUTURE


def values_conflict(part: Part, known: DevelopmentState) -> bool:
    """Do the main values differ? Compares rates, sums and end dates with tolerance."""
    if part.weak:
        return False
    if differ(rates_of(part), known.rates, rates_agree):
        return True
    if differ(amounts_of(part), known.amounts, amounts_agree):
        return True
    if part.status_class in DATED_CLASSES:
        ends = dates_of(part, "date_end")
        return bool(ends and known.ends) and not any(
            dates_agree(one, other) for one in ends for other in known.ends
        )
    return False


class Agrees(Protocol):
    def __call__(self, one: Value, other: Value) -> bool | None: ...


def differ(given: Sequence[Value], held: Sequence[Value], agree: Agrees) -> bool:
    """Do both state comparable values, none of which agree?"""
    verdicts = [agree(one, other) for one in given for other in held]
    compared = [verdict for verdict in verdicts if verdict is not None]
    return bool(compared) and not any(compared)


def rates_agree(one: Value, other: Value) -> bool | None:
    """Within half a point; None if unit or basis differ, so that they cannot be compared."""
    if one[1] != other[1] or (one[2] and other[2] and one[2] != other[2]):
        return None
    if one[1].startswith("percent"):
        return abs(one[0] - other[0]) <= RATE_POINTS
    return abs(one[0] - other[0]) <= AMOUNT_SHARE * max(abs(one[0]), abs(other[0]))


def amounts_agree(one: Value, other: Value) -> bool | None:
    """Within 5%; None if unit or kind differ (currencies are not converted)."""
    if one[1:] != other[1:]:
        return None
    return abs(one[0] - other[0]) <= AMOUNT_SHARE * max(abs(one[0]), abs(other[0]))


def dates_agree(one: str, other: str) -> bool:
    """Within 3 days, or one inside the other if one is less precise."""
    a, b = days_of(one), days_of(other)
    if a is None or b is None:
        return one == other
    tolerance = timedelta(days=DATE_DAYS)
    return a[0] - tolerance <= b[1] and b[0] - tolerance <= a[1]


def contradicts(part: Part, known: MeasureState) -> bool:
    """Can the report not be a step of this measure, by what both name?"""
    if likeness(part, known) is None or next_round(part, known.developments):
        return True
    return other_reach(part, known, known.developments)


def fits_measure(part: Part, known: MeasureState) -> int | None:
    """Return points for the report describing a step of this measure; None if it cannot."""
    points = likeness(part, known)
    if points is None or contradicts(part, known):
        return None
    same_rate = rate_is_known(part, known)
    before = known.state_before(part.when)
    if (
        not shares_act(part, known)
        and opens_another(part, known, before, same_rate)
        and not (earlier_stage(part, known) or still_reported(part, known))
    ):
        return None
    points += 25 if same_rate else 0
    points += 10 if part.targets and part.empty and still_reported(part, known) else 0
    if before:
        points += 5 if follows(part, before) else -5
        points += 10 if of_a_made_deal(part) else 0
        age = days_silent(part, known)
        points += 10 if age <= 3 else 5 if age <= 30 else -10 if age > 400 else 0
        points += 15 if part.source.mention.article_id == before.last_article else 0
        points += 10 if part.group == CURBS and part.empty and age <= KIND_DAYS else 0
        # An exemption leaves out from which tariff: from the one in the news.
        points += 10 if part.spares and part.empty and age <= CURRENT_DAYS else 0
    if part.status is S.AVERTED:
        points += 20 if before and was_pending(part, before) else -10
    return points if points >= SAME_MEASURE else None


def of_a_made_deal(part: Part) -> bool:
    """Does it tell of a deal what is only done to one that was made: that it starts or ends?"""
    return is_deal(part.type.value, part.implementer) and part.status in OF_MADE


def days_silent(part: Part, known: MeasureState) -> int:
    """Return the days between a measure's last report and this one."""
    assert known.last_reported is not None, "a measure has developments"
    return (part.reported - known.last_reported.date()).days


def opens_another(
    part: Part, known: MeasureState, before: DevelopmentState | None, same_rate: bool
) -> bool:
    """Does the report start its own measure rather than continue this one?

    A threat, plan or decision is a new measure if the known one was decided before, has ended, has
    other targets, or has another rate.
    """
    if part.status not in OPENING or before is None:
        return False
    status = S(before.status)
    if status in ENDED:
        return True
    if part.type in (EventType.TRADE_AGREEMENT, EventType.TARIFF_EXEMPTION):
        return False
    if part.group == TARIFFS and part.targets == set(known.targets):
        same_goods = not part.buckets.isdisjoint(known.buckets)
        if same_goods or (same_rate and part.targets):
            return False
    if bool(part.targets) != bool(known.targets) and not part.empty:
        return True
    if rates_of(part) and known.rated and not same_rate:
        return True
    if resumes(part, before):
        return False
    return status not in UNBOUND and part.when.low is not None


def follows(part: Part, before: DevelopmentState) -> bool:
    """Is the report a step that may come after the one before?

    An exemption has a life of its own: that it is adopted tells nothing of the tariff that it is
    from, but that this was decided.
    """
    if part.type is EventType.TARIFF_EXEMPTION and part.status in STAGES:
        return before.type == part.type or S(before.status) not in {*WISHED, *ENDED}
    return allowed(S(before.status), part.status) or resumes(part, before)


def resumes(part: Part, before: DevelopmentState) -> bool:
    """Is it what comes after a pause, in whatever words?"""
    return S(before.status) in PAUSES and part.status in AFTER_PAUSE


def was_pending(part: Part, before: DevelopmentState) -> bool:
    """Was there a step that could still be called off, at most half a year earlier?"""
    waiting = S(before.status) in {*UNBOUND, S.ADOPTED, S.DELAYED}
    return waiting and (part.when.high - before.high).days <= AVERT_DAYS


def rate_is_known(part: Part, known: MeasureState) -> bool:
    """Does a step of the measure have one of the report's rates?"""
    return any(
        rates_agree(one, other)
        for one in rates_of(part)
        for development in known.developments
        for other in development.rates
    )


def earlier_stage(part: Part, known: MeasureState) -> DevelopmentState | None:
    """Return the decision of which the report is a later stage: announced, then in force."""
    stage = STAGES.get(part.status)
    if stage is None or part.background:
        return None
    for step in reversed(known.firm):
        if S(step.status) in STAGES and not spares_from(part, step):
            days = (part.when.high - step.high).days
            if stage == STAGES[S.IN_FORCE] and began_at_once(step):
                return None
            started = any(dates_agree(part.when.high.isoformat(), day) for day in step.effective)
            later = stage > STAGES[S(step.status)] and 0 < days <= STAGE_DAYS
            return step if (later or started) and not values_conflict(part, step) else None
        if S(step.status) in ENDED:
            return None
    return None


def began_at_once(step: DevelopmentState) -> bool:
    """Did a decision take effect when it was made, so that being in force is no news?"""
    starts = [span[0] for day in step.effective if (span := days_of(day)) and span[2] == "day"]
    return bool(starts) and abs((min(starts) - step.high).days) <= DATE_DAYS


def still_reported(part: Part, known: MeasureState) -> DevelopmentState | None:
    """Return the step that the report repeats, although later than the tolerance allows.

    A step is in the news for months. Without a date of its own, a new value or another step in
    between, a report of the same class repeats the old step. A measure ends only once, whatever
    the dates.
    """
    ends = part.status is S.AVERTED
    if (part.when.stated and not ends) or next_round(part, known.developments):
        return None
    for step in reversed(known.firm):
        if part.when.low and (step.low or step.high) > part.when.high:
            continue
        same = step.status_class == part.status_class
        if same and (carries_out(part, step) or spares_from(part, step)):
            return None
        if same and not values_conflict(part, step):
            age = ((part.when.low or part.when.high) - step.high).days
            return step if age <= STILL_REPORTED_DAYS or part.background else None
        if not same and not (ends and S(step.status) not in UNBOUND):
            return None
    return None
