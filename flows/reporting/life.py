"""A measure's life: its steps in order of report, and the state it was in from day to day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from flows.reporting.words import Row

TALK, DECIDED, FORCE, PAUSED, DUE, ENDED = "talk", "decided", "force", "paused", "due", "ended"
STATES = {
    TALK: "Threatened, proposed or in talks",
    DECIDED: "Announced or adopted",
    FORCE: "In force",
    PAUSED: "Suspended or delayed",
    DUE: "Return due",
    ENDED: "Ended",
}
SHORT = {
    TALK: "In talks",
    DECIDED: "Decided",
    FORCE: "In force",
    PAUSED: "Suspended",
    DUE: "Return due",
    ENDED: "Ended",
}
STATE_OF = {
    "under_negotiation": TALK,
    "threatened": TALK,
    "proposed": TALK,
    "announced": DECIDED,
    "adopted": DECIDED,
    "in_force": FORCE,
    "reinstated": FORCE,
    "suspended": PAUSED,
    "delayed": PAUSED,
    "lifted": ENDED,
    "expired": ENDED,
    "averted": ENDED,
    "rejected": ENDED,
}
# They change what a measure holds, not whether it holds.
CHANGING = frozenset({"raised", "cut", "expanded", "narrowed", "exempted", "extended"})
HOLDING = frozenset({DECIDED, FORCE, PAUSED, DUE})
FACTS = frozenset({"asserted", "scheduled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A time in one state; `end` is None while nothing says when it ends."""

    start: date
    end: date | None
    state: str


def step_day(row: Row) -> date:
    """The day a step stands at: its report, or its decision when the report looked back."""
    reported: date = row["first_reported_at"].date()
    if row["time_frame"] == "background" and row["decision_date"]:
        decided: date = row["decision_date"]
        return min(decided, reported)
    return reported


def in_order(steps: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Steps by the day they stand at, earliest first."""
    return sorted(
        steps,
        key=lambda row: (step_day(row), row["first_reported_at"], row["development_id"]),
    )


def segments(steps: Sequence[Row]) -> list[Segment]:
    """The states of a measure, from its steps in order.

    Only what was stated as fact or scheduled counts. A later report replaces what earlier ones
    said about the time after it.
    """
    turns: list[tuple[date, str]] = []
    for row in steps:
        if row["factuality"] in FACTS:
            turns = turned(turns, row, step_day(row))
    found: list[Segment] = []
    ends = [start for start, _ in turns[1:]]
    for (start, state), end in zip_longest(turns, ends):
        if found and found[-1].state == state:
            found[-1] = Segment(start=found[-1].start, end=end, state=state)
        elif end is None or end > start:
            found.append(Segment(start=start, end=end, state=state))
    return found


def turned(turns: list[tuple[date, str]], row: Row, on: date) -> list[tuple[date, str]]:
    """The turns of a life after one more step, reported `on` that day."""
    state = state_after(row)
    start, end = row["effective_on"], row["ends_on"]
    before = [turn for turn in turns if turn[0] <= on]
    current = before[-1][1] if before else None
    if state is None:
        if row["status"] not in CHANGING:
            return turns
        prolongs = row["status"] == "extended" and end and end > on
        if current in HOLDING:
            return prolonged(turns, end) if prolongs else turns
        # The end of a changed rate is not the end of the measure.
        state, end = FORCE, end if prolongs else None
    if state in (TALK, DECIDED) and current in (FORCE, PAUSED, DUE):
        # Talk of more does not end what holds.
        return turns
    begins = start if start and start > on else on
    if state == DECIDED:
        later = [(begins, FORCE)] if start else []
        fresh = [(on, DECIDED), *later] if begins > on or not start else later
    elif begins > on:
        # Until it begins, what held goes on.
        fresh = [(begins, state)] if before else [(on, DECIDED), (begins, state)]
    else:
        fresh = [(on, state)]
    last = fresh[-1][0]
    if end and end > last:
        if state == PAUSED:
            fresh.append((end, DUE))
        elif state in (FORCE, DECIDED):
            fresh.append((end + timedelta(days=1), ENDED))
    return [*(turn for turn in before if turn[0] < fresh[0][0]), *fresh]


def prolonged(turns: list[tuple[date, str]], end: date) -> list[tuple[date, str]]:
    """The turns of a life whose measure now ends on another day."""
    held = [turn for turn in turns if turn[1] != ENDED and turn[0] <= end]
    return [*held, (end + timedelta(days=1), ENDED)]


def state_after(row: Row) -> str | None:
    """The state that a step puts its measure in; None when it leaves it as it was."""
    status, target = row["status"], row["status_target"] or "measure"
    if target in ("exemption", "investigation") and target != row["type"]:
        return None
    if target in ("suspension", "deadline"):
        if status == "extended":
            return PAUSED
        if status in ("lifted", "expired"):
            return FORCE
    return STATE_OF.get(status)
