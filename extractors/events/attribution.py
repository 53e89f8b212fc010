"""Who says so: an official, a company, an analyst, a medium, an unnamed source or the author."""

import re
from dataclasses import dataclass

from spacy.tokens import Doc

from extractors.events.context import SentenceContext
from models.event import SourceType


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who says so, and the words that name them."""

    source_type: SourceType
    text: str | None


_SAYING = frozenset(
    {
        "say",
        "tell",
        "announce",
        "report",
        "state",
        "note",
        "add",
        "accord",
        "warn",
        "argue",
        "claim",
        "confirm",
        "write",
        "declare",
        "estimate",
    }
)
_UNNAMED = re.compile(
    (
        r"\b(?:people familiar|person familiar|sources?(?: familiar)?|officials? "
        r"who asked|on condition of anonymity|familiar with the (?:matter|plans"
        r"|talks))\b[^,.;]*"
    ),
    re.I,
)
_ANALYST = re.compile(
    r"\b(?:analysts?|economists?|strategists?|traders?|experts?)\b(?: at [A-Z][\w&. ]+)?"
)
_MEDIA = re.compile(
    r"\b(?:Reuters|Bloomberg|the (?:Wall Street Journal|Financial Times|New "
    r"York Times)|Xinhua|reportedly|media reports?|local media|newspaper)\b"
)
_COMPANY = re.compile(r"\b(?:the company|the firm|chief executive|CEO|spokes\w+ for the company)\b")
_OFFICIAL = re.compile(
    (
        r"\b(?:minister|ministry|secretary|president|official|officials|spokes\w+"
        r"|department|administration|representative|commissioner|commission|government"
        r"|statement|premier|chancellor|white house)\b"
    ),
    re.I,
)


def attribution_of(doc: Doc, context: SentenceContext, actors: set[str]) -> Attribution:
    """Who says so: an unnamed source, an analyst, an official, a medium, or the author."""
    m = _UNNAMED.search(context.text)
    if m is not None:
        return Attribution(source_type=SourceType.UNNAMED_SOURCE, text=m.group().strip())
    for token in doc:
        if token.lemma_.lower() not in _SAYING:
            continue
        subject = next((t for t in token.children if t.dep_ == "nsubj"), None)
        if subject is None:
            continue
        left, right = subject.left_edge, subject.right_edge
        text = context.text[left.idx : right.idx + len(right.text)][:120]
        codes = {
            n.code
            for n in context.names
            if n.label in ("COUNTRY", "AGENCY") and left.idx <= n.start <= right.idx
        }
        if _ANALYST.search(text):
            return Attribution(source_type=SourceType.ANALYST, text=text)
        if codes or _OFFICIAL.search(text):
            if not codes or codes & actors:
                kind = SourceType.OFFICIAL_ACTOR
            else:
                kind = (
                    SourceType.OFFICIAL_COUNTERPARTY
                    if len(codes) == 1
                    else SourceType.OFFICIAL_OTHER
                )
            return Attribution(source_type=kind, text=text)
        if _COMPANY.search(text) or any(
            n.label == "COMPANY" and left.idx <= n.start <= right.idx for n in context.names
        ):
            return Attribution(source_type=SourceType.COMPANY, text=text)
    m = _MEDIA.search(context.text)
    if m is not None and not context.text.startswith("("):
        return Attribution(source_type=SourceType.MEDIA, text=m.group())
    return Attribution(source_type=SourceType.AUTHOR, text=None)
