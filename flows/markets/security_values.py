"""Read and check values of a list of securities: CIK, ISIN and dates."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime


def cik_of(row: Mapping[str, str], where: str, notes: list[str]) -> str | None:
    """Return the CIK in ten digits; leave an invalid one out and add a note."""
    given = (row.get("cik") or "").strip()
    if not given:
        return None
    if not given.isdecimal() or len(given) > 10:
        notes.append(f"{where}: CIK {given!r} is not a number of up to ten digits; left out")
        return None
    return given.zfill(10)


def isin_of(row: Mapping[str, str], where: str, notes: list[str]) -> str | None:
    """Return the ISIN; leave one with a wrong check digit out and add a note."""
    isin = (row.get("isin") or "").strip().upper()
    if isin and not is_isin(isin):
        notes.append(f"{where}: ISIN {isin!r} has a wrong check digit or form; left out")
        return None
    return isin or None


def is_isin(isin: str) -> bool:
    """Check form and check digit of an ISIN (ISO 6166: letters as numbers, then Luhn's sum)."""
    if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", isin) is None:
        return False
    digits = "".join(str(int(c, 36)) for c in isin)
    doubled = "".join(str(2 * int(d)) if n % 2 else d for n, d in enumerate(reversed(digits)))
    return sum(map(int, doubled)) % 10 == 0


def day_of(row: Mapping[str, str], column: str) -> date | None:
    """Return a date of the row, ISO or as exchanges write it ("06-OCT-2008"); None if empty.

    Raises ValueError when it is not a date.
    """
    given = (row.get(column) or "").strip()
    if not given:
        return None
    for form in ("%Y-%m-%d", "%d-%b-%Y", "%d/%m/%Y", "%Y%m%d"):
        with suppress(ValueError):
            return datetime.strptime(given, form).replace(tzinfo=UTC).date()
    raise ValueError(f"{column}: not a date: {given!r}; write 2025-10-01")
