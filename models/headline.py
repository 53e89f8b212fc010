"""A development in one line: who, what, which step, on what, against whom, how much, from when."""

from datetime import date

from models.alert import AlertCandidate
from models.jurisdiction import jurisdiction_name

LINE_LIMIT = 200
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Units that read better as a sign or as words than as our labels.
UNITS = {"percent": "%", "percent_point": " percentage points"}
# Steps whose day, when only the decision is dated, is no start of anything: "on", not "from".
STARTING = {"in_force", "raised", "cut", "expanded", "narrowed", "reinstated", "suspended"}


def headline(candidate: AlertCandidate) -> str:
    """The one line of a notice, plain text without line breaks, at most 200 characters.

    "China: export licensing suspended: rare earths, against United States, until 10 Nov 2026".
    """
    what = f"{words(candidate.type)} {step_words(candidate)}"
    # Products first: the line may be cut, and the object matters more than its reach.
    parts = [part for part in (objects(candidate), reach(candidate), rate(candidate)) if part]
    parts += when(candidate)
    line = f"{places(candidate.actors) or 'Unknown actor'}: {what}"
    if parts:
        line += f": {', '.join(parts)}"
    return shorten(" ".join(line.split()), LINE_LIMIT)


def words(label: str) -> str:
    """A label of the ontology as a reader says it: in_force -> in force."""
    return label.replace("_", " ")


def step_words(candidate: AlertCandidate) -> str:
    """The step, with what it acts on where that is not the measure: "suspension extended"."""
    if candidate.status_target == "measure":
        return words(candidate.status)
    return f"{words(candidate.status_target)} {words(candidate.status)}"


def places(codes: tuple[str, ...], limit: int = 4) -> str:
    """Jurisdictions by name: "United States, Japan and 3 more"."""
    return listed([jurisdiction_name(code) for code in codes if code != "XX"], limit)


def objects(candidate: AlertCandidate) -> str:
    """What it is about: companies and goods, as the text or our commodity list names them."""
    goods = [words(item) for item in candidate.commodities or candidate.products]
    return listed([*candidate.companies, *goods], 4)


def reach(candidate: AlertCandidate) -> str:
    """Whom it hits, or with whom it is made."""
    names = places(tuple(c for c in candidate.targets if c not in candidate.actors))
    if not names:
        return ""
    return f"{'with' if candidate.family == 'agreement' else 'against'} {names}"


def rate(candidate: AlertCandidate) -> str:
    """The main rate: "25%", "5.5 USD per kg"; empty if none."""
    return rate_words(candidate.rate_value, candidate.rate_unit)


def rate_words(value: float | None, unit: str | None) -> str:
    """A rate with its unit as a reader writes it; empty if there is none."""
    if value is None:
        return ""
    return f"{value:g}{UNITS.get(unit or '', ' ' + words(unit or ''))}".strip()


def when(candidate: AlertCandidate) -> list[str]:
    """From when and until when; the day of the decision if nothing else is known."""
    found = []
    if candidate.effective_date:
        found.append(f"from {day_words(candidate.effective_date)}")
    elif candidate.decision_date and candidate.decision_precision in (None, "day"):
        link = "from" if candidate.status in STARTING else "on"
        found.append(f"{link} {day_words(candidate.decision_date.isoformat())}")
    if candidate.end_date:
        found.append(f"until {day_words(candidate.end_date)}")
    return found


def day_words(text: str) -> str:
    """A date as precise as it was said: 2025-11-01 -> 1 Nov 2025, 2025-11 -> Nov 2025."""
    try:
        if len(text) == 7 and text[5] != "Q":
            return f"{MONTHS[int(text[5:]) - 1]} {text[:4]}"
        day = date.fromisoformat(text)
    except (ValueError, IndexError):
        return text
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def listed(names: list[str], limit: int) -> str:
    """Names in a row, the tail counted: "a, b and 3 more"."""
    names = list(dict.fromkeys(names))
    if len(names) > limit:
        return f"{', '.join(names[: limit - 1])} and {len(names) - limit + 1} more"
    return ", ".join(names)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(",:; ") + "…"
