"""Harmonized System codes of goods in a sentence, and which event they belong to.

A number is a tariff code by the words before it: "HS 2504", "headings 7206, 7207 and 7208",
"provided for in subheading 8517.13.00", "chapter 72 of the HTSUS". National codes of eight and ten
digits are cut to the six that all members of the convention share. Chapters 98 and 99 of a national
schedule hold measures, not goods. Source: HS 2022, models/reference/harmonized.py.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from models.reference import lineage
from models.reference.harmonized import (
    CHAPTER,
    HEADING,
    SUBHEADING,
    commodity_of,
    names_goods,
    through,
)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class HsGroup:
    """Codes that one tariff word gives. `excepted`: the words that leave these goods out."""

    codes: tuple[str, ...]
    start: int
    end: int
    excepted: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPlaces:
    """Where an event stands in its sentence: the words that tell it, and its goods."""

    words: tuple[Span, ...]
    goods: tuple[Span, ...] = ()


# What a tariff is called wherever it stands; these names are written in capitals.
_SCHEDULE = (
    r"(?:HSN?|HTS(?:USA?)?|TARIC|NCM|(?:CN|ITC[- ]?HS)(?=\s[Cc]ode)"
    r"|(?i:harmoni[sz]ed (?:tariff|system|commodity)|tariff (?:schedules?|nomenclature)"
    r"|customs tariff|combined nomenclature))"
)
# What its parts are called.
_PART = (
    r"(?i:codes?|numbers?|nos?\.?|items?|lines?|(?:sub-?)?headings?|(?:sub-?)?chapters?"
    r"|classifications?|categor(?:y|ies)|statistical reporting numbers?)"
)
_PLACED = (
    r"(?i:classif(?:ied|iable) (?:in|under|within|as)|(?:provided for|described) (?:in|under))"
)
# "headings (HTS) numbers: ex 8517": between the word and its number.
_LINK = rf"(?:\s*(?:[:(“\"]|\({_SCHEDULE}\)|(?i:nos?\.|numbers?|codes?|ex)(?=[\s(:])))*\s*"
_CODE = (
    r"(?:\d{4}\.\d{2}(?:\.?\d{2}(?:\.?\d{2,4})?)?|\d{4} \d{2} \d{2}(?: \d{2})?"
    r"|\d{4}(?:\d{2}){0,3}|\d{1,2})(?![\d%]|[.,]\d|\s*(?:percent|per cent|pct)\b|\s%)"
)
_ASIDE = r"(?:\s*\([^()]{1,60}\))?"
_TO = r"\s*(?:–|—|-|(?i:to|through|thru))\s*"
_AND = r"\s*(?:[,;/]\s*(?i:and/or\s|and\s|or\s)?|(?i:and/or|and|or|as well as)\s)\s*(?i:ex\s)?"
_WORD = re.compile(rf"\b(?:(?:{_SCHEDULE}|(?i:tariff|customs|commodity))\s+)?{_PART}|\b{_SCHEDULE}")
_FIRST = re.compile(rf"{_LINK}({_CODE})")
_FURTHER = re.compile(rf"({_TO}|{_ASIDE}{_AND})({_CODE})")
_PLACING = re.compile(rf"\b{_PLACED}\s+(?=\d{{4}}\.\d{{2}})")

_TARIFF = re.compile(
    rf"\b{_SCHEDULE}|\b(?i:tariff|customs) (?i:{_PART})|\b(?i:(?:sub)?headings?) \d{{4}}"
)
_SHORT = re.compile(r"(?:HSN?|HTS(?:USA?)?)(?: [Cc]odes?)?")
_GOODS = re.compile(
    r"\b(?:goods|products?|articles?|imports?|exports?|items?|merchandise|materials?|parts"
    r"|(?:tariffs?|duty|duties) on)\b[^,;.]{0,40}\b(?:of|in|under|within|from)\s+(?:the\s+)?$",
    re.I,
)
# "Chapter 11 protection", "chapter 35 of title 44": of laws, not of a tariff.
_LAW = re.compile(
    r"\s*(?:bankruptcy|filing|protection|petition|reorgani[sz]ation|case\b|proceedings"
    r"|,? ?(?:of )?title\b|of the (?:[\w.]+ ){0,3}(?:act|code|constitution|report)\b)",
    re.I,
)
_NOTE = re.compile(r"\b(?:notes?|rules?)\b[^,;.]{0,25}\bto\s*$", re.I)
_EXCEPT = re.compile(
    r"\b(?:other than|but not|except(?:ing)?(?: for)?|excluding|not including"
    r"|with the exception of)(?:\s+[\w-]+){0,6}\s*$",
    re.I,
)
# "That is not in chapter 76": the goods meant are others.
_OUTSIDE = re.compile(
    r"\bnot\s+(?:(?:classif(?:ied|iable)|provided for|covered|included|described|listed)\s+)?"
    r"(?:in|under|within|by)\s+(?:the\s+)?$",
    re.I,
)
_AROUND = 90


def find_hs_codes(text: str) -> tuple[HsGroup, ...]:
    """The groups of codes of a sentence, in order."""
    found: list[HsGroup] = []
    for word in sorted((*_WORD.finditer(text), *_PLACING.finditer(text)), key=lambda m: m.start()):
        if found and word.start() < found[-1].end:
            continue
        before = text[: word.start()]
        if _OUTSIDE.search(before):
            continue
        excepted = _EXCEPT.search(before)
        written = _written(text, word.end())
        codes = tuple(dict.fromkeys(_codes(text, word, written)))
        if codes:
            found.append(
                HsGroup(
                    codes=codes,
                    start=word.start(),
                    end=written[-1].end,
                    excepted=excepted.span() if excepted else None,
                )
            )
    return tuple(found)


class _Number(NamedTuple):
    """A number of a list; `ranged`: it ends a range that the one before begins."""

    text: str
    start: int
    end: int
    ranged: bool = False


def _written(text: str, at: int) -> list[_Number]:
    """The list of numbers at a place."""
    first = _FIRST.match(text, at)
    if first is None:
        return []
    out = [_Number(first[1], *first.span(1))]
    while further := _FURTHER.match(text, out[-1].end):
        ranged = re.fullmatch(_TO, further[1]) is not None
        out.append(_Number(further[2], *further.span(2), ranged))
    return out


def _codes(text: str, word: re.Match[str], written: Sequence[_Number]) -> list[str]:
    """The codes of goods that the numbers after a tariff word stand for."""
    codes: list[str] = []
    before: str | None = None
    for number in written:
        code = _as_code(number.text, word[0])
        if code is not None and not _meant(text, word, number):
            code = None
        if code is not None and before is not None and number.ranged:
            codes[-1:] = through(before, code)
        elif code is not None:
            codes.append(code)
        before = code
    return codes


def _as_code(number: str, word: str) -> str | None:
    """Two, four or six digits; None for what is no code of goods."""
    digits = re.sub(r"\D", "", number)
    if len(digits) == 1 and _is(word, "chapter"):
        digits = f"0{digits}"
    code = digits[:SUBHEADING]
    return code if names_goods(code) else None


def _is(word: str, part: str) -> bool:
    return part in word.lower()


def _meant(text: str, word: re.Match[str], given: _Number) -> bool:
    """Do the words around make the number a tariff code?"""
    kind, number = word[0], given.text
    nearby = text[max(0, word.start() - _AROUND) : given.end + _AROUND]
    tariff = _TARIFF.search(nearby) is not None
    if len(number) <= CHAPTER:
        if not _is(kind, "chapter"):
            return _SHORT.fullmatch(kind) is not None
        before = text[: word.start()]
        if _NOTE.search(before) or _LAW.match(text, given.end):
            return False
        return tariff or _GOODS.search(before) is not None
    if number.isdigit() and len(number) == HEADING and number[:CHAPTER] in ("19", "20"):
        # A year as well as a heading, or the edition: "HS 2007".
        return tariff and re.search(rf"\b{_PART}$", kind) is not None
    if _is(kind, "heading"):
        return True
    # "No. 2504" alone is anything.
    named = _is(kind, "code") or _TARIFF.match(text, word.start()) is not None
    return tariff and (named or not number.isdigit())


def hs_codes_of(
    groups: Sequence[HsGroup], events: Sequence[EventPlaces], index: int, text: str
) -> tuple[str, ...]:
    """The codes of one of a sentence's events, in order.

    A group of codes belongs to the events whose words or goods are nearest. Excepted goods are only
    those of events that the exception tells.
    """
    exceptions = [group.excepted for group in groups if group.excepted]
    codes: list[str] = []
    for group in groups:
        told_by = [group.excepted] if group.excepted else exceptions
        near = {
            i: _gap(group, (*event.words, *event.goods), text)
            for i, event in enumerate(events)
            if any(_meet(e, span) for e in told_by for span in event.words) == bool(group.excepted)
        }
        if index in near and near[index] == min(near.values()):
            codes += group.codes
    return tuple(dict.fromkeys(codes))


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _gap(group: HsGroup, places: Sequence[Span], text: str) -> int:
    """Characters between codes and the nearest place; more across a semicolon."""

    def gap(span: Span) -> int:
        first, last = sorted((span, (group.start, group.end)))
        between = text[first[1] : last[0]]
        return len(between) + (len(text) if ";" in between else 0)

    return min(map(gap, places))


def with_commodities(commodities: Sequence[str], codes: Sequence[str]) -> tuple[str, ...]:
    """The commodities, and those that the codes name where no part of them is among them."""
    held = list(commodities)
    for commodity in filter(None, map(commodity_of, codes)):
        if not any(commodity in lineage(other) for other in held):
            held.append(commodity)
    return tuple(held)
