"""Clauses in which a measure and a step of its life meet, with the evidence for each."""

from dataclasses import dataclass, field

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from extractors.events.context import SentenceContext, text_of
from extractors.events.lexicon_data import Evidence, Lexicon, StatusWord, load_lexicon, lower
from extractors.events.relations import relate, surroundings
from extractors.events.step_score import StatusHit, step_score
from models.event import EventStatus


@dataclass(slots=True, kw_only=True)
class Candidate:
    """A measure (evidence) and the best step said of it; offsets within the sentence.

    `governors` are the words the step hangs under ("plan" in "plans to impose"), nearest first;
    `auxiliaries` its modal verbs and negations.
    """

    evidence: Evidence
    root: int
    hit: StatusHit | None
    status: EventStatus
    start: int
    end: int
    rule: str
    governors: tuple[str, ...] = ()
    auxiliaries: tuple[str, ...] = ()
    others: list[StatusHit] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)

    @property
    def spans(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Where the words of the step stand, and those for the measure."""
        return (self.start, self.end), (self.evidence.start, self.evidence.end)

    def step(self, doc: Doc) -> Token:
        """The word that carries the step; `root` is that of the measure."""
        span = doc.char_span(self.start, self.end, alignment_mode="expand")
        return doc[self.root] if span is None else span.root


PROPOSING = frozenset(
    {
        "plan",
        "consider",
        "weigh",
        "mull",
        "propose",
        "seek",
        "intend",
        "want",
        "aim",
        "explore",
        "eye",
        "prepare",
        "study",
        "contemplate",
        "float",
        "recommend",
        "proposal",
        "try",
        "hope",
        "look",
        "draft",
        "favor",
    }
)
THREATENING = frozenset({"threaten", "vow", "warn", "threat", "warning"})


class PolicyEventMatcher:
    """Mark clauses in which a measure and a step of its life meet.

    Reads the parse and `doc.user_data["sentence"]`; writes doc.spans["policy_events"], labelled by
    EventType with the pattern id in span.id_, and doc.user_data["candidates"]. Recall comes first:
    the head decides which candidates are events. Source: ONTOLOGY.md sections 2 and 4.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def __call__(self, doc: Doc) -> Doc:
        context = doc.user_data.get("sentence")
        found = self.match(doc, context) if context is not None else []
        doc.user_data["candidates"] = found
        doc.spans["policy_events"] = [
            span
            for c in found
            if (
                span := doc.char_span(
                    c.start,
                    c.end,
                    label=c.evidence.pattern.type.value,
                    span_id=c.rule,
                    alignment_mode="expand",
                )
            )
        ]
        return doc

    def match(self, doc: Doc, context: SentenceContext) -> list[Candidate]:
        """One candidate for each piece of type evidence."""
        hits = self.status_hits(doc)
        return [self._candidate(doc, evidence, hits) for evidence in context.evidence if len(doc)]

    def status_hits(self, doc: Doc) -> list[StatusHit]:
        """Words and phrases that say a step, phrases first, in no particular order."""
        lowered = lower(text_of(doc))
        hits: list[StatusHit] = []
        for number in self.lexicon.phrase_sieve.candidates(lowered):
            status, expression = self.lexicon.phrases[number]
            for m in expression.finditer(lowered):
                span = doc.char_span(m.start(), m.end(), alignment_mode="expand")
                if span is None:
                    continue
                old = next((h for h in hits if h.start < m.end() and m.start() < h.end), None)
                word = StatusWord(status=status, kind="phrase", base=expression.pattern[5:-3])
                if old is None:
                    hits.append(
                        StatusHit(words=(word,), start=m.start(), end=m.end(), token=_head_of(span))
                    )
                elif m.end() - m.start() > old.end - old.start:
                    old.words, old.start, old.end, old.token = (
                        (word,),
                        m.start(),
                        m.end(),
                        _head_of(span),
                    )
        for token in doc:
            words = self.lexicon.words.get(lower(token.text))
            if not words or any(h.start <= token.idx < h.end for h in hits):
                continue
            noun = token.pos_ in ("NOUN", "PROPN")
            fitting = tuple(w for w in words if (w.kind == "noun") == noun) or words
            hits.append(
                StatusHit(
                    words=fitting, start=token.idx, end=token.idx + len(token.text), token=token.i
                )
            )
        return hits

    def _candidate(self, doc: Doc, evidence: Evidence, hits: list[StatusHit]) -> Candidate:
        span = doc.char_span(evidence.start, evidence.end, alignment_mode="expand")
        assert span is not None, "evidence lies inside its sentence"
        root = doc[_head_of(span)]
        ranked: list[StatusHit] = []
        for hit in hits:
            inside = hit.start < evidence.end and evidence.start < hit.end
            if inside and (
                evidence.pattern.self_status is not None
                or hit.end - hit.start <= evidence.end - evidence.start
            ):
                continue
            relation = relate(doc[hit.token], root)
            ranked.append(
                StatusHit(
                    words=hit.words,
                    start=hit.start,
                    end=hit.end,
                    token=hit.token,
                    relation=relation,
                    score=step_score(doc, hit, root, relation),
                )
            )
        ranked.sort(key=lambda h: -h.score)
        _let_the_verb_speak(ranked)
        _let_the_means_speak(doc, ranked)
        own = evidence.pattern.self_status
        best = ranked[0] if ranked else None
        if own is not None and (best is None or best.score < 0.8):
            anchor, start, end, status = root, evidence.start, evidence.end, own
            verb = next((t for t in span if t.pos_ in ("VERB", "AUX")), None)
            if verb is not None:
                anchor, start, end = verb, verb.idx, verb.idx + len(verb.text)
            best, rule = None, f"{evidence.pattern.pattern_id}/self"
        elif best is not None and best.score >= 0.3:
            anchor, start, end = doc[best.token], best.start, best.end
            status = best.words[0].status
            rule = (
                f"{evidence.pattern.pattern_id}/{status.value}.{best.words[0].kind}:{best.relation}"
            )
        else:
            anchor, start, end, status = root, evidence.start, evidence.end, EventStatus.ADOPTED
            best, rule = None, f"{evidence.pattern.pattern_id}/nominal"
        governors, auxiliaries = surroundings(anchor)
        return Candidate(
            evidence=evidence,
            root=root.i,
            hit=best,
            status=status,
            start=start,
            end=end,
            rule=rule,
            governors=governors,
            auxiliaries=auxiliaries,
            others=ranked[:4],
        )


def _head_of(span: Span) -> int:
    return span.root.i


# Steps of which the verb has the last word over a noun that names another ("suspend the
# implementation of"); with the rest the noun names the step ("announced the suspension").
_LAST_WORD = frozenset(
    {
        EventStatus.SUSPENDED,
        EventStatus.DELAYED,
        EventStatus.LIFTED,
        EventStatus.EXTENDED,
        EventStatus.AVERTED,
        EventStatus.REJECTED,
        EventStatus.REINSTATED,
    }
)


def _let_the_verb_speak(ranked: list[StatusHit]) -> None:
    """Put a verb that acts on the measure through nouns before the nouns it acts through."""
    if not ranked or ranked[0].words[0].kind != "noun":
        return
    for n, hit in enumerate(ranked):
        verb = hit.words[0].kind == "verb" and hit.words[0].status in _LAST_WORD
        if verb and hit.relation.startswith("through"):
            hit.score = max(hit.score, ranked[0].score)
            ranked.insert(0, ranked.pop(n))
            return


# Verbs that say that a measure changes and leave to "by ...ing" how.
_CHANGES = frozenset({"modify", "amend", "change", "adjust", "alter", "revise", "update"})


def _let_the_means_speak(doc: Doc, ranked: list[StatusHit]) -> None:
    """Put the step that says how before the verb that says only that: "modify it by suspending"."""
    for change in ranked:
        if change.score < 0.6 or change.words[0].base not in _CHANGES:
            continue
        means = {
            verb.i
            for by in doc[change.token].children
            if by.dep_ in ("prep", "agent") and by.lower_ == "by"
            for verb in by.children
            if verb.dep_ == "pcomp"
        }
        for n, hit in enumerate(ranked):
            if hit.token in means and hit.words[0].kind == "verb":
                hit.relation, hit.score = "means:by", max(change.score, ranked[0].score)
                ranked.insert(0, ranked.pop(n))
                return


@Language.component("policy_gazetteer", assigns=["doc.spans"])
def policy_gazetteer(doc: Doc) -> Doc:
    """Write known names to doc.spans["gazetteer"], labelled, with the code in span.kb_id_."""
    context = doc.user_data.get("sentence")
    spans = []
    for name in context.names if context is not None else ():
        span = doc.char_span(
            name.start, name.end, label=name.label, kb_id=name.code, alignment_mode="expand"
        )
        if span is not None:
            spans.append(span)
    doc.spans["gazetteer"] = spans
    return doc


@Language.factory("policy_events", requires=["token.dep", "token.pos"], assigns=["doc.spans"])
def _make_policy_events(nlp: Language, name: str) -> PolicyEventMatcher:
    return PolicyEventMatcher(load_lexicon())
