"""Words for the gaps of templates: states, goods, firms, rates, amounts and dates."""

import random
import re
from datetime import date, timedelta
from functools import cache
from typing import Any

from extractors.events.gazetteer import read_reference

# States that a running sentence calls "the ...", and those that headlines shorten.
_THE = {"US", "EU", "GB", "NL", "PH", "MV", "BS", "GM", "AE", "CF", "DO", "CG", "KY", "SB", "SU"}
_THE |= {"CC", "CK", "FK", "FO", "HM", "IM", "IO", "MH", "MP", "SC", "TC", "TF", "UM", "VG", "VI"}
_THE |= {"AX", "KM", "VA"}
_SHORT = {"US": "US", "GB": "UK", "EU": "EU", "AE": "UAE"}
# Where the first demonym of the table is no adjective.
_ADJECTIVES = {"NZ": "New Zealand", "HK": "Hong Kong", "LI": "Liechtenstein", "LU": "Luxembourg"}
_ADJECTIVES |= {"CK": "Cook Islands", "VG": "British Virgin Islands"}
_BODIES = ("government", "cabinet", "trade ministry", "commerce ministry", "finance ministry")
_COURTS = ("supreme court", "top court", "trade tribunal", "constitutional court")
# Goods of news that the table of commodities lacks.
_MORE_GOODS = "cement|honey|onions|garlic|tea|cashews|olive oil|glass|paper|tyres|sesame|lentils"
_NO_GOODS = {"goods from", "all goods", "all imports", "most imports", "de minimis", "spirits"}
_NO_GOODS |= {"lead", "crude", "small packages", "ceria", "computers", "moly", "sintered magnets"}
_FIRST = "Arden|Norvik|Helio|Brightwater|Kestrel|Tamsin|Orlen Bay|Quill|Sabre|Tolva|Mirabel|Zenko"
_SECOND = "Metals|Mining|Chemicals|Resources|Energy|Steel|Semiconductor|Shipping|Foods|Lithium"
_LENGTHS = ("90 days", "six months", "a year", "two years", "30 days", "three months", "180 days")
_PAST = {"a": "date_announced", "f": "date_effective", "x": "date_end"}
_COMING = {"e": "date_effective", "n": "date_end", "l": "deadline"}
_VOWEL = re.compile(
    r"(?!U[KSR]\b|EU\b|UAE|Euro|Ukrain|Ugand|Urugu|u[nr]i|ura|use|one)[AEIOUaeiouÅ]"
)
_VOWEL_NUMBER = re.compile(r"8|11\b|18\b|11[ %]|18[ %]")


def sounds_open(word: str) -> bool:
    """Does this word take "an"?"""
    return bool(_VOWEL.match(word) or _VOWEL_NUMBER.match(word.lstrip("$€£")))


def state(
    row: dict[str, str], form: str, sentence: bool, choose: random.Random
) -> tuple[str, str, str]:
    """(before, name, after) of a state in a form of templates.toml."""
    name, code = row["name"], row["code"]
    if not sentence or choose.random() < 0.2:
        name = _SHORT.get(code, name)
    the = "the " if sentence and code in _THE else ""
    adjective = _ADJECTIVES.get(code) or row["demonyms"].split("|")[0] or name
    capital = row["capital"].split("|")[0]
    own = possessive(name)
    if form == "d":
        return "", adjective, ""
    if form == "c":
        return ("", capital, "") if capital else (the, name, "")
    if form == "s":
        return the, name, own
    if form == "m":
        return the, f"{name}{own} {choose.choice(_BODIES)}", ""
    if form == "g":
        return "the " if sentence else "", f"{adjective} {choose.choice(_BODIES)}", ""
    if form == "p":
        return the, f"{name}{own} {choose.choice(('parliament', 'parliament', 'senate'))}", ""
    if form == "k":
        return "", f"{adjective} {choose.choice(('court', 'court', 'judge', 'tribunal'))}", ""
    if form == "j":
        return the, f"{name}{own} {choose.choice(_COURTS)}", ""
    return the, name, ""


def possessive(word: str) -> str:
    """What makes this word a possessive."""
    return "'" if word.endswith("s") else "'s"


def attributive(goods: str) -> str:
    """Goods as they stand before another noun: soybean exports, battery makers."""
    if goods.endswith(("ss", "gas", "buses")) or not goods.endswith("s"):
        return goods.removesuffix("es") if goods.endswith("buses") else goods
    return goods.removesuffix("ies") + "y" if goods.endswith("ies") else goods.removesuffix("s")


def value(
    letter: str, form: str, published: date, used: list[str], choose: random.Random
) -> dict[str, Any]:
    """What fills a gap that is no state: its text, with number, unit, date or role."""
    if letter in "PQCG":
        pool = goods() if letter in "PQ" else firms()
        return {"text": choose.choice([w for w in pool if not any(w in u or u in w for u in used)])}
    if letter == "R":
        number = choose.choice((5, 7.5, 8, 10, 12, 15, 18, 20, 25, 30, 35, 40, 50, 60, 100, 125))
        return {
            "text": f"{number}{choose.choice(('%', '%', ' percent'))}",
            "value": float(number),
            "unit": "percent",
        }
    if letter == "S":
        share = choose.randint(4, 75)
        return {"text": f"{share}%", "value": float(share), "unit": "percent"}
    if letter == "M":
        number, size = choose.randint(2, 90), choose.choice(("million", "billion"))
        sign, unit = choose.choice((("$", "USD"), ("€", "EUR"), ("£", "GBP")))
        times = 1e6 if size == "million" else 1e9
        return {"text": f"{sign}{number} {size}", "value": number * times, "unit": unit}
    if letter == "V":
        number = choose.randint(2, 90)
        return {"text": f"{number},000 tonnes", "value": number * 1000.0, "unit": "tonne"}
    if letter == "L":
        return {"text": choose.choice(_LENGTHS)}
    assert letter == "D", letter
    return _day(form, published, choose)


def _day(form: str, published: date, choose: random.Random) -> dict[str, Any]:
    """A weekday just past, a day to come, or for the form y a past year."""
    if form in _PAST:
        day = published - timedelta(days=choose.randrange(7))
        return {"role": _PAST[form], "text": f"{day:%A}", "date": day.isoformat()}
    if form == "y":
        year = str(published.year - choose.randint(1, 9))
        return {"role": "date_effective", "text": year, "date": year}
    day = published + timedelta(days=choose.randint(8, 170))
    text = choose.choice((f"{day.day} {day:%B}", f"{day:%B} {day.day}"))
    return {"role": _COMING[form], "text": text, "date": day.isoformat()}


@cache
def goods() -> tuple[str, ...]:
    """Goods as news calls them: aliases of lower case and plain names of commodities.csv."""
    rows = read_reference("commodities.csv")
    words = {a for row in rows for a in row["aliases"].split("|")}
    words |= {row["name"].lower() for row in rows if row["name"].replace(" ", "").isalpha()}
    plain = {w for w in words if re.fullmatch("[a-z][a-z -]{2,24}", w) and " and " not in w} | {
        "LNG",
        "EVs",
    }
    return tuple(sorted((plain | set(_MORE_GOODS.split("|"))) - _NO_GOODS))


@cache
def firms() -> tuple[str, ...]:
    """Firms of companies.csv that no other word is like, and as many that do not exist."""
    rows = read_reference("companies.csv")
    real = [r["alias"] for r in rows if not r["gated"] and r["kind"] in ("alias", "subsidiary")]
    made = [f"{a} {b}" for a in _FIRST.split("|") for b in _SECOND.split("|")]
    return tuple(sorted({*real, *made}))
