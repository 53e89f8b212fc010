"""Set phrases of notices, orders and news of them: what step each is (annotation guide, 38 to 42).

Commissions, customs and orders say the same thing in the same words in thousands of notices: a
complaint asks for an inquiry, no violation is found, products are excluded from the action.
"""

import re
from dataclasses import replace

from extractors.events.policy_events import Candidate
from extractors.reading.kinds import EXPORT_RULES
from extractors.reading.phrases import phrase_at
from extractors.reading.rulings import Said
from models.event import TAKEN, EventStatus, EventType, Factuality, StatusTarget, TimeFrame

# "The complaint requests that the Commission institute an investigation".
_ASKS_FOR_INQUIRY = re.compile(
    r"\b(?:request|ask|urge|petition|call)(?:s|ed|ing)?\b[^.;]{0,80}"
    r"\b(?:institut|initiat|open|launch|start|begin|conduct)\w*\b[^.;]{0,40}"
    r"\b(?:investigation|inquiry|enquiry|probe)\b",
    re.I,
)
_FINDS_NONE = re.compile(
    r"\bno violation\b|\bnegative (?:\w+ ){0,2}(?:determination|finding)"
    r"|\bnot (?:materially )?injured\b|\bno (?:reasonable indication|material injury)\b",
    re.I,
)
# "The Agreement Suspending the Antidumping Investigation" is a name.
_AGREEMENT = re.compile(r"\b(?:agreement|undertaking)s? suspending\b", re.I)
# "Suspending entry of certain persons" goes with sanctions that are imposed.
_BARS_ENTRY = re.compile(r"\bsuspen(?:d\w*|sion of) (?:the )?entry\b", re.I)
_UNDER_EAR = re.compile(r"\bEAR\b|\bExport Administration Regulations\b")
_GOODS = re.compile(r"\b(?:goods|items|articles|products|technolog\w+|software|licen[cs]e)\b", re.I)
_A_LIST = re.compile(r"\b(?:entity list|unverified list|designat\w+|blocking)\b", re.I)
# "I exclude such imports from the action".
_EXCLUDES = re.compile(
    r"\b(?:exclud\w+|exempt\w*)\b[^.;]{0,200}?\bfrom (?:the|this|that|these|any|such) (?:\w+ ){0,2}"
    r"(?:action|measure|safeguard|remedy|restriction|quota|limitation|dut(?:y|ies))",
    re.I,
)
# "Are presently" before a trigger "subject to".
_AHEAD = len("are presently ")
_STANDS = re.compile(r"\b(?:is|are) (?:currently|presently|already|now) subject to\b", re.I)
# "Should a partner retaliate, I may increase the duties": a threat.
_SHOULD_THEY = re.compile(
    r"\b(?:should|if)\b[^;]{0,80}\b(?:retaliat|respond|counter)\w*\b[^;]*\b(?:may|will|would|could)\b",
    re.I,
)
# What is blocked stands behind every listing of the office that sanctions.
_ALL_BLOCKED = re.compile(
    r"\ball property and interests in property subject to u\.?s\.? jurisdiction of th(?:is|ese)\b",
    re.I,
)
# "Commerce is set to slap duties on graphite" has not done so yet.
_IS_SET = re.compile(
    r"\b(?:is|are|was|were) (?:all )?(?:set|due|about|poised) to (?:\w+ly )?$", re.I
)
_UNSURE = frozenset({Factuality.CONDITIONAL, Factuality.SPECULATIVE})
_GROWS = frozenset({EventStatus.RAISED, EventStatus.EXPANDED, *TAKEN})
_WIDER_EXCEPTION = re.compile(
    r"(?:expand|widen|broaden|extend)\w* (?:\w+ ){0,4}(?:licen[cs]e )?(?:exception|exemption)s?\b",
    re.I,
)
# "Will create a duty-free quota" announces it.
_WILL_GRANT = re.compile(
    r"\b(?:will|shall) (?:\w+ly )?(?:create|provide|grant|establish|open|give|offer|introduce)\b"
    r"[^.;]{0,80}$",
    re.I,
)


def as_notices_say(text: str, c: Candidate, said: Said) -> Said:
    """The labels of an event, as a set phrase of its sentence settles them."""
    if said.type is EventType.INVESTIGATION:
        return _of_inquiry(text, c, said)
    taken = said.status in TAKEN
    if said.type is EventType.SANCTION_LISTING:
        if said.status is EventStatus.SUSPENDED and _BARS_ENTRY.match(text, c.start):
            return replace(said, status=EventStatus.ADOPTED, target=StatusTarget.MEASURE)
        if said.status is EventStatus.ADOPTED and _ALL_BLOCKED.search(text):
            return replace(said, status=EventStatus.IN_FORCE)
        of_goods = _GOODS.search(text) is not None and _UNDER_EAR.search(text) is not None
        if taken and of_goods and not _A_LIST.search(text):
            return replace(said, type=EventType.EXPORT_CONTROL)
    if said.type is EventType.IMPORT_RESTRICTION and taken and _meets(_EXCLUDES, text, c):
        return replace(said, type=EventType.TARIFF_EXEMPTION, status=EventStatus.ADOPTED)
    if taken and _STANDS.search(text[max(0, c.start - _AHEAD) : c.end]):
        return replace(said, status=EventStatus.IN_FORCE, time_frame=TimeFrame.BACKGROUND)
    if said.status is EventStatus.ADOPTED and _IS_SET.search(text[: c.start]):
        return replace(said, status=EventStatus.ANNOUNCED)
    if said.factuality in _UNSURE and said.status in _GROWS:
        found = _SHOULD_THEY.search(text)
        if found is not None and found.end() <= c.start:
            return replace(
                said,
                status=EventStatus.THREATENED,
                factuality=Factuality.CONDITIONAL,
                time_frame=TimeFrame.CURRENT,
            )
    widened = said.type in EXPORT_RULES and said.status is EventStatus.EXPANDED
    if widened and _WIDER_EXCEPTION.match(text, c.start):
        return replace(said, status=EventStatus.NARROWED)
    adopted = said.type is EventType.TARIFF_EXEMPTION and said.status is EventStatus.ADOPTED
    if adopted and _WILL_GRANT.search(text[: c.end]):
        return replace(said, status=EventStatus.ANNOUNCED)
    return said


def _of_inquiry(text: str, c: Candidate, said: Said) -> Said:
    """What is done to an inquiry: asked for, ended without a finding, reviewed."""
    if said.status in TAKEN and _meets(_ASKS_FOR_INQUIRY, text, c):
        return replace(said, status=EventStatus.PROPOSED)
    if said.status in TAKEN | {EventStatus.REJECTED} and _meets(_FINDS_NONE, text, c):
        return replace(said, status=EventStatus.REJECTED, factuality=Factuality.ASSERTED)
    if said.status is EventStatus.SUSPENDED and phrase_at(_AGREEMENT, text, c.start, c.end):
        return replace(said, status=EventStatus.ADOPTED, target=StatusTarget.MEASURE)
    return said


# Characters between a phrase and the words of the step that it settles.
_NEAR = 60


def _meets(words: re.Pattern[str], text: str, c: Candidate) -> bool:
    """Do words hold those of a step, or stand near them?"""
    return phrase_at(words, text, c.start - _NEAR, c.end + _NEAR) is not None
