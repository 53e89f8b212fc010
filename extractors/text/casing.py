"""Rewrites headlines in capitals, Title Case or lower case so that the parser can read them.

Only the case changes, never the length, so offsets stay valid.
"""

import re
from collections.abc import Callable, Iterable

_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_ACRONYMS = frozenset(
    [
        "us",
        "uk",
        "eu",
        "un",
        "usa",
        "ec",
        "ussr",
        "uae",
        "wto",
        "gatt",
        "ico",
        "opec",
        "imf",
        "usda",
        "dod",
        "doe",
        "ceo",
        "ipo",
        "gdp",
        "lng",
        "ev",
        "evs",
        "ai",
        "fda",
        "sec",
        "nafta",
        "usmca",
        "fta",
    ]
)


def case_style(text: str) -> str:
    """Return `prose`, `upper`, `title` or `lower`: how a text uses capitals."""
    letters = [c for c in text if c.isalpha()]
    if len(letters) < 8:
        return "prose"
    upper = sum(c.isupper() for c in letters) / len(letters)
    if upper > 0.7:
        return "upper"
    words = [w for w in _WORD.findall(text) if len(w) > 3]
    if upper == 0.0:
        return "lower"
    if len(words) >= 3 and sum(w[0].isupper() for w in words) / len(words) >= 0.75:
        return "title"
    return "prose"


def to_prose(
    text: str, style: str, names: Iterable[tuple[int, int]], is_common: Callable[[str], bool]
) -> str:
    """Return `text` with capitals only on names, known acronyms and the first letter.

    `names` are spans that keep or get a capital; `is_common` recognises dictionary words.
    """
    if style == "prose":
        return text
    chars = list(text)
    spans = list(names)
    for m in _WORD.finditer(text):
        word = m.group()
        inside = any(a <= m.start() < b for a, b in spans)
        if inside:
            if style in ("upper", "lower"):
                new = (
                    word.upper()
                    if word.lower() in _ACRONYMS
                    else word[0].upper() + word[1:].lower()
                )
            else:
                new = word
            if word.lower() in _ACRONYMS:
                new = word.upper()
        elif style == "title":
            keep = word.isupper() and len(word) > 1
            new = word if keep or not is_common(word.lower()) else word.lower()
        elif style == "upper":
            new = word.lower()
        else:
            new = word
        if len(new) == len(word):
            chars[m.start() : m.end()] = new
    for i, c in enumerate(chars):
        if c.isalpha():
            chars[i] = c.upper() if len(c.upper()) == 1 else c
            break
    return "".join(chars)
