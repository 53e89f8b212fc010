"""How well a step is attested, from its reports alone.

Each report has a worth of its own; a step is graded by the best of those that stand, and its
official source is the earliest report of the state that takes the step. Both are the same in
whatever order and in whatever pieces the reports come.
"""

from datetime import datetime
from typing import NamedTuple

from extractors.linking.parts import Part
from models.event import EventMention, Factuality, SourceType
from models.grade import Grade

HEARSAY = frozenset({Factuality.QUESTION, Factuality.SPECULATIVE, Factuality.ALLEGED})
# A medium that nobody names: "reportedly", "local media".
NAMELESS_MEDIA = ("reportedly", "media report", "local media", "newspaper")


class Official(NamedTuple):
    """An official report of a step, comparable by time. Times are UTC."""

    reported_at: datetime
    seen_at: datetime
    publisher: str
    article_id: str


def worth(part: Part) -> Grade | None:
    """Return what one report alone is worth; None if it denies the step.

    Confirmed: the publisher speaks for a state that takes the step (a party, of an agreement).
    """
    m = part.source.mention
    if m.factuality is Factuality.NEGATED:
        return None
    if m.factuality in HEARSAY or nobody_says(m):
        return Grade.RUMOUR
    return Grade.CONFIRMED if speaks_for_implementer(part) else Grade.REPORTED


def nobody_says(m: EventMention) -> bool:
    """Does the sentence leave open who says so: "two people said", "reportedly"?"""
    if m.source_type is SourceType.MEDIA:
        return (m.source_text or "").lower().startswith(NAMELESS_MEDIA)
    return m.source_type is SourceType.UNNAMED_SOURCE


def speaks_for_implementer(part: Part) -> bool:
    """Does the publisher speak for a state that takes this step?"""
    return part.source.speaks_for in part.implementer.split("+")


def official_of(part: Part) -> Official | None:
    """Return a report as an official one, if it confirms the step."""
    if worth(part) is not Grade.CONFIRMED:
        return None
    s = part.source
    return Official(s.reported_at, s.first_seen_at, s.publisher, part.article)


def earliest(*reports: Official | None) -> Official | None:
    """Return the earliest of some official reports, if there is any."""
    return min((report for report in reports if report), default=None)
