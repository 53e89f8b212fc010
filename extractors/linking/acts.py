"""What is known of legal acts (models/reference/instruments.csv), and which of them a report is of.

An act that a sentence names is not always the one whose measure it reports: acts of other
countries, acts about other goods and acts named for comparison are only cited. A tariff on goods
that stands under one act for years is reported without its number.
"""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from models.errors import ConfigError
from models.reference import read_rows, split_list

ISSUERS = {"us": "US", "mofcom": "CN", "gacc": "CN", "eu": "EU"}
RULE = " rule"
ENDED_DAYS = 180
# Papers tell of an act as announced in the days before it is signed.
SIGNED_DAYS = 3
QUOTES = str.maketrans("", "", "'\"‘’“”")
ALL_GOODS = "all_goods"
# How far before an act's number words may stand that set it apart.
PASSING_CHARS = 120
PASSING = re.compile(
    r"\b(?:in addition to|on top of|other than|apart from|aside from|without prejudice to"
    r"|as (?:that|the) term is (?:used|defined) in|similar to|unlike|like those in)\b[^.;]*$",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A row of instruments.csv.

    `amends`: the acts whose measure it changes. `ground`: the law it rests on. `goods` (product
    buckets), `targets` (codes) and `subject` (`extractors.linking.scope`): what it is about, empty
    for anything. `each_country`: each country's rate under it is a measure of its own. `since`:
    from when it is the standing duty on its goods or subject, which reports name without number;
    `until`: the day that ended, None while it stands.
    """

    act_id: str
    amends: tuple[str, ...] = ()
    ground: str = ""
    goods: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    subject: str = ""
    each_country: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """The acts by id, and the nicknames of some: name in lower case -> id."""

    by_id: dict[str, Act]
    aliases: dict[str, str]


@cache
def load_acts() -> Acts:
    """Return the shipped table. Raises ConfigError on a duplicate alias or unknown amended id."""
    by_id: dict[str, Act] = {}
    aliases: dict[str, str] = {}
    for line, row in read_rows("instruments.csv", ("instrument_id", "name")):
        act = Act(
            act_id=row["instrument_id"],
            amends=split_list(row["amends"]),
            ground=row["ground"],
            goods=frozenset(split_list(row["goods"])),
            targets=frozenset(split_list(row["targets"])),
            subject=row["subject"],
            each_country=bool(row["each_country"]),
            since=date.fromisoformat(row["since"]) if row["since"] else None,
            until=date.fromisoformat(row["until"]) if row["until"] else None,
        )
        for alias in split_list(row["aliases"]):
            if alias in aliases:
                raise ConfigError(f"instruments.csv: line {line}: alias {alias!r} twice")
            aliases[alias] = act.act_id
        by_id[act.act_id] = act
    for changed in {name for act in by_id.values() for name in act.amends} - by_id.keys():
        raise ConfigError(f"instruments.csv: unknown instrument {changed!r} in 'amends'")
    return Acts(by_id=by_id, aliases=aliases)


def known_act(act_id: str) -> Act:
    """Return what is known of an act; nothing but its id if the table has no row."""
    return load_acts().by_id.get(act_id) or Act(act_id=act_id)


def any_each_country(act_ids: Iterable[str]) -> bool:
    """Is one of the acts of those whose rates for each country are measures of their own?"""
    return any(known_act(act_id).each_country for act_id in act_ids)


def own_acts(
    act_ids: Sequence[str],
    *,
    implementer: str,
    sentence: str,
    grounds: Set[str],
    buckets: Set[str],
    targets: Set[str],
) -> tuple[str, ...]:
    """Return the acts that a report's step carries out, amends or continues.

    An act belongs to its jurisdiction. It is only cited where the table says that it rests on
    another law or is about other goods or countries, and where the sentence sets it apart.
    """
    return tuple(
        act_id
        for act_id in act_ids
        for act in (known_act(act_id),)
        if issuer_of(act_id) in {implementer, None}
        and not (act.ground and grounds and act.ground not in grounds)
        and not apart(buckets - {ALL_GOODS}, act.goods - {ALL_GOODS})
        and not apart(targets, act.targets)
        and not cited_in_passing(act_id, sentence)
    )


def standing_act(
    implementer: str,
    *,
    buckets: Set[str],
    targets: Set[str],
    worldwide: bool,
    subjects: Set[str],
    on: date,
    ends: bool = False,
    pauses: bool = False,
) -> tuple[str, ...]:
    """Return the act that is the standing duty on these goods or subject on that day, if any.

    Goods must be mostly those of the act, and no country singled out: a rate for one country is
    often a measure of its own. A subject must come with the countries of the act. `worldwide`
    tariffs that name no goods are those of the act on all goods; so are "the tariffs" that a report
    says to be paused (`pauses`) or to have ended (`ends`), for which reports come months later.
    """
    alone = not (buckets or subjects or targets)
    fitting = []
    for act in load_acts().by_id.values():
        if issuer_of(act.act_id) != implementer or not stands(act, on, ended=ends and alone):
            continue
        shared = len(buckets & act.goods)
        if act.subject:
            fits = act.subject in subjects and targets <= act.targets
            shared = int(fits and bool(targets) == bool(act.targets))
        elif subjects or targets or 2 * shared <= len(buckets):
            shared = int((worldwide or ends or pauses) and alone and is_general(act))
        if shared:
            fitting.append((shared, act.act_id))
    return (max(fitting)[1],) if fitting else ()


def stands(act: Act, on: date, *, ended: bool = False) -> bool:
    """Is it a standing duty on that day, or signed within days of it?

    With `ended`, or one that ended in the months before.
    """
    known_until = timedelta(days=ENDED_DAYS if ended else 0)
    return (
        act.since is not None
        and act.since <= on + timedelta(days=SIGNED_DAYS)
        and (act.until is None or on <= act.until + known_until)
    )


def is_general(act: Act) -> bool:
    """Is it on all goods of all countries?"""
    return act.goods == {ALL_GOODS} and not act.targets


def named_by_nickname(sentence: str, implementer: str, *, rules: bool = False) -> tuple[str, ...]:
    """Return the implementer's acts that a sentence names by a nickname ("reciprocal tariffs").

    With `rules` only those called a rule ("the 50% rule"), which are no tariffs.
    """
    lowered = sentence.lower().translate(QUOTES)
    return tuple(
        dict.fromkeys(
            act_id
            for alias, act_id in load_acts().aliases.items()
            if issuer_of(act_id) == implementer
            and (alias.endswith(RULE) or not rules)
            and re.search(rf"\b{re.escape(alias)}\b", lowered)
        )
    )


def issuer_of(act_id: str) -> str | None:
    """Return the jurisdiction of an act by its id; None if the id does not tell."""
    first = act_id.split("-")[0]
    if first in ISSUERS:
        return ISSUERS[first]
    return first.upper() if re.fullmatch(r"[a-z]{2}", first) else None


def cited_in_passing(act_id: str, sentence: str) -> bool:
    """Does the sentence name the act's number only after words that set it apart?"""
    number = re.escape(act_id.rsplit("-", 1)[-1])
    places = [m.start() for m in re.finditer(rf"\b{number}\b", sentence)]
    return bool(places) and all(
        PASSING.search(sentence[max(0, at - PASSING_CHARS) : at]) for at in places
    )


def apart(one: Set[str], other: Set[str]) -> bool:
    """Are both stated, with nothing in common?"""
    return bool(one and other) and one.isdisjoint(other)
