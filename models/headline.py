"""A development in one line: who, what, which step, about what, against whom, how much, when."""

import re
from datetime import date

from models.alert import AlertCandidate
from models.jurisdiction import jurisdiction_name

LINE_LIMIT = 200
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Units that read better as a sign or in words.
UNITS = {"percent": "%", "percent_point": " percentage points"}
# For these steps a decision date is not a start date: write "on", not "from".
STARTING = {"in_force", "raised", "cut", "expanded", "narrowed", "reinstated", "suspended"}
# How a type takes its object, and what acts on a measure takes the measure: "tariff on steel".
PREPOSITIONS = {
    "government_investment": "in",
    "investigation": "into",
    "investment_screening": "of",
    "local_content_nationalisation": "of",
    "offtake_agreement": "for",
    "sanction_listing": "of",
    "stockpile": "of",
    "subsidy": "for",
    "tariff_exemption": "for",
}
ACTING_PREPOSITIONS = {"exemption": "from", "investigation": "into"}


def headline(candidate: AlertCandidate) -> str:
    """Return the headline of a notice: plain text, one line, at most 200 characters.

    "China: export licensing suspended: rare earths, against United States, until 10 Nov 2026".
    Without a known actor the measure leads: "Tariff on steel raised to 50%, against China".
    """
    who = places(candidate.actors)
    if not who:
        return shorten(" ".join(nobodys_line(candidate).split()), LINE_LIMIT)
    what = f"{words(candidate.type)} {step_words(candidate)}"
    # Products first: the line may be cut, and they matter more than the targets.
    parts = [part for part in (objects(candidate), reach(candidate), rate(candidate)) if part]
    parts += when(candidate)
    line = f"{who}: {what}"
    if parts:
        line += f": {', '.join(parts)}"
    return shorten(" ".join(line.split()), LINE_LIMIT)


def nobodys_line(candidate: AlertCandidate) -> str:
    """Return the headline of a development whose actor is not known."""
    measure = words(candidate.type)
    if goods := objects(candidate):
        measure += f" {PREPOSITIONS.get(candidate.type, 'on')} {goods}"
    target = candidate.status_target
    if target not in ("measure", candidate.type):
        measure = f"{words(target)} {ACTING_PREPOSITIONS.get(target, 'of')} {measure}"
    line = f"{measure} {words(candidate.status)}"
    how_much = rate(candidate)
    if how_much and candidate.status in ("raised", "cut"):
        link = "by" if candidate.rate_unit == "percent_point" else "to"
        line, how_much = f"{line} {link} {how_much}", ""
    parts = [line, *(part for part in (reach(candidate), how_much) if part), *when(candidate)]
    whole = ", ".join(parts)
    return whole[:1].upper() + whole[1:]


def words(label: str) -> str:
    """Return a label of the ontology in plain words: in_force -> in force."""
    return label.replace("_", " ")


def step_words(candidate: AlertCandidate) -> str:
    """Return the step, with what it applies to if not the measure: "suspension extended"."""
    if candidate.status_target == "measure":
        return words(candidate.status)
    return f"{words(candidate.status_target)} {words(candidate.status)}"


def places(codes: tuple[str, ...], limit: int = 4) -> str:
    """Return jurisdictions by name: "United States, Japan and 3 more"."""
    return listed([jurisdiction_name(code) for code in codes if code != "XX"], limit)


def objects(candidate: AlertCandidate) -> str:
    """Return the companies and goods concerned, as named in the text or in our commodity list."""
    goods = [words(item) for item in candidate.commodities or candidate.products]
    return listed([*candidate.companies, *goods], 4)


def reach(candidate: AlertCandidate) -> str:
    """Return the targets of the measure, or the parties of an agreement."""
    names = places(tuple(c for c in candidate.targets if c not in candidate.actors))
    if not names:
        return ""
    return f"{'with' if candidate.family == 'agreement' else 'against'} {names}"


def rate(candidate: AlertCandidate) -> str:
    """Return the main rate ("25%", "5.5 USD per kg"); empty if there is none."""
    return rate_words(candidate.rate_value, candidate.rate_unit)


def rate_words(value: float | None, unit: str | None) -> str:
    """Return a rate with a readable unit; empty if there is none."""
    if value is None:
        return ""
    return f"{value:g}{UNITS.get(unit or '', ' ' + words(unit or ''))}".strip()


def when(candidate: AlertCandidate) -> list[str]:
    """Return the start and end dates; the decision date if nothing else is known."""
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
    """Return a date as precise as stated: 2025-11-01 -> 1 Nov 2025, 2025-11 -> Nov 2025."""
    if re.fullmatch(r"\d{4}-Q[1-4]", text):
        return f"{text[5:]} {text[:4]}"
    try:
        if len(text) == 7:
            return f"{MONTHS[int(text[5:]) - 1]} {text[:4]}"
        day = date.fromisoformat(text)
    except (ValueError, IndexError):
        return text
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def cut_day(day: date, precision: str | None) -> str:
    """Return a day as precise as told: 2025-11-07, 2025-11, 2025-Q4 or 2025."""
    if precision == "year":
        return f"{day:%Y}"
    if precision == "quarter":
        return f"{day:%Y}-Q{(day.month + 2) // 3}"
    return f"{day:%Y-%m}" if precision == "month" else f"{day:%Y-%m-%d}"


def listed(names: list[str], limit: int) -> str:
    """Return names in a row, with the rest counted: "a, b and 3 more"."""
    names = list(dict.fromkeys(names))
    if len(names) > limit:
        return f"{', '.join(names[: limit - 1])} and {len(names) - limit + 1} more"
    return ", ".join(names)


def shorten(text: str, limit: int) -> str:
    """Return at most `limit` characters, cut at a word boundary."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(",:; ") + "…"
