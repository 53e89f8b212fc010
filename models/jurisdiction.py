"""The jurisdictions behind the codes in events."""

from collections.abc import Iterator
from functools import cache

from models.reference import read_rows


@cache
def jurisdictions() -> dict[str, str]:
    """Return code -> short English name: ISO 3166-1 alpha-2, `EU`, `XK`, `XX` (unknown), `world`.

    Former states (SU, DD, YU) are included for old texts.
    """
    return {row["code"]: row["name"] for row in _rows()}


@cache
def demonyms() -> frozenset[str]:
    """Return the words for people and things of a jurisdiction: "Kenyan"."""
    return frozenset(word for row in _rows() for word in row["demonyms"].split("|") if word)


@cache
def party_names() -> dict[str, str]:
    """Return name -> code of all jurisdictions: their names, aliases and the leaders that act.

    A name that stands for two is left out.
    """
    return _codes("name", "aliases", "leaders")


@cache
def author_names() -> dict[str, str]:
    """Return name -> code of who imposes a measure: a party's names and its capital."""
    return _codes("name", "aliases", "leaders", "capital")


@cache
def origin_words() -> dict[str, str]:
    """Return word -> code for names and demonyms, as in "Kenyan tea"; none that stands for two."""
    return _codes("name", "demonyms")


def _codes(*columns: str) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for row in _rows():
        if row["code"] in ("XX", "world"):
            continue
        for column in columns:
            for word in row[column].split("|"):
                if word:
                    found.setdefault(word, set()).add(row["code"])
    return {word: codes.pop() for word, codes in found.items() if len(codes) == 1}


def _rows() -> Iterator[dict[str, str]]:
    return (row for _, row in read_rows("countries.csv", ("code", "name")))


def jurisdiction_name(code: str) -> str:
    """Return the usual English name; the code itself if unknown."""
    return jurisdictions().get(code, code)
