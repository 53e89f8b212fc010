"""Is a decoded text made of words, or is it what a wrong charset produces?"""

import re
import unicodedata
from itertools import pairwise
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+")
# Signs that occur between two letters only in misread bytes: "za¿ó³æ".
_WITHIN: Final = re.compile(
    "[^\\W\\d_][\u00a1-\u00aa\u00ac\u00ae-\u00b6\u00b8-\u00ba\u00bc-\u00bf×÷†‡‰€‹›™ˆ˜"
    "\u02d8-\u02dd\u2500-\u25ff][^\\W\\d_]"
)
_HALF_KANA: Final = re.compile("[\uff61-\uff9f]")
_CJK: Final = re.compile("[\u3400-\u9fff\uac00-\ud7a3]")
# "Espa鎙": one sign at the end of a lower-case word, or inside it.
_STRAY: Final = re.compile("[a-z]{2}[\u3400-\u9fff\uac00-\ud7a3\uff61-\uff9f]{1,2}[a-z]*$")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]")
_HANZI: Final = re.compile("[\u3400-\u9fff]")
_NONE: Final = re.compile("[\x80-\x9f\ue000-\uf8ff]")
_SAMPLE: Final = 2000
_BAD_AT_MOST: Final = 0.15


def plausible(text: str) -> bool:
    """Do the non-ASCII words look like words? True if there are none."""
    words = [w for w in _WORD.findall(text) if not w.isascii()][:_SAMPLE]
    if _NONE.search(text):
        return False
    bad = sum(not _like_a_word(word) for word in words) + len(_WITHIN.findall(text))
    half = len(_HALF_KANA.findall(text))
    beyond = sum(len(w) for w in words)
    # In koi8-r and Windows-1251, lower and upper case are swapped.
    others = [c for w in words for c in w if not c.isascii() and _script(c) != "LATIN"]
    if len(others) >= 20 and sum(map(str.isupper, others)) > sum(map(str.islower, others)):
        return False
    if half > 0.3 * beyond:
        return False
    return bad <= _BAD_AT_MOST * max(1, len(words)) and _usual_cjk(text)


def _like_a_word(word: str) -> bool:
    """One script, no capital after a small letter, not only accented letters."""
    scripts = {_script(c) for c in word}
    if len(scripts - {"CJK"}) > 1 and not scripts <= {
        "CJK",
        "HIRAGANA",
        "KATAKANA",
        "IDEOGRAPHIC",
        "LATIN",
    }:
        return False
    if _STRAY.search(word):
        return False
    if scripts == {"LATIN"} and _accented_in_a_row(word) >= 4:
        return False
    return not any(a.islower() and b.isupper() and not (a + b).isascii() for a, b in pairwise(word))


def _accented_in_a_row(word: str) -> int:
    longest = run = 0
    for character in word:
        run = 0 if character.isascii() else run + 1
        longest = max(longest, run)
    return longest


def _script(character: str) -> str:
    if character.isascii():
        return "LATIN"
    name = unicodedata.name(character, "?").partition(" ")[0].partition("-")[0]
    return {"HALFWIDTH": "KATAKANA", "FULLWIDTH": "LATIN", "KATAKANA": "KATAKANA"}.get(name, name)


def _usual_cjk(text: str) -> bool:
    """Chinese characters of the first level of GB 2312, Big5 or JIS; or Korean syllables."""
    signs = _CJK.findall(text)[:_SAMPLE]
    if len(signs) < 8:
        return True
    korean = sum(1 for s in signs if _HANGUL.match(s))
    hanzi = [s for s in signs if _HANZI.match(s)]
    if 0.15 * len(signs) < korean < 0.7 * len(signs):
        return False
    if not hanzi or korean >= 0.7 * len(signs):
        return True
    for codec, last in (("gb2312", 0xD7), ("big5", 0xC6), ("euc_jp", 0xCF)):
        usual = sum(1 for s in hanzi if b"\xa0" < s.encode(codec, "ignore")[:1] <= bytes((last,)))
        if usual > 0.85 * len(hanzi):
            return True
    return False
