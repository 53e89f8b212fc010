"""Which candidates are events, and with what labels."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc

from extractors.events.arguments import find_event_dates
from extractors.events.context import SentenceContext, text_of
from extractors.events.factuality import (
    firm_status,
    governed_status,
    rule_factuality,
    rule_time_frame,
)
from extractors.events.features import candidate_features
from extractors.events.gazetteer import jurisdictions
from extractors.events.head import Head, load_head
from extractors.events.lexicon_data import Evidence, TypePattern, load_word_classes
from extractors.events.policy_events import Candidate
from extractors.events.relations import surroundings
from extractors.reading.combination import (
    CLASSES,
    LabelChances,
    candidate_near,
    event_of,
    load_combination,
)
from extractors.reading.readings import ReadEvent, Reading
from models.event import EventStatus, EventType, Factuality, TimeFrame, status_class, type_group


@dataclass(slots=True, kw_only=True)
class Decision:
    """A candidate taken for an event, with its labels and how sure we are (0 to 1)."""

    candidate: Candidate
    type: EventType
    status: EventStatus
    factuality: Factuality
    time_frame: TimeFrame
    confidence: float
    read: ReadEvent | None = None


def decide(doc: Doc, context: SentenceContext) -> list[Decision]:
    """The events of a sentence: by the encoder and the head, the head alone, or rules without one."""
    head, reading = load_head(), doc.user_data.get("reading")
    if head is not None and reading is not None:
        return decide_with_reading(doc, context, head, reading)
    out: list[Decision] = []
    for c in doc.user_data["candidates"]:
        if head is None:
            score = rule_score(c, context)
            if score >= RULES_NEED:
                out.append(decision_by_rules(doc, context, c, score))
            continue
        if is_request(c):
            continue
        features = candidate_features(doc, context, c)
        confidence = head.event(features)
        if confidence >= threshold(head) or is_standing(doc, context, c):
            out.append(labelled(doc, context, c, head, features, confidence))
    return merge(out, again=head.settings["again"] if head is not None else 2.0)


def decide_with_reading(
    doc: Doc, context: SentenceContext, head: Head, reading: Reading
) -> list[Decision]:
    """The events of a sentence, the surest first, by the encoder and the lexicon's head together.

    First come the lexicon's candidates that both take for events, then what only the encoder reads.
    """
    weigh = load_combination()
    candidates: list[Candidate] = doc.user_data["candidates"]
    features = [candidate_features(doc, context, c) for c in candidates]
    chances = [head.event(f) for f in features]
    said: dict[int, LabelChances] = {}

    def decision(i: int | None, event: ReadEvent, score: float) -> Decision:
        known = None
        if i is not None:
            if i not in said:
                said[i] = head.labels(features[i])
            known = (candidates[i], chances[i], said[i])
        labels = {name: weigh.label(name, reading, event, known) for name in CLASSES}
        kind = EventType(labels["type"])
        return Decision(
            candidate=candidates[i] if i is not None else _read_candidate(doc, event, kind),
            type=kind,
            status=EventStatus(labels["status"]),
            factuality=Factuality(labels["factuality"]),
            time_frame=TimeFrame(labels["time_frame"]),
            confidence=1.0 / (1.0 + math.exp(-score)),
            read=event,
        )

    sentence = weigh.sentence_score(reading, chances, context.headline)
    best = max(chances, default=0.0)
    found: list[Decision] = []
    scored = (
        (weigh.candidate_score(reading, c, p, p >= best), i)
        for i, (c, p) in enumerate(zip(candidates, chances, strict=True))
    )
    for score, i in sorted(scored, reverse=True):
        if score > weigh.settings["candidate"] and reading.events:
            _add(found, decision(i, event_of(reading, candidates[i]), max(score, sentence)))
    if sentence <= weigh.settings["sentence"] and not found:
        return []
    for event in reading.events:
        if found and event.chance < weigh.settings["further"]:
            break
        near = candidate_near(event, candidates, chances)
        new = decision(near, event, sentence)
        new.candidate = _read_candidate(doc, event, new.type) if near is None else new.candidate
        _add(found, new)
    return found


def _add(found: list[Decision], new: Decision) -> None:
    """Add a decision, unless it repeats one that is there: its words, or its step of its measure."""
    for old in found:
        overlap = (
            new.candidate.start < old.candidate.end and old.candidate.start < new.candidate.end
        )
        like = type_group(new.type) == type_group(old.type)
        same_step = status_class(new.status) == status_class(old.status)
        if overlap or (like and (same_step or new.type is old.type)):
            return
    found.append(new)


def _read_candidate(doc: Doc, event: ReadEvent, kind: EventType) -> Candidate:
    """A candidate for what only the encoder reads, so that arguments are found as for others."""
    span = doc.char_span(event.start, event.end, alignment_mode="expand")
    root = span.root if span is not None else doc[0]
    governors, auxiliaries = surroundings(root)
    return Candidate(
        evidence=Evidence(pattern=_read_pattern(kind), start=event.start, end=event.end),
        root=root.i,
        hit=None,
        status=EventStatus.ANNOUNCED,
        start=event.start,
        end=event.end,
        rule=f"reader/{kind.value}",
        governors=governors,
        auxiliaries=auxiliaries,
    )


@cache
def _read_pattern(kind: EventType) -> TypePattern:
    """The pattern that stands for the encoder's own finding of a type."""
    return TypePattern(
        pattern_id=f"reader.{kind.value}",
        type=kind,
        weight=1.0,
        self_status=None,
        anchors=(),
        match=re.compile("(?!)"),
        need=None,
        veto=None,
    )


