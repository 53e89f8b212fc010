"""What a text that speaks for a state does and tells, apart from what else it holds.

A proclamation recites what earlier ones did, gives opinions, reserves powers and tells offices to
report. None of these is a step of its day.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.reading.steps import Step, step_of
from models.event import EventMention, EventStatus, EventType, Factuality, TimeFrame

_UNSURE = frozenset({Factuality.NEGATED, Factuality.SPECULATIVE, Factuality.QUESTION})
# How far before the words of a step a word stands that governs it.
_REACH = 90
_NO_VERB = r"(?:(?!\b(?:shall|will|is|are|was|were|has|have|hereby|which)\b)[^;:.])"
# In lower case: "May" is a month.
_MAY = re.compile(rf"\bmay\b{_NO_VERB}{{0,60}}$")
_DUTY = re.compile(
    r"\b(?:shall|must|should|to) (?:\w+ly |also |continue to |further )*"
    r"(?:review|monitor|report|consult|submit|recommend|consider|assess|evaluate|advise|inform"
    rf"|notify|examine|study|explore|investigate whether|determine whether)\b{_NO_VERB}*$"
)
_ADVICE = re.compile(
    r"\b(?:recommend(?:s|ed|ing|ations?)?|advis(?:es|ed)|suggest(?:s|ed)) "
    rf"(?:that|to|an?|the|for)\b{_NO_VERB}*$",
    re.I,
)
_OPINION = re.compile(
    r"\bin (?:my|his|her|their|(?:the|these) [\w ]{3,25}['’]s?) (?:judgments?|views?|opinions?)\b",
    re.I,
)
_FINDING = re.compile(
    r"\b(?:found|finds?|findings?|concluded|determin\w+|transmitted|reports?|informed)\b", re.I
)
_OPENS = re.compile(r"\b(?:initiat|launch|open|start|begin|direct|order|conduct)\w*", re.I)
_HEADING = re.compile(r"^\W*(?:chapter|annex|appendix|table) ", re.I)
_PERFECT = re.compile(r"\b(?:has|have|had) (?:\w+ly |also |already |since |been )*$", re.I)
# A party's promise is news, however its text puts it.
_PROMISES = re.compile(r"^(?:agree|commit)", re.I)
_OF_TODAY = re.compile(r"\b(?:today|hereby|this (?:week|morning|afternoon)|yesterday|just)\b", re.I)
# A text opens with what it is about.
_TOP_CHARS = 600
_ADJUSTS = re.compile(r"\badjust\w* (?:the )?imports\b", re.I)
# What two sides make together; every other step of an official text is its state's or is said to
# be another's.
_JOINT = frozenset({EventType.TRADE_AGREEMENT, EventType.OFFTAKE_AGREEMENT})


def is_no_step(e: EventMention, titled: Sequence[Step] = ()) -> bool:
    """Is a mention of an official text neither a step that the text takes nor news it tells?

    Recitals and looks back, opinions and advice, powers kept in reserve, duties to report, what is
    denied or hangs on a condition. `titled` are the steps of the title.
    """
    if e.time_frame is TimeFrame.BACKGROUND or e.factuality in _UNSURE:
        return True
    if e.factuality is Factuality.CONDITIONAL and e.status is not EventStatus.THREATENED:
        return True
    at = max(0, e.start - e.sentence_start)
    before = e.sentence[max(0, at - _REACH) : at]
    if _MAY.search(before) or _ADVICE.search(before) or _DUTY.search(before + e.trigger):
        return True
    if _HEADING.match(e.sentence) or _OPINION.search(e.sentence, 0, at):
        return True
    if e.type is EventType.INVESTIGATION and _is_finding(e, before):
        return True
    return _looks_back(e, before, titled)


def _is_finding(e: EventMention, before: str) -> bool:
    """Is only the outcome of an investigation told: "the Secretary found", "transmitted"?"""
    words = f"{before[-30:]} {e.trigger}"
    return _FINDING.search(words) is not None and _OPENS.search(words) is None


def _looks_back(e: EventMention, before: str, titled: Sequence[Step]) -> bool:
    """Does a text come to speak of what was done at some time: "has imposed"?"""
    if e.field == "title" or e.sentence_start < _TOP_CHARS or step_of(e) in titled:
        return False
    if _PERFECT.search(before) is None or _PROMISES.match(e.trigger):
        return False
    return _OF_TODAY.search(e.sentence) is None


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
    if e.type in _JOINT or not others or others == e.actors or e.actor_texts:
        return e
    return replace(e, actors=(state,))


def _of_kind(e: EventMention, taxed: bool) -> EventMention:
    if taxed and e.type is EventType.IMPORT_RESTRICTION and _ADJUSTS.search(e.sentence):
        return replace(e, type=EventType.TARIFF)
    return e
