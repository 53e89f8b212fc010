"""Markets: their currency, trading calendar, and suffix in Reuters codes."""

from dataclasses import dataclass
from functools import cache

from models.errors import ConfigError
from models.reference import read_rows, split_list

US_MARKETS = frozenset({"XNYS", "XNAS", "XASE", "ARCX", "BATS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """A market by its MIC. `calendar` is the MIC whose sessions it follows; `zone` is from IANA."""

    mic: str
    name: str
    currency: str
    calendar: str
    zone: str = "UTC"
    ric_suffixes: tuple[str, ...] = ()


@cache
def load_markets() -> dict[str, Market]:
    """Return all markets by MIC. Raises ConfigError on a duplicate MIC."""
    found: dict[str, Market] = {}
    for line, row in read_rows("markets.csv", ("mic", "name", "currency", "calendar", "zone")):
        if row["mic"] in found:
            raise ConfigError(f"markets.csv: line {line}: {row['mic']!r} twice")
        found[row["mic"]] = Market(
            mic=row["mic"],
            name=row["name"],
            currency=row["currency"],
            calendar=row["calendar"],
            zone=row["zone"],
            ric_suffixes=split_list(row["ric"]),
        )
    return found
