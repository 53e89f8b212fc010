"""What a whole document tells: which of its mentions are steps it reports, how surely, which leads.

A sentence read alone cannot say whether a legal text recites an older act or gives a new one, or
which of two readings of one step the rest of the text bears out. Two small models weigh each
mention among the others: is it a development of the document, and is it what the document is about.
What is not taken for a development is kept aside with its chance, so that it can be looked at.
extractors/training/documents.py fits the models.
"""

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources

import numpy as np

from extractors.reading.lending import on_one_side, permits_of_rules, with_firms_of, with_goods_of
from extractors.reading.lent_parties import who_acts, with_targets_of
from extractors.reading.official_text import frame_of, is_no_step, of_the_state
from extractors.reading.steps import (
    Step,
    denied_next,
    ends_alike,
    ends_of_pauses,
    standing_in_the_background,
    step_of,
    taken_not_planned,
    told_by_its_act,
)
from extractors.reading.tense import tense_features
from extractors.reading.trees import Trees
from extractors.text.readable import clean
from models.event import (
    EventMention,
    EventType,
    Factuality,
    TextUnit,
    TimeFrame,
    status_class,
    type_group,
)

WEIGHTS = "document.json"
# In a text as short as this, about three sentences, a mention this sure stays.
SHORT_CHARS, SURE = 700, 0.82
# In a brief, as feeds carry them, one surer than this.
BRIEF_CHARS, SURER = 1300, 0.95
_TOP_CHARS, _BEFORE_CHARS = 300, 90
_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 5

_ORDER = re.compile(
    r"\bnow,? therefore\b|\b(?:it is )?hereby (?:ordered|order|proclaim|direct|determine[d]?)\b",
    re.I,
)
_DECIDES = re.compile(
    r"\bhereby\b|\bshall\b|\bI (?:have (?:also )?(?:determined|decided)|determine|find it|am)\b"
    r"|\b(?:is|are) (?:further )?(?:amended|revoked|terminated|modified)\b|\btoday\b",
    re.I,
)
_RECITES = re.compile(
    r"\bwhereas\b|\b(?:executive order|proclamation|directive|regulation) (?:no\. ?)?[\d/]+ of\b"
    r"|\bpreviously\b|\blast (?:year|month)\b|\b(?:in|since) (?:19|20)\d\d\b|\bas amended\b",
    re.I,
)
_HEDGES = re.compile(
    r"\b(?:may|might|could|would|should|consider\w*|whether|hop(?:e|es|ed|ing)|look forward"
    r"|expect\w*|plan(?:s|ned)?|threat\w*|urg(?:e|es|ed|ing)|call(?:s|ed|ing)? (?:on|for))\b",
    re.I,
)
_QUOTE = re.compile('["“”]')
_SPEAKER = re.compile(r"^[^\w\n]{0,9}(?:Q\b|[A-Z][A-Z .]{4,40}:)", re.M)
_BULLET = re.compile(r"(?:^|\n)\s*(?:[-*•·–]|\(?[a-z0-9]{1,3}[.)])\s[^\n]*$")

# The log-odds that stand for no other mention.
_NONE = -3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentModel:
    """The weights of both questions, one a feature, and the least probability that is told.

    The first question is put to trees as well; the mean of both log-odds answers it.
    """

    told: Mapping[str, float]
    lead: Mapping[str, float]
    threshold: float
    told_trees: Trees | None = None

    def chance(self, features: Mapping[str, float]) -> float:
        """The probability that a mention is a development of its document."""
        odds = weighed(self.told, features)
        if self.told_trees is not None:
            odds = (odds + self.told_trees.log_odds(features)) / 2
        return float(1.0 / (1.0 + np.exp(-odds)))

    def untold(self, chance: float) -> float:
        """The confidence of a mention that is not told: its chance, under the threshold."""
        return round(min(chance, self.threshold - 0.001), 3)


