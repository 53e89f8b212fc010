"""Which listings the events of a text touch: names found once a text, the tables loaded once."""

from functools import cached_property

from extractors.exposure import EventLinker
from extractors.tickers import TickerLinker
from models.event import EventMention, TextUnit
from models.reference.securities import load_securities
from models.security import NamedListing, Securities, TickerLink


class TouchedListings:
    """Joins events to listings, given the text they stand in.

    The tables take a second to load, which a stream of texts without events never pays.
    `securities` replace the ones that ship with the project.
    """

    def __init__(self, securities: Securities | None = None) -> None:
        self.securities = securities
        self.last: tuple[TextUnit, tuple[NamedListing, ...]] | None = None

    @cached_property
    def linker(self) -> EventLinker:
        securities = self.securities or load_securities()
        return EventLinker(TickerLinker(securities), securities)

    def named_in(self, unit: TextUnit) -> tuple[NamedListing, ...]:
        """The listings named in a text; the last text asked for is remembered."""
        if self.last is None or self.last[0] is not unit:
            self.last = unit, self.linker.names.find_listings(unit.text, unit.title)
        return self.last[1]

    def by_event(self, unit: TextUnit, event: EventMention) -> tuple[TickerLink, ...]:
        """The listings one event of the text touches, the surest first."""
        return self.linker.link_event(event, self.named_in(unit))
