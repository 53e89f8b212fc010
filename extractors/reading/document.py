"""What a whole document tells: which of its mentions are steps it reports, how surely, which leads.

A sentence read alone cannot say whether a legal text recites an older act or gives a new one, or
which of two readings of one step the rest of the text bears out. Two small logistic models weigh
each mention among the others: is it a development of the document, and is it what the document is
about. extractors/training/documents.py fits them.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from models.event import (
    EventMention,
    EventStatus,
    EventType,
    TextUnit,
    TimeFrame,
    status_class,
    type_group,
)

WEIGHTS = "document.json"
# In a text as short as this (about three sentences) a mention this sure stays, whatever surrounds it.
SHORT_CHARS, SURE = 700, 0.82
_EARLY_CHARS, _TOP_CHARS, _BEFORE_CHARS = 600, 300, 90
_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 5

_ORDER = re.compile(
    r"\bnow,? therefore\b|\b(?:it is )?hereby (?:ordered|order|proclaim|direct|determine[d]?)\b", re.I
)
_ANNEX = re.compile(r"^\W*(?:annex|appendix|schedule)\b", re.I | re.M)
_DECIDES = re.compile(
    r"\bhereby\b|\bshall\b|\bI (?:have (?:also )?(?:determined|decided)|determine|find it|am)\b"
    r"|\b(?:is|are) (?:further )?(?:amended|revoked|terminated|modified)\b|\btoday\b",
    re.I,
)
_RECITES = re.compile(
    r"\bwhereas\b|\b(?:executive order|proclamation|directive|regulation) (?:no\. ?)?[\d/]+ of\b"
    r"|\bpreviously\b|\blast (?:year|month)\b|\bin (?:19|20)\d\d\b|\bsince (?:19|20)\d\d\b|\bas amended\b",
    re.I,
)
_HEDGES = re.compile(
    r"\b(?:may|might|could|would|should|consider\w*|whether|hop(?:e|es|ed|ing)|look forward"
    r"|expect\w*|plan(?:s|ned)?|threat\w*|urg(?:e|es|ed|ing)|call(?:s|ed|ing)? (?:on|for))\b",
    re.I,
)
_QUOTE = re.compile("[\"“”]")
_MARKET = re.compile(
    r"\b(?:stocks?|shares|equities|futures|dollar|yen|yields?|index|oil|crude|gold|bullion|traders?|investors)\b",
    re.I,
)
_SPEAKER = re.compile(r"^\W*(?:Q\b|(?:THE |MR\. |MS\. |MRS\. |SECRETARY )?[A-Z][A-Z .]{4,}:)", re.M)
_BULLET = re.compile(r"(?:^|\n)\s*(?:[-*•·–]|\(?[a-z0-9]{1,3}[.)])\s[^\n]*$")
_HEADING = re.compile(r"\n\s*(?:Sec(?:tion|\.)|Article|§)[^\n]*$", re.I)
_OPEN = {EventStatus.PROPOSED, EventStatus.THREATENED, EventStatus.UNDER_NEGOTIATION}

Vector = NDArray[np.float64]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentModel:
    """The weights of both questions, one a feature, and the least probability that is told."""

    told: Mapping[str, float]
    lead: Mapping[str, float]
    threshold: float

    def chance(self, features: Mapping[str, float]) -> float:
        """The probability that a mention is a development of its document."""
        return float(1.0 / (1.0 + np.exp(-weighed(self.told, features))))


def weighed(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    """The log-odds that weights give; "1" is the intercept."""
    return weights["1"] + sum(weights.get(name, 0.0) * value for name, value in features.items())


def developments(
    events: Sequence[EventMention], unit: TextUnit, model: DocumentModel | None = None
) -> list[EventMention]:
    """The mentions that a document tells, in order, with their calibrated confidence and the lead."""
    model = model or load_document_model()
    rows = document_features(events, unit)
    short = len(unit.text) <= SHORT_CHARS
    told = []
    for event, row in zip(events, rows, strict=True):
        chance = model.chance(row)
        if short and event.confidence >= SURE:
            chance = max(chance, event.confidence)
        if chance >= model.threshold:
            told.append((weighed(model.lead, row), replace(event, confidence=round(chance, 3))))
    if not told:
        return []
    best = max(score for score, _ in told)
    return [replace(event, is_lead=score == best) for score, event in told]


def document_features(events: Sequence[EventMention], unit: TextUnit) -> list[dict[str, float]]:
    """What the weights see of each mention: itself, its place, its document, the other mentions."""
    about = {**_document(unit), "vouched": float(vouched(events))}
    return [
        {**about, **_mention(e), **_place(e, unit), **_company(e, events)}
        for e in events
    ]


def vouched(events: Sequence[EventMention]) -> bool:
    """Does a text hold one sure mention or three sentences with some: is it about policy at all?"""
    return any(e.confidence >= SURE for e in events) or len({e.sentence_start for e in events}) >= 3


def _document(unit: TextUnit) -> dict[str, float]:
    """What kind of text it is."""
    words = max(1, unit.text.count(" "))
    return {
        "legal": float(bool(_ORDER.search(unit.text))),
        "long": float(np.log(max(len(unit.text), 200) / 2000)),
        "quotes": min(1.0, 40 * len(_QUOTE.findall(unit.text)) / words),
        "market": float(bool(_MARKET.search(unit.title or ""))),
        "speakers": float(len(_SPEAKER.findall(unit.text)) >= 4),
    }


def _mention(e: EventMention) -> dict[str, float]:
    """What is known of a mention alone."""
    return {
        "sure": _log_odds(e.confidence),
        "background": float(e.time_frame is TimeFrame.BACKGROUND),
        "future": float(e.time_frame is TimeFrame.FUTURE),
        "open": float(e.status in _OPEN),
        f"type {type_group(e.type)}": 1.0,
        f"step {status_class(e.status)}": 1.0,
        f"said {e.factuality.value}": 1.0,
        "nobody": float(e.type is not EventType.OFFTAKE_AGREEMENT and set(e.actors) <= {"XX"}),
        "several": float(len(e.actors) > 1),
        "hedged": float(bool(_HEDGES.search(e.sentence))),
        "quoted": float(bool(_QUOTE.search(e.sentence))),
        "detail": float(bool(e.rates or e.amounts or e.dates or e.instrument)),
    }


def _place(e: EventMention, unit: TextUnit) -> dict[str, float]:
    """Where a mention stands, and in which part of a legal text."""
    if e.field == "title":
        return {"title": 1.0}
    at = e.sentence_start
    order = _ORDER.search(unit.text)
    annex = next((m.start() for m in _ANNEX.finditer(unit.text) if order and m.start() > order.end()), None)
    before = unit.text[max(0, at - _BEFORE_CHARS) : at + 1]
    return {
        "early": float(at < _EARLY_CHARS),
        "top": float(np.exp(-at / _TOP_CHARS)),
        "title words": _shared_words(unit.title or "", e.sentence),
        "late": at / max(1, len(unit.text)),
        "recital": float(order is not None and at < order.start()),
        "annex": float(annex is not None and at > annex),
        "decides": float(bool(_DECIDES.search(e.sentence))),
        "recites": float(bool(_RECITES.search(e.sentence))),
        "bullet": float(bool(_BULLET.search(before))),
        "heading": float(bool(_HEADING.search(before))),
    }


def _shared_words(title: str, sentence: str) -> float:
    """The share of a title's words, by their first letters, that a sentence has too."""
    wanted = {w[:_STEM] for w in _WORD.findall(title.lower())}
    found = {w[:_STEM] for w in _WORD.findall(sentence.lower())}
    return len(wanted & found) / max(1, len(wanted))


