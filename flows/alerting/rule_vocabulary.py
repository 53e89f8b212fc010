"""The names a rule may use: listings and groups of them, commodities and what falls under them."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from models.jurisdiction import jurisdictions
from models.reference import load_commodities, read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVocabulary:
    """What rules are checked against.

    `listings` are "MIC:TICKER"; `groups` map a group to its listings; `commodities` map an id to
    itself and all that falls under it.
    """

    listings: frozenset[str]
    groups: Mapping[str, tuple[str, ...]]
    commodities: Mapping[str, tuple[str, ...]]
    jurisdictions: Mapping[str, str] = field(default_factory=jurisdictions)

    def listing(self, name: str) -> str:
        """The listing a rule means by "XNYS:MP" or "MP". Raises ValueError in one clause."""
        if name in self.listings:
            return name
        found = sorted(item for item in self.listings if item.split(":", 1)[1] == name)
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError(f"ticker {name!r} is listed more than once: say {' or '.join(found)}")
        known = {item.split(":", 1)[1] for item in self.listings} | self.listings
        raise ValueError(f"unknown ticker {name!r}{suggestion(name, known)}")

    def group(self, name: str) -> tuple[str, ...]:
        """The listings of a group. Raises ValueError in one clause."""
        if name not in self.groups:
            raise ValueError(f"unknown ticker group {name!r}{suggestion(name, self.groups)}")
        return self.groups[name]

    def commodity(self, name: str) -> tuple[str, ...]:
        """A commodity and all that falls under it. Raises ValueError in one clause."""
        if name not in self.commodities:
            raise ValueError(f"unknown commodity {name!r}{suggestion(name, self.commodities)}")
        return self.commodities[name]

    def jurisdiction(self, code: str) -> str:
        """The code, if it is one. Raises ValueError in one clause, with the code of a name."""
        if code in self.jurisdictions:
            return code
        names = {name.lower(): key for key, name in self.jurisdictions.items()}
        names |= {"uk": "GB", "usa": "US", "united states of america": "US"}
        wanted = names.get(code.lower(), code.upper())
        hint = f"; say {wanted!r}" if wanted in self.jurisdictions else ""
        raise ValueError(f"unknown jurisdiction {code!r} (ISO 3166-1 alpha-2, EU or world){hint}")


def suggestion(name: str, known: Iterable[str]) -> str:
    """ "; did you mean 'x'?", or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


@cache
def reference_vocabulary() -> RuleVocabulary:
    """The vocabulary of the reference data that ships: groups are the sectors of tickers.csv."""
    sectors: dict[str, list[str]] = {}
    listings = []
    for _, row in read_rows("tickers.csv", ("ticker", "mic", "name")):
        listing = f"{row['mic']}:{row['ticker']}"
        listings.append(listing)
        if row["sector"]:
            sectors.setdefault(row["sector"], []).append(listing)
    commodities = load_commodities()
    under: dict[str, list[str]] = {key: [key] for key in commodities}
    for item in commodities.values():
        parent = item.parent_id
        while parent:
            under[parent].append(item.commodity_id)
            parent = commodities[parent].parent_id
    return RuleVocabulary(
        listings=frozenset(listings),
        groups={key: tuple(items) for key, items in sectors.items()},
        commodities={key: tuple(items) for key, items in under.items()},
    )