def weighed(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    """The log-odds that weights give; "1" is the intercept."""
    return weights["1"] + sum(weights.get(name, 0.0) * value for name, value in features.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The mentions of a unit: what it tells, and asides, which it holds but is not taken to tell.

    An aside never leads. `about_policy` is false for a text that is taken to be about other things.
    `recited` are the asides, by their ids, that an official text holds but neither does nor tells.
    """

    told: list[EventMention]
    asides: list[EventMention] = field(default_factory=list)
    about_policy: bool = True
    recited: frozenset[str] = frozenset()

    def reason(self, aside: EventMention) -> str:
        """Why a mention is an aside."""
        if aside.mention_id in self.recited:
            return "an official text recites it, advises it or keeps it in reserve"
        if not self.about_policy:
            return "an article with no more than this is taken to be about something else"
        needed = load_document_model().threshold
        return f"the document model gives it {aside.confidence:.3f}, told from {needed:.3f}"


def finished(events: list[EventMention], unit: TextUnit) -> Finished:
    """The mentions of a unit sorted: an article tells its developments, a sentence all."""
    if unit.kind == "article":
        return developments(events, unit)
    return Finished(told=mark_lead(events))


def developments(
    events: Sequence[EventMention], unit: TextUnit, model: DocumentModel | None = None
) -> Finished:
    """The mentions that a document tells, in order, with their calibrated confidence and the lead.

    Most articles are about other things: one that holds no sure mention, nor three sentences with
    some, tells nothing. The confidence of an aside is under the model's threshold.
    """
    model = model or load_document_model()
    if not events:
        return Finished(told=[])
    events, state = on_one_side(events), unit.publisher_country
    events = of_the_state(events, state) if state else who_acts(events)
    text = clean(unit.text)
    events = ends_alike(ends_of_pauses(told_by_its_act(events), unit.published))
    events = denied_next(events, text)
    events = with_goods_of(with_targets_of(events), text, unit.title or "")
    events = permits_of_rules(taken_not_planned(with_firms_of(events)))
    about_policy, sure = vouched(events), _sure_alone(len(unit.text))
    frame = frame_of(events, unit.title or "", text) if state else None
    told, leads, asides, recited = [], [], [], []
    for event, row in zip(events, document_features(events, unit), strict=True):
        chance = model.chance(row)
        if event.confidence >= sure and (sure <= SURE or _tells_alone(event, events)):
            chance = max(chance, event.confidence)
        if frame is not None and is_no_step(event, frame):
            recited.append(event.mention_id)
            asides.append(replace(event, confidence=model.untold(chance), is_lead=False))
        elif about_policy and chance >= model.threshold:
            told.append(replace(event, confidence=round(chance, 3)))
            leads.append(weighed(model.lead, row))
        else:
            asides.append(replace(event, confidence=model.untold(chance), is_lead=False))
    best = max(range(len(told)), key=leads.__getitem__, default=None)
    marked = [replace(event, is_lead=i == best) for i, event in enumerate(told)]
    told = standing_in_the_background(marked)
    return Finished(told=told, asides=asides, about_policy=about_policy, recited=frozenset(recited))


def _sure_alone(chars: int) -> float:
    """How sure a mention must be to stay in a text of so many characters, whatever the rest says.

    The less there is of a text, the less the rest of it can say.
    """
    for most, sure in ((SHORT_CHARS, SURE), (BRIEF_CHARS, SURER)):
        if chars <= most:
            return sure
    return math.inf


def _tells_alone(e: EventMention, events: Sequence[EventMention]) -> bool:
    """Is a mention the only one of its sentence, whose sureness is then its own?"""
    place = e.field, e.sentence_start
    plain = e.factuality in (Factuality.ASSERTED, Factuality.SCHEDULED)
    return plain and sum((o.field, o.sentence_start) == place for o in events) == 1


def vouched(events: Sequence[EventMention]) -> bool:
    """Is a text about policy at all: one sure mention, or mentions in three sentences?"""
    sure = any(e.confidence >= SURE for e in events)
    return sure or len({e.sentence_start for e in events}) >= 3


def mark_lead(events: list[EventMention]) -> list[EventMention]:
    """Mark the lead of a headline or sentence: what is current, then the surest of its opening."""
    opening = [e for e in events if e.field == "title" or e.sentence_start < SHORT_CHARS]
    best = max(
        opening,
        key=lambda e: (e.time_frame is not TimeFrame.BACKGROUND, e.confidence),
        default=None,
    )
    return [replace(e, is_lead=e is best) for e in events]


def document_features(events: Sequence[EventMention], unit: TextUnit) -> list[dict[str, float]]:
    """What the weights see of each mention: itself, its place, its document, the other mentions."""
    document = _Document(clean(unit.text), unit.title or "", events)
    kind = document.kind()
    return [
        {
            **kind,
            **_mention(e),
            **tense_features(e, unit.published),
            **document.place(e),
            **document.company(e),
        }
        for e in events
    ]


def _mention(e: EventMention) -> dict[str, float]:
    """What is known of a mention alone."""
    return {
        "sure": _log_odds(e.confidence),
        "background": float(e.time_frame is TimeFrame.BACKGROUND),
        "future": float(e.time_frame is TimeFrame.FUTURE),
        f"type {type_group(e.type)}": 1.0,
        f"step {status_class(e.status)}": 1.0,
        f"said {e.factuality.value}": 1.0,
        # Firms alone are party to an offtake; every other step is somebody's.
        "nobody": float(e.type is not EventType.OFFTAKE_AGREEMENT and set(e.actors) <= {"XX"}),
        "several": float(len(e.actors) > 1),
        "hedged": float(bool(_HEDGES.search(e.sentence))),
        "quoted": float(bool(_QUOTE.search(e.sentence))),
        "detail": float(bool(e.rates or e.amounts or e.dates or e.instrument)),
    }


class _Document:
    """A text and all its mentions, looked through once."""

    def __init__(self, text: str, title: str, events: Sequence[EventMention]) -> None:
        self.text, self.title, self.count = text, title, len(events)
        self.first = events[0] if events else None
        self.order = _ORDER.search(text)
        self.sentences = Counter((e.field, e.sentence_start) for e in events)
        self.steps: dict[Step, list[float]] = defaultdict(list)
        self.titled: set[Step] = set()
        for e in events:
            self.steps[step_of(e)].append(_log_odds(e.confidence))
            if e.field == "title":
                self.titled.add(step_of(e))

    def kind(self) -> dict[str, float]:
        """What kind of text it is."""
        words = max(1, self.text.count(" "))
        return {
            "legal": float(self.order is not None),
            "long": float(np.log(max(len(self.text), 200) / 2000)),
            "quotes": min(1.0, 40 * len(_QUOTE.findall(self.text)) / words),
            "speakers": float(len(_SPEAKER.findall(self.text)) >= 4),
        }

    def place(self, e: EventMention) -> dict[str, float]:
        """Where a mention stands, and in which part of a legal text."""
        if e.field == "title":
            return {"title": 1.0}
        at = e.sentence_start
        before = self.text[max(0, at - _BEFORE_CHARS) : at + 1]
        return {
            "top": float(np.exp(-at / _TOP_CHARS)),
            "title words": _shared_words(self.title, e.sentence),
            "recital": float(self.order is not None and at < self.order.start()),
            "decides": float(bool(_DECIDES.search(e.sentence))),
            "recites": float(bool(_RECITES.search(e.sentence))),
            "bullet": float(bool(_BULLET.search(before))),
        }

    def company(self, e: EventMention) -> dict[str, float]:
        """How the others bear a mention out: those of its step, and other steps of its measure."""
        mine, own = step_of(e), _log_odds(e.confidence)
        meeting = [step for step in self.steps if step.meets(mine)]
        same = [x for s in meeting if s.status == mine.status for x in self.steps[s]]
        same.remove(own)
        rivals = [x for s in meeting if s.status != mine.status for x in self.steps[s]]
        titled = [s.status == mine.status for s in meeting if s in self.titled and s != mine]
        return {
            "repeated": float(np.log1p(len(same))),
            "borne out": max(same, default=_NONE),
            "rivals": float(np.log1p(len(rivals))),
            "rival": max(0.0, max(rivals, default=own) - own),
            "as the title": float(e.field != "title" and (mine in self.titled or any(titled))),
            "not as the title": float(not all(titled)),
            "alone": float(self.count == 1),
            "beside": float(self.sentences[e.field, e.sentence_start] > 1),
            "first": float(e is self.first),
        }


def _shared_words(title: str, sentence: str) -> float:
    """The share of a title's words, by their first letters, that a sentence has too."""
    wanted = {w[:_STEM] for w in _WORD.findall(title.lower())}
    found = {w[:_STEM] for w in _WORD.findall(sentence.lower())}
    return len(wanted & found) / max(1, len(wanted))


def _log_odds(chance: float) -> float:
    p = min(max(chance, 0.02), 0.98)
    return float(np.log(p / (1 - p)))


@cache
def load_document_model() -> DocumentModel:
    """The shipped weights."""
    source = resources.files("extractors").joinpath("reading", "weights", WEIGHTS)
    data = json.loads(source.read_text(encoding="utf-8"))
    return DocumentModel(
        told=data["told"],
        lead=data["lead"],
        threshold=data["threshold"],
        told_trees=Trees(**data["told_trees"]),
    )
