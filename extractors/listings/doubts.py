"""Where the words of a text contradict the direction of the step that was read in it.

"US considers lifting more sanctions" is a step planned against a measure; read as a measure, every
sign would be reversed. No sign is better than a wrong one. A stockpile that is released is the
reverse of one that is bought; the type of the event is the same for both.
"""

import re

from models.event import EventMention, EventType, Polarity

# Easing, up to six words before what it eases; and words that tighten, wherever they are.
RULES = (
    r"(?:tariff|dut(?:y|ies)\b|bans?\b|curb|restriction|sanction|control|licen[cs]|quota|embargo"
    r"|lev(?:y|ies)\b|tax)"
)
TRADE = r"(?:export|import|shipment|sales?\b|sell\b|sold\b)"
EASES = re.compile(
    r"\b(?:lift|eas(?:e|es|ed|ing)\b|waiv|remov|scrap|roll(?:s|ed|ing)? back|loosen|relax|repeal"
    r"|eliminat|abolish|reduc|slash|lower|suspend|paus|drop)\w*"
    rf"(?:\W+\w+){{0,6}}?\W+{RULES}"
    r"|\b(?:allow|permit(?:s|ted|ting)\b|approv(?:e|es|ed|ing)\b|resum|restor|reopen)\w*"
    rf"(?:\W+\w+){{0,6}}?\W+{TRADE}"
    r"|\bun(?:\s?-\s?)?sanction\w*|\bduty-free\b|\bwithout (?:tariff|dut)",
    re.I,
)
TIGHTENS = re.compile(
    r"\b(?:impos|rais(?:e|es|ed|ing)\b|hik(?:e|es|ed|ing)\b|tighten|expand|doubl|increas|tough|block"
    r"|halt|slap|threat|retaliat|crack|clos(?:e|es|ed|ing)\b|bann(?:ed|ing)\b"
    r"|restrict(?:s|ed|ing)?\b|add(?:s|ed|ing)?\b|extend|new (?:\S+ )?(?:tariff|dut|sanction|ban))",
    re.I,
)


STOCKS = r"(?:reserves?|stockpiles?|stocks|barrels|inventor(?:y|ies))\b"
RELEASES = re.compile(
    r"\b(?:releas(?:e|es|ed|ing)|tap(?:s|ped|ping)?|draw(?:s|n|ing)?|drew|drawdowns?|swaps?|unload\w*"
    rf"|sell(?:s|ing)?|sold|borrow(?:s|ed|ing)?)\b(?:\W+\w+){{0,7}}?\W+{STOCKS}"
    rf"|\b{STOCKS}(?:\W+\w+){{0,3}}?\W+(?:releas(?:e|es|ed)|drawdowns?)\b",
    re.I,
)
BUYS = re.compile(
    r"\b(?:buy|bought|purchas|refill|replenish|procur|stock up|fill(?:s|ed|ing)?\b)", re.I
)
NOT = re.compile(r"\b(?:not|avoid\w*|without|no|never|n't|rule[sd]? out)\b", re.I)


def releases(event: EventMention) -> bool:
    """Does the sentence of a stockpile say that stocks are let go?"""
    found = event.type is EventType.STOCKPILE and RELEASES.search(event.sentence)
    return bool(found) and not BUYS.search(event.sentence)


def contradiction(event: EventMention) -> str | None:
    """Return the words of easing in the sentence of a step read as restricting; None without any.

    A sentence that also tightens is not in doubt. So is a release of stocks that is denied.
    """
    if releases(event) and (denial := NOT.search(event.sentence)):
        return denial[0]
    if event.polarity is not Polarity.RESTRICTING or TIGHTENS.search(event.sentence):
        return None
    found = EASES.search(event.sentence)
    return " ".join(found[0].split()) if found else None
