"""Signs in the words around a trigger that they tell news, look back or look ahead.

No sign decides: they are features whose weights the document model learns.
"""

import re
from datetime import date, timedelta

from extractors.linking.days import PAST_DAYS, days_of
from models.event import EventMention

_NEWS = timedelta(days=PAST_DAYS)
_NEAR, _CLAUSE = 30, 70
_TODAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|yesterday|tonight"
    r"|this (?:morning|week))\b",
    re.I,
)
_EARLIER = re.compile(
    r"\b(?:ago|earlier|already|previous(?:ly)?|former(?:ly)?|original(?:ly)?|first term|so far"
    r"|last (?:year|month|week|spring|summer|autumn|fall|winter|january|february|march|april|may"
    r"|june|july|august|september|october|november|december))\b",
    re.I,
)
_HAD = re.compile(r"\bhad\b|\bwas\b|\bwere\b", re.I)
_PERFECT = re.compile(r"\b(?:has|have|having)\b|'ve\b", re.I)
_AHEAD = re.compile(r"\b(?:will|shall|to|would|plans?|ready)\b", re.I)
# Words that open a clause which tells what else is so; after these and the others a noun is named
# in passing.
_OPENS = "after|since|following|despite|amid|because|when|while|which|who"
_LOOSE = re.compile(rf"\b(?:{_OPENS})\b", re.I)
_UNDER = re.compile(
    rf"\b(?:{_OPENS}|as|if|that|whose|where|under|over|against|of|on|from|by)\b[^,;:.]*$", re.I
)
_AIMS = re.compile(
    r"\b(?:commit\w*|intend\w*|aim\w*|seek\w*|pledg\w*|reaffirm\w*|welcom\w*|support\w*|discuss\w*"
    r"|explor\w*|work(?:ing)? (?:together|toward\w*|with)|agreed to (?:work|discuss|explore)"
    r"|encourag\w*|strengthen\w*|priorit\w*)\b",
    re.I,
)
_FIRST_PERSON = re.compile(r"\b(?:I|[Ww]e|[Oo]ur|[Mm]y)\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def tense_features(e: EventMention, published: date | None) -> dict[str, float]:
    """What the words of a sentence say of the time of a mention's step, each 1 or 0.

    `published`: the day of the document; without it no date is old or new.
    """
    before = e.sentence[: max(0, e.start - e.sentence_start)]
    near, clause = before[-_NEAR:], before[-_CLAUSE:]
    found = {
        "today": _TODAY.search(e.sentence),
        "earlier": _EARLIER.search(e.sentence),
        "had": _HAD.search(near),
        "perfect": _PERFECT.search(near),
        "ahead": _AHEAD.search(near),
        "under": _UNDER.search(clause),
        "loose clause": _LOOSE.search(clause),
        "aims": _AIMS.search(e.sentence),
        "first person": _FIRST_PERSON.search(e.sentence),
    }
    return {**{name: float(bool(sign)) for name, sign in found.items()}, **_dated(e, published)}


def _dated(e: EventMention, published: date | None) -> dict[str, float]:
    """Whether the dates of a mention and the years of its sentence are old, of the day or ahead."""
    if published is None:
        return {}
    days = [span[0] for d in e.dates if (span := days_of(d.date))]
    years = [int(year) for year in _YEAR.findall(e.sentence)]
    return {
        "dated before": float(any(day < published - _NEWS for day in days)),
        "dated now": float(any(abs(day - published) <= _NEWS for day in days)),
        "dated ahead": float(any(day > published + _NEWS for day in days)),
        "old year": float(any(year < published.year for year in years)),
    }
