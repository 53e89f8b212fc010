"""What the words of a sentence settle about an event, whatever encoder and head make of it.

A question asks, a ban lifted for a year is paused, a promise not to act averts: the ontology
decides these (sections 4 and 5), and the words leave no choice.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc, Token

from extractors.events.certainty import (
    is_considered,
    is_denied,
    is_forsworn,
    is_negated,
    is_talked_of,
    is_threatened,
    is_wanted,
    was_planned,
)
from extractors.events.context import SentenceContext
from extractors.events.gazetteer import jurisdictions
from extractors.events.policy_events import Candidate
from extractors.reading.kinds import forsworn_kind, named_kind, named_step
from extractors.reading.recency import is_just_done
from extractors.text.numbers import find_durations
from models.event import TAKEN, EventStatus, EventType, Factuality, StatusTarget, TimeFrame

# A step that can be what talks are about; the others are talk or its end themselves.
_WOULD = re.compile(r"\b(?:would|could|might|to) (?:\w+ly )?$")
STEPS = frozenset(EventStatus) - {
    EventStatus.UNDER_NEGOTIATION,
    EventStatus.THREATENED,
    EventStatus.PROPOSED,
    EventStatus.REJECTED,
    EventStatus.AVERTED,
    EventStatus.VIOLATED,
}
_UNDONE = frozenset({EventStatus.AVERTED, EventStatus.EXPIRED, EventStatus.REJECTED})
_PLAIN = frozenset({Factuality.ASSERTED, Factuality.SCHEDULED})
# Restrictions that a state can promise not to bring in.
_FORSWORN = frozenset(
    {
        EventType.TARIFF,
        EventType.TRADE_REMEDY,
        EventType.IMPORT_RESTRICTION,
        EventType.PROCUREMENT_RESTRICTION,
        EventType.EXPORT_BAN,
        EventType.EXPORT_LICENSING,
        EventType.EXPORT_QUOTA,
        EventType.EXPORT_TAX,
        EventType.EXPORT_CONTROL,
        EventType.SANCTION_LISTING,
    }
)
_RESTRICTS = frozenset(
    {
        EventStatus.ANNOUNCED,
        EventStatus.ADOPTED,
        EventStatus.IN_FORCE,
        EventStatus.RAISED,
        EventStatus.EXPANDED,
        EventStatus.AVERTED,
    }
)
# A promise not to act may read as sparing somebody: "shall not restrict imports of beef".
_MAY_BE_FORSWORN = _RESTRICTS | {EventStatus.EXEMPTED, EventStatus.NARROWED}
_RATED = frozenset({EventType.TARIFF, EventType.TRADE_REMEDY, EventType.EXPORT_TAX})
_ASKS = re.compile(r"\?[\"'”’)\]]*\s*$")
# "For a year", "for another 90 days", "temporarily": what ends for a time is paused.
_FOR = re.compile(r"\bfor (?:(?:up to|another|about|at least|an? (?:further|additional)) )?$", re.I)
_FOR_NOW = re.compile(r"\b(?:temporarily|for now|for the time being)\b", re.I)
_NEAR = 60
_FREED = re.compile(r"\b(?:freed?|frees|duty-free|exempt(?:s|ed)?|spare[ds]?|sparing)\b", re.I)
_FREED_FROM = re.compile(r"\b(?:freed|exempt(?:s|ed)?|spared|excluded) from\b[^.;]{0,40}$", re.I)
_TO_A_RATE = re.compile(
    r"\bto (?:a |an )?(?!0(?:\.0+)?\s?(?:%|per))\d[\d.,]*\s?(?:%|per ?cent)", re.I
)
_CUT_OFF = re.compile(r"[;:,]| and ")
_IN_HAND = re.compile(
    r"\b(?:operating|mining|processing|exploration|drilling|construction) "
    r"(?:licen[cs]es?|permits?|concessions?)\b",
    re.I,
)
_GENERAL_LICENCE = re.compile(r"\bgeneral (?:export )?licen[cs]es?\b", re.I)
_LISTED = re.compile(r"\b(?:unreliable entit(?:y|ies) list|list of unreliable entities)\b", re.I)
_ON_ICE = re.compile(r"^put(?:s|ting)?\b[^.;]* on (?:ice|hold)\b", re.I)
_CONTROL_RULE = re.compile(r"\b(?:affiliates|50[- ]?%|foreign[- ]direct[- ]product) rule\b", re.I)
_OVER = re.compile(r"\b(?:after|following) (?:\w+ ){0,2}$", re.I)
_TALKS = re.compile(r"(?:\w+ ){0,2}(?:talks?|negotiations?|discussions?)\b", re.I)
_EXPORT = frozenset({EventType.EXPORT_LICENSING, EventType.EXPORT_CONTROL, EventType.EXPORT_BAN})
_PERMITS = _EXPORT | {EventType.LICENSING_DEAL}
# "Nobody may ship it without a licence", "an exporter shall apply for a licence".
_UNLICENSED = re.compile(
    r"\b(?:nobody|no one|may not|cannot|must not|shall not|no longer)\b[^.;]{0,60}"
    r"\bwithout (?:an? |such |prior )?(?:export )?(?:licen[cs]e|permit|approval)\b"
    r"|\bwithout (?:an? |such )?(?:export )?(?:licen[cs]e|permit)\b[^.;]{0,60}"
    r"\b(?:shall|may|must) not\b"
    r"|\b(?:shall|must) (?:first )?(?:apply|obtain)\b[^.;]{0,80}\b(?:licen[cs]e|permit)s?\b",
    re.I,
)
_PAUSING = frozenset({EventStatus.SUSPENDED, EventStatus.DELAYED, EventStatus.NARROWED})
_OF_LIFE = frozenset(
    {"take", "come", "go", "enter", "begin", "start", "end", "expire", "apply", "run", "last"}
    | {"remain", "stay", "follow", "cover", "lapse"}
)
_CLOSE = 18
_AGAIN = re.compile(r"\b(?:will|is to|are to|shall|to) (?:again|\w+ again)\b", re.I)
_QUOTAS = re.compile(r"\b(?:quotas?|exempt\w*|exclu\w*|waive\w*)\b", re.I)


@dataclass(frozen=True, slots=True)
class Said:
    """The labels of an event that its words can settle."""

    type: EventType
    status: EventStatus
    target: StatusTarget
    factuality: Factuality
    time_frame: TimeFrame


def settled(doc: Doc, context: SentenceContext, c: Candidate, said: Said) -> Said:
    """The labels of an event, with what the words of its sentence settle."""
    text, spans, root = context.text, c.spans, doc[c.root]
    start, end = min(s for s, _ in spans), max(e for _, e in spans)
    said = replace(said, time_frame=_time_frame(doc, text, c, said, context.headline))
    said = _of_kind(text, c, said)
    kind, status = named_kind(text, c, said.type, said.status)
    said = replace(said, type=kind, status=named_step(text, c, status, context.headline))
    if _of_permits(doc, context, c, said):
        said = replace(said, type=EventType.LICENSING_DEAL)
    elif _lets_a_firm(doc, text, c, said):
        said = replace(said, type=EventType.LICENSING_DEAL, status=EventStatus.ADOPTED)
    if said.type in _PERMITS and _UNLICENSED.search(text):
        said = _required(said)
    elif said.type in _FORSWORN and said.status in TAKEN and _comes_again(text, c):
        said = replace(said, status=EventStatus.REINSTATED)
    if said.type in _FORSWORN and said.status in _MAY_BE_FORSWORN and is_forsworn(text, start, end):
        kind = forsworn_kind(text[max(0, start - _NEAR) : end + _NEAR], said.type)
        asserted = Factuality.ASSERTED
        return replace(said, type=kind, status=EventStatus.AVERTED, factuality=asserted)
    if _denies(text, spans, said):
        return replace(said, factuality=Factuality.NEGATED)
    if _would_answer(text, c, said):
        conditional = replace(said, factuality=Factuality.CONDITIONAL)
        return replace(_threatened(conditional), time_frame=TimeFrame.CURRENT)
    # "Talks on a deal that would avert the tariff", not "that averted it".
    undecided = said.status is EventStatus.AVERTED and _WOULD.search(text[: c.start])
    if (undecided or said.status in STEPS) and is_talked_of(root):
        said = replace(said, status=EventStatus.UNDER_NEGOTIATION)
    elif said.status in STEPS and (is_considered(root) or _wanted(doc, c, said)):
        said = replace(said, status=EventStatus.PROPOSED)
    elif said.status in _RESTRICTS and is_threatened(root):
        said = _threatened(said)
    elif said.status in TAKEN and _ON_ICE.search(text[c.start : c.end + _NEAR]):
        said = replace(said, status=EventStatus.SUSPENDED)
    elif said.status is EventStatus.LIFTED and said.target is StatusTarget.MEASURE:
        said = _ended(text, c, said)
    if said.factuality is not Factuality.NEGATED and _ASKS.search(text):
        return replace(said, factuality=Factuality.QUESTION)
    return said


# "Said that it would take countermeasures if the duty went up": what goes up is the condition.
_WOULD_ANSWER = re.compile(
    r"\b(?:would|will|vow\w*|threat\w*|warn\w*|pledg\w*|ready|prepared)\b[^.;]{0,30}?"
    r"\b(?:counter-?measures?|counter-?tariffs?|retaliat\w+|respond|hit back|strike back)\b"
    r"[^.;]{0,40}?\b(?:if|should|unless)\b",
    re.I,
)


def _would_answer(text: str, c: Candidate, said: Said) -> bool:
    """Is a step but the condition on which somebody would answer with one?"""
    found = _WOULD_ANSWER.search(text)
    return (
        found is not None
        and found.end() <= c.start
        and said.factuality in (Factuality.CONDITIONAL, *_PLAIN)
    )


_PERMITS_NAMED = re.compile(r"\b(?:permit|licen[cs]e|concession)s?\b", re.I)


def _of_permits(doc: Doc, context: SentenceContext, c: Candidate, said: Said) -> bool:
    """Is something done to the permits of the sentence before: "the ministry prolonged them"?"""
    objects = [t.lower_ for t in c.step(doc).children if t.dep_ == "dobj"]
    return (
        objects in (["it"], ["them"])
        and said.type in _EXPORT | {EventType.EXPORT_TAX}
        and _PERMITS_NAMED.search(context.context) is not None
        and not _RULES_NAMED.search(context.context)
    )


_RULES_NAMED = re.compile(r"\b(?:bans?|dut(?:y|ies)|tax(?:es)?|curbs?|controls?|quotas?)\b", re.I)
_BARS = frozenset({EventType.EXPORT_BAN, EventType.EXPORT_LICENSING})
_LETS = re.compile(
    r"(?:lets?|letting|allow(?:s|ed|ing)?|permits?|permitted|authori[sz]e[sd]?) "
    r"(?P<firm>[A-Z][\w.&'’-]*(?: [A-Z][\w.&'’-]*)*) (?:to )?(?:export|ship|sell)\b"
)


def _lets_a_firm(doc: Doc, text: str, c: Candidate, said: Said) -> bool:
    """Is one firm let off a ban: "lets Example export ore"? That is a permit."""
    eased = said.status in (EventStatus.EXEMPTED, EventStatus.NARROWED)
    found = _LETS.match(text, c.start)
    if said.type not in _BARS or not eased or found is None:
        return False
    span = doc.char_span(*found.span("firm"), alignment_mode="expand")
    context: SentenceContext = doc.user_data["sentence"]
    places = any(
        n.start < found.end("firm") and found.start("firm") < n.end
        for n in jurisdictions(context.names)
    )
    return span is not None and not places


def _required(said: Said) -> Said:
    """ "Nobody may ship it without a licence": no step is denied, a permit becomes necessary."""
    if said.status not in _RESTRICTS | {EventStatus.PROPOSED}:
        return said
    kind = said.type if said.type is EventType.EXPORT_CONTROL else EventType.EXPORT_LICENSING
    status = EventStatus.ADOPTED if said.status is EventStatus.PROPOSED else said.status
    frame = said.time_frame
    return replace(
        said,
        type=kind,
        status=status,
        factuality=Factuality.ASSERTED,
        time_frame=TimeFrame.CURRENT if frame is TimeFrame.FUTURE else frame,
    )


def _wanted(doc: Doc, c: Candidate, said: Said) -> bool:
    return said.factuality in _PLAIN and is_wanted(c.step(doc))


def _comes_again(text: str, c: Candidate) -> bool:
    """Is a measure said to apply again: "will again be charged 26%", "apply again from July"?"""
    near = text[max(0, c.start - _CLOSE) : c.end + _CLOSE]
    return _AGAIN.search(near) is not None


def _threatened(said: Said) -> Said:
    """A threat is a fact of its own day, unless it hangs on a condition (ontology section 5)."""
    if said.factuality in _PLAIN:
        said = replace(said, factuality=Factuality.ASSERTED, time_frame=TimeFrame.CURRENT)
    return replace(said, status=EventStatus.THREATENED)


def _of_kind(text: str, c: Candidate, said: Said) -> Said:
    """The type that the act or the words beside the step name (ontology section 2.2)."""
    near = text[max(0, c.start - _NEAR) : c.end + _NEAR]
    granted = said.type is EventType.LICENSING_DEAL and said.status in _RESTRICTS
    if granted and _GENERAL_LICENCE.search(near):
        # A permit for all is an easing of the rule that asks for permits.
        return replace(said, type=EventType.EXPORT_LICENSING, status=EventStatus.NARROWED)
    if said.type is EventType.LICENSING_DEAL and _LISTED.search(near):
        return replace(said, type=EventType.SANCTION_LISTING)
    if said.type in _EXPORT and _IN_HAND.search(near):
        return replace(said, type=EventType.LICENSING_DEAL)
    if said.type is EventType.SANCTION_LISTING and _CONTROL_RULE.search(text):
        return replace(said, type=EventType.EXPORT_CONTROL)
    if (
        said.type is EventType.TARIFF_EXEMPTION
        and said.status in (EventStatus.RAISED, EventStatus.CUT)
        and _TO_A_RATE.match(text[c.end :].lstrip())
        and not _QUOTAS.search(text[max(0, c.start - _NEAR) : c.end])
    ):
        return replace(said, type=EventType.TARIFF)
    return said


def _time_frame(doc: Doc, text: str, c: Candidate, said: Said, headline: bool) -> TimeFrame:
    """Background is what was once planned, and talks that are over: "after talks in Madrid"."""
    talks = said.status is EventStatus.UNDER_NEGOTIATION and _TALKS.match(text, c.start, c.end)
    over = talks and _OVER.search(text[: c.start])
    planned = not headline and was_planned(text, c.start)
    if over or planned:
        return TimeFrame.BACKGROUND
    if said.status in _PAUSING and not headline and _has_effects(c.step(doc)):
        return TimeFrame.BACKGROUND
    past = said.time_frame is TimeFrame.BACKGROUND
    return TimeFrame.CURRENT if past and is_just_done(text, c.step(doc)) else said.time_frame


def _has_effects(step: Token) -> bool:
    """Is a step but the noun for what does something else: "the delay gives miners time"?

    A noun that carries the step is background (ontology ruling 45), unless it begins or ends.
    """
    subject = step.pos_ == "NOUN" and step.dep_ == "nsubj" and step.head.pos_ == "VERB"
    return subject and step.head.lemma_.lower() not in _OF_LIFE


def _ended(text: str, c: Candidate, said: Said) -> Said:
    """What an event read as lifted is: paused if for a time, cut if a rate is left, an exemption.

    "Lifts for a year its ban" pauses it, "drops to 10%" cuts, "freed from the duty" exempts.
    """
    if said.type is EventType.TARIFF_EXEMPTION and _FREED.search(text, c.start, c.end):
        return replace(said, status=EventStatus.ADOPTED)
    if said.type is EventType.TARIFF and _FREED_FROM.search(text[: c.end]):
        return replace(said, type=EventType.TARIFF_EXEMPTION, status=EventStatus.ADOPTED)
    near = slice(max(0, c.start - _NEAR), c.end + _NEAR)
    rest = _CUT_OFF.split(text[c.end : near.stop], maxsplit=1)[0]
    if said.type in _RATED and _TO_A_RATE.search(rest):
        return replace(said, status=EventStatus.CUT)
    for_a_time = any(
        near.start <= at < near.stop and "-" not in text[at:to] and _FOR.search(text[:at])
        for at, to, _ in find_durations(text)
    )
    paused = for_a_time or _FOR_NOW.search(text[near]) is not None
    return replace(said, status=EventStatus.SUSPENDED) if paused else said


def _denies(text: str, spans: Sequence[tuple[int, int]], said: Said) -> bool:
    """Does the sentence deny a step that its clause, as the encoder reads it, does not?"""
    if is_denied(text, min(s for s, _ in spans), max(e for _, e in spans)):
        return True
    plain = said.factuality in _PLAIN and said.status not in _UNDONE
    return plain and is_negated(text, spans[0][0])
