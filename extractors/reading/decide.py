"""Which events a sentence tells, with what labels: encoder and head weighed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Token

from extractors.events.composition import Found, compose, pairs
from extractors.events.context import SentenceContext, text_of
from extractors.events.features import VIEWS, candidate_features
from extractors.events.gazetteer import jurisdictions
from extractors.events.head import Head, load_head
from extractors.events.lexicon_data import Evidence, TypePattern
from extractors.events.policy_events import Candidate
from extractors.events.relations import surroundings
from extractors.reading.combination import (
    CLASSES,
    Combination,
    LabelChances,
    candidate_near,
    event_of,
    load_combination,
)
from extractors.reading.inputs import TEXT
from extractors.reading.labels import TYPES
from extractors.reading.no_steps import is_condition_of, is_made_for, tells_no_step
from extractors.reading.notices import as_notices_say
from extractors.reading.readings import SURE_STEP, ReadEvent, Reading, chance_of_score
from extractors.reading.roles import SURE
from extractors.reading.rulings import Said, settled
from extractors.reading.turns import turned
from models.event import (
    TAKEN,
    EventStatus,
    EventType,
    Factuality,
    StatusTarget,
    TimeFrame,
    status_class,
    type_group,
)


@dataclass(slots=True, kw_only=True)
class Decision:
    """A candidate taken for an event, with its labels and how sure we are (0 to 1)."""

    candidate: Candidate
    read: ReadEvent
    parties: frozenset[str]
    type: EventType
    status: EventStatus
    status_target: StatusTarget
    factuality: Factuality
    time_frame: TimeFrame
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A sentence as encoder and head see it together. Scores are log-odds.

    `sentence` is for the whole sentence to tell of an event, `scores` for each candidate of the
    lexicon to be one, `chances` the head's own probabilities of that.
    """

    context: SentenceContext
    reading: Reading
    candidates: Sequence[Candidate]
    features: Sequence[dict[str, float]]
    chances: Sequence[float]
    sentence: float
    scores: Sequence[float]

    def score_of(self, candidate: int | None) -> float:
        """For what a candidate tells to be an event; of the whole sentence where there is none."""
        own = self.sentence if candidate is None else self.scores[candidate]
        return max(self.sentence, own)


def decide(doc: Doc, context: SentenceContext) -> list[Decision]:
    """The events of a sentence: what the encoder reads, the surest first, then the head's own."""
    head, combination = load_head(), load_combination()
    weighed = weigh(doc, context, head, combination)
    settings, reading = combination.settings, weighed.reading
    best = max(weighed.scores, default=weighed.sentence)
    if weighed.sentence <= settings["sentence"] and best <= settings["candidate"]:
        return []
    labelled = _Labels(weighed, head, combination, doc, tuple(pairs(doc, text_of(doc))))
    found: list[Decision] = []
    for event in reading.events:
        if found and event.chance < settings["further"] and not _is_of_it(doc, event):
            continue
        near, told = _told_by(event, weighed)
        _add(found, labelled.decision(near, told, weighed.score_of(near)), doc)
    for i in sorted(range(len(weighed.scores)), key=lambda i: -weighed.scores[i]):
        if weighed.scores[i] > settings["candidate"] and reading.events:
            event = event_of(reading, weighed.candidates[i])
            _add(found, labelled.decision(i, event, weighed.score_of(i)), doc)
    return _with_frames_of_joined(_without_making(found, doc), doc)


def _with_frames_of_joined(found: list[Decision], doc: Doc) -> list[Decision]:
    """The decisions; of verbs side by side, one read as background is current as the other is."""
    for d in found:
        verb = d.candidate.step(doc)
        if d.time_frame is not TimeFrame.BACKGROUND:
            continue
        others = (o.candidate.step(doc) for o in found if o.time_frame is TimeFrame.CURRENT)
        if any(_are_joined(verb, other) and verb.tag_ == other.tag_ for other in others):
            d.time_frame = TimeFrame.CURRENT
    return found


