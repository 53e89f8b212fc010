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


def _rows() -> Iterator[dict[str, str]]:
    return (row for _, row in read_rows("countries.csv", ("code", "name")))


def jurisdiction_name(code: str) -> str:
    """Return the usual English name; the code itself if unknown."""
    return jurisdictions().get(code, code)
