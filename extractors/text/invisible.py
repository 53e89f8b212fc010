"""Invisible characters that keep words from matching: one table for every reader of text.

A soft hyphen inside "suspends" or a no-break hyphen in "export-control" keeps a word from matching;
direction overrides make a line look different from what is stored. `PLAIN` maps each to nothing,
a space or a hyphen. `visible` applies it where text enters; code that must keep offsets maps
characters by `PLAIN`. Sources: the Unicode Character Database, 17.0 (general categories Cc, Cf,
Zs, Zl, Zp; property Default_Ignorable_Code_Point); for U+0080 to U+009F the table of the HTML
standard, 13.2.5.80, which reads them as Windows-1252 characters.
"""

import re
from typing import Final

# Soft hyphen, grapheme joiner, fillers, zero-width space and joiners, direction marks and
# overrides, word joiner, invisible operators, byte order mark, annotation marks.
_NOTHING: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069"
    "\u206a\u206b\u206c\u206d\u206e\u206f\u3164\ufeff\uffa0\ufff9\ufffa\ufffb"
)
_SPACE: Final = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
    "\u3000"
)
_HYPHEN: Final = "\u2010\u2011"
_CONTROL: Final = "".join(chr(c) for c in (*range(9), 11, 12, *range(14, 32), 127))
_WINDOWS: Final = {
    n: bytes((n,)).decode("cp1252", "replace").replace("\ufffd", "") for n in range(0x80, 0xA0)
}
_NOT_TEXT: Final = "\ufffe\uffff"

PLAIN: Final[dict[int, str]] = {
    **dict.fromkeys(map(ord, _NOTHING + _CONTROL + _NOT_TEXT), ""),
    **dict.fromkeys(range(0xD800, 0xE000), ""),  # lone surrogates: not valid in UTF-8
    **dict.fromkeys(range(0xE0000, 0xE0080), ""),  # tag characters
    **dict.fromkeys(map(ord, _SPACE), " "),
    **dict.fromkeys(map(ord, _HYPHEN), "-"),
    **_WINDOWS,
    0x2028: "\n",
    0x2029: "\n\n",
}
# Scripts that need joiners, and emoji made with them.
_JOINING: Final = "\u0600-\u08ff\u0900-\u1aff\ua8e0-\ua8ff\ufb50-\ufdff\ufe70-\ufefe"
_EMOJI: Final = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_WANTS_JOINER: Final = re.compile(f"[{_JOINING}{_EMOJI}]")
_ODD: Final = re.compile("[" + "".join(re.escape(chr(c)) for c in PLAIN) + "]")


def visible(text: str) -> str:
    """Return the text as a reader sees it: nothing invisible, ordinary spaces and hyphens.

    Joiners stay in scripts that need them. Line breaks and tabs stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return _ODD.sub(_plain, text)


def _plain(found: re.Match[str]) -> str:
    character = found.group()
    if character in "\u200c\u200d":
        text, at = found.string, found.start()
        if _WANTS_JOINER.match(text[at - 1 : at]) and _WANTS_JOINER.match(text[at + 1 : at + 2]):
            return character
    return PLAIN[ord(character)]