def _without_making(found: list[Decision], doc: Doc) -> list[Decision]:
    """The decisions without those that only name, make or condition what another does."""
    return [
        d
        for d in found
        if not any(
            _is_named_by(d, other, doc)
            or is_condition_of(d.candidate.step(doc), other.candidate.step(doc))
            or (
                type_group(other.type) == type_group(d.type)
                and is_made_for(doc, d.candidate, d.status, other.candidate)
            )
            for other in found
            if other is not d
        )
    ]


def _told_by(event: ReadEvent, weighed: Weighed) -> tuple[int | None, ReadEvent]:
    """The lexicon's candidate that speaks of an event, and the event whose words are its step.

    "Modify the rate by suspending it": the step is the other event's. One that tells a step of its
    own keeps its candidate to itself.
    """
    near = candidate_near(event, weighed.candidates, weighed.chances)
    if near is None or _is_far_noun(weighed.candidates[near], event):
        return None, event
    other = event_of(weighed.reading, weighed.candidates[near])
    if other is not event and other.chance >= SURE_STEP:
        return None, event
    return near, other


def _is_far_noun(c: Candidate, event: ReadEvent) -> bool:
    """Is a candidate but a noun for another measure than the step that the encoder is sure of?

    One far from it, or of another kind: "gold would not be tariffed, ... a letter that had put bars
    under his duties", "answers with duties on coal and curbs on metals".
    """
    apart = min(max(at - event.end, event.start - to) for at, to in c.spans)
    like = float(event.types[TYPES.index(c.evidence.pattern.type.value)])
    other = apart > _FAR or (c.hit is None and apart > 0 and like < _UNLIKE)
    return event.chance >= SURE_STEP and other


def weigh(doc: Doc, context: SentenceContext, head: Head, combination: Combination) -> Weighed:
    """What encoder and head say of a sentence and the candidates in it."""
    reading: Reading = doc.user_data["reading"]
    candidates: list[Candidate] = doc.user_data["candidates"]
    features = [candidate_features(doc, context, c) for c in candidates]
    chances = [head.event(f) for f in features]
    best = max(chances, default=0.0)
    return Weighed(
        context=context,
        reading=reading,
        candidates=candidates,
        features=features,
        chances=chances,
        sentence=combination.sentence_score(reading, chances, context.headline),
        scores=[
            combination.candidate_score(reading, c, chance, chance >= best)
            for c, chance in zip(candidates, chances, strict=True)
        ],
    )


