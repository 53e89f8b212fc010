"""The legal instruments that a mention names, in one normal form.

A specific instrument (an order, a numbered announcement, a rule) identifies a measure. A ground
(Section 232, IEEPA, a statute) does not: many measures rest on it. Nicknames and acts that only
amend an earlier one are data: models/reference/instruments.csv.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cache

from models.errors import ConfigError
from models.reference import read_rows, split_list


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentNames:
    """What instruments.csv says of acts, by id.

    `aliases`: name -> id. `amends`: an amending act -> the acts it amends. `goods` and `targets`:
    the product buckets and countries that an act is about. `each_country`: acts under which each
    country's rate is a measure of its own. `since`: when an act began that is the standing duty on
    its goods, so that reports leave its number out.
    """

    aliases: dict[str, str]
    amends: dict[str, tuple[str, ...]]
    goods: dict[str, frozenset[str]]
    targets: dict[str, frozenset[str]]
    each_country: frozenset[str]
    since: dict[str, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedInstruments:
    """The instruments of a mention: `specific` in the order named, and `grounds`."""

    specific: tuple[str, ...] = ()
    grounds: frozenset[str] = frozenset()


NUMBERS = re.compile(r"(?P<from>\d{1,3})(?:\s*(?:to|through|-|–)\s*(?P<to>\d{1,3}))?")
YEAR = re.compile(r"\b(?:of|in|\()?\s*(20\d{2})\b")
ANNOUNCEMENT = re.compile(
    r"\b(?:announcements?|notices?|notifications?|nos?\.?|numbers?)\s*(?:nos?\.?|numbers?)?\s*"
    r"(?P<list>\d{1,3}(?:\s*(?:,|and|&|to|through|-|–|,\s*and)\s*\d{1,3})*)(?![\d/])",
    re.I,
)
SPECIFIC = (
    (
        re.compile(r"\b(?:executive order|e\.?\s?o\.?)s?\s*(?:no\.?\s*)?(1[2-4]\d{3})\b", re.I),
        "us-eo-{}",
    ),
    (
        re.compile(r"\bproclamations?\s*(?:no\.?\s*)?(9\d{3}|1[01]\d{3})\b", re.I),
        "us-proclamation-{}",
    ),
    (re.compile(r"\b(?:p\.?\s?l\.?|public law)\s*(\d{3}-\d{1,3})\b", re.I), "us-pl-{}"),
    (re.compile(r"\bFR Doc\.?\s*(20\d{2}-\d{4,6})\b", re.I), "us-fr-{}"),
    (re.compile(r"\((?:eu|ec|cfsp)\)\s*(?:no\.?\s*)?(\d{2,4}/\d{1,4})\b", re.I), "eu-{}"),
)
GROUNDS = (
    (
        re.compile(
            r"\bsec(?:tion|\.)\s+(232|301|201|122|204|337|338|421|1260h|889|45x|30d|899)\b", re.I
        ),
        "us-section-{}",
    ),
    (re.compile(r"\bIEEPA\b|\binternational emergency economic powers act\b", re.I), "us-ieepa"),
    (re.compile(r"\btrade expansion act\b", re.I), "us-section-232"),
)
# Laws, tariff headings, licences under a sanctions programme: shared by many measures.
GROUND_FAMILIES = frozenset(
    {
        "us_section",
        "us_ieepa",
        "us_statute",
        "us_sanctions_regs",
        "us_general_license",
        "us_hts",
        "cn_law",
        "agreement",
    }
)
MAX_RANGE = 12
ISSUERS = {"us": "US", "mofcom": "CN", "gacc": "CN", "cn": "CN", "eu": "EU"}
ALL_GOODS = "all_goods"
PASSING_CHARS = 120
PASSING = re.compile(
    r"\b(?:in addition to|on top of|other than|apart from|aside from|without prejudice to"
    r"|as (?:that|the) term is (?:used|defined) in|similar to|unlike|like those in)\b[^.;]*$",
    re.I,
)


@cache
def load_instrument_names() -> InstrumentNames:
    """Return the shipped table. Raises ConfigError on a duplicate alias or unknown amended id."""
    aliases: dict[str, str] = {}
    amends: dict[str, tuple[str, ...]] = {}
    goods: dict[str, frozenset[str]] = {}
    targets: dict[str, frozenset[str]] = {}
    each_country = set()
    since: dict[str, date] = {}
    known = set()
    for line, row in read_rows("instruments.csv", ("instrument_id", "name")):
        known.add(row["instrument_id"])
        for alias in split_list(row["aliases"]):
            if alias in aliases:
                raise ConfigError(f"instruments.csv: line {line}: alias {alias!r} twice")
            aliases[alias] = row["instrument_id"]
        if row["amends"]:
            amends[row["instrument_id"]] = split_list(row["amends"])
        if row["goods"]:
            goods[row["instrument_id"]] = frozenset(split_list(row["goods"]))
        if row["targets"]:
            targets[row["instrument_id"]] = frozenset(split_list(row["targets"]))
        if row["each_country"]:
            each_country.add(row["instrument_id"])
        if row["since"]:
            since[row["instrument_id"]] = date.fromisoformat(row["since"])
    for changed in {name for names in amends.values() for name in names} - known:
        raise ConfigError(f"instruments.csv: unknown instrument {changed!r} in 'amends'")
    return InstrumentNames(
        aliases=aliases,
        amends=amends,
        goods=goods,
        targets=targets,
        each_country=frozenset(each_country),
        since=since,
    )


def named_instruments(
    text: str | None, instrument_id: str | None, *, year: int, implementer: str = "XX"
) -> NamedInstruments:
    """Return the instruments of a mention, from its words and its extractor's id.

    `year` completes a Chinese announcement cited by number alone. An act known to amend another
    counts as the one it amends, so that a measure keeps one name through its life.
    """
    words = " ".join(part for part in (text, instrument_id) if part)
    if not words:
        return NamedInstruments()
    names = load_instrument_names()
    specific: list[str] = []
    grounds: set[str] = set()
    lowered = words.lower()
    for alias, known_id in names.aliases.items():
        if re.search(rf"\b{re.escape(alias)}\b", lowered) or alias == lowered:
            specific.append(known_id)
    for expression, form in SPECIFIC:
        specific += [form.format(found.lower()) for found in expression.findall(words)]
    if text and (implementer == "CN" or re.search(r"mofcom|commerce|gacc", lowered)):
        specific += announcements(text, year)
    for expression, form in GROUNDS:
        for found in expression.finditer(words):
            grounds.add(form.format(*(group.lower() for group in found.groups())))
    if instrument_id and not specific and not grounds and identifies(instrument_id):
        specific.append(plain_id(instrument_id))
    kept = dict.fromkeys(meant for found in specific for meant in names.amends.get(found, (found,)))
    return NamedInstruments(specific=tuple(kept), grounds=frozenset(grounds))


def own_acts(
    acts: Sequence[str],
    *,
    implementer: str,
    sentence: str,
    buckets: Set[str],
    targets: Set[str],
) -> tuple[str, ...]:
    """Return the acts that a report's step carries out, amends or continues.

    An act belongs to its jurisdiction. It is only cited where the table says that it is about other
    goods or other countries, and where the sentence sets it apart ("in addition to").
    """
    names = load_instrument_names()
    return tuple(
        act
        for act in acts
        if issuer_of(act) in {implementer, None}
        and not apart(buckets - {ALL_GOODS}, names.goods.get(act, frozenset()))
        and not apart(targets, names.targets.get(act, frozenset()))
        and not cited_in_passing(act, sentence)
    )


def standing_act(implementer: str, buckets: Set[str], on: date) -> tuple[str, ...]:
    """Return the act that is the standing duty on these goods, if the table has one by that day."""
    names = load_instrument_names()
    fitting = [
        (len(buckets & names.goods[act]), act)
        for act, began in names.since.items()
        if issuer_of(act) == implementer
        and began <= on
        and 2 * len(buckets & names.goods[act]) > len(buckets)
    ]
    return (max(fitting)[1],) if fitting else ()


def named_by_nickname(sentence: str, implementer: str) -> tuple[str, ...]:
    """Return the implementer's acts that a sentence names by a nickname ("reciprocal tariffs")."""
    lowered = sentence.lower()
    return tuple(
        dict.fromkeys(
            act
            for alias, act in load_instrument_names().aliases.items()
            if issuer_of(act) == implementer and re.search(rf"\b{re.escape(alias)}\b", lowered)
        )
    )


