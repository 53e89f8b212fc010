"""A number with its noun, as messages say it."""


def counted(number: int, noun: str) -> str:
    """Return "1 alarm" or "1,200 alarms": the noun takes an s unless the number is one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
