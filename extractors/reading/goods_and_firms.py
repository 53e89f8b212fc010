"""The goods and firms of an event, as the encoder reads them."""

import re

from spacy.tokens import Doc

from extractors.events.context import SentenceContext, text_of
from extractors.reading.in_passing import is_of_occasion, is_reason, is_spared
from extractors.reading.readings import ReadEvent, Reading
from extractors.reading.step_verbs import is_object_of_another, step_verbs
from models.event import EventType


def read_products(
    doc: Doc, context: SentenceContext, reading: Reading, event: ReadEvent, kind: EventType
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(product words, commodity ids) of an event; those of another step of the sentence are not."""
    steps = step_verbs(doc, event)
    spans = [
        span
        for span in reading.spans(event, "product")
        if not is_object_of_another(span[0], span[1], doc, steps)
        and not _is_of_noun_before(span[0], doc, event)
        and not is_reason(doc, span[0], span[1], kind, (event.start, event.end))
        and not is_spared(context.text, span[0], kind)
        and not is_of_occasion(doc, span[0], span[1], kind, (event.start, event.end))
    ]
    ids = [
        name.code
        for start, end, _ in spans
        for name in context.names
        if name.label == "COMMODITY" and name.start < end and start < name.end
    ]
    texts = (context.text[start:end] for start, end, _ in spans)
    return tuple(dict.fromkeys(texts)), tuple(dict.fromkeys(ids))


def read_companies(context: SentenceContext, reading: Reading, event: ReadEvent) -> tuple[str, ...]:
    """The firms that are party to an event."""
    spans = [s for s in reading.spans(event, "company") if not _is_seat(context.text, s[0], s[1])]
    return tuple(dict.fromkeys(context.text[start:end] for start, end, _ in spans))


def _is_of_noun_before(start: int, doc: Doc, event: ReadEvent) -> bool:
    """Are goods those of the first of two measures: LNG in "duties on LNG and curbs on metals"?"""
    span = doc.char_span(event.start, event.end, alignment_mode="expand")
    if span is None or span.root.pos_ != "NOUN" or span.root.dep_ != "conj" or start > event.start:
        return False
    own = any(c.dep_ == "prep" and c.lower_ == "on" for c in span.root.children)
    return own and ";" not in text_of(doc)[start : event.start]


_WHERE = re.compile(
    r"\b(?:plant|refinery|mine|smelter|factory|site|project|port|works?|mill|deposit|company|firm"
    r"|operations?) (?:in|at|near) (?:[A-Z]\w+, )*$"
)
_THE = re.compile(r"(?:\bthe|['’]s) $", re.I)
_OF_FIRM = re.compile(
    r" (?:plant|refinery|mine|smelter|factory|site|project|works|mill|deposit|company|firm|miner"
    r"|maker|producer|developer)\b"
)


def _is_seat(text: str, start: int, end: int) -> bool:
    """Is a name that of where a firm is or works: "the Reno company", "the plant in Kwinana"?"""
    before = text[:start]
    described = _THE.search(before) is not None and _OF_FIRM.match(text, end) is not None
    return described or _WHERE.search(before) is not None
