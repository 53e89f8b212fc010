"""The jurisdictions the codes of events stand for."""

import csv
from functools import cache
from importlib import resources


@cache
def jurisdictions() -> dict[str, str]:
    """Code -> short English name: ISO 3166-1 alpha-2, `EU`, `XK`, `XX` (unknown), `world`."""
    text = (resources.files("models") / "reference" / "jurisdictions.csv").read_text("utf-8")
    return {row["code"]: row["name"] for row in csv.DictReader(text.splitlines())}


def jurisdiction_name(code: str) -> str:
    """The name a reader knows it by; the code itself when we have none."""
    return jurisdictions().get(code, code)
