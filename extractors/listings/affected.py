"""Finds the listings that the events of a text affect.

Names are found once per text; the tables are loaded once.
"""

from datetime import date
from functools import cached_property

from extractors.listings.exposure import EventLinker
from extractors.listings.tickers import TickerLinker
from models.event import EventMention, TextUnit
from models.reference.securities import load_securities
from models.security import NamedListing, Securities, TickerLink


class AffectedListings:
    """Joins events to listings, given the text they are in.

    The tables take a second to load and are loaded on first use: texts without events never need
    them. `securities` replace the ones that ship with the project.
    """

    def __init__(self, securities: Securities | None = None) -> None:
        self.securities = securities
        self.last: tuple[TextUnit, tuple[NamedListing, ...]] | None = None

    @cached_property
    def linker(self) -> EventLinker:
        securities = self.securities or load_securities()
        return EventLinker(TickerLinker(securities), securities)

    @cached_property
    def spans(self) -> dict[str, tuple[date | None, date | None]]:
        """Return the first and last day of listings that have limits: valid from, valid to."""
        listings = (self.securities or load_securities()).listings
        return {k.listing_id: (k.valid_from, k.valid_to) for k in listings}

    def named_in(self, unit: TextUnit) -> tuple[NamedListing, ...]:
        """Return the listings named in a text; caches the last text."""
        if self.last is None or self.last[0] is not unit:
            self.last = unit, self.linker.names.find_listings(unit.text, unit.title)
        return self.last[1]

    def by_event(self, unit: TextUnit, event: EventMention) -> tuple[TickerLink, ...]:
        """Return the listings that one event of the text affects, the most certain first.

        A listing delisted before the day of the text is left out.
        """
        links = self.linker.link_event(event, self.named_in(unit), unit.published)
        return tuple(link for link in links if self.trades(link.listing, unit.published))

    def trades(self, listing_id: str, day: date | None) -> bool:
        """Is the listing valid on this day? True if no day is given."""
        first, end = self.spans.get(listing_id, (None, None))
        return day is None or ((first is None or first <= day) and (end is None or day < end))
