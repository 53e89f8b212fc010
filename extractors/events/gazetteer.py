"""Names we know: jurisdictions with what acts for them, agencies, commodities, listed companies."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ahocorasick_rs import AhoCorasick, MatchKind

from extractors.events.instruments import find_instruments
from extractors.events.other_words import COMMON_COMPANY_WORDS, IN_CAPITALS, OTHER_GOODS

# Rows of countries.csv that no text names.
NO_JURISDICTION = frozenset({"XX", "world"})
_OWNED = re.compile(r"(?:['’]s?)? ")
_PLURAL_OK = ("COMMODITY",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A known name in a sentence. Offsets within the sentence.

    label: COUNTRY, AGENCY, COMPANY, COMMODITY or INSTRUMENT. `how` for jurisdictions: name,
    demonym, capital, leader, agency, group, court. `code`: ISO code, commodity id or listing.
    """

    text: str
    start: int
    end: int
    label: str
    code: str
    how: str
    normal: str


_WORD = re.compile(r"[A-Za-z0-9]")


class Gazetteer:
    """Finds known names by one pass over the text; the longest wins."""

    def __init__(self) -> None:
        self.entries: dict[str, list[tuple[str, str, str, str]]] = {}
        self._load_places()
        self._load_agencies()
        self._load_commodities()
        self._load_companies()
        self.keys = sorted(self.entries)
        self.search = AhoCorasick(self.keys, matchkind=MatchKind.Standard)

    def _add(self, surface: str, label: str, code: str, how: str, normal: str) -> None:
        key = surface.strip().lower().replace("’", "'")
        if key:
            self.entries.setdefault(key, []).append((label, code, how, normal))

    def _load_places(self) -> None:
        for row in read_reference("countries.csv"):
            code, name = row["code"], row["name"]
            if code in NO_JURISDICTION:
                continue
            for how, column in (
                ("name", "aliases"),
                ("demonym", "demonyms"),
                ("capital", "capital"),
                ("leader", "leaders"),
            ):
                for alias in row[column].split("|"):
                    if alias and not (how == "demonym" and alias in row["aliases"].split("|")):
                        self._add(alias, "COUNTRY", code, how, name)
            self._add(name, "COUNTRY", code, "name", name)

    def _load_agencies(self) -> None:
        for row in read_reference("agencies.csv"):
            how = row["kind"] if row["kind"] in ("group", "court") else "agency"
            for alias in row["aliases"].split("|"):
                self._add(alias, "AGENCY", row["jurisdiction"], how, row["name"])

    def _load_commodities(self) -> None:
        for row in read_reference("commodities.csv"):
            for alias in [row["name"], *row["aliases"].split("|")]:
                if len(alias) > 2:
                    self._add(alias, "COMMODITY", row["commodity_id"], "alias", row["name"])
                    other = alias[:-1] if alias.endswith("s") else alias + "s"
                    if len(other) > 3:
                        self._add(other, "COMMODITY", row["commodity_id"], "alias", row["name"])
            for alias in row["ambiguous_aliases"].split("|"):
                if len(alias) > 2 and alias.islower():
                    self._add(alias, "COMMODITY", row["commodity_id"], "ambiguous", row["name"])

    def _load_companies(self) -> None:
        for row in read_reference("tickers.csv"):
            listing = f"{row['mic']}:{row['ticker']}"
            for alias in [row["name"], *row["aliases"].split("|")]:
                if len(alias) > 2:
                    self._add(alias, "COMPANY", listing, "alias", row["name"])
            for alias in row["ambiguous_aliases"].split("|"):
                if len(alias) > 2:
                    self._add(alias, "COMPANY", listing, "ambiguous", row["name"])

    def find(self, text: str, *, trust_case: bool = True) -> list[Name]:
        """Known names in `text`, in order, none overlapping.

        `trust_case` is False for text in capitals, in lower case or in title case, where a
        capital letter says nothing.
        """
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text).replace("’", "'")
        hits: list[tuple[int, int, str]] = []
        for index, start, end in self.search.find_matches_as_indexes(lowered, overlapping=True):
            if start and _WORD.match(lowered[start - 1]) and _WORD.match(lowered[start]):
                continue
            if end < len(lowered) and _WORD.match(lowered[end]) and _WORD.match(lowered[end - 1]):
                continue
            hits.append((start, end, self.keys[index]))
        hits.sort(key=lambda h: (h[0] - h[1], h[0]))
        taken: list[Name] = []
        for start, end, key in hits:
            if any(start < n.end and n.start < end for n in taken):
                continue
            name = self._name(text, start, end, key, trust_case)
            if name is not None:
                taken.append(name)
        taken = [name for name in taken if not _is_of_another(name, taken, text)]
        for found in find_instruments(text):
            taken.append(
                Name(
                    text=found.text,
                    start=found.start,
                    end=found.end,
                    label="INSTRUMENT",
                    code=found.instrument_id or "",
                    how=found.family,
                    normal=found.text,
                )
            )
        return sorted(taken, key=lambda n: (n.start, n.end))

    def _name(self, text: str, start: int, end: int, key: str, trust_case: bool) -> Name | None:
        surface = text[start:end]
        label, code, how, normal = self.entries[key][0]
        if label == "COMMODITY":
            other = OTHER_GOODS.get(key)
            if other is not None and other.search(text[max(0, start - 20) : start]):
                return None
        else:
            capital = any(c.isupper() for c in surface)
            if trust_case and (not capital or _is_word(text, start, end)):
                return None
            if (
                trust_case
                and key in IN_CAPITALS
                and surface not in ("US", "EU", "EC", "UAE", "DoD")
                and not surface.isupper()
            ):
                return None
            if not trust_case and key == "us" and _pronoun_us(text, start):
                return None
            if label == "COMPANY" and how == "ambiguous":
                return None
            if (
                label == "COMPANY"
                and not trust_case
                and " " not in key
                and key in COMMON_COMPANY_WORDS
            ):
                return None
            if key == "us" and re.match(
                r"\s+(?:steel\b(?! (?:tariff|import|industry|maker|export))|foods\b)",
                text[end:],
                re.I,
            ):
                return None
            if how in ("leader", "capital") and re.match(
                (
                    r"\s+(?:University|Post|Times|Street|Examiner|Journal|Tower|Hotel|State\b"
                    r"|Foundation)"
                ),
                text[end:],
            ):
                return None
            if key in ("european", "europeans") and _SOME_OF_EUROPE.match(text, end):
                return None
            if key == "washington" and re.search(
                r"(?:state of|George|Western|Denzel)\s$", text[:start]
            ):
                return None
            if how == "capital" and (
                re.search(r"\b(?:in|at|from|near|to|of|outside)\s+$", text[:start])
                or re.match(r"\s*,|\s*\(|\s+--|/", text[end:])
                or (start == 0 and re.match(r"\s*(?:--|—|-|\(|,)", text[end:]))
            ):
                how = "place"
        return Name(
            text=surface, start=start, end=end, label=label, code=code, how=how, normal=normal
        )


