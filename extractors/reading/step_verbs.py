"""The verbs of a sentence that carry its steps, and whose objects a span of it is."""

from spacy.tokens import Doc

from extractors.reading.readings import SURE_STEP, ReadEvent, Reading

_CLAUSES = frozenset({"ROOT", "conj", "advcl", "ccomp", "parataxis"})


def step_verbs(doc: Doc, event: ReadEvent) -> dict[int, bool]:
    """The verbs of the parse that carry the steps of a sentence; True for that of `event`."""
    reading: Reading = doc.user_data["reading"]
    found: dict[int, bool] = {}
    for other in sorted(reading.events, key=lambda e: e is event):
        span = doc.char_span(other.start, other.end, alignment_mode="expand")
        if span is None or span.root.dep_ not in _CLAUSES:
            continue
        if other is event or other.chance >= SURE_STEP:
            found[span.root.i] = other is event
    return found


def is_object_of_another(start: int, end: int, doc: Doc, steps: dict[int, bool]) -> bool:
    """Does a span of the sentence hang under the object of another step's verb?"""
    span = doc.char_span(start, end, alignment_mode="expand")
    if len(steps) < 2 or span is None:
        return False
    token, under = span.root, ""
    while token.i not in steps:
        if token.head.i == token.i:
            return False
        token, under = token.head, token.dep_
    # "Will buy and store rare earths": the object is that of both.
    mine = [doc[i] for i, own in steps.items() if own and doc[i].i == token.head.i]
    shared = token.dep_ == "conj" and any(
        all(child.dep_ != "dobj" for child in verb.children) for verb in mine
    )
    return under == "dobj" and not steps[token.i] and not shared
