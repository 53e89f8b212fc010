"""How well a step is attested: by hearsay, by named reports, or by the state that takes it."""

from enum import StrEnum


class Grade(StrEnum):
    """How well a step is attested. Declared weakest first."""

    RUMOUR = "rumour"
    REPORTED = "reported"
    CONFIRMED = "confirmed"


def best(*grades: str | None) -> str | None:
    """Return the strongest of some grades; None if there is none. The order does not matter."""
    held = [Grade(grade) for grade in grades if grade]
    return max(held, key=list(Grade).index).value if held else None
