"""Why a text gave the events it gave, and why not others: the evidence as plain records.

Everything is read back from the pipeline's own functions, so what is shown is what decides.
"""

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from extractors.events.arguments import find_event_dates
from extractors.events.context import SentenceContext
from extractors.events.factuality import governed_status, rule_factuality, rule_time_frame
from extractors.events.gazetteer import Name
from extractors.events.head import load_head
from extractors.events.hs_codes import find_hs_codes
from extractors.events.policy_events import Candidate
from extractors.events.roles import Party
from extractors.events.step_score import StatusHit
from extractors.explaining.explanation import (
    Clue,
    ExplainedCandidate,
    ExplainedSentence,
    Explanation,
    Value,
    Word,
)
from extractors.explaining.parse_tree import branches
from extractors.extract import Extractor
from extractors.reading.assemble import events_of
from extractors.reading.cascade import Stop
from extractors.reading.combination import load_combination
from extractors.reading.decide import Decision, Weighed, decide, weigh
from extractors.reading.document import Finished, finished
from extractors.reading.readings import chance_of_score
from extractors.reading.roles import read_parties
from extractors.reading.soft_hyphens import readable_unit
from extractors.text.readable import reject_reason
from models.errors import ExtractionError
from models.event import EventMention, TextUnit, type_group
from models.reference.harmonized import commodity_of

LENT = {
    "sentence": "named in the sentence",
    "title": "lent from the title, the sentence names nobody",
    "context": "lent from the sentence before, this one names nobody",
    "publisher": "the publisher speaks for it, the sentence names nobody",
    "wording": "by its wording (this proclamation, the duties imposed herein) the text is its own",
}
# How close above its measure a confidence may be rounded and still show which side it is on.
_DIGITS = 3


def explain(unit: TextUnit, extractor: Extractor) -> Explanation:
    """The way of one text through the extractor."""
    # Offsets count in the text as it is read: without soft hyphens.
    unit, _ = readable_unit(unit)
    reject = reject_reason(unit)
    docs: list[Doc] = []
    stopped: list[Stop] = []
    try:
        docs = [] if reject else extractor.parse(unit, stopped.append)
    except ExtractionError as error:
        reject = error.reason
    found = [event for doc in docs for event in events_of(doc, unit, extractor.version)]
    kept = finished(found, unit)
    return Explanation(
        unit=unit,
        extractor_version=extractor.version,
        reject=reject,
        stopped=()
        if reject
        else tuple(sorted(stopped, key=lambda s: (s.field != "title", s.start))),
        sentences=tuple(explained(doc, unit, extractor.version, kept) for doc in docs),
        events=tuple(kept.told),
        asides=tuple(kept.asides),
    )


def explained(doc: Doc, unit: TextUnit, version: str, kept: Finished) -> ExplainedSentence:
    """One parsed sentence; `kept` is what the whole text gave in the end."""
    context: SentenceContext = doc.user_data["sentence"]
    candidates: list[Candidate] = doc.user_data["candidates"]
    weighed = weigh(doc, context, load_head(), load_combination())
    events = {(e.start, e.end, e.rule): e for e in events_of(doc, unit, version)}
    return ExplainedSentence(
        field=context.field,
        start=context.start,
        text=context.text,
        headline=context.headline,
        why=sentence_reason(weighed),
        words=tuple(
            Word(
                text=context.text[t.idx : t.idx + len(t.text)],
                start=context.start + t.idx,
                tag=t.tag_,
                relation=t.dep_,
                head=t.head.i,
            )
            for t in doc
        ),
        branches=tuple(branches(doc, context, candidates)),
        candidates=tuple(verdicts(doc, weighed, events, kept)),
    )


def sentence_reason(weighed: Weighed) -> str:
    """How likely the whole sentence tells of an event, and how likely it must be."""
    needed = chance_of_score(load_combination().settings["sentence"])
    chance = chance_of_score(weighed.sentence)
    read = chance_of_score(weighed.reading.score)
    known = f"{max(weighed.chances):.{_DIGITS}f}" if weighed.chances else "no word for a measure"
    verdict = "reaches" if chance > needed else "is under"
    return (
        f"{chance:.{_DIGITS}f} {verdict} {needed:.{_DIGITS}f} "
        f"(encoder {read:.{_DIGITS}f}, head {known})"
    )


def verdicts(
    doc: Doc,
    weighed: Weighed,
    events: dict[tuple[int, int, str], EventMention],
    kept: Finished,
) -> Iterator[ExplainedCandidate]:
    """What was decided of the lexicon's candidates, then what only the encoder read."""
    context = weighed.context
    taken = decide(doc, context)
    for c, score in zip(weighed.candidates, weighed.scores, strict=True):
        mine = next((d for d in taken if d.candidate is c), None)
        if mine is None:
            yield refused(context, c, chance_of_score(score), taken)
        elif _key(context, c) in events:
            yield accepted(doc, context, mine, events, kept)
        else:
            yield refused(context, c, mine.confidence, [])
    for d in taken:
        if not any(d.candidate is c for c in weighed.candidates):
            if _key(context, d.candidate) in events:
                yield accepted(doc, context, d, events, kept)
            else:
                yield refused(context, d.candidate, d.confidence, [])


