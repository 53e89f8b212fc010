"""Listings named in a text, by ticker tag or by name.

Tags ("(NYSE: MP)") are certain. Names come from legal names, brands and subsidiaries, each with a
gate (extractors/listings/company_names.py). An ambiguous form counts only if the document confirms
the company by its full name, its tag or a telling word.
"""

from extractors.listings.name_finder import NameFinder
from extractors.listings.name_tables import NameTables
from models.reference.securities import load_securities
from models.security import NamedListing


class TickerLinker(NameTables):
    """Finds the listings that a text names. Built once and reused; keeps no state between texts."""

    @classmethod
    def from_reference(cls) -> "TickerLinker":
        """Return a linker over the securities that ship with the project."""
        return cls(load_securities())

    def find_listings(self, text: str, title: str | None = None) -> tuple[NamedListing, ...]:
        """Return every mention of a listing in `title` and `text`, in order of position.

        A company name stands for the issuer's first listing; a tag for the listing it names.
        """
        return NameFinder(self, text, title).mentions()
