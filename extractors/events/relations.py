"""How words hang together in a parse: a step with its measure, and what stands above a step."""

from spacy.tokens import Token

from extractors.events.lexicon_data import lower

_CLAUSE_DEPS = frozenset(
    {"xcomp", "ccomp", "advcl", "acl", "pcomp", "conj", "relcl", "prep", "pobj", "dobj", "amod"}
)


def relate(step: Token, measure: Token) -> str:
    """How a status word and a measure noun hang together in the parse, as a short label."""
    if step.i == measure.i:
        return "same"
    t, s = _first_conjunct(measure), _first_conjunct(step)
    # A verb that has an object of its own does not share that of the verb it is joined to.
    shared = (
        s
        if s.i == step.i or not any(c.dep_ in ("dobj", "nsubjpass") for c in step.children)
        else step
    )
    for a, b in ((step, measure), (step, t), (shared, t)):
        if b.head.i == a.i and b.i != a.i:
            return f"child:{b.dep_}"
        if b.dep_ in ("pobj", "pcomp") and b.head.head.i == a.i:
            return f"prep:{lower(b.head.text)}"
        if (
            b.dep_ == "pobj"
            and b.head.dep_ == "prep"
            and b.head.head.dep_ == "prep"
            and b.head.head.head.i == a.i
        ):
            return f"prep:{lower(b.head.text)}"
        if a.head.i == b.i and a.i != b.i:
            return f"mod:{a.dep_}"
    at = acted_on(t)
    if at.i != t.i and at.head.i == step.i and at.dep_ in ("dobj", "nsubjpass"):
        return f"through:{at.dep_}"
    for depth, ancestor in enumerate(measure.ancestors, 1):
        if ancestor.i == step.i:
            return f"down:{min(depth, 5)}"
    for depth, ancestor in enumerate(step.ancestors, 1):
        if ancestor.i == measure.i:
            return f"up:{min(depth, 4)}"
    return "far"


def acted_on(measure: Token) -> Token:
    """The noun that stands for a measure where a verb acts: the measure itself or one above it.

    "All of the tariffs", "the application of the duty", "the actions taken under the Section 301
    investigation": a participle only names the measure while another verb acts on it (ruling 9).
    """
    at = measure
    for _ in range(8):
        if at.dep_ in ("compound", "amod", "nmod", "acl") and at.head.i != at.i:
            at = at.head
        elif at.dep_ == "pobj" and lower(at.head.text) == "of":
            at = _first_conjunct(at.head.head)
        elif at.dep_ in ("dobj", "oprd") and at.head.dep_ == "acl":
            at = at.head
        elif at.dep_ == "pobj" and at.head.head.dep_ == "acl":
            at = at.head.head
        else:
            break
    return at


def _first_conjunct(token: Token) -> Token:
    seen = 0
    while token.dep_ == "conj" and seen < 12:
        token, seen = token.head, seen + 1
    return token


def surroundings(token: Token) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words above a step (nearest first, at most four) and its own auxiliaries and negations."""
    governors: list[str] = []
    at = token
    while len(governors) < 4 and at.dep_ in _CLAUSE_DEPS and at.head.i != at.i:
        at = at.head
        governors.append(at.lemma_.lower())
    aux = [
        lower(child.text)
        for child in token.children
        if child.dep_ in ("aux", "auxpass", "neg", "mark", "prt")
        or child.lower_ in ("not", "never", "no")
    ]
    if token.dep_ == "pobj" or token.pos_ == "NOUN":
        aux += [lower(c.text) for c in token.children if c.dep_ == "det" and c.lower_ == "no"]
    return tuple(governors), tuple(aux)
