"""Which language a text is in: measured where it is long enough, else as declared."""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_ENOUGH_CHARACTERS = 120
_SURE = 0.8
_SAMPLE = 2000


@cache
def _identifier() -> LanguageIdentifier:
    # Loading takes most of a second: once per process, and only where a text asks for it.
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def primary(tag: str | None) -> str | None:
    """The ISO 639-1 code of a language tag ("en-US" gives "en"), or None if it is none."""
    code = (tag or "").strip().replace("_", "-").partition("-")[0].lower()
    return code if 2 <= len(code) <= 3 and code.isalpha() and code.isascii() else None


def language_of(text: str, *, declared: str | None) -> str | None:
    """ISO 639-1 code of the text's language; None when it is neither told nor clear.

    A declaration is doubted only by a longer text that clearly speaks another language: many
    feeds declare "en-US" because their software does.
    """
    told = primary(declared)
    sample = text[:_SAMPLE]
    if told and len(sample) < _ENOUGH_CHARACTERS:
        return told
    if not sample.strip():
        return told
    found, probability = _identifier().classify(sample)
    if probability >= _SURE:
        return str(found)
    return told
