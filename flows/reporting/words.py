"""Rows of the views in words: titles, steps, states, dates and moves, as the pages show them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from models import harmless
from models import headline as headlines
from models.alert import AlertCandidate
from models.jurisdiction import jurisdiction_name
from models.reference import lineage, load_commodities

Row = Mapping[str, Any]
# Fields that a row of policy_events and a candidate have in common, by kind of value.
LISTS = ("actors", "targets", "commodities", "products", "companies")
VALUES = (
    "development_id",
    "measure_id",
    "type",
    "family",
    "status",
    "polarity",
    "factuality",
    "novelty",
    "novelty_score",
    "first_seen_at",
    "instrument",
    "rate_value",
    "rate_unit",
    "decision_date",
    "decision_precision",
)
CORRECTIONS = {
    "retracted": "a source has since withdrawn it",
    "corrected": "a source has since corrected it; the row shows the corrected values",
    "reinstated": "a source withdrew it and later stood by it again",
}
CERTAINTY = {
    "asserted": "stated as fact",
    "scheduled": "scheduled",
    "conditional": "on a condition",
    "speculative": "speculation",
    "alleged": "alleged",
    "negated": "denied",
    "question": "asked, not stated",
}
LINKS = {"named": "named in the text", "party": "party to it", "exposed": "exposed"}
SIGNS = {"+": "usually gains", "-": "usually loses", "?": "depends"}
_QUERY = re.compile(r"\?[^\s\"'<>]+")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def candidate(row: Row) -> AlertCandidate:
    """A row of policy_events as the headline function takes it."""
    held: dict[str, Any] = {name: row[name] for name in VALUES}
    held |= {name: tuple(row[name] or ()) for name in LISTS}
    if row["effective_on"]:
        held["effective_date"] = headlines.cut_day(row["effective_on"], row["effective_precision"])
    if row["ends_basis"] == "stated":
        held["end_date"] = headlines.cut_day(row["ends_on"], row["ends_precision"])
    return AlertCandidate(status_target=row["status_target"] or "measure", **held)


def step_line(row: Row) -> str:
    """A development in one line: who, what, which step, about what, when."""
    return headlines.headline(candidate(row))


def measure_title(row: Row) -> str:
    """A measure in one line: "China: export control on rare earths, against United States"."""
    who = headlines.places(tuple((row["implementer"] or "").split("+")))
    goods = headlines.listed(
        [*row["companies"][:2], *map(headlines.words, widest(row["commodities"]))], 4
    )
    what = headlines.words(row["type"])
    if goods:
        what += f" {headlines.PREPOSITIONS.get(row['type'], 'on')} {goods}"
    against = headlines.places(
        tuple(c for c in row["targets"] if c not in row["actors"] and c != "world")
    )
    if against:
        what += f", {'with' if row['family'] == 'agreement' else 'against'} {against}"
    return f"{who}: {what}" if who else what[:1].upper() + what[1:]


def widest(commodities: Sequence[str]) -> list[str]:
    """Commodities without those that belong to another one: rare earths, not holmium too."""
    held = set(commodities)
    return [each for each in commodities if not held & set(lineage(each)[1:])]


def commodity_name(commodity: str) -> str:
    """The name of a commodity in our list; its id in words if it is not in it."""
    known = load_commodities().get(commodity)
    return known.name if known else headlines.words(commodity)


def step_name(row: Row) -> str:
    """The step itself: "Suspended", "Suspension extended"."""
    return _step(row["status"], row["status_target"], row["type"])


def _step(status: str, target: str | None, kind: str) -> str:
    """A status, with what it is the status of where that is not the measure."""
    text = headlines.words(status)
    if target and target not in ("measure", kind):
        text = f"{headlines.words(target)} {text}"
    return text[:1].upper() + text[1:]


def step_terms(row: Row) -> list[str]:
    """What the step sets: its rate, when it starts and ends."""
    found = []
    if rate := headlines.rate_words(row["rate_value"], row["rate_unit"]):
        found.append(f"{row.get('rate_word', 'rate')} {rate}")
    if row["amount_value"] is not None:
        kind = headlines.words(row["amount_kind"] or "amount")
        found.append(f"{kind} {row['amount_value']:,.6g} {row['amount_unit'] or ''}".strip())
    if row["effective_on"]:
        found.append(f"from {day(row['effective_on'], row['effective_precision'])}")
    if row["ends_on"]:
        counted = " by its duration" if row["ends_basis"] == "duration" else ""
        found.append(f"until {day(row['ends_on'], row['ends_precision'])}{counted}")
    return found


def standing(row: Row, today: date) -> str:
    """What holds today, in one sentence: the first thing a reader of a measure's page sees.

    `row` is a row of measure_status.
    """
    state, ahead = row["status_today"], row["next_date"]
    then, on = day(ahead, row["next_precision"]), in_or_on(row["next_precision"])
    left = f" (in {days_between(today, ahead)})" if ahead else ""
    if on == "in":
        # A period starts with its first day and ends with its last.
        bound = "earliest" if row["next_step"] == "takes effect" else "latest"
        left = left.replace(")", f" at the {bound})")
    if row["next_step"] == "returns unless prolonged":
        what = "Delayed" if row["last_status"] == "delayed" else "Suspended"
        return f"{what} until {then}{left}. Returns then, unless prolonged."
    if row["next_step"] == "takes effect":
        told = "Reported as in force" if row["last_status"] == "in_force" else state_word(row)
        return f"{told}, takes effect {on} {then}{left}."
    if row["next_step"] == "ends":
        return f"{state_word(row)}, ends {on} {then}{left}."
    if state == "suspension_over":
        ended = day(row["last_ends_on"], row["last_ends_precision"])
        at = in_or_on(row["last_ends_precision"])
        return f"The suspension ran out {at} {ended}. Nothing newer is reported."
    start = row["last_effective_on"]
    began = day(start, row["last_effective_precision"])
    if start and row["last_reported_at"].date() < start <= today:
        told = day(row["last_reported_at"])
        return f"{state_word(row)} as of {began}, as reported on {told}. Nothing newer."
    if start and start <= today and state == "in_force":
        return f"{state_word(row)} since {began}."
    since = f", {day(row['last_step_date'])}" if row["last_step_date"] else ""
    return f"{state_word(row)}{since}."


def state_word(row: Row) -> str:
    """The state of a measure today in one or two words."""
    if row["status_today"] == "suspension_over":
        return "Suspension ran out"
    # What follows from dates alone is a state of the measure itself.
    target = row["last_status_target"] if row["status_today"] == row["last_status"] else None
    return _step(row["status_today"], target, row["type"])


def days_between(today: date, ahead: date) -> str:
    """Days until a day, in words."""
    count = (ahead - today).days
    return {0: "today", 1: "1 day"}.get(count, f"{count} days")


def day(value: date | datetime | None, precision: str | None = "day") -> str:
    """A day as people write it, as precise as told: 10 Nov 2026, Nov 2026, Q4 2026 or 2026."""
    if value is None:
        return ""
    return headlines.day_words(headlines.cut_day(value, precision))


def in_or_on(precision: str | None) -> str:
    """The word before a date: on a day, in a longer period."""
    return "on" if precision in (None, "day") else "in"


def moment(value: datetime | None) -> str:
    """A time in UTC: 10 Nov 2026, 14:05."""
    return f"{day(value)}, {value:%H:%M}" if value else ""


def percent(value: float | None, digits: int = 1) -> str:
    """A fraction as percent with its sign; a dash when it is not known. Minus is a real minus."""
    if value is None:
        return "–"
    return f"{value * 100:+.{digits}f} %".replace("-", "−")


def share(part: int, whole: int) -> str:
    """A share in percent, without a sign."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def ticker(listing: str) -> str:
    """The ticker of MIC:TICKER."""
    return listing.partition(":")[2] or listing


def slug(text: str) -> str:
    """A file name for an id: letters, digits, dots, dashes; the same for the same id."""
    return _UNSAFE.sub("-", text).strip("-.") or "x"


def without_query(text: str | None) -> str:
    """An error without the query strings of addresses: they may hold a key."""
    return _QUERY.sub("?…", text or "")


def countries(codes: Sequence[str]) -> list[tuple[str, str]]:
    """(code, name) of jurisdictions, without the unknown one and the whole world."""
    return [(code, jurisdiction_name(code)) for code in codes if code not in ("XX", "world")]


def clean(value: object) -> object:
    """What a template prints: texts lose control, invisible and direction characters.

    Jinja escapes the result.
    """
    if value is None:
        return ""
    if isinstance(value, str) and not isinstance(value, Markup):
        return harmless.lines(value)
    return value
