"""How well a step is attested, from its reports alone.

Each report has a worth of its own. A step is graded by the best of those that stand. Its official
source is the earliest report of the state that takes the step, of the step itself or of its next
stage: who puts a tariff in force confirms that it was announced. The order in which reports come,
and the pieces, do not matter.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Protocol

from extractors.linking.parts import Part
from models.event import EventMention, Factuality, SourceType
from models.grade import Grade

HEARSAY = frozenset({Factuality.QUESTION, Factuality.SPECULATIVE, Factuality.ALLEGED})
# A medium that nobody names: "reportedly", "local media".
NAMELESS_MEDIA = ("reportedly", "media report", "local media", "newspaper")
# Attribution takes any "source" for a person; "sources of lithium" says nothing.
NO_SPEAKER = re.compile(
    r"sources?\b(?!$|\s+(?:said|says?|told|tells?|have|had|has|familiar|close|with|who|briefed"
    r"|involved|inside|added|confirmed|indicated|suggest\w*)\b)",
    re.I,
)


class Official(NamedTuple):
    """An official report of a step, comparable by time. Times are UTC."""

    reported_at: datetime
    seen_at: datetime
    publisher: str
    article_id: str


class Step(Protocol):
    """What grading needs of a development. `stage_of` is the earlier step that it continues."""

    @property
    def label(self) -> str: ...
    @property
    def stage_of(self) -> str | None: ...
    @property
    def grade(self) -> str | None: ...
    @property
    def confirmed_by(self) -> Official | None: ...


def worth(part: Part) -> Grade | None:
    """Return what one report alone is worth; None if it denies the step.

    Confirmed: the publisher speaks for a state that takes the step (a party, of an agreement).
    """
    m = part.source.mention
    if m.factuality is Factuality.NEGATED:
        return None
    if m.factuality in HEARSAY:
        return Grade.RUMOUR
    if speaks_for_implementer(part):
        return Grade.CONFIRMED
    return Grade.RUMOUR if nobody_says(m) else Grade.REPORTED


def nobody_says(m: EventMention) -> bool:
    """Does the sentence leave open who says so: "two people said", "reportedly"?"""
    text = m.source_text or ""
    if m.source_type is SourceType.MEDIA:
        return text.lower().startswith(NAMELESS_MEDIA)
    return m.source_type is SourceType.UNNAMED_SOURCE and not NO_SPEAKER.match(text)


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


def graded(step: Step, measure: Iterable[Step]) -> tuple[str | None, Official | None]:
    """Return the grade of a step among those of its measure, and its official report."""
    if step.grade is None:  # denied or taken back
        return None, None
    later = (other.confirmed_by for other in measure if other.stage_of == step.label)
    official = earliest(step.confirmed_by, *later)
    return (Grade.CONFIRMED.value if official else step.grade), official
