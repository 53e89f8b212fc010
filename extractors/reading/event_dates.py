"""The dates of an event in their roles, as the encoder reads them and the words beside them say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from spacy.tokens import Doc

from extractors.events.context import SentenceContext
from extractors.reading.inputs import TEXT
from extractors.reading.labels import ROLES
from extractors.reading.readings import ReadEvent, Reading
from extractors.reading.roles import LIKELY, SURE
from extractors.text.dates import find_dates, precision_start
from models.event import TAKEN, EventDate, EventStatus, Factuality, TimeFrame

DATE_ROLES = tuple(role for role in ROLES if role.startswith("date_") or role == "deadline")
# The dates on which a step is taken.
OF_ACTS = frozenset({"date_announced", "date_effective"})
_NOT_YET = frozenset(
    {Factuality.SCHEDULED, Factuality.CONDITIONAL, Factuality.SPECULATIVE, Factuality.QUESTION}
)
# What lasts until a day ends on it; what does not begin until then begins on it.
_UNTIL = re.compile(r"(?<!not )\b(?:until|till|through)\s+(?:the end of\s+)?$", re.I)
# What is put off "to 1 January" is put off until then.
_MOVED = frozenset({EventStatus.DELAYED, EventStatus.EXTENDED})
_MOVED_TO = re.compile(r"\bto\s+(?:the end of\s+)?$", re.I)
# A date that only starts after these words lies ahead, whatever the verb says.
_AHEAD = re.compile(
    r"\b(?:from|starting|beginning|effective|until|till|through)\s+(?:on\s+)?$"
    r"|\b(?:takes? effect|comes? into (?:force|effect)|enters? into force|kicks? in)\s+(?:on\s+)?$",
    re.I,
)
# "Suspends the controls of 9 October", "Announcement No. 61 of 2025": a date that names an act.
_NAMES_ACT = re.compile(
    r"\b(?:rules?|orders?|notices?|announcements?|controls?|curbs|restrictions|tariffs?|dut(?:y|ies)"
    r"|proclamations?|decrees?|laws?|regulations?|bans?|measures) of (?:the )?$",
    re.I,
)
# "Will extend the pause, a spokesman said on Friday": the day of the word lies back.
_REPORTED = re.compile(
    r"\b(?:said|says|announced|told|wrote|confirmed|declared|reported|according)\b", re.I
)
_NUMBERED = re.compile(r"\bno\. ?\d+(?:(?:, | and )\d+)* of $", re.I)
# Steps that bring a measure into being: the date in their act's name is their own.
_RELATIVE = frozenset({"relcl", "acl"})
# What is put off or called off was to start as soon as this.
_SOON_DAYS = 90


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a step when its dates are read."""

    status: EventStatus
    factuality: Factuality
    time_frame: TimeFrame


def read_dates(
    doc: Doc,
    context: SentenceContext,
    event: ReadEvent,
    told: Told,
    ruled: Mapping[str, str],
) -> tuple[EventDate, ...]:
    """The dates of an event, each in its likeliest role. "March" of what is to come is the next.

    `ruled` are the roles that rules over the words beside a date give it, by its text: they count
    where the encoder is not sure.
    """
    reading: Reading = doc.user_data["reading"]
    past, ahead = (find_dates(context.text, context.published, future=f) for f in (False, True))
    found = []
    for d, later in zip(past, ahead, strict=True):
        before = context.text[: d.start]
        chances = {
            role: reading.chance_of(event, role, TEXT, d.start, d.end) for role in DATE_ROLES
        }
        role: str | None = max(chances, key=chances.__getitem__)
        if max(chances.values()) < SURE:
            role = ruled.get(d.text) if sum(chances.values()) > LIKELY else None
        if (role in OF_ACTS and _of_another_act(d.start, d.end, doc, event, told.status)) or (
            d.end < event.start and _of_the_thing(d.start, d.end, doc, event)
        ):
            role = None
        if role == "date_effective" and _UNTIL.search(before):
            role = "date_end"
        if role in OF_ACTS and told.status in _MOVED and _MOVED_TO.search(before):
            role = "date_end"
        if role is None:
            continue
        reported = role == "date_announced" and _REPORTED.search(before) is not None
        to_come = not reported and (
            told.factuality in _NOT_YET
            or role in ("date_end", "deadline")
            or _AHEAD.search(before) is not None
        )
        if _is_done(role, d.value, told, context.published):
            role, to_come = "date_announced", False
        value = later.value if to_come else d.value
        if told.time_frame is TimeFrame.BACKGROUND and role in OF_ACTS:
            value = _not_after(value, d.text, context.published)
        found.append(EventDate(role=role, text=d.text, date=value))
    return tuple(found)


def _of_another_act(start: int, end: int, doc: Doc, event: ReadEvent, status: EventStatus) -> bool:
    """Is a date that of the act which a step is done to, and not of the step itself?"""
    context: SentenceContext = doc.user_data["sentence"]
    before, text = context.text[:start], context.text[start:end]
    if text.isdigit() and _NUMBERED.search(before):
        return True
    if status not in TAKEN and event.start < start and _NAMES_ACT.search(before):
        return True
    return _of_the_thing(start, end, doc, event)


def _of_the_thing(start: int, end: int, doc: Doc, event: ReadEvent) -> bool:
    """Does a date stand in a clause that only describes a thing the step is done to?

    "Suspends the controls that it announced on 9 October": the suspension is of another day.
    """
    span = doc.char_span(start, end, alignment_mode="expand")
    step = doc.char_span(event.start, event.end, alignment_mode="expand")
    if span is None or step is None:
        return False
    token = span.root
    while token.head.i != token.i:
        if token.dep_ in _RELATIVE:
            return not any(t.i in (token.i, token.head.i) or token.is_ancestor(t) for t in step)
        token = token.head
    return False


def _is_done(role: str, value: str, told: Told, published: date | None) -> bool:
    """Is a date on which something ends or starts that of a step already taken?

    "Lifted the ban on Monday", "put the ban off on Friday": the day of the decision.
    """
    if published is None or told.factuality is not Factuality.ASSERTED or len(value) < 10:
        return False
    ended = role == "date_end" and told.status is EventStatus.LIFTED
    moved = role == "date_effective" and told.status in _MOVED
    return (ended or moved) and value <= published.isoformat()


def _not_after(value: str, text: str, published: date | None) -> str:
    """The date, a year earlier where that of a past step is read as one to come."""
    if published is None or re.search(r"\d{4}", text) or len(value) < 7:
        return value
    first = precision_start(value)
    if first is None or first <= published + timedelta(days=_SOON_DAYS):
        return value
    return f"{int(value[:4]) - 1}{value[4:]}"
