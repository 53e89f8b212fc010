"""The jurisdictions the codes of events stand for."""

import csv
from functools import cache
from importlib import resources


@cache
def jurisdictions() -> dict[str, str]:
    """Code -> short English name: ISO 3166-1 alpha-2, `EU`, `XK`, `XX` (unknown), `world`.

    States that are no more (SU, DD, YU) are among them, for old texts.
    """
    text = (resources.files("models") / "reference" / "countries.csv").read_text("utf-8")
    return {row["code"]: row["name"] for row in csv.DictReader(text.splitlines())}


def jurisdiction_name(code: str) -> str:
    """The name a reader knows it by; the code itself when we have none."""
    return jurisdictions().get(code, code)
