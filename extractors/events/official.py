"""Publishers that speak for a state, told by the plain wording of what they publish."""

import re

from models.event import TextUnit

_US_TITLE = re.compile(
    r"^\W*(?:fact sheet|proclamation|a proclamation|executive order|presidential "
    r"(?:memorand|determination|proclamation)|statement (?:by|from|on behalf "
    r"of) (?:the )?(?:president|press secretary|white house)|"
    r"remarks by (?:president|vice president|secretary|national)|press briefing "
    r"by|background press (?:call|briefing)|readout of president|memorandum "
    r"(?:on|for)|letter(?:s)? to the speaker|notice on the continuation|"
    r"setting the record straight|icymi|what they are saying|president trump|presidential)",
    re.I,
)
_US_TEXT = re.compile(
    r"\b(?:hereby proclaim|i hereby (?:order|determine|find|direct)|by the "
    r"authority vested in me as president|constitution and the laws of the "
    r"united states of america|"
    r"the united states trade representative \(ustr\)|notice is hereby given"
    r"|the commission hereby gives notice|harmonized tariff schedule of the "
    r"united states|"
    r"office of foreign assets control|bureau of industry and security|biden-.?harris "
    r"administration|(?:my|this) administration)\b",
    re.I,
)
_US_SECTION_TITLE = re.compile(
    r"(?:institution|initiation|scheduling) of|five-year review|antidumping "
    r"duty|countervailing duty|administrative review|entity list|web general "
    r"license|sanctions regulations|"
    r"export control classification|license requirements|license exception"
    r"|tariff-rate quota|export administration regulations|section 337|^letters? "
    r"to the speaker|^notice (?:on|of)|modifying (?:the )?reciprocal|^adjusting "
    r"imports|^imposing (?:tariffs|duties|sanctions|a )|^amendment to duties"
    r"|^further (?:modifying|amend)",
    re.I,
)


def publisher_country(unit: TextUnit) -> str | None:
    """The jurisdiction a text speaks for by its own wording, or None.

    "This proclamation", "the Bureau of Industry and Security amends" can only be the United States.
    """
    title = unit.title or ""
    if unit.kind == "headline":
        title = unit.text
    if _US_TITLE.search(title) or _US_SECTION_TITLE.search(title):
        return "US"
    if _US_TEXT.search(unit.text[:6000]):
        return "US"
    return None
