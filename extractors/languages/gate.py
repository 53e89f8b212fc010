"""A translated gate: does a headline in another language likely tell a step, and of what type?

Words of a type, words of a step and words that say otherwise are data, a file a language in
stems/. A headline passes when it has one of the first two each and none of the third. It makes no
event: nobody has shown yet that it reads well enough (docs/LANGUAGES.md).
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from models.event import EventType

# A headline; what is longer is cut.
MOST_CHARACTERS = 300
LANGUAGES = ("de", "es", "fr", "ja", "pt", "zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelyStep:
    """What the words of a headline suggest: a type, by which words, and which words tell a step."""

    type: EventType
    type_words: str
    step_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stems:
    """The words of one language; types in order, the first that matches counts."""

    step: re.Pattern[str]
    veto: re.Pattern[str]
    types: tuple[tuple[EventType, re.Pattern[str]], ...]


@cache
def stems_of(language: str) -> Stems:
    """Return the words of a language of LANGUAGES."""
    source = resources.files("extractors.languages").joinpath("stems", f"{language}.toml")
    held = tomllib.loads(source.read_text(encoding="utf-8"))
    return Stems(
        step=compiled(held["step"]),
        veto=compiled(held["veto"]),
        types=tuple((EventType(each["name"]), compiled(each["match"])) for each in held["type"]),
    )


def compiled(expression: str) -> re.Pattern[str]:
    """An expression of a file; line ends in it are only for the eye."""
    return re.compile(expression.replace("\n", ""), re.IGNORECASE)


def likely_step(headline: str, language: str) -> LikelyStep | None:
    """Return what a headline in one of LANGUAGES suggests; None where it likely tells no step."""
    if language not in LANGUAGES:
        return None
    stems = stems_of(language)
    text = " ".join(headline[:MOST_CHARACTERS].split())
    step = stems.step.search(text)
    if step is None or stems.veto.search(text):
        return None
    for type_, pattern in stems.types:
        if found := pattern.search(text):
            return LikelyStep(type=type_, type_words=found[0], step_words=step[0])
    return None
