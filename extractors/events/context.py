"""What is known of a sentence before any model has read it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from spacy.tokens import Doc

from extractors.events.gazetteer import Name, load_gazetteer
from extractors.events.lexicon_data import Evidence
from extractors.text.casing import case_style, to_prose
from extractors.text.numbers import Quantity, find_quantities
from extractors.text.sentences import MAX_SENTENCE_CHARS
from models.event import TextUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceContext:
    """One sentence with the names, numbers and type evidence in it, and where it stands.

    `text` is as written; `parse_text` has the same length with capitals made plain. `field` is
    "title" or "body", `start` its offset there. `names` and `evidence` count from the sentence.
    """

    text: str
    parse_text: str
    style: str
    field: str
    start: int
    index: int
    headline: bool
    evidence: tuple[Evidence, ...]
    names: tuple[Name, ...]
    quantities: tuple[Quantity, ...]
    title: str
    context: str
    title_names: tuple[Name, ...]
    context_names: tuple[Name, ...]
    published: date | None
    publisher_country: str | None


def text_of(doc: Doc) -> str:
    """What a sentence's Doc was made of. `doc.text` joins its tokens anew each time."""
    context: SentenceContext = doc.user_data["sentence"]
    return context.parse_text


def build_context(
    unit: TextUnit,
    *,
    text: str,
    field: str,
    start: int,
    index: int,
    headline: bool,
    evidence: list[Evidence],
    before: str,
    publisher_country: str | None,
    is_common: Callable[[str], bool],
) -> SentenceContext:
    """Look up the names and numbers of one sentence of `unit`."""
    gazetteer = load_gazetteer()
    style = case_style(text)
    names = gazetteer.find(text, trust_case=style in ("prose", "title"))
    title = unit.title or "" if field == "body" else ""
    return SentenceContext(
        text=text,
        parse_text=to_prose(
            text, style, [(n.start, n.end) for n in names if n.label != "COMMODITY"], is_common
        ).replace("\n", " "),
        style=style,
        field=field,
        start=start,
        index=index,
        headline=headline,
        evidence=tuple(evidence),
        names=tuple(names),
        quantities=tuple(find_quantities(text)),
        title=title,
        context=before,
        title_names=_title_names(title[:MAX_SENTENCE_CHARS]),
        context_names=tuple(gazetteer.find(before)) if before else (),
        published=unit.published,
        publisher_country=publisher_country,
    )


@lru_cache(maxsize=256)
def _title_names(title: str) -> tuple[Name, ...]:
    """Names in a title, looked up once for all sentences of its article."""
    trust_case = case_style(title) in ("prose", "title")
    return tuple(load_gazetteer().find(title, trust_case=trust_case)) if title else ()
