"""What the sentence itself says that a step does to a firm it names."""

import re

from models.event import EventMention
from models.security import NamedListing

# What the firm does or meets, up to three words after its name.
LOSES = re.compile(
    r"^(?:['\u2019]s)?(?:\W+[\w&]+){0,3}?\W+(?:warn(?:s|ed)\b|brac(?:e|es|ed) for"
    r"|fac(?:e|es|ed|ing)\b|hit\b|hurt\b|sinks?\b|slips?\b|slid(?:es?)?\b|f[ae]lls?\b|drop(?:s|ped)?\b|tumbl\w+|plung\w+"
    r"|rais(?:e|es|ed) (?:the )?prices?\b)",
    re.I,
)
GAINS = re.compile(
    r"^(?:['\u2019]s)?(?:\W+[\w&]+){0,3}?\W+(?:(?:gets?|wins?|won) (?:a )?(?:lower|reprieve|relief"
    r"|exempt\w+|waiver)|surg(?:e|es|ed)\b|soar(?:s|ed)?\b|jump(?:s|ed)?\b|rall(?:y|ies|ied)\b"
    r"|benefits?\b|spared\b|exempt(?:ed)?\b)",
    re.I,
)
ALLOWS = re.compile(r"\b(?:allow|permit|let)(?:s|ed|ing|ting)?\s+$", re.I)
BLOW = re.compile(r"\b(?:blow|setback) (?:to|for)\s+$", re.I)
BOOST = re.compile(r"\b(?:boost|relief|reprieve|win|victory|boon) (?:to|for)\s+$", re.I)
MAY_SELL = re.compile(r"^\s+to\s+(?:re)?(?:sell|export|ship|sales)\b", re.I)
NOT = re.compile(r"\b(?:not|no|never|without|despite|unless|avoid\w*)\b|n['\u2019]t\b", re.I)


def told_effect(event: EventMention, mention: NamedListing) -> tuple[str, str] | None:
    """Return the sign and the words that tell it; None if none do, both do or they are denied."""
    start = mention.start - event.sentence_start
    after = start + len(mention.text)
    if mention.field != event.field or event.sentence[max(start, 0) : after] != mention.text:
        return None
    if NOT.search(event.sentence):
        return None
    before, rest = event.sentence[:start], event.sentence[after:]
    if ALLOWS.search(before) and (found := MAY_SELL.search(rest)):
        return "+", "allowed " + " ".join(found[0].split())
    for sign, pattern in (("-", BLOW), ("+", BOOST)):
        if found := pattern.search(before):
            return sign, found[0].strip()
    loses, gains = LOSES.search(rest), GAINS.search(rest)
    found = loses or gains
    if found is None or (loses and gains):
        return None
    return "-" if loses else "+", " ".join(found[0].split()).lstrip("'\u2019s ")
