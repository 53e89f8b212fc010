"""A parsed sentence as lines of text, a phrase each."""

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from extractors.events.context import SentenceContext
from extractors.events.policy_events import Candidate
from extractors.explaining.explanation import Branch

_OPENED = frozenset(
    {"ROOT", "ccomp", "xcomp", "advcl", "acl", "relcl", "conj", "pcomp", "parataxis"}
)


def branches(doc: Doc, context: SentenceContext, candidates: list[Candidate]) -> Iterator[Branch]:
    """The parse, a line a phrase: verbs are opened, and what leads to the evidence."""
    opened = {t.i for t in doc if t.pos_ in ("VERB", "AUX") and t.dep_ in _OPENED}
    for c in candidates:
        for at in (c.root, *(h.token for h in ([c.hit] if c.hit is not None else []))):
            opened.update(t.i for t in (doc[at], *doc[at].ancestors))
    for sent in doc.sents:
        yield from branch(sent.root, context, opened, 0)


def branch(
    token: Token, context: SentenceContext, opened: set[int], depth: int
) -> Iterator[Branch]:
    """A word that is opened as itself, its dependents below it; any other as its whole phrase."""
    word = context.text[token.idx : token.idx + len(token.text)]
    if token.i not in opened:
        left, right = token.left_edge, token.right_edge
        before = context.text[left.idx : token.idx]
        after = context.text[token.idx + len(token.text) : right.idx + len(right.text)]
        text = " ".join(f"{before}[{word}]{after}".split())
        yield Branch(depth=depth, relation=token.dep_, text=text, tag=token.tag_)
        return
    # What hangs under a full stop ("No. 61" read as two sentences) is shown all the same.
    below = [t for t in token.children if [*t.children] or not (t.is_space or t.is_punct)]
    small = [t for t in below if t.i not in opened and not [*t.children] and t.i < token.i]
    lead = [t for t in small if t.dep_ in ("aux", "auxpass", "neg", "det", "compound", "amod")]
    text = " ".join((*(context.text[t.idx : t.idx + len(t.text)] for t in lead), f"[{word}]"))
    yield Branch(depth=depth, relation=token.dep_, text=text, tag=token.tag_)
    for child in below:
        if child not in lead:
            yield from branch(child, context, opened, depth + 1)
