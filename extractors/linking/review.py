"""Findings for review: steps outside the life cycle, and the ontology's own checks."""

from collections.abc import Iterator

from extractors.linking.days import days_of
from extractors.linking.life_cycle import allowed
from extractors.linking.match import AVERT_DAYS, UNBOUND, dates_agree
from extractors.linking.measure_state import MeasureState
from extractors.linking.parts import COMPANY_TYPES
from extractors.linking.state import DevelopmentState
from models.event import EventStatus as S
from models.event import EventType as T
from models.identity import digest_id
from models.link import Finding

NEEDS_COMPANY = COMPANY_TYPES & {
    T.LICENSING_DEAL,
    T.GOVERNMENT_INVESTMENT,
    T.OFFTAKE_AGREEMENT,
}
CAN_BE_VIOLATED = frozenset(
    {T.TRADE_AGREEMENT, T.LICENSING_DEAL, T.OFFTAKE_AGREEMENT, T.SANCTION_LISTING}
)


def findings_of(measure: MeasureState) -> list[Finding]:
    """Return everything unusual in the life of a measure, each with a reason in words."""
    found = []
    before: DevelopmentState | None = None
    for step in measure.firm:
        for kind, reason in anomalies(step, before, measure):
            # The id digests the reason before its article is corrected: ids of earlier versions
            # stay valid, so nobody confirms a finding twice.
            found.append(
                Finding(
                    review_id=digest_id("review", kind, step.label, reason),
                    kind=kind,
                    development_id=step.label,
                    measure_id=measure.label,
                    reason=with_article(reason, step.type),
                )
            )
        if not step.background:
            before = step
    return found


def with_article(reason: str, kind: str) -> str:
    """Return the reason with "an" before a kind that starts with a vowel."""
    return reason.replace(f"a {kind}", f"an {kind}") if kind[0] in "aeio" else reason


def anomalies(
    step: DevelopmentState, before: DevelopmentState | None, measure: MeasureState
) -> Iterator[tuple[str, str]]:
    """Yield kind and reason for each unusual property of one step."""
    kind, status = T(step.type), S(step.status)
    moved = before and step.status_class != before.status_class and not step.background
    if before and moved and not allowed(S(before.status), status):
        yield "life_cycle", f"{status} after {before.status} is no step of the life cycle"
    if kind in NEEDS_COMPANY and not step.companies:
        yield "company_missing", f"a {kind} without a company"
    if status in (S.RAISED, S.CUT) and not (step.rates or step.amounts):
        yield "value_missing", f"{status} without a rate or an amount"
    if status is S.EXTENDED and not (step.ends or step.duration):
        yield "end_missing", "extended without an end date or a duration"
    if status is S.AVERTED and not averts(step, measure):
        yield "averted_nothing", "averted, but nothing pending is known within 180 days"
    if kind is not T.TARIFF_EXEMPTION and backdated(step):
        yield "retroactive", f"in effect on {step.effective[0]}, before it was decided"
    if status is S.VIOLATED and kind not in CAN_BE_VIOLATED:
        yield "violated_type", f"a {kind} cannot be violated"
    if step.disputed_with:
        yield "disputed", "official sources differ on it"


def averts(step: DevelopmentState, measure: MeasureState) -> bool:
    """Is there a threatened, announced or adopted step that this one can have called off?"""
    pending = {*UNBOUND, S.ADOPTED, S.DELAYED}
    return any(
        S(other.status) in pending and 0 <= (step.high - other.high).days <= AVERT_DAYS
        for other in measure.developments
        if other is not step
    )


def backdated(step: DevelopmentState) -> bool:
    """Does it take effect before it was decided, both dated to the day?"""
    if not step.effective or not step.stated or step.precision != "day" or step.low is None:
        return False
    span = days_of(step.effective[0])
    return (
        span is not None
        and span[2] == "day"
        and span[0] < step.low
        and not dates_agree(step.effective[0], step.low.isoformat())
    )
