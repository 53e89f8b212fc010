"""The language of a text: detected if the text is long enough, else as declared."""

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNDECIDED = "?"
_ENOUGH_CHARACTERS = 120
_SURE = 0.8
_SAMPLE = 1000


@cache
def language_words() -> dict[str, frozenset[str]]:
    """Return the short words of lexicon/languages.toml, by list name."""
    source = resources.files("extractors.events.lexicon").joinpath("languages.toml")
    lists = tomllib.loads(source.read_text(encoding="utf-8"))
    return {name: frozenset(words.split()) for name, words in lists.items()}


def _plainly_english(text: str) -> bool:
    # Costs a thirtieth of the model, and most texts are English.
    words = text.lower().split()
    known = language_words()["only_english"]
    common = [word for word in words if word in known]
    if len(common) < max(5, len(words) // 8):
        return False
    return len(set(common)) >= (4 if "the" in common else 6)


@cache
def _identifier() -> "LanguageIdentifier":
    # Loading takes almost a second: once per process, and only if a text needs it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def primary(tag: str | None) -> str | None:
    """Return the ISO 639-1 code of a language tag ("en-US" gives "en"); None if it has none."""
    code = (tag or "").strip().replace("_", "-").partition("-")[0].lower()
    return code if 2 <= len(code) <= 3 and code.isalpha() and code.isascii() else None


def language_of(text: str, *, declared: str | None) -> str | None:
    """Return the ISO 639-1 code of the text's language; None if neither declared nor clear.

    Only a longer text clearly in another language overrides a declaration: many feeds declare
    "en-US" because that is their software's default.
    """
    seen = language_at_sight(text, declared=declared)
    if seen != UNDECIDED:
        return seen
    found, probability = _identifier().classify(text[:_SAMPLE])
    return str(found) if probability >= _SURE else primary(declared)


def language_at_sight(text: str, *, declared: str | None) -> str | None:
    """Return what `language_of` returns without the model; UNDECIDED if the model is needed."""
    declared_code = primary(declared)
    sample = text[:_SAMPLE]
    if (declared_code and len(sample) < _ENOUGH_CHARACTERS) or not sample.strip():
        return declared_code
    return "en" if _plainly_english(sample) else UNDECIDED
