"""Tables of company names and listings, with one automaton that finds all names in a text."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from ahocorasick_rs import AhoCorasick

from extractors.listings.company_names import (
    Gate,
    NameForm,
    curated_forms,
    name_forms,
    spellings,
)
from extractors.listings.ticker_tags import Tag
from models.reference.markets import US_MARKETS
from models.security import Issuer, Listing, Securities


class NameTables:
    """All names of all issuers, and the listings of each issuer."""

    def __init__(self, securities: Securities) -> None:
        self.listings: dict[str, list[Listing]] = defaultdict(list)
        self.by_ticker: dict[tuple[str, str], Listing] = {}
        self.issuers = {issuer.issuer_id: issuer for issuer in securities.issuers}
        for listing in securities.listings:
            self.listings[listing.issuer_id].append(listing)
            self.by_ticker[listing.mic, listing.ticker.replace("-", ".")] = listing
        # Curated rows first, then exchanges, then over-the-counter lists.
        self.standing = {
            owner: min(standing(self.issuers[owner], listing) for listing in held)
            for owner, held in self.listings.items()
        }
        by_spelling: dict[str, dict[str, NameForm]] = defaultdict(dict)
        for form in self.forms(securities):
            for spelling in spellings(form.text):
                held_form = by_spelling[spelling].get(form.issuer_id)
                if held_form is None:
                    by_spelling[spelling][form.issuer_id] = form
                    continue
                chosen = form if beats(form, held_form) else held_form
                # Followed by the legal form, an ambiguous name still counts as the full name.
                by_spelling[spelling][form.issuer_id] = replace(
                    chosen, rank=min(form.rank, held_form.rank)
                )
        patterns = sorted(by_spelling)
        self.forms_of = [tuple(by_spelling[p].values()) for p in patterns]
        self.automaton = AhoCorasick(patterns, store_patterns=False)

    def forms(self, securities: Securities) -> Iterator[NameForm]:
        """Yield every name of every issuer that still has a listing."""
        for alias in securities.aliases:
            yield NameForm(
                issuer_id=alias.issuer_id,
                text=alias.alias,
                gate=Gate.GATED if alias.gated else Gate.OPEN,
                rank=1,
                kind=alias.kind,
                keep_near=alias.keep_near,
                reject_near=alias.reject_near,
            )
        for issuer in securities.issuers:
            if self.listings.get(issuer.issuer_id) and issuer.sector != "fund":
                yield from curated_forms(issuer.issuer_id, issuer.aliases, issuer.ambiguous_aliases)
                yield from name_forms(issuer.issuer_id, issuer.name)

    def listing_of(self, issuer_id: str) -> Listing:
        """Return the issuer's first listing: the one a curated row or the SEC lists first."""
        return self.listings[issuer_id][0]

    def listing_of_tag(self, tag: Tag) -> Listing | None:
        """Return the listing a tag names, if known. Venues of one country share tickers."""
        symbol = re.sub(r"[/-]", ".", tag.symbol)
        for mic in (*tag.mics, "OTCM") if tag.mics and tag.mics[0] in US_MARKETS else tag.mics:
            if found := self.by_ticker.get((mic, symbol)):
                return found
        return None


def standing(issuer: Issuer, listing: Listing) -> int:
    """Return 0 for a curated row, 1 for a listing on an exchange, 2 for one over the counter."""
    if listing.source.startswith("tickers.csv") or issuer.aliases:
        return 0
    return 2 if listing.mic == "OTCM" else 1


def beats(form: NameForm, held: NameForm) -> bool:
    """Does `form` win over `held`, another form with the same issuer and spelling?

    Curated forms win, then the safer gate. A name gated by an analyst stays gated, whatever its
    shape.
    """
    if bool(form.keep_near) != bool(held.keep_near):
        return bool(form.keep_near)
    if (form.kind == "name") != (held.kind == "name"):
        return form.kind != "name"
    if form.gate == held.gate:
        return form.rank < held.rank
    return form.gate < held.gate if held.kind == "name" else form.gate > held.gate
