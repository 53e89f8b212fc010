"""Reference data that ships with the project, checked when it is read.

commodities.csv   traded goods: aliases, parent, HS codes (never guessed from text)
tickers.csv       listed issuers affected by policy, with aliases and exposures
countries.csv     every jurisdiction by code: names, demonyms, capitals and leaders that act;
                  XX (unknown) and world are not searched for in texts
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from models.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Commodity:
    """A traded good. `parent_id` leads to the product bucket of a measure key."""

    commodity_id: str
    name: str
    group: str
    parent_id: str | None
    aliases: tuple[str, ...]
    ambiguous_aliases: tuple[str, ...]
    hs_codes: tuple[str, ...]


def read_rows(name: str, required: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a shipped CSV file with their line numbers.

    Raises ConfigError when a required column is missing or empty.
    """
    path = resources.files("models.reference") / name
    with path.open("r", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        absent = [c for c in required if c not in (reader.fieldnames or ())]
        if absent:
            raise ConfigError(f"{name}: no column {absent[0]!r}")
        for row in reader:
            empty = next((c for c in required if not row[c]), None)
            if empty:
                raise ConfigError(f"{name}: line {reader.line_num}: {empty!r} is empty")
            yield reader.line_num, row


def split_list(value: str) -> tuple[str, ...]:
    """Return the parts of a cell that holds a list, "a|b|c"."""
    return tuple(part.strip() for part in value.split("|") if part.strip())


@cache
def load_commodities() -> dict[str, Commodity]:
    """Return all commodities by id. Raises ConfigError on a duplicate id or an unknown parent."""
    found: dict[str, Commodity] = {}
    for line, row in read_rows("commodities.csv", ("commodity_id", "name", "group")):
        if row["commodity_id"] in found:
            raise ConfigError(f"commodities.csv: line {line}: {row['commodity_id']!r} twice")
        found[row["commodity_id"]] = Commodity(
            commodity_id=row["commodity_id"],
            name=row["name"],
            group=row["group"],
            parent_id=row["parent_id"] or None,
            aliases=split_list(row["aliases"]),
            ambiguous_aliases=split_list(row["ambiguous_aliases"]),
            hs_codes=split_list(row["hs_codes"]),
        )
    for item in found.values():
        if item.parent_id and item.parent_id not in found:
            raise ConfigError(
                f"commodities.csv: {item.commodity_id!r} has unknown parent {item.parent_id!r}"
            )
    return found


def lineage(commodity_id: str) -> tuple[str, ...]:
    """Return a commodity and all that it is part of, the closest first; an unknown one is alone."""
    found = [commodity_id]
    commodities = load_commodities()
    while (item := commodities.get(found[-1])) and item.parent_id:
        found.append(item.parent_id)
    return tuple(found)


def product_bucket(commodity_id: str) -> str:
    """Return the highest listed ancestor: dysprosium and NdPr are both in rare_earths."""
    commodities = load_commodities()
    while parent := commodities[commodity_id].parent_id:
        commodity_id = parent
    return commodity_id
