"""The goods and firms of an event, as the encoder reads them."""

import re

from spacy.tokens import Doc

from extractors.events.context import SentenceContext
from extractors.reading.in_passing import is_reason, is_spared
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
        and not is_reason(doc, span[0], span[1], kind, (event.start, event.end))
        and not is_spared(doc, span[0], span[1], kind, (event.start, event.end))
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