# Characters between a step and a noun that names another measure.
_FAR = 60
# Less likely than this, a step is not of a kind.
_UNLIKE = 0.1
# A noun with one of these tells no step by itself.
_PARTICLES = frozenset({"ADP", "ADV", "PART"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_OBJECTS = _SUBJECTS | {"dobj"}


@dataclass(frozen=True, slots=True)
class _Labels:
    """Labels the events of one sentence. `acts`: what is done to what in it."""

    weighed: Weighed
    head: Head
    combination: Combination
    doc: Doc
    acts: Sequence[Found]

    def decision(self, i: int | None, event: ReadEvent, score: float) -> Decision:
        """An event of the encoder, told by the lexicon's i-th candidate if there is one."""
        w = self.weighed
        known: tuple[Candidate, float, LabelChances] | None = None
        if i is not None:
            known = w.candidates[i], w.chances[i], head_labels(self.head, w.features[i])
        said = {name: self.combination.label(name, w.reading, event, known) for name in CLASSES}
        kind = EventType(said["type"])
        candidate = known[0] if known is not None else _read_candidate(self.doc, event, kind)
        kind, status, target = compose(
            self.acts, candidate.spans, kind, EventStatus(said["status"])
        )
        frame = TimeFrame(said["time_frame"])
        labels = Said(kind, status, target, Factuality(said["factuality"]), frame)
        labels = turned(w.context, candidate, settled(self.doc, w.context, candidate, labels))
        labels = as_notices_say(w.context.text, candidate, labels)
        return Decision(
            candidate=candidate,
            read=event,
            parties=self.parties(event),
            type=labels.type,
            status=labels.status,
            status_target=labels.target,
            factuality=labels.factuality,
            time_frame=labels.time_frame,
            confidence=chance_of_score(score),
        )

    def parties(self, event: ReadEvent) -> frozenset[str]:
        """The jurisdictions of the sentence that surely act in an event."""
        w = self.weighed
        return frozenset(
            name.code
            for name in jurisdictions(w.context.names)
            if w.reading.chance_of(event, "actor", TEXT, name.start, name.end) >= SURE
        )


def head_labels(head: Head, features: dict[str, float]) -> LabelChances:
    """The probability of each class of type, status, factuality and time frame, by the head."""
    return {name: head.label(name, view(features)) for name, view in VIEWS.items()}


def _add(found: list[Decision], new: Decision, doc: Doc) -> None:
    """Add a decision, unless it tells no step or repeats one."""
    c = new.candidate
    if tells_no_step(doc, text_of(doc), c, new.type, new.factuality):
        return
    if not any(_repeats(new, old, doc) or _is_named_by(new, old, doc) for old in found):
        found.append(new)


def _is_named_by(new: Decision, old: Decision, doc: Doc) -> bool:
    """Is a decision but the noun for what another step is done to: "agreements ... lapse"?"""
    noun, verb = new.candidate.step(doc), old.candidate.step(doc)
    return (
        new.status in TAKEN
        and noun.pos_ in ("NOUN", "PROPN")
        and noun.i != verb.i
        and noun.dep_ in _OBJECTS
        and (
            (noun.head.i == verb.i and verb.pos_ == "VERB") or _is_doubtful_subject(noun, new, old)
        )
    )


def _is_doubtful_subject(noun: Token, new: Decision, old: Decision) -> bool:
    """Is a noun some verb's subject, and less surely a step than the other decision?

    The verbs of long sentences are often parsed wrongly.
    """
    return noun.dep_ in _SUBJECTS and new.read.chance < SURE_STEP <= old.read.chance


def _repeats(new: Decision, old: Decision, doc: Doc) -> bool:
    """Do both tell one step: by the same words, or a like one of a like measure and party?"""
    a, b = new.candidate, old.candidate
    if new.read is old.read or (a.start < b.end and b.start < a.end):
        return True
    if type_group(new.type) != type_group(old.type):
        return False
    if new.parties and old.parties and not new.parties & old.parties:
        return False
    if _is_particle_of(a.step(doc), b.step(doc)) or _is_particle_of(b.step(doc), a.step(doc)):
        return True
    sure, joined = new.read.chance >= SURE_STEP, _are_joined(a.step(doc), b.step(doc))
    if status_class(new.status) == status_class(old.status):
        # "Keeps its tariff but has exempted a list", "signed pacts and announced frameworks".
        apart = (new.type, new.status) != (old.type, old.status)
        return not (sure and joined and apart and old.read.chance >= SURE_STEP)
    # "No plan to ban": that nothing is done is one step, whatever is not done.
    if new.factuality is old.factuality is Factuality.NEGATED:
        return True
    # "Maintains its ban and has extended it": what changes is the news.
    changes = old.status is EventStatus.IN_FORCE and _is_done_to_it(a.step(doc))
    return not (joined or changes) and new.type is old.type and not sure


def _is_of_it(doc: Doc, event: ReadEvent) -> bool:
    """Do the words of an event tell what is done to a measure named before?"""
    span = doc.char_span(event.start, event.end, alignment_mode="expand")
    return span is not None and _is_done_to_it(span.root)


def _is_particle_of(word: Token, verb: Token) -> bool:
    """Is a word the end of another's verb: "down" in "struck the tariffs down"?"""
    return word.dep_ in ("prt", "advmod") and word.head.i == verb.i and word.pos_ in _PARTICLES


def _is_done_to_it(verb: Token) -> bool:
    """Is a step done to what was named before: "and has extended it"?"""
    return verb.tag_ != "VBG" and any(
        c.dep_ == "dobj" and c.lower_ in ("it", "them") for c in verb.children
    )


def _are_joined(a: Token, b: Token) -> bool:
    """Are two steps told by verbs side by side, each with its object: "drops ... and halves"?"""
    joined = (a.dep_ == "conj" and a.head.i == b.i) or (b.dep_ == "conj" and b.head.i == a.i)
    return joined and all(any(c.dep_ == "dobj" for c in verb.children) for verb in (a, b))


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
