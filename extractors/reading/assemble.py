"""Candidates of a parsed sentence to finished event mentions, each with its reasons."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from spacy.tokens import Doc

from extractors.events.arguments import (
    find_amounts,
    find_duration,
    find_event_dates,
    find_instrument,
    find_rates,
    is_retaliation,
    left_behind,
)
from extractors.events.attribution import attribution_of
from extractors.events.context import SentenceContext
from extractors.events.factuality import condition_of
from extractors.events.hs_codes import EventPlaces, find_hs_codes, hs_codes_of, with_commodities
from extractors.events.policy_events import Candidate
from extractors.reading.decide import Decision, decide
from extractors.reading.event_dates import OF_ACTS, Told, read_dates
from extractors.reading.goods_and_firms import read_companies, read_products
from extractors.reading.readings import Reading
from extractors.reading.roles import read_parties
from extractors.reading.turns import is_no_measure, only_who_acts
from models.event import (
    EntityMention,
    EventDate,
    EventMention,
    EventStatus,
    EventType,
    Factuality,
    TextUnit,
    TimeFrame,
    polarity,
    type_group,
)
from models.identity import digest_id


def events_of(doc: Doc, unit: TextUnit, version: str) -> list[EventMention]:
    """The events of one sentence, in order of their triggers."""
    context: SentenceContext = doc.user_data["sentence"]
    told = (d for d in decide(doc, context) if not is_no_measure(context.text, d.type))
    decisions = sorted(told, key=lambda d: d.candidate.start)
    candidates = [d.candidate for d in decisions]
    doc.user_data["taken"] = candidates
    codes = _hs_codes(context, doc.user_data["reading"], decisions)
    found: list[EventMention] = []
    for d, given in zip(decisions, codes, strict=True):
        event = _mention(doc, unit, context, d, candidates, given, version)
        if not event.targets and _GOODS_AGAIN.match(context.text[d.candidate.evidence.end :]):
            event = _with_targets_of(event, found)
        found.append(event)
    return found


def _hs_codes(
    context: SentenceContext, reading: Reading, decisions: Sequence[Decision]
) -> list[tuple[str, ...]]:
    """The tariff codes of each event: those that stand nearest to its words or goods."""
    groups = find_hs_codes(context.text) if decisions else ()
    if not groups:
        return [()] * len(decisions)
    events = [
        EventPlaces(
            words=d.candidate.spans,
            goods=tuple((start, end) for start, end, _ in reading.spans(d.read, "product")),
        )
        for d in decisions
    ]
    return [hs_codes_of(groups, events, i, context.text) for i in range(len(decisions))]


_GOODS_AGAIN = re.compile(
    r"\s*(?:on|for|from|to|of) (?:those|these|such|the same|the said) "
    r"(?:\w+ )?(?:articles|goods|products|imports|exports|items|shipments)\b",
    re.I,
)


def _with_targets_of(event: EventMention, earlier: list[EventMention]) -> EventMention:
    """The event with the targets of the last one of its kind: "and the rate on those goods"."""
    for other in reversed(earlier):
        if other.targets and (other.actors, type_group(other.type)) == (
            event.actors,
            type_group(event.type),
        ):
            return replace(
                event,
                targets=other.targets,
                target_texts=other.target_texts,
                missing=tuple((name, why) for name, why in event.missing if name != "targets"),
            )
    return event


def _mention(
    doc: Doc,
    unit: TextUnit,
    context: SentenceContext,
    d: Decision,
    all_candidates: list[Candidate],
    hs_codes: tuple[str, ...],
    version: str,
) -> EventMention:
    c = d.candidate
    reading: Reading = doc.user_data["reading"]
    measure = c.evidence.start, c.evidence.end
    actors, targets = only_who_acts(
        context, d.type, *read_parties(doc, context, d.read, d.type, measure)
    )
    products, commodities = read_products(doc, context, reading, d.read, d.type)
    commodities = with_commodities(commodities, hs_codes)
    companies = read_companies(context, reading, d.read)
    rates = find_rates(context, c, d.type, all_candidates)
    if d.status in (EventStatus.RAISED, EventStatus.CUT):
        rates = left_behind(context, rates)
    amounts = find_amounts(context, c, d.type)
    by_rules, _ = find_event_dates(context, c, d.status, d.factuality)
    ruled = {date.text: date.role for date in by_rules}
    dates = read_dates(doc, context, d.read, Told(d.status, d.factuality, d.time_frame), ruled)
    time_frame = TimeFrame.CURRENT if is_recent(d, dates, context) else d.time_frame
    instrument = find_instrument(context, c)
    duration = find_duration(context, c, d.status)
    source = attribution_of(doc, context, {p.code for p in actors})
    start, end = context.start + c.start, context.start + c.end
    missing = []
    for label, value, why in (
        ("actors", actors, "no jurisdiction acts in the sentence, its title or its publisher"),
        ("targets", targets, "no jurisdiction is said to be hit"),
        ("products", products, "no product stands with the measure"),
        ("hs_codes", hs_codes, "no tariff code is given for the goods"),
        ("rates", rates, "no rate of this measure in the sentence"),
        ("dates", dates, "no date stands with the step"),
        ("instrument", instrument, "no legal instrument named in the sentence"),
        ("companies", companies, "no company is party to the step"),
        ("amounts", amounts, "no sum or volume said with the measure"),
        ("duration", duration, "no stretch of time belongs to the step"),
    ):
        if not value:
            missing.append((label, why))
    return EventMention(
        mention_id=mention_id(unit, context.field, start, end, d.type),
        article_id=unit.unit_id,
        article_version=unit.version,
        field=context.field,
        start=start,
        end=end,
        trigger=context.text[c.start : c.end],
        sentence=context.text,
        sentence_start=context.start,
        type=d.type,
        status=d.status,
        status_target=d.status_target,
        factuality=d.factuality,
        time_frame=time_frame,
        polarity=polarity(d.type, d.status, d.status_target, d.factuality),
        retaliation=is_retaliation(doc, context, c),
        source_type=source.source_type,
        source_text=source.text,
        actors=tuple(p.code for p in actors),
        targets=tuple(p.code for p in targets),
        actor_texts=tuple(p.text for p in actors if p.text),
        target_texts=tuple(p.text for p in targets if p.text),
        agencies=tuple(p.agency for p in actors if p.agency),
        product_texts=products,
        commodities=commodities,
        hs_codes=hs_codes,
        company_texts=companies,
        rates=rates,
        amounts=amounts,
        dates=dates,
        duration=duration,
        instrument=instrument.text if instrument else None,
        instrument_id=f"{instrument.how}:{instrument.code}"
        if instrument and instrument.code
        else None,
        condition=condition_of(doc, c) if d.factuality is Factuality.CONDITIONAL else None,
        confidence=round(d.confidence, 3),
        rule=c.rule,
        missing=tuple(missing),
        extractor_version=version,
    )


# A step of this many days before its report is current (ontology section 5).
CURRENT_DAYS = 7


def is_recent(decision: Decision, dates: Sequence[EventDate], context: SentenceContext) -> bool:
    """Is a step that reads as background dated in the days before its report?"""
    if decision.time_frame is not TimeFrame.BACKGROUND or context.published is None:
        return False
    of_acts = [d for d in dates if d.role in OF_ACTS and d.date and len(d.date) == 10]
    decided = [d.date for d in of_acts if d.role == "date_announced"]
    days = decided or [d.date for d in of_acts]
    since = context.published - timedelta(days=CURRENT_DAYS)
    return bool(days) and all(since <= date.fromisoformat(d) <= context.published for d in days)


def mention_id(unit: TextUnit, field: str, start: int, end: int, type_: EventType) -> str:
    """The id of what a unit says of one kind of measure at one place."""
    return digest_id("mention", unit.unit_id, unit.version, field, start, end, type_.value)


def of_unit(event: EventMention, unit: TextUnit) -> EventMention:
    """The event as that of `unit`, whose text is the same as that of the unit it was found in."""
    if (event.article_id, event.article_version) == (unit.unit_id, unit.version):
        return event
    return replace(
        event,
        mention_id=mention_id(unit, event.field, event.start, event.end, event.type),
        article_id=unit.unit_id,
        article_version=unit.version,
    )


def entities_of(doc: Doc) -> list[EntityMention]:
    """Known names of a sentence, then what the statistical model adds beside them."""
    context: SentenceContext = doc.user_data["sentence"]
    out = [
        EntityMention(
            text=n.text,
            label=n.label,
            start=context.start + n.start,
            end=context.start + n.end,
            field=context.field,
            entity_id=n.code or None,
        )
        for n in context.names
    ]
    for ent in doc.ents:
        if ent.label_ not in ("ORG", "PERSON", "GPE", "NORP", "LAW"):
            continue
        if any(n.start < ent.end_char and ent.start_char < n.end for n in context.names):
            continue
        out.append(
            EntityMention(
                text=context.text[ent.start_char : ent.end_char],
                label=ent.label_,
                start=context.start + ent.start_char,
                end=context.start + ent.end_char,
                field=context.field,
            )
        )
    return sorted(out, key=lambda e: e.start)