# "Eight European countries" are not their union.
_SOME_OF_EUROPE = re.compile(r"\s+(?:countries|states|nations|allies|governments|capitals)\b", re.I)
# A quotation mark and a blank may stand before the first word.
_OPENING = 4


def _is_word(text: str, start: int, end: int) -> bool:
    """Does a name open a text that has it in lower case too: "Polish your silver ... polish"?"""
    surface = text[start:end]
    # Only a name right at the start: the text before each name is not to be looked through.
    return (
        start < _OPENING
        and surface.istitle()
        and not text[:start].strip(" \"'‘“")
        and re.search(rf"\b{re.escape(surface.lower())}\b", text[end:]) is not None
    )


def _is_of_another(agency: Name, names: list[Name], text: str) -> bool:
    """Is an agency that another state has too named as that state's: "Italy's Treasury"?"""
    return agency.label == "AGENCY" and any(
        name.label == "COUNTRY"
        and name.code != agency.code
        and _OWNED.fullmatch(text, name.end, agency.start) is not None
        for name in names
    )


def _pronoun_us(text: str, start: int) -> bool:
    """Is this "us" the pronoun? In headlines without case it follows a verb or preposition."""
    before = text[:start].lower().split()
    return (
        bool(before)
        and before[-1]
        in {
            "let",
            "tell",
            "tells",
            "give",
            "gives",
            "show",
            "shows",
            "of",
            "for",
            "to",
            "with",
            "help",
            "helps",
            "make",
            "makes",
            "take",
            "lets",
            "join",
            "about",
            "around",
            "lead",
            "ask",
        }
        and not re.match(
            (
                r"us\s+(?:tariff|trade|china|eu|sanction|curbs|export|import|duties|levies"
                r"|steel|market)"
            ),
            text[start:].lower(),
        )
    )


def read_reference(name: str) -> list[dict[str, str]]:
    """Rows of a table in models/reference, as text."""
    source = resources.files("models.reference").joinpath(name)
    return list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))


@cache
def load_gazetteer() -> Gazetteer:
    """The shipped gazetteer, built once."""
    return Gazetteer()


def jurisdictions(names: Iterable[Name]) -> list[Name]:
    """Those names that stand for a jurisdiction, and may act or be hit."""
    return [n for n in names if n.label in ("COUNTRY", "AGENCY")]
