"""The jurisdictions behind the codes in events."""

import csv
from functools import cache
from importlib import resources


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


def _rows() -> list[dict[str, str]]:
    text = (resources.files("models") / "reference" / "countries.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def jurisdiction_name(code: str) -> str:
    """Return the usual English name; the code itself if unknown."""
    return jurisdictions().get(code, code)
