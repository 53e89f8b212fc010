"""What a text that speaks for a state does and tells, apart from what else it holds.

A proclamation recites what earlier ones did, gives opinions, reserves powers and tells offices to
report. None of these is a step of its day.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.linking.parties import ACT_TITLE, outside_titles
from extractors.reading.records_of_deeds import records_of_deeds
from extractors.reading.steps import Step, step_of
from models.event import TAKEN, EventMention, EventStatus, EventType, Factuality, TimeFrame

_UNSURE = frozenset({Factuality.NEGATED, Factuality.SPECULATIVE, Factuality.QUESTION})
# How far before the words of a step a word stands that governs it.
_REACH = 130
_NO_VERB = r"(?:(?!\b(?:shall|will|is|are|was|were|has|have|hereby|which)\b)[^;:.])"
# In lower case: "May" is a month.
_MAY = re.compile(rf"\bmay\b{_NO_VERB}{{0,115}}$")
_DUTY = re.compile(
    r"\b(?:shall|must|should|to) (?:\w+ly |also |continue to |further )*"
    r"(?:review|monitor|report|consult|submit|recommend|consider|assess|evaluate|advise|inform"
    rf"|notify|examine|study|explore|investigate whether|determine whether)\b{_NO_VERB}*$"
)
_ADVICE = re.compile(
    r"\b(?:recommend(?:s|ed|ing|ations?)?|advis(?:es|ed)|suggest(?:s|ed)|consideration) "
    rf"(?:that|to|an?|the|for)\b{_NO_VERB}*$",
    re.I,
)
_OPINION = re.compile(
    r"\bin (?:my|his|her|their|(?:the|these) [\w ]{3,25}['’]s?) (?:judgments?|views?|opinions?)\b",
    re.I,
)
_IN_CASE = re.compile(
    r"\b(?:when|whenever|whether|in the event)\b[^,;:.]{0,60}$|\b(?:partners|countries) who $", re.I
)
_UNTOUCHED = re.compile(
    r"\bnot (?:be )?(?:alter|affect|supersede|limit|impair)(?:s|ed)?\b|\bnothing in th(?:is|ese)\b",
    re.I,
)
_STANDING = re.compile(
    r"\bcurrently\b|\bexisting (?:trade |bilateral )?(?:deals?|agreements?)", re.I
)
_FINDING = re.compile(
    r"\b(?:found|finds?|findings?|concluded|considered|determin\w+|transmitted|reports?|informed)\b",
    re.I,
)
_OPENS = re.compile(r"\b(?:initiat|launch|open|start|begin|direct|order|conduct)\w*", re.I)
_HEADING = re.compile(r"^\W*(?:chapter|annex|appendix|table) |^\s*\[\d+\]", re.I)
_PERFECT = re.compile(r"\b(?:has|have|had) (?:\w+ly |also |already |since |been )*$", re.I)
# "Has delivered wins with the signing of": what follows is as long ago.
_DONE_BY = re.compile(r"\b(?:has|have) (?:\w+ly )?\w+(?:ed|en|ght|de|ut)\b.{0,500}$", re.I | re.S)
# A party's promise is news, however its text puts it.
_PROMISES = re.compile(r"^(?:agree|commit)", re.I)
_OF_TODAY = re.compile(r"\b(?:today|hereby|this (?:week|morning|afternoon)|yesterday|just)\b", re.I)
# A text opens with what it is about.
_TOP_CHARS = 600
_THEREFORE = re.compile(r"\bnow,? therefore\b", re.I)
_REASONS = re.compile(
    r"\bSection\s1\.[\s*_]*(?:Purpose|Background|Policy|Findings|National Emergency)\b"
)
# What an order decides while it still gives its reasons; the rest of them it recites.
_DECIDES = re.compile(
    r"\bI (?:have (?:also |further )?)?(?:determined?|decided?|find it|order|direct)\b|\bhereby\b"
)
_SECOND = re.compile(r"\bSec(?:tion|\.)\s2\.")
_ADJUSTS = re.compile(r"\badjust\w* (?:the )?imports\b", re.I)
# "**SECURING SUPPLY:** Today ...": the heading of a paragraph.
_CAPITALS = re.compile(r"^\W*(?:[A-Z]{4,}\W*)+$")
# Messages on days of honour praise what is done all year.
_CEREMONY = re.compile(r"^presidential message\b|\b(?:day|week|month)(?:, \d{4})?\s*$", re.I)
_RECOMMENDS = re.compile(r"^(?:recommend|address|consider)", re.I)
# "Many deals", "several countries have agreed to": with whom, nobody can say.
_SEVERAL = re.compile(r"\b(?:deals|agreements|pacts)\b", re.I)
_MANY = re.compile(
    r"\b(?:many|several|numerous|dozens of|other)\b[^.;]{0,40}"
    r"\b(?:deals|agreements|countries|partners|nations)\b",
    re.I,
)
_RATED = frozenset({EventType.TARIFF, EventType.TRADE_REMEDY, EventType.IMPORT_RESTRICTION})
_CHARGES = re.compile(
    r"(?:impose|charge|lev(?:y|ie)|maintain|appl(?:y|ie)|have|ha)s?(?:ed)?$", re.I
)
_AHEAD = re.compile(r"\b(?:will|shall|to|today|would)\b[^.;]{0,30}$", re.I)
_OF_GOODS = re.compile(r"\b(?:imports?|articles?|products?|goods)\b[^.;]{0,160}$", re.I)
_MET = re.compile(r"(?:be )?(?:subject to|appl(?:y|ied)|assessed|imposed on|shall)", re.I)
_GETS = re.compile(r"(?:would |will )?(?:enjoy|receiv|benefit|fac(?:e|ing)\b|pay)", re.I)
# What two sides make together; every other step of an official text is its state's or is said to
# be another's.
_JOINT = frozenset({EventType.TRADE_AGREEMENT, EventType.OFFTAKE_AGREEMENT})


@dataclass(frozen=True, slots=True)
class Frame:
    """What an official text says around a mention.

    `titled` are the steps of its title, `preamble` is where its reasons end, `ordered` are the
    steps of what follows and of the title. A `ceremony` takes no step. `records` are (start, end)
    of lists of what was done so far.
    """

    titled: tuple[Step, ...] = ()
    preamble: int = 0
    ordered: frozenset[Step] = frozenset()
    ceremony: bool = False
    records: tuple[tuple[int, int], ...] = ()


def frame_of(events: Sequence[EventMention], title: str, text: str) -> Frame:
    """The frame of a cleaned text: a legal one gives its reasons before it orders anything."""
    titled = tuple(step_of(e) for e in events if e.field == "title")
    preamble = _end_of_reasons(text)
    ordered = {step_of(e) for e in events if e.field != "title" and e.sentence_start >= preamble}
    ceremony = not titled and _CEREMONY.search(title) is not None
    steps = frozenset((*titled, *ordered))
    return Frame(titled, preamble, steps, ceremony, tuple(records_of_deeds(text)))


def _end_of_reasons(text: str) -> int:
    """Where an order begins to order; 0 if it gives no reasons first."""
    if therefore := _THEREFORE.search(text):
        return therefore.start()
    reasons = _REASONS.search(text)
    second = _SECOND.search(text, reasons.end()) if reasons else None
    return second.start() if second else 0


def is_no_step(e: EventMention, frame: Frame) -> bool:
    """Is a mention of an official text neither a step that the text takes nor news it tells?

    Recitals and looks back, opinions and advice, powers kept in reserve, duties to report, what is
    denied or hangs on a condition.
    """
    if frame.ceremony or e.time_frame is TimeFrame.BACKGROUND or e.factuality in _UNSURE:
        return True
    if e.factuality is Factuality.CONDITIONAL and e.status is not EventStatus.THREATENED:
        return True
    reasons = e.field != "title" and e.sentence_start < frame.preamble
    if reasons and (step_of(e) not in frame.ordered or not _DECIDES.search(e.sentence)):
        return True
    at = max(0, e.start - e.sentence_start)
    before = e.sentence[max(0, at - _REACH) : at]
    return (
        any(words.search(before) for words in (_MAY, _ADVICE, _IN_CASE))
        or _DUTY.search(before + e.trigger) is not None
        or _OPINION.search(e.sentence, 0, at) is not None
        or any(words.search(e.sentence) for words in (_HEADING, _UNTOUCHED))
        or any(title.start() < at < title.end() for title in ACT_TITLE.finditer(e.sentence))
        or any(words.search(e.trigger) for words in (_RECOMMENDS, _CAPITALS))
        or _is_standing(e, before)
        or _looks_back(e, e.sentence[:at], frame)
    )


def _is_standing(e: EventMention, before: str) -> bool:
    """Is only what stands told, or nothing that can be named?

    Findings of a probe, what is "currently" so, existing or "many" deals, what others charge.
    """
    if e.type is EventType.INVESTIGATION:
        words = f"{before[-30:]} {e.trigger}"
        found = _FINDING.search(words) is not None and _OPENS.search(words) is None
        return found or (e.status in TAKEN and _OPENS.search(e.sentence) is None)
    if e.type is EventType.TRADE_AGREEMENT and e.status is EventStatus.PROPOSED:
        # "Intend this to be a first step": an aim.
        return True
    if e.type is EventType.TRADE_AGREEMENT and len(set(e.actors)) < 2:
        talks = e.status is EventStatus.UNDER_NEGOTIATION
        if (_MANY if talks else _SEVERAL).search(e.sentence):
            return True
    if e.type in _RATED and e.status in TAKEN and e.actor_texts and _CHARGES.match(e.trigger):
        return e.time_frame is TimeFrame.CURRENT and not _AHEAD.search(before)
    return _STANDING.search(f"{before}{e.trigger}") is not None


def _looks_back(e: EventMention, before: str, frame: Frame) -> bool:
    """Does a text come to speak of what was done at some time: "has imposed"?"""
    if e.field == "title" or e.sentence_start < _TOP_CHARS or step_of(e) in frame.titled:
        return False
    others = bool(frame.titled) and not any(step.actors & set(e.actors) for step in frame.titled)
    if _OF_TODAY.search(e.sentence) or (_PROMISES.match(e.trigger) and not others):
        return False
    if any(start <= e.start < end for start, end in frame.records):
        return True
    as_before = e.trigger.endswith("ing") and _DONE_BY.search(before) is not None
    return as_before or _PERFECT.search(before) is not None


def of_the_state(events: Sequence[EventMention], state: str) -> list[EventMention]:
    """The mentions of a text that speaks for a state, with what goes without saying in it.

    Its clauses are that state's, whatever other states a title names; so is one side of the deals
    that it lists. Imports are adjusted by a tariff if the text sets one (ontology 2, ruling 29).
    """
    taxed = any(e.type is EventType.TARIFF for e in events)
    return [_of_kind(_with_state(e, state), taxed) for e in events]


def _with_state(e: EventMention, state: str) -> EventMention:
    others = tuple(code for code in e.actors if code != state)
    if e.type is EventType.TRADE_AGREEMENT:
        listed = len(others) > 1 and len(others) == len(e.actors)
        return replace(e, actors=(state, *others)) if listed else e
    if e.type in _JOINT or not others:
        return e
    if _are_hit(e):
        targets = dict.fromkeys((*e.targets, *others))
        return replace(e, actors=(state,), targets=tuple(targets))
    if others == e.actors or (e.actor_texts and outside_titles(others, e.sentence)):
        return e
    return replace(e, actors=(state,))


def _are_hit(e: EventMention) -> bool:
    """Are the actors those whom a clause hits: "imports from Chad shall be subject to"?

    Or those who get something: "Chad will receive a quota".
    """
    places = [e.sentence.find(text) for text in e.actor_texts]
    at = e.start - e.sentence_start
    if places and _GETS.match(e.trigger):
        return all(place < at for place in places)
    hit = [place > 0 and _OF_GOODS.search(e.sentence[:place]) is not None for place in places]
    return bool(hit) and all(hit) and _MET.match(e.trigger) is not None


def _of_kind(e: EventMention, taxed: bool) -> EventMention:
    if taxed and e.type is EventType.IMPORT_RESTRICTION and _ADJUSTS.search(e.sentence):
        return replace(e, type=EventType.TARIFF)
    return e