def _key(context: SentenceContext, c: Candidate) -> tuple[int, int, str]:
    return context.start + c.start, context.start + c.end, c.rule


def refused(
    context: SentenceContext, c: Candidate, confidence: float, taken: list[Decision]
) -> ExplainedCandidate:
    """A candidate that is no event: too unlikely, another stands for it, or no trade policy.

    Nothing is `taken` where the words beside it leave no measure of trade policy.
    """
    needed = chance_of_score(load_combination().settings["candidate"])
    if not taken and confidence >= needed:
        why = "the words beside it tell no step of trade policy"
    elif confidence < needed:
        why = f"confidence {confidence:.{_DIGITS}f} is under {needed:.{_DIGITS}f} ({WEIGHED})"
    else:
        why = rival_reason(context, c, taken)
    step_said = c.status.value if c.status is not None else "no step"
    return ExplainedCandidate(
        reading=f"{c.evidence.pattern.type.value} {step_said}",
        rule=c.rule,
        clues=tuple(clues(context, c)),
        confidence=confidence,
        needed=needed,
        why=why,
        event=None,
        labels=(),
        arguments=(),
    )


WEIGHED = "encoder and head weighed"


def accepted(
    doc: Doc,
    context: SentenceContext,
    d: Decision,
    events: dict[tuple[int, int, str], EventMention],
    kept: Finished,
) -> ExplainedCandidate:
    """An event of the sentence; in the whole text it may still be an aside."""
    c = d.candidate
    event = events[_key(context, c)]
    held = next((e for e in kept.told if e.mention_id == event.mention_id), None)
    aside = next((e for e in kept.asides if e.mention_id == event.mention_id), None)
    settings = load_combination().settings
    needed = chance_of_score(min(settings["sentence"], settings["candidate"]))
    why = f"{d.confidence:.{_DIGITS}f} reaches {needed:.{_DIGITS}f} ({WEIGHED})"
    if aside is not None:
        why += f"; {kept.reason(aside)}"
    return ExplainedCandidate(
        reading=f"{d.type.value} {d.status.value}",
        rule=c.rule,
        clues=tuple(clues(context, c)),
        confidence=d.confidence,
        needed=needed,
        why=why,
        event=held,
        aside=aside,
        labels=tuple(labels(doc, context, d, held)) if held is not None else (),
        arguments=tuple(arguments(doc, context, d, held)) if held is not None else (),
    )


def rival_reason(context: SentenceContext, tried: Candidate, taken: list[Decision]) -> str:
    """Which event of the same sentence stands for a candidate that was sure enough itself."""
    like = [d for d in taken if type_group(d.type) == type_group(tried.evidence.pattern.type)]
    for d in like or taken:
        trigger = context.text[d.candidate.start : d.candidate.end]
        at = context.start + d.candidate.start
        return (
            f'"{trigger}" at {at} ({d.type.value} {d.status.value}, {d.confidence:.{_DIGITS}f}) '
            "is surer and stands for the same step"
        )
    return "another reading of the sentence was surer"


def clues(context: SentenceContext, c: Candidate) -> Iterator[Clue]:
    """The words that speak of a measure, the step said of it, and other steps near by."""
    e = c.evidence
    yield Clue(
        kind="type",
        says=e.pattern.type.value,
        text=context.text[e.start : e.end],
        start=context.start + e.start,
        end=context.start + e.end,
        rule=e.pattern.pattern_id,
        note=f"weight {e.pattern.weight:g}",
    )
    if c.hit is not None:
        yield step(context, c.hit, "step")
    elif e.pattern.self_status is not None:
        yield Clue(
            kind="step",
            says=e.pattern.self_status.value,
            text=context.text[c.start : c.end],
            start=context.start + c.start,
            end=context.start + c.end,
            rule=e.pattern.pattern_id,
            note="said by the measure's own words",
        )
    for other in c.others:
        if c.hit is None or (other.start, other.end) != (c.hit.start, c.hit.end):
            yield step(context, other, "also")


def step(context: SentenceContext, hit: StatusHit, kind: str) -> Clue:
    """A status word as a clue."""
    word = hit.words[0]
    return Clue(
        kind=kind,
        says=word.status.value,
        text=context.text[hit.start : hit.end],
        start=context.start + hit.start,
        end=context.start + hit.end,
        rule=f"{word.status.value}.{word.kind}:{word.base}",
        note=f"{hit.relation}, {hit.score:.2f}",
    )


