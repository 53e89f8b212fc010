"""Which candidates are events, and with what labels."""

from dataclasses import dataclass

from spacy.tokens import Doc

from extractors.arguments import find_event_dates
from extractors.context import SentenceContext
from extractors.factuality import governed_status, rule_factuality, rule_time_frame
from extractors.gazetteer import jurisdictions
from extractors.policy_events import Candidate
from models.event import EventStatus, EventType, Factuality, TimeFrame


@dataclass(slots=True, kw_only=True)
class Decision:
    """A candidate taken for an event, with its labels and how sure we are (0 to 1)."""

    candidate: Candidate
    type: EventType
    status: EventStatus
    factuality: Factuality
    time_frame: TimeFrame
    confidence: float


def decide(doc: Doc, context: SentenceContext) -> list[Decision]:
    """The events among the candidates of a sentence, by rules."""
    out: list[Decision] = []
    for c in doc.user_data["candidates"]:
        hit = c.hit.score if c.hit is not None else (0.7 if c.evidence.pattern.self_status else 0.3)
        identified = (
            bool(jurisdictions(context.names))
            or bool(context.publisher_country)
            or any(n.label in ("INSTRUMENT", "COMPANY") for n in context.names)
        )
        score = c.evidence.pattern.weight * hit + (0.1 if identified else -0.2)
        if score < 0.62:
            continue
        out.append(decision_of(doc, context, c, score))
    return merge(out)


def decision_of(doc: Doc, context: SentenceContext, c: Candidate, score: float) -> Decision:
    """Labels of a candidate by rules alone."""
    status = governed_status(c, context)
    factuality = rule_factuality(doc, c, context, status)
    _, dates = find_event_dates(context, c, status, factuality)
    return Decision(
        candidate=c,
        type=c.evidence.pattern.type,
        status=status,
        factuality=factuality,
        time_frame=rule_time_frame(doc, c, context, status, factuality, dates),
        confidence=min(0.99, score),
    )


def merge(decisions: list[Decision]) -> list[Decision]:
    """One event for one step of one measure: of those that share a trigger and a type, the surest."""
    kept: list[Decision] = []
    for d in sorted(decisions, key=lambda d: -d.confidence):
        clash = any(
            (d.candidate.start < k.candidate.end
            and k.candidate.start < d.candidate.end)
            or (d.type is k.type
            and d.status is k.status)
            for k in kept
        )
        if not clash:
            kept.append(d)
    return kept
