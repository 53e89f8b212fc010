"""How closely a status word hangs together with a measure in the parse."""

from dataclasses import dataclass

from spacy.tokens import Doc, Token

from extractors.events.lexicon_data import StatusWord


@dataclass(slots=True, kw_only=True)
class StatusHit:
    """A status word or phrase in a sentence, with how it hangs together with the measure."""

    words: tuple[StatusWord, ...]
    start: int
    end: int
    token: int
    relation: str = ""
    score: float = 0.0


_RELATION_SCORE = {
    "child:dobj": 1.0,
    "child:nsubjpass": 1.0,
    "child:obj": 1.0,
    "child:nsubj": 0.85,
    "child:compound": 0.92,
    "child:amod": 0.85,
    "child:attr": 0.8,
    "child:oprd": 0.8,
    "child:poss": 0.8,
    "child:nmod": 0.85,
    "child:acl": 0.6,
    "child:advcl": 0.4,
    "child:npadvmod": 0.8,
    "child:ccomp": 0.6,
    "child:xcomp": 0.7,
    "child:appos": 0.6,
    "child:conj": 0.5,
    "child:dep": 0.5,
    "mod:amod": 0.8,
    "mod:acl": 0.85,
    "mod:relcl": 0.75,
    "through:dobj": 0.93,
    "through:nsubjpass": 0.93,
    "mod:compound": 0.9,
    "mod:nmod": 0.8,
    "mod:appos": 0.6,
    "mod:prep": 0.5,
    "mod:conj": 0.5,
}
_PREP_SCORE = {
    "of": 0.95,
    "on": 0.85,
    "in": 0.75,
    "to": 0.75,
    "for": 0.75,
    "from": 0.75,
    "with": 0.7,
    "against": 0.75,
    "into": 0.8,
    "over": 0.6,
    "under": 0.5,
    "by": 0.6,
    "through": 0.5,
}
_WEAK_VERBS = frozenset(
    {
        "say",
        "have",
        "want",
        "expect",
        "hit",
        "face",
        "lead",
        "hold",
        "list",
        "fund",
        "back",
        "respond",
        "file",
        "find",
        "rule",
        "start",
        "begin",
        "bring",
        "include",
        "take",
        "give",
        "offer",
        "provide",
        "progress",
        "study",
        "stage",
        "round",
        "wave",
        "complete",
        "decision",
        "buy",
        "sell",
        "release",
        "open",
        "place",
        "receive",
        "win",
        "continue",
        "target",
        "keep",
        "set",
        "put",
        "seek",
        "apply",
        "require",
        "add",
        "agreement",
        "deal",
        "pact",
        "order",
        "contract",
    }
)


def step_score(doc: Doc, hit: StatusHit, root: Token, relation: str) -> float:
    token = doc[hit.token]
    kind, _, rest = relation.partition(":")
    if relation in _RELATION_SCORE:
        score = _RELATION_SCORE[relation]
    elif kind == "prep":
        score = _PREP_SCORE.get(rest, 0.6)
    elif kind == "down":
        score = 0.75 - 0.12 * int(rest)
    elif kind == "up":
        score = 0.62 - 0.12 * int(rest)
    elif kind in ("child", "mod"):
        score = 0.55
    else:
        score = 0.25
    score -= min(0.2, 0.012 * max(0, abs(token.i - root.i) - 2))
    word = hit.words[0]
    if word.kind == "phrase":
        score += 0.1
    elif (word.kind == "noun") != (token.pos_ in ("NOUN", "PROPN")) and word.kind == "verb":
        score -= 0.3
    if word.base in _WEAK_VERBS:
        score -= 0.15
    return score