def labels(doc: Doc, context: SentenceContext, d: Decision, event: EventMention) -> Iterator[Value]:
    """Type, step and how sure the text is, each with what it was read from."""
    c = d.candidate
    ruled = by_rules(doc, context, c)
    for name, given, words in (
        ("type", d.type.value, f"pattern {c.evidence.pattern.pattern_id}"),
        ("status", d.status.value, f"rule {c.rule}"),
        ("factuality", d.factuality.value, "mood of the clause"),
        ("time_frame", d.time_frame.value, "tense and dates"),
    ):
        agree = given == ruled[name]
        reason = words if agree else f"{WEIGHED}; by {words} it would be {ruled[name]}"
        yield Value(name=name, value=given, reason=reason)
    yield Value(
        name="status_target",
        value=event.status_target.value,
        reason="what the step is done to: a pause or waiver turns the direction round",
    )
    yield Value(
        name="polarity",
        value=event.polarity.value,
        reason="follows from type, status and status target",
    )
    yield Value(
        name="attribution",
        value=event.source_type.value,
        reason=spot(context, event.source_text) or "nobody is named as the source",
    )


def by_rules(doc: Doc, context: SentenceContext, c: Candidate) -> dict[str, str]:
    """The labels that words and parse alone would give."""
    status = governed_status(c, context)
    factuality = rule_factuality(doc, c, context, status)
    _, dates = find_event_dates(context, c, status, factuality)
    return {
        "type": c.evidence.pattern.type.value,
        "status": status.value,
        "factuality": factuality.value,
        "time_frame": rule_time_frame(doc, c, context, status, factuality, dates).value,
    }


def arguments(
    doc: Doc, context: SentenceContext, d: Decision, event: EventMention
) -> Iterator[Value]:
    """Every argument of the event, filled or empty, with the reason."""
    missing = dict(event.missing)
    measure = d.candidate.evidence.start, d.candidate.evidence.end
    parties = read_parties(doc, context, d.read, d.type, measure)
    for name, found in zip(("actors", "targets"), parties, strict=True):
        for p in found:
            shown = f"{p.code} ({p.agency})" if p.agency else p.code
            yield Value(name=name, value=shown, reason=party_reason(doc, context, p))
        if not found:
            yield Value(name=name, value="", reason=missing.get(name, ""))
    many: tuple[tuple[str, list[tuple[str, str | None]]], ...] = (
        ("products", [(text, text) for text in event.product_texts]),
        ("commodities", [(code, None) for code in event.commodities]),
        ("hs_codes", [(code, words_of(context, code)) for code in event.hs_codes]),
        ("companies", [(text, text) for text in event.company_texts]),
        ("rates", [(f"{r.value:g} {r.unit}, {r.role}", r.text) for r in event.rates]),
        ("amounts", [(f"{a.value:g} {a.unit}, {a.kind}", a.text) for a in event.amounts]),
        ("dates", [(f"{t.date}, {t.role}", t.text) for t in event.dates]),
        ("duration", [(event.duration, None)] if event.duration else []),
        ("instrument", [(event.instrument, event.instrument)] if event.instrument else []),
        ("condition", [(event.condition, event.condition)] if event.condition else []),
    )
    otherwise = {
        "commodities": "no product is one of the commodities we know",
        "condition": "the step hangs on none",
    }
    for name, values in many:
        for shown, text in values:
            reason = spot(context, text) or known_as(context, name, shown)
            if name == "dates" and text and context.published and shown[:4] not in text:
                reason += f", counted from {context.published}"
            yield Value(name=name, value=shown, reason=reason)
        if not values:
            reason = missing.get(name) or otherwise.get(name, "nothing of the kind in the sentence")
            yield Value(name=name, value="", reason=reason)


def party_reason(doc: Doc, context: SentenceContext, party: Party) -> str:
    """The words a party was named by and where they hang, or from where it is lent."""
    name = next((n for n in context.names if party.text and n.text == party.text), None)
    token = token_of(doc, name) if name is not None else None
    if name is None or token is None:
        return LENT.get(party.why, party.why)
    above = context.text[token.head.idx : token.head.idx + len(token.head.text)]
    hangs = f'{token.dep_} of "{above}"' if token.head.i != token.i else "the root"
    return f'"{name.text}" at {context.start + name.start} ({name.how}), {hangs}'


def token_of(doc: Doc, name: Name) -> Token | None:
    """The head word of a name in the parse."""
    span = doc.char_span(name.start, name.end, alignment_mode="expand")
    return span.root if span is not None else None


def known_as(context: SentenceContext, name: str, shown: str) -> str:
    """Where a value without words of its own comes from."""
    if name == "commodities":
        for n in context.names:
            if n.label == "COMMODITY" and n.code == shown:
                return f'"{n.text}" at {context.start + n.start}'
        codes = (code for g in find_hs_codes(context.text) for code in g.codes)
        code = next((c for c in codes if commodity_of(c) == shown), None)
        return f"all goods of {code} are" if code else "by the words of a product"
    return "said in the sentence" if name == "duration" else "resolved from the sentence"


def words_of(context: SentenceContext, code: str) -> str | None:
    """The words of the sentence that give a tariff code: "headings 7206 through 7229"."""
    groups = (g for g in find_hs_codes(context.text) if code in g.codes)
    return next((context.text[g.start : g.end] for g in groups), None)


def spot(context: SentenceContext, text: str | None) -> str:
    """`"words" at offset`, or "" when the words are not in the sentence."""
    at = context.text.find(text) if text else -1
    return f'"{text}" at {context.start + at}' if at >= 0 else ""
