"""Checks options that accept only known values; the error suggests the nearest one."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz, process, utils

from models.errors import ConfigError
from models.reference import read_rows, split_list
from warehouse.connection import load_query
from warehouse.snapshot import query

SHOWN = 8
NO_NAMES: Mapping[str, str] = {}
# A suggestion with a lower score confuses more than it helps.
ALIKE = 60


def check_value(
    option: str, value: str | None, known: Iterable[str], *, names: Mapping[str, str] | None = None
) -> None:
    """Raise ConfigError when `value` is given and not one of `known`.

    `names` maps other words to known values ("China" to CN). The error suggests the nearest.
    """
    known = list(known)
    if value is None or value in known:
        return
    raise ConfigError(f"{option}: unknown value {value!r}; {suggestion(value, known, names or {})}")


def suggestion(value: str, known: Sequence[str], names: Mapping[str, str] = NO_NAMES) -> str:
    """A question with the nearest known values, or the list of known values if none is near."""
    if near := nearest(value, known, names):
        return f"did you mean {' or '.join(near)}?"
    if not known:
        return "none is known yet"
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    return f"known are {', '.join(known[:SHOWN])}{more}"


def nearest(value: str, known: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """Up to three known values similar to `value`, the nearest first, with their names."""
    words: dict[str, str] = {each: each for each in known} | dict(names)
    scored = process.extract(
        value, list(words), scorer=fuzz.WRatio, processor=utils.default_process, limit=8
    )
    best = scored[0][1] if scored else 0
    if best < ALIKE:
        return []
    found = dict.fromkeys(words[word] for word, score, _ in scored if score >= best - 5)
    said: dict[str, str] = {}
    for word, code in names.items():
        if word != code:
            said.setdefault(code, word)
    return [f"{each} ({said[each]})" if each in said else each for each in found][:3]


@cache
def reference_names(table: str, key: str) -> dict[str, str]:
    """Name and aliases -> id of a shipped reference table with columns `name` and `aliases`.

    An alias of several ids maps to the first.
    """
    rows = [row for _, row in read_rows(f"{table}.csv", ("name", key))]
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(row["name"], row[key])
    for row in rows:
        for alias in split_list(row["aliases"]):
            found.setdefault(alias, row[key])
    return found


def check_actor(option: str, value: str | None) -> None:
    """Raise ConfigError when `value` is not the code of a jurisdiction."""
    names = reference_names("countries", "code")
    known = dict.fromkeys(names.values())
    if value is None or value.upper() not in known:
        check_value(option, value, known, names=names)


def check_commodity(option: str, value: str | None) -> None:
    """Raise ConfigError when `value` is not the id of a commodity."""
    names = reference_names("commodities", "commodity_id")
    check_value(option, value, dict.fromkeys(names.values()), names=names)


def check_ticker(option: str, value: str | None, snapshot: Path) -> None:
    """Raise ConfigError when no listing of the snapshot has this ticker, written MP or XNYS:MP.

    Without any listings (the market stage has not run yet), every ticker is accepted.
    """
    if value is None:
        return
    wanted = value.upper()
    rows = query(snapshot, load_query("listing_names"), {}).rows
    known = [str(listing) for listing, _ in rows]
    bare = {listing.partition(":")[2] for listing in known}
    if not known or wanted in bare or wanted in known:
        return
    names = {str(name): str(listing) for listing, name in rows if name}
    bare_names = {listing.partition(":")[2]: listing for listing in known}
    check_value(option, value, known, names=names | bare_names)
