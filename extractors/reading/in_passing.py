"""Names and goods that a sentence gives in passing: excepted, compared with, or a reason."""

import re

from spacy.tokens import Doc

from extractors.events.context import text_of
from extractors.reading.kinds import ON_EXPORTS, ON_IMPORTS
from models.event import EventType

# "For all countries except China", "other than Mexico and Canada".
_EXCEPT = re.compile(
    r"\b(?:except(?:ing)?|excluding|other than|apart from|aside from)(?: for| from| in| by)?"
    r"(?: the)? (?:[A-Z][\w.'’-]*(?:, and |, | and | or ))*$"
)
# "More than twice the rate for the European Union", "as much as those from Brazil".
_COMPARED = re.compile(
    r"\b(?:than|as (?:much|high|low|many) as|level with|par with|same as|twice|half|double|times)"
    r"(?: (?:twice|half|double|three times))?"
    r" (?:that|those|(?:the |its |their )?(?:\w+ )?(?:rates?|tariffs?|dut(?:y|ies)|levels?))"
    r" (?:for|of|from|on|set for|paid by)(?: (?:goods|imports|products) from)?(?: the)? $"
    r"|\bon (?:a level|a par) with(?: the)? $",
    re.I,
)
# "Struck down the tariffs, among them those on goods from Chad": the whole hits others too.
_AMONG = re.compile(
    r"\b(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|sanctions?|controls?|curbs|restrictions?|measures?)\b"
    r"[^.;]*,\s(?:among them|including) (?:the |its |those |also )*(?:\w+ ){0,2}"
    r"(?:those|tariffs?|dut(?:y|ies)|lev(?:y|ies)|sanctions?|controls?|curbs|restrictions?)\b"
    r"[^.;]*$",
    re.I,
)
# What one state puts on another over something that the other does or has.
_OVER = (ON_IMPORTS - {EventType.TARIFF_EXEMPTION}) | {EventType.SANCTION_LISTING}
_MEASURES = re.compile(
    r"(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|sanctions?|surcharges?|penalt(?:y|ies)|%|per ?cent)$",
    re.I,
)
_SPARES = re.compile(
    r"\b(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|%)[^.;]*"
    r"(?:[,;](?: and| but| while)? (?:spare[sd]|exempt(?:s|ed)|exclude[sd]|frees|freed)\b[^.;]*"
    r"|\b(?:sparing|excluding|except(?:ing| for)?)\b[^.;,]{0,40})$",
    re.I,
)
_ROW = re.compile(
    r"\b(?:rows?|disputes?|fights?|feuds?|spats?|quarrels?|battles?|clash(?:es)?|wars?|standoffs?"
    r"|tensions?|cases?|probes?|concerns?|anger|talks|control|lead|advantage) (?:\w+ )?$"
)
_IN_PHRASE = frozenset({"amod", "compound", "nmod", "pobj", "conj", "nummod", "appos"})


def is_beside_the_point(text: str, start: int) -> bool:
    """Is what begins at `start` excepted from a measure, only compared with it, or one case?"""
    before = text[:start]
    return any(words.search(before) for words in (_EXCEPT, _COMPARED, _AMONG))


_OVER_IN_TITLE = re.compile(
    r"(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|sanctions?|%|per ?cent)(?: \w+){0,3} over (?:the )?$",
    re.I,
)


def is_reason_of_title(title: str, start: int) -> bool:
    """Is a name of a headline in what a measure is taken over: "adds 25% over Russian oil"?"""
    return _OVER_IN_TITLE.search(title[:start]) is not None


def is_reason(doc: Doc, start: int, end: int, kind: EventType, step: tuple[int, int]) -> bool:
    """Is a span what a measure is taken over: "adds 25% over Russian oil"?

    `step` are the characters of the words for the step. In "a row over steel" the row is over it,
    and "over Japan's failure" is said of whom the measure hits.
    """
    span = doc.char_span(start, end, alignment_mode="expand")
    if kind not in _OVER or span is None:
        return False
    token = span.root
    while token.dep_ in _IN_PHRASE and token.head.i != token.i:
        token = token.head
    of = token.head
    if token.lower_ != "over" or _ROW.search(text_of(doc)[: token.idx]):
        return False
    return step[0] <= of.idx < step[1] or _MEASURES.search(of.text) is not None


def is_spared(text: str, start: int, kind: EventType) -> bool:
    """Are goods of a tariff what the rest takes out: "imposes a tariff, spares aircraft"?"""
    return kind is EventType.TARIFF and _SPARES.search(text[:start]) is not None


_EVERYBODY = re.compile(
    r"\b(?:all|most|other|every|many|\d+|some \w+|dozens of) (?:other |of its |its )?(?:trading )?"
    r"(?:countries|nations|partners|imports)\b|\b(?:worldwide|world|global|reciprocal|baseline"
    r"|country-specific)\b",
    re.I,
)


def hits_everybody(text: str) -> bool:
    """Does a sentence say that a measure is on all countries, or on most?"""
    return _EVERYBODY.search(text) is not None


_ALL_COUNTRIES = re.compile(
    r"\b(?:all|most|every) (?:other )?(?:trading )?(?:countr(?:y|ies)|nations?|partners?)\b", re.I
)


def hits_all_countries(text: str) -> bool:
    """Does a sentence say so outright: "stays in force for almost all countries"?"""
    return _ALL_COUNTRIES.search(text) is not None


_AFTERWARDS = frozenset({"after", "before", "following", "amid", "during"})


def is_of_occasion(doc: Doc, start: int, end: int, kind: EventType, step: tuple[int, int]) -> bool:
    """Are goods of what went with a step: "the tariff is cut after a visit with gold"?"""
    span = doc.char_span(start, end, alignment_mode="expand")
    if span is None or kind not in ON_IMPORTS | ON_EXPORTS:
        return False
    token = span.root
    while token.head.i != token.i and not step[0] <= token.idx < step[1]:
        if token.dep_ == "prep" and token.lower_ in _AFTERWARDS and token.head.pos_ == "VERB":
            return True
        token = token.head
    return False
