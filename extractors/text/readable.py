"""Blanks the noise in a text, with offsets kept, or gives the reason to refuse the text."""

import html
import re
import zlib

from extractors.text.language import language_words
from models.event import TextUnit

MAX_CHARS = 2_000_000
# Compression ratios: prose shrinks to a third or a quarter, a list of tariff lines to a tenth. A
# text that shrinks more repeats itself, and a parser would work on it for hours.
MOST_SHRINKING = 40
REPEATED = "not prose: the same words over and over"
_LONG = 20_000
_SAMPLE = 4000
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd]"
)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]{0,500})?/?>")
# Start and end of parts that a page does not display.
_UNSEEN = re.compile(r"<(script|style)\b[^<>]{0,500}>|</(script|style)\s*>|<!--|-->", re.I)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}\d?);")
_FOREIGN = re.compile(
    r"[\u0400-\u04ff\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]"
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_WORD = re.compile(r"[a-zà-ÿ]+")
_FEW_WORDS, _MANY_WORDS = 5, 40
# Prose has one such character in thirty at most, program code and JSON one in eight.
_CODE = re.compile(r"[(){}\[\]=_;\\]")
_MOST_CODE = 0.12


def encodable(text: str) -> str:
    """Return `text` with U+FFFD for each lone surrogate: JSON can hold those, UTF-8 cannot."""
    return _SURROGATE.sub("\ufffd", text)


def clean(text: str) -> str:
    """Return `text` with control characters and mark-up blanked; same length, same offsets."""
    text = _CONTROL.sub(" ", text)
    if "<" in text and ">" in text:
        text = _TAG.sub(_blank, without_unseen(text))
    if "&" in text and ";" in text:
        text = _ENTITY.sub(_character, text)
    return text


def without_unseen(text: str) -> str:
    """Return `text` with scripts, styles and comments blanked, in one pass; unclosed ones stay."""
    parts: list[str] = []
    done, start, waits_for = 0, 0, ""
    for mark in _UNSEEN.finditer(text):
        opened, closed = (mark[1] or "").lower(), (mark[2] or "").lower()
        if not waits_for and (opened or mark[0] == "<!--"):
            start, waits_for = mark.start(), opened or "-->"
        elif waits_for and waits_for == (closed or mark[0]):
            parts += text[done:start], " " * (mark.end() - start)
            done, waits_for = mark.end(), ""
    return "".join((*parts, text[done:]))


def _blank(found: re.Match[str]) -> str:
    return " " * len(found.group())


def _character(found: re.Match[str]) -> str:
    """Return an entity's character, padded with blanks; the entity itself if it is unknown."""
    plain = html.unescape(found.group())
    if len(plain) != 1 or plain == "&" or not plain.isprintable():
        plain = "&" if plain == "&" else " " if len(plain) == 1 else plain
    return plain.rjust(len(found.group()))


def reject_reason(unit: TextUnit) -> str | None:
    """Return why a text is refused, or None: empty, too long, not prose, or in another language."""
    text = unit.text
    if not text.strip() and not (unit.kind == "article" and (unit.title or "").strip()):
        return "empty text"
    if len(text) > MAX_CHARS:
        return f"text too long: {len(text):,} characters, at most {MAX_CHARS:,}"
    sample = text[:_SAMPLE]
    if len(_CONTROL.findall(sample)) > max(20, len(sample) // 10):
        return "not text: control characters"
    if unit.language and not unit.language.lower().startswith("en"):
        return f"language {unit.language!r} is not read"
    if len(text) > _LONG:
        raw = text.encode()
        if len(raw) > MOST_SHRINKING * len(zlib.compress(raw, 1)):
            return REPEATED
    words = _WORD.findall(sample.lower())
    if len(words) >= _MANY_WORDS and len(words) > 10 * len(set(words)):
        return REPEATED
    if len(_CODE.findall(sample)) > _MOST_CODE * len(sample):
        return "not prose: program code or data"
    return foreign_reason(sample, words)


def foreign_reason(sample: str, words: list[str]) -> str | None:
    """Return why the script or the short words show a foreign text, or None."""
    foreign, latin = len(_FOREIGN.findall(sample)), len(_LATIN.findall(sample))
    if foreign > 20 and foreign > latin:
        return "script is not Latin"
    known = language_words()
    english = sum(w in known["english"] for w in words)
    others = [w for w in words if w in known["others"]]
    if len(words) >= _MANY_WORDS:
        foreign_words = english * 20 < len(words) and len(others) > 2 * english
    else:
        # A headline has few short words: two of another language and no English one are enough.
        foreign_words = (
            len(words) >= _FEW_WORDS
            and not english
            and len(set(others)) >= 2
            and len(others) * 4 >= len(words)
        )
    return "language is not English" if foreign_words else None
