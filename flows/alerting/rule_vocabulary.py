"""The names a rule may use: listings, ticker groups, commodities, jurisdictions."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from models.jurisdiction import jurisdictions
from models.reference import lineage, load_commodities, read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVocabulary:
    """All known names, to check rules against.

    `listings` are "MIC:TICKER". `groups` map a group to its listings. `commodities` map an id to
    itself and all commodities below it.
    """

    listings: frozenset[str]
    groups: Mapping[str, tuple[str, ...]]
    commodities: Mapping[str, tuple[str, ...]]
    jurisdictions: Mapping[str, str] = field(default_factory=jurisdictions)

    def listing(self, name: str) -> str:
        """Return the listing for "XNYS:MP" or "MP". Raises ValueError, in a few words."""
        if name in self.listings:
            return name
        found = sorted(item for item in self.listings if item.split(":", 1)[1] == name)
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError(
                f"ticker {name!r} is listed more than once: write {' or '.join(found)}"
            )
        known = {item.split(":", 1)[1] for item in self.listings} | self.listings
        raise ValueError(f"unknown ticker {name!r}{suggestion(name, known)}")

    def group(self, name: str) -> tuple[str, ...]:
        """Return the listings of a group. Raises ValueError, in a few words."""
        if name not in self.groups:
            raise ValueError(f"unknown ticker group {name!r}{suggestion(name, self.groups)}")
        return self.groups[name]

    def commodity(self, name: str) -> tuple[str, ...]:
        """Return a commodity and all those below it. Raises ValueError, in a few words."""
        if name not in self.commodities:
            raise ValueError(f"unknown commodity {name!r}{suggestion(name, self.commodities)}")
        return self.commodities[name]

    def jurisdiction(self, code: str) -> str:
        """Return the code if it exists. Raises ValueError; it suggests the code of a known name."""
        if code in self.jurisdictions:
            return code
        names = {name.lower(): key for key, name in self.jurisdictions.items()}
        names |= {"uk": "GB", "usa": "US", "united states of america": "US"}
        wanted = names.get(code.lower(), code.upper())
        hint = f"; write {wanted!r}" if wanted in self.jurisdictions else ""
        raise ValueError(f"unknown jurisdiction {code!r} (ISO 3166-1 alpha-2, EU or world){hint}")


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean 'x'?", or an empty string."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


@cache
def reference_vocabulary() -> RuleVocabulary:
    """Return the vocabulary of the shipped data; its groups are the sectors of tickers.csv."""
    sectors: dict[str, list[str]] = {}
    listings = []
    for _, row in read_rows("tickers.csv", ("ticker", "mic", "name")):
        listing = f"{row['mic']}:{row['ticker']}"
        listings.append(listing)
        if row["sector"]:
            sectors.setdefault(row["sector"], []).append(listing)
    commodities = load_commodities()
    under: dict[str, list[str]] = {key: [key] for key in commodities}
    for commodity in commodities:
        for parent in lineage(commodity)[1:]:
            under[parent].append(commodity)
    return RuleVocabulary(
        listings=frozenset(listings),
        groups={key: tuple(items) for key, items in sectors.items()},
        commodities={key: tuple(items) for key, items in under.items()},
    )