RULES_NEED = 0.62
_REQUESTS = load_word_classes()["request"]


def is_request(c: Candidate) -> bool:
    """Is the step asked of somebody else? "Urged China to lift": ruling 11, no event.

    A petition or complaint that is filed is a step of its own, of an investigation.
    """
    return (
        c.hit is not None
        and c.hit.words[0].kind == "verb"
        and bool(c.governors)
        and c.governors[0] in _REQUESTS
        and c.evidence.pattern.type is not EventType.INVESTIGATION
    )


def threshold(head: Head) -> float:
    """How sure the head must be of an event."""
    return head.settings["threshold"]


def rule_score(c: Candidate, context: SentenceContext) -> float:
    """How well type and status evidence hang together, about 0 to 1.1."""
    hit = c.hit.score if c.hit is not None else (0.7 if c.evidence.pattern.self_status else 0.3)
    identified = (
        bool(jurisdictions(context.names))
        or bool(context.publisher_country)
        or any(n.label in ("INSTRUMENT", "COMPANY") for n in context.names)
    )
    return c.evidence.pattern.weight * hit + (0.1 if identified else -0.2)


def decision_by_rules(doc: Doc, context: SentenceContext, c: Candidate, score: float) -> Decision:
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


def decision_by_head(doc: Doc, context: SentenceContext, c: Candidate, head: Head) -> Decision:
    """Labels of a candidate by the head, be it an event or not."""
    features = candidate_features(doc, context, c)
    return labelled(doc, context, c, head, features, head.event(features))


def labelled(
    doc: Doc,
    context: SentenceContext,
    c: Candidate,
    head: Head,
    features: dict[str, float],
    confidence: float,
) -> Decision:
    """A candidate with the labels of the head, which has the rules' labels among its features."""
    # What a relative clause says of a standing agreement is its content, no step of its life.
    told_of_it = c.hit is not None and c.hit.relation == "mod:relcl"
    if (confidence < STANDING or told_of_it) and is_standing(doc, context, c):
        return Decision(
            candidate=c,
            type=c.evidence.pattern.type,
            status=EventStatus.ADOPTED,
            factuality=Factuality.ASSERTED,
            time_frame=TimeFrame.BACKGROUND,
            confidence=max(confidence, STANDING),
        )
    say = head.labels(features)
    return Decision(
        candidate=c,
        type=read_type(c, say["type"]),
        status=read_status(c, context, say["status"]),
        factuality=read_factuality(doc, c, context, say["factuality"]),
        time_frame=TimeFrame(likeliest(say["time_frame"])[0]),
        confidence=confidence,
    )