def apart(one: Set[str], other: Set[str]) -> bool:
    """Are both stated, with nothing in common?"""
    return bool(one and other) and one.isdisjoint(other)


def issuer_of(act: str) -> str | None:
    """Return the jurisdiction of an act by its id; None if the id does not tell."""
    first = act.split("-")[0]
    if first in ISSUERS:
        return ISSUERS[first]
    return first.upper() if re.fullmatch(r"[a-z]{2}", first) else None


def cited_in_passing(act: str, sentence: str) -> bool:
    """Does the sentence name the act's number only after words that set it apart?"""
    number = act.rsplit("-", 1)[-1]
    places = [m.start() for m in re.finditer(rf"\b{re.escape(number)}\b", sentence)]
    return bool(places) and all(
        PASSING.search(sentence[max(0, at - PASSING_CHARS) : at]) for at in places
    )


def announcements(text: str, year: int) -> list[str]:
    """Return ids of cited Chinese announcements: "Nos. 55 to 58, 61 and 62 of 2025" gives six."""
    found = YEAR.search(text)
    in_year = int(found[1]) if found else year
    ids = []
    for cited in ANNOUNCEMENT.finditer(text):
        for span in NUMBERS.finditer(cited["list"]):
            first = int(span["from"])
            last = int(span["to"] or first)
            if first <= last < first + MAX_RANGE:
                ids += [f"mofcom-{in_year}-{number}" for number in range(first, last + 1)]
    return ids


def identifies(instrument_id: str) -> bool:
    """Does an extractor's own id, `family:number`, name one act rather than a law or a list?"""
    family, _, number = instrument_id.partition(":")
    return family not in GROUND_FAMILIES and bool(re.search(r"\d", number))


def plain_id(instrument_id: str) -> str:
    """Return the id in lower case, words joined by hyphens."""
    return re.sub(r"[\s_:]+", "-", instrument_id.strip().lower())
