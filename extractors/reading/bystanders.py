"""Names of states that stand in a sentence for another reason than to act.

Whose goods meet a duty, who is to pay it, who is only in the name of a pact or of an order.
"""

import itertools
import re
from collections.abc import Sequence

from extractors.events.gazetteer import Name, jurisdictions
from extractors.reading.who_acts import is_pact_of

_EXPORTS_TO = re.compile(
    r"(?:['’]s?)? (?:[\w-]+ ){0,4}(?:exports?|shipments) (?:of [\w ,-]{1,60} )?(?:in)?to (?:the )?",
    re.I,
)
_MEET_DUTY = re.compile(
    r"[^.;]{0,80}\b(?:subject to|fac(?:es?|ing)|pays?|attracts?|incurs?|hit (?:by|with))\b", re.I
)


def taxed_on_arrival(here: Sequence[Name], text: str) -> tuple[Name, Name] | None:
    """(who taxes, whose goods) in "Peru's exports to Chile face a duty of 6%"."""
    for goods_of, taxes in itertools.pairwise(jurisdictions(here)):
        if _EXPORTS_TO.fullmatch(text, goods_of.end, taxes.start) and _MEET_DUTY.match(
            text, taxes.end
        ):
            return taxes, goods_of
    return None


_PAYS = re.compile(
    r"[^.;:]{0,60}\b(?:will|would|must|shall|(?:have|has|going) to) (?:\w+ to )?pay "
    r"(?:[\w%.-]+ ){0,4}(?:tariffs?|dut(?:y|ies)|lev(?:y|ies))\b",
    re.I,
)
_PAYERS = re.compile(
    r" (?:importers?|consumers?|buyers?|households|famil(?:y|ies)|customers?|shoppers?|retailers?"
    r")\b"
)


def payers(here: Sequence[Name], text: str) -> set[str]:
    """Who is to pay a duty, and so does not charge it: "Canada will have to pay tariffs".

    The buyers of a country pay what it charges itself.
    """
    names = jurisdictions(here)
    return {
        name.code
        for name, following in itertools.zip_longest(names, names[1:])
        if not _PAYERS.match(text, name.end)
        and _PAYS.match(text, name.end, following.start if following else len(text))
    }


# "Products of Peru, the Republic of Korea, or a member nation of ".
_PRODUCTS_OF = re.compile(
    r"\b(?:[Pp]roducts?|[Aa]rticles|[Gg]oods|[Ii]mports) (?:of|from) "
    r"(?:(?:(?!(?:In|Into|To|Under|Against|By)\b)[A-Z][\w.'’-]*"
    r"|of|and|or|the|an?|any|other|member|nations?|states?|countr(?:y|ies)),? )*$"
)


def makers(here: Sequence[Name], text: str) -> set[str]:
    """Whose products a rule is on: "for products of Peru, Chile, or Oman the rate is 15%"."""
    return {n.code for n in jurisdictions(here) if _PRODUCTS_OF.search(text[: n.start])}


# "Executive Order 14329 of August 6, 2025 (Addressing Threats by ": a title acts for nobody.
_TITLE_OF_ORDER = re.compile(
    r"\b(?:Executive Order|Proclamation|E\.O\.) [\d-]+(?: of [A-Z]\w+ \d{1,2}, \d{4})?,? \([^()]*$"
)


def in_titles_of_orders(here: Sequence[Name], text: str) -> set[Name]:
    """The names within the titles of orders that a sentence cites."""
    return {n for n in jurisdictions(here) if _TITLE_OF_ORDER.search(text[: n.start])}


_UNDER = re.compile(r"\b(?:under|pursuant to|in accordance with) (?:the )?$", re.I)


def other_side_of_pact(here: Sequence[Name], text: str) -> set[Name]:
    """The other side of a pact by which one acts: Oman in "under the U.S.-Oman pact"."""
    for first, second in itertools.pairwise(jurisdictions(here)):
        if is_pact_of(first, second, text) and _UNDER.search(text[: first.start]):
            return {second}
    return set()