def _company(e: EventMention, events: Sequence[EventMention]) -> dict[str, float]:
    """How the other mentions bear a mention out: those of its step, and other steps of its measure."""
    others = [o for o in events if o is not e and meet(e, o)]
    same = [o for o in others if status_class(o.status) == status_class(e.status)]
    rivals = [o for o in others if status_class(o.status) != status_class(e.status)]
    strongest = max((_log_odds(o.confidence) for o in rivals), default=-3.0)
    return {
        "repeated": float(np.log1p(len(same))),
        "borne out": max((_log_odds(o.confidence) for o in same), default=-3.0),
        "rivals": float(np.log1p(len(rivals))),
        "rival": max(0.0, strongest - _log_odds(e.confidence)) if rivals else 0.0,
        "as the title": float(any(o.field == "title" for o in same)),
        "not as the title": float(any(o.field == "title" for o in rivals)),
        "alone": float(len(events) == 1),
        "beside": float(any(o is not e and o.sentence_start == e.sentence_start and o.field == e.field for o in events)),
        "first": float(events[0] is e),
    }


def meet(one: EventMention, other: EventMention) -> bool:
    """May two mentions speak of one measure: one kind, and an actor in common or none?"""
    alike = type_group(one.type) == type_group(other.type)
    return alike and (bool(set(one.actors) & set(other.actors)) or not (one.actors or other.actors))


def _log_odds(chance: float) -> float:
    p = min(max(chance, 0.02), 0.98)
    return float(np.log(p / (1 - p)))


def dump_document_model(model: DocumentModel, about: Mapping[str, object]) -> str:
    """The weights as JSON, with what they were fitted to."""

    def plain(weights: Mapping[str, float]) -> dict[str, float]:
        return {name: round(value, 3) for name, value in weights.items()}

    data = {
        "about": dict(about),
        "threshold": model.threshold,
        "told": plain(model.told),
        "lead": plain(model.lead),
    }
    return json.dumps(data, indent=1) + "\n"


@cache
def load_document_model() -> DocumentModel:
    """The shipped weights."""
    source = resources.files("extractors").joinpath("reading", "weights", WEIGHTS)
    data = json.loads(source.read_text(encoding="utf-8"))
    return DocumentModel(told=data["told"], lead=data["lead"], threshold=data["threshold"])
