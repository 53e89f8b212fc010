"""Who is behind a measure or a deal by its words, where a report names too few or too many."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from functools import cache

from models.jurisdiction import author_names, origin_words, party_names

MEASURE = r"(?:tariffs?|duty|duties|lev(?:y|ies)|sanctions|export (?:bans?|controls?|curbs))"
SEVERAL_AGREEMENTS = re.compile(
    r"\b(?:agreements|deals|pacts|accords|frameworks|memorandums|mous)\b[^.;]{0,60}?\bwith\b", re.I
)
MAX_PARTIES = 6
ACT_TITLE = re.compile(
    r"\b(?:executive order|proclamation|memorandum|regulation|act)s?\b"
    r"[^().;]{0,50}\([^()]{10,250}\)",
    re.I,
)
# Blocs that sign as one: the members that a report names beside it are no further parties.
BLOCS = {
    "MERCOSUR": (re.compile(r"\bMercosur\b", re.I), {"AR", "BO", "BR", "PY", "UY"}),
    "EFTA": (re.compile(r"\bEFTA\b"), {"CH", "IS", "LI", "NO"}),
    "GCC": (
        re.compile(r"\bGCC\b|\bGulf Cooperation Council\b"),
        {"AE", "BH", "KW", "OM", "QA", "SA"},
    ),
}
# A report names the bloc in its title and members in its text, or the other way round.
_MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU_MEMBERS = frozenset(_MEMBERS.split())
# "The North American tariffs" are on the neighbours of whose tariffs they are.
NORTH_AMERICA = frozenset({"CA", "MX", "US"})
NORTH_AMERICAN = re.compile(rf"\bNorth American? {MEASURE}\b", re.I)
# The Americas are not the United States.
REGION = re.compile(r"\b(?:North|South|Central|Latin) American?s?\b")
# Who is quoted at the end of a title: "Tariff pause is fragile, France's president says".
QUOTED = re.compile(r", (?:[\w.’'-]+ ){1,5}(?:says|said|warns|warned)\W*$", re.I)
# Pacts known by a name that tells their parties.
PACTS = {
    "USMCA": (re.compile(r"\bUSMCA\b|\bNAFTA\b|\bU\.?S\.?-Mexico-Canada\b"), ("CA", "MX", "US")),
    "KORUS": (re.compile(r"\bKORUS\b"), ("KR", "US")),
}


@cache
def _names() -> str:
    words = sorted(party_names(), key=lambda word: (-len(word), word))
    return "|".join(map(re.escape, words))


@cache
def _owner() -> re.Pattern[str]:
    # "Trump's global tariffs", "U.S. steel and aluminium tariffs"; no comma or verb in between.
    return re.compile(
        rf"(?<![\w.])({_names()})(?:['’]s?)?\s+(?:(?:[\w%-]+)\s+){{0,4}}?(?i:{MEASURE})\b"
    )


@cache
def _author() -> re.Pattern[str]:
    # "the tariff announced by Washington"
    words = sorted(author_names(), key=lambda word: (-len(word), word))
    names = "|".join(map(re.escape, words))
    return re.compile(
        rf"\b(?i:{MEASURE}) (?:announced|imposed|threatened|ordered|adopted|set) by (?:the )?"
        rf"({names})(?!\w)"
    )


@cache
def _pair() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.])({_names()})\s?[-–—/]\s?({_names()})(?!\w)")


def owner_of_measure(sentence: str) -> str | None:
    """Return the one jurisdiction whose measure a sentence names ("Trump's tariffs"), if any."""
    authors = {author_names()[m[1]] for m in _author().finditer(sentence)}
    owners = authors or {party_names()[m[1]] for m in _owner().finditer(sentence)}
    return owners.pop() if len(owners) == 1 else None


def pair_of_deal(sentence: str) -> frozenset[str]:
    """Return the parties of a deal that is named by them ("EU-US trade deal"), if just one is."""
    pairs = {frozenset(party_names()[m[n]] for n in (1, 2)) for m in _pair().finditer(sentence)}
    return pairs.pop() if len(pairs) == 1 else frozenset()


@cache
def _partner() -> re.Pattern[str]:
    # "a trade deal with the European Union"
    return re.compile(
        rf"\b(?i:deal|agreement|pact|accord|framework) with (?:the )?({_names()})(?!\w)"
    )


def partner_of_deal(sentence: str) -> str | None:
    """Return the one party with whom a sentence says that a deal is, if any."""
    partners = {party_names()[m[1]] for m in _partner().finditer(sentence)}
    return partners.pop() if len(partners) == 1 else None


def parties_of_deal(named: tuple[str, ...], sentence: str, pacts: Set[str]) -> tuple[str, ...]:
    """Return the parties of a deal: those read, and those by whom the sentence names it.

    `pacts` are those that its article calls by name for this kind of step: "it" is the only one.
    """
    parties = with_blocs(named, sentence)
    if len(pacts) == 1 and not pacts_in(sentence):
        (members,) = (PACTS[pact][1] for pact in pacts)
        if set(parties) < set(members):
            return members
    if len(parties) != 1:
        return parties
    if parties[0] in (pair := pair_of_deal(sentence)):
        return tuple(sorted(pair))
    partner = partner_of_deal(sentence)
    return tuple(sorted({*parties, partner})) if partner else parties


def outside_regions(codes: tuple[str, ...], sentence: str) -> tuple[str, ...]:
    """Return codes without the United States, if only a region has their name: "South America"."""
    if not REGION.search(sentence):
        return codes
    named = named_in(REGION.sub(" ", sentence))
    return tuple(code for code in codes if code != "US" or code in named)


def outside_quoted(codes: tuple[str, ...], sentence: str) -> tuple[str, ...]:
    """Return codes without those that a sentence names only to say who is quoted at its end."""
    quoted = QUOTED.search(sentence)
    if not quoted:
        return codes
    at = quoted.start()
    return tuple(c for c in codes if c in named_in(sentence[:at]) or c not in named_in(quoted[0]))


def region_of_measure(sentence: str) -> frozenset[str]:
    """Return the states of a region that a sentence names a measure after, none without one."""
    return NORTH_AMERICA if NORTH_AMERICAN.search(sentence) else frozenset()


def one_bloc(one: Set[str], other: Set[str]) -> bool:
    """Is one the European Union, and the other several of its members?"""
    return any(
        "EU" in bloc and "EU" not in states and len(states & EU_MEMBERS) > 1
        for bloc, states in ((one, other), (other, one))
    )


def pacts_in(sentence: str) -> frozenset[str]:
    """Return the pacts that a sentence calls by name."""
    return frozenset(pact for pact, (name, _) in PACTS.items() if name.search(sentence))


def with_blocs(parties: tuple[str, ...], sentence: str) -> tuple[str, ...]:
    """Return parties with the bloc that a sentence names in place of its members.

    Those of a pact that it names are all its parties.
    """
    for name, members in PACTS.values():
        if name.search(sentence) and set(parties) <= set(members):
            return members
    for bloc, (word, inside) in BLOCS.items():
        if word.search(sentence):
            parties = (*(p for p in parties if p not in inside), bloc)
    return tuple(dict.fromkeys(parties))


@cache
def _any_name() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.])({_names()})(?!\w)")


@cache
def _words() -> dict[str, str]:
    return origin_words() | party_names()


@cache
def _any_word() -> re.Pattern[str]:
    words = sorted(_words(), key=lambda word: (-len(word), word))
    return re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, words))})(?!\w)")


def named_in(sentence: str) -> frozenset[str]:
    """Return the jurisdictions that a sentence names, their people and goods among them."""
    return frozenset(_words()[m[0]] for m in _any_word().finditer(sentence))


def outside_titles(codes: tuple[str, ...], sentence: str) -> tuple[str, ...]:
    """Return codes without those that a sentence names only within the titles of acts.

    "Order 1 of 1 May (Duties on Goods of China), as amended": the sentence is not about China.
    """
    titles = [m.group() for m in ACT_TITLE.finditer(sentence)]
    if not titles:
        return codes
    rest = ACT_TITLE.sub(" ", sentence)
    in_titles = {party_names()[m[1]] for title in titles for m in _any_name().finditer(title)}
    in_rest = {party_names()[m[1]] for m in _any_name().finditer(rest)}
    return tuple(code for code in codes if code not in in_titles - in_rest)


def agreements_of(
    named: Sequence[str], pair_counts: Mapping[frozenset[str], int], *, several: bool = False
) -> list[frozenset[str]]:
    """Return the agreements a mention reports, as sets of parties.

    A single party gets its partner from the rest of the article if that is unambiguous. Several
    parties that the article elsewhere pairs with one common party each have an agreement with it.
    The same holds for parties with whom `several` agreements were made: each is with the
    first-named party.
    """
    parties = frozenset(named)
    if len(parties) < 2:
        fuller = [pair for pair in pair_counts if parties < pair]
        return fuller if len(fuller) == 1 else [parties]
    if len(parties) > 2:
        paired = Counter(
            party for pair, n in pair_counts.items() for party in pair & parties for _ in range(n)
        )
        most = [party for party, n in paired.items() if n == max(paired.values())]
        if len(most) != 1 and several:
            most = [next(party for party in named if party in (most or parties))]
        if len(most) == 1:
            hub = most[0]
            return [frozenset({hub, other}) for other in sorted(parties - {hub})]
    return [frozenset(sorted(parties)[:MAX_PARTIES])]