def likeliest(say: Mapping[str, float]) -> tuple[str, float]:
    """The likeliest value and its probability."""
    return max(say.items(), key=lambda vp: vp[1])


STANDING = 0.66
_TERM = re.compile(
    (
        r"^\s*(?:\(|,)?\s*(?:of|in|from|dated|signed in|through|until|running to"
        r"|to|valid until) (?:19|20)\d\d\b"
    ),
    re.I,
)


def is_standing(doc: Doc, context: SentenceContext, c: Candidate) -> bool:
    """Is an agreement or licence named with its parties and its term or content?

    Ruling 24 of the guide: named in passing it is no event, with a party and a term it is, as
    background. "The A-B trade deal of 2025", "A's licensing framework through 2030", "the A-B
    deal, which cuts duties", "guaranteed purchases of X".
    """
    pattern = c.evidence.pattern
    after = text_of(doc)[c.evidence.end :]
    if pattern.pattern_id == "offtake.guaranteed":
        return after.startswith(" of ") and not context.text.rstrip().endswith("?")
    if pattern.type is EventType.TRADE_AGREEMENT and pattern.pattern_id != "trade_agreement.talks":
        owners = [n for n in jurisdictions(context.names) if 0 <= c.evidence.start - n.end <= 25]
        content = re.match(r"\s*,? (?:which|that|under which|committing|providing)\b", after)
        return len({n.code for n in owners}) >= 2 and bool(_TERM.match(after) or content)
    if pattern.type in (EventType.LICENSING_DEAL, EventType.EXPORT_LICENSING):
        owners = [n for n in jurisdictions(context.names) if 0 <= c.evidence.start - n.end <= 25]
        return bool(owners) and bool(_TERM.match(after))
    return False


def read_status(c: Candidate, context: SentenceContext, say: Mapping[str, float]) -> EventStatus:
    """The step the head says, unless the words leave no choice and it is not certain."""
    firm = firm_status(c, context)
    best, p = likeliest(say)
    if c.evidence.pattern.type is EventType.TRADE_AGREEMENT and EventStatus(best) in _OF_RATES:
        return EventStatus.ADOPTED
    return firm if firm is not None and p < FIRM_BELOW else EventStatus(best)


# Rates go up and down, an agreement does not: "deals slashing tariffs" tells what it says.
_OF_RATES = frozenset({EventStatus.CUT, EventStatus.RAISED, EventStatus.EXEMPTED})
FIRM_BELOW = 0.85
TYPE_ABOVE = 0.7


def read_type(c: Candidate, say: Mapping[str, float]) -> EventType:
    """The type the pattern says, unless the head is sure of another."""
    best, p = likeliest(say)
    return EventType(best) if p >= TYPE_ABOVE else c.evidence.pattern.type


def read_factuality(
    doc: Doc, c: Candidate, context: SentenceContext, say: Mapping[str, float]
) -> Factuality:
    """How sure the text is, unless a denial or a question leaves no choice."""
    said = rule_factuality(doc, c, context, governed_status(c, context))
    if said is Factuality.NEGATED or (said is Factuality.QUESTION and len(context.text) < 160):
        return said
    return Factuality(likeliest(say)[0])


def merge(decisions: list[Decision], again: float) -> list[Decision]:
    """One event for one step of one measure: of those that share a trigger or a type, the surest.

    A second event of like type needs another trigger, another step and at least `again`.
    """
    kept: list[Decision] = []
    for d in sorted(decisions, key=lambda d: -d.confidence):
        clash = False
        for k in kept:
            overlap = d.candidate.start < k.candidate.end and k.candidate.start < d.candidate.end
            like = type_group(d.type) == type_group(k.type)
            same_step = status_class(d.status) == status_class(k.status)
            if (overlap and (like or d.confidence < again)) or (
                like and (d.type is k.type or same_step) and (same_step or d.confidence < again)
            ):
                clash = True
        if not clash:
            kept.append(d)
    return kept
