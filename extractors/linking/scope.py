"""What a report's words say of its measure beyond goods and act: its reach and its subject.

Two tariffs on all goods of all countries are two measures where one is about forced labour and
the other about trade deficits; "60 trading partners, among them Manila" is no tariff on Manila.
"""

import re
from functools import cache

from models.jurisdiction import origin_words

ALL_COUNTRIES = re.compile(
    r"\b(?:all|most|many|every|dozens of|scores of|(?:more than|over|nearly|about|some|around)? ?"
    r"(?:[1-9]\d{1,2}|sixty|eighty|ninety))\s+(?:other\s+|more\s+|foreign\s+)?"
    r"(?:countr(?:y|ies)|nations|economies|trading partners|jurisdictions)\b"
    r"|\b(?:global|worldwide|universal|across-the-board|sweeping)\b[^.;,]{0,25}"
    r"\b(?:tariffs?|duty|duties|levy|levies)\b"
    r"|\b(?:tariffs?|duties|levies) (?:on|against)"
    r" (?:the (?:whole |rest of the )?world|everyone)\b",
    re.I,
)
SUBJECTS = (
    (
        "de_minimis",
        re.compile(r"\bde minimis\b|\blow-value (?:imports?|parcels?|shipments?)\b", re.I),
    ),
    ("drugs_trade", re.compile(r"\bfentanyl\b|\bopioids?\b|\billicit drugs?\b", re.I)),
    ("forced_labour", re.compile(r"\bforced[- ]labou?r\b", re.I)),
    ("digital_tax", re.compile(r"\bdigital (?:services? )?tax(?:es)?\b", re.I)),
    ("critical_minerals", re.compile(r"\bcritical[- ]minerals?\b", re.I)),
)
SPARED = re.compile(
    r"\b(?:shall|will|do(?:es)?|would|should) (?:not|no longer) (?:apply to|be subject to)\b"
    r"|\bexempt(?:s|ed|ion|ions|ing)?\b|\bexcepted from\b|\bexclu(?:ded|sions?) from\b",
    re.I,
)
# "A duty on Peru, sparing tin", not "a plea to spare tin from the duty".
ANOTHER_ROUND = re.compile(
    r"\b(?:more|another|additional|further|fresh|second|third|latest|new round of|next round of)"
    r"(?: \w+){0,3}? (?:round|tranche|package|batch|sanctions|designations)\b",
    re.I,
)
ANOTHER = re.compile(
    r"\b(?:new(?:er|est)?|temporary|second|third|another|latest|remaining)\b[^.;,]{0,25}"
    r"\b(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|surcharge|round)\b"
    r"|\b(?:tariffs?|duties|levies) again\b",
    re.I,
)


def tells_of_another(sentence: str) -> bool:
    """Does the sentence set a measure apart from the one that stood before it?"""
    return bool(ANOTHER.search(sentence))


def another_round(sentence: str) -> bool:
    """Does the sentence say that there were such sanctions before?"""
    return bool(ANOTHER_ROUND.search(sentence))


def spares(sentence: str) -> bool:
    """Does the sentence say what a measure leaves out, rather than what it is against?"""
    return bool(SPARED.search(sentence))


def reaches_all(sentence: str) -> bool:
    """Does the sentence say that the measure is against all countries, or very many?"""
    return bool(ALL_COUNTRIES.search(sentence))


def subjects_of(sentence: str) -> frozenset[str]:
    """Return what the measure is about: by a short list of words, or whose oil it is about."""
    named = {name for name, words in SUBJECTS if words.search(sentence)}
    return frozenset(named | {f"oil_{origin_words()[m[1]]}" for m in _oil().finditer(sentence)})


@cache
def _oil() -> re.Pattern[str]:
    origins = "|".join(sorted(map(re.escape, origin_words()), key=lambda word: (-len(word), word)))
    return re.compile(
        rf"(?<![\w.])({origins})(?:['’]s)? (?:crude |seaborne )?(?:oil|crude|energy)\b"
    )
