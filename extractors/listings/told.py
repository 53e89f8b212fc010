"""What the sentence itself says that a step does to a firm it names."""

import re

from models.event import EventMention, moves_forward
from models.security import NamedListing

# What the firm does or meets, up to three words after its name.
LOSES = re.compile(
    r"^(?:['\u2019]s)?(?:\W+[\w&]+){0,3}?\W+(?:warn(?:s|ed)\b|los(?:es?|t)\b|casualt\w+"
    r"|brac(?:e|es|ed) for|fac(?:e|es|ed|ing)\b|hit\b|hurt\b|sinks?\b|slips?\b|slid(?:es?)?\b"
    r"|f[ae]lls?\b|drop(?:s|ped)?\b|tumbl\w+|plung\w+"
    r"|rais(?:e|es|ed) (?:the )?prices?\b|reels?\b|(?:is |are |was |were )?(?:block|bar|bann)ed\b)",
    re.I,
)
# Who asks that a measure goes is hurt by it.
PLEADS = re.compile(
    r"^(?:\W+[\w&]+){0,5}?\W+(?:press|urg|ask|lobb|petition|plead|call)\w*(?:\W+\w+){0,8}?\W+"
    r"(?:drop|end|scrap|exempt|exclu|remov|lift|spare|reconsider)\w*"
    r"|^(?:\W+[\w&]+){0,5}?\W+oppos\w*(?:\W+\w+){0,4}?\W+(?:tariff|dut|ban|curb|lev|quota|tax)\w*",
    re.I,
)
# "lifts suspension on Tesla": what meets the firm, and moves with the step.
NAMES = r"(?-i:(?:[A-Z][\w&.'\u2019-]*(?: [A-Z][\w&.'\u2019-]*){0,2}(?:,? and |, ))*)"
MEETS = re.compile(
    r"\b(?:(?:bans?|suspensions?|curbs?|restrictions?|limits?|sanctions?|block(?:s|ade)?|tariffs?"
    r"|dut(?:y|ies)|quotas?|probes?|inquir(?:y|ies)|investigations?) (?:on|of|against|into|over)"
    r"|(?:tariff list|claims?|rulings?|award) over|hitting|(?:unfair|illegal)"
    r"|(?:halt|ban|block|suspend|stop)\w* (?:imports?|sales?|shipments?|exports?) of)"
    rf"\s+{NAMES}$",
    re.I,
)
# "probes whether X infringes", and "after a complaint of X"
ACCUSED = re.compile(r"\b(?:investigat|prob|examin)\w+ (?:whether|if)\s+$", re.I)
COMPLAINS = re.compile(
    r"^(?:['\u2019]s)?(?: [A-Z]\w+){0,2}\W+(?:complaint|petition|request|lawsuit|suit)\b", re.I
)
COMPLAINT_BY = re.compile(r"\b(?:complaint|petition)(?: \w+)? (?:by|of|from)\s+$", re.I)
SPARED = re.compile(r"\b(?:exempt\w*|waivers?|relief|reprieve) (?:for|to)\s+$", re.I)
DEARER = re.compile(r"\brais(?:e|es|ed|ing) (?:the |its |our )?prices\b", re.I)
REFUSED = re.compile(r"\b(?:reject|refus|den(?:y|i)|turn(?:s|ed)? down|block)\w*\s+$", re.I)
SIDES = re.compile(r"\b(?:sid(?:e|es|ed)|rul(?:e|es|ed)) (?:with|for)\s+$", re.I)
# What a firm does of itself is not what is done to it.
DOES = re.compile(
    r"^(?:\W+(?:Inc|Corp(?:oration)?|Co|Ltd|plc|AG|SA|NV|Group|Holdings)\b\.?)?"
    r"(?:['\u2019]s)?\W+(?:(?:has|have|had|will)\W+)?(?:stop|halt|suspend|cut|sa(?:y|id)|resum|end"
    r"|compl|seek|ask|exit|leav|quit|pull|warn|expect|plan)(?:s|p?ed|p?ing|ly|ies|ied)?\b",
    re.I,
)
SPEAKER = (
    r"(?:ceo|cfo|chair(?:man|woman)?|chief|boss|head|president|analysts?|economists?|strategists?"
    r"|research|report|note|survey)"
)
SPEAKS = re.compile(
    rf"^(?:['\u2019]s)?\W+{SPEAKER}\b(?:\W+\w+){{0,4}}?\W+(?:is\W+|are\W+)?(?:(?:very|very\W+)?"
    r"\W*optimistic|confident|bullish|sa(?:y|id)s?|sees?|expects?|predicts?|believes?|thinks?"
    r"|hopes?|calls?)\b",
    re.I,
)
GIVES = re.compile(r"\bfrom\s+$")
CASES = frozenset({"investigation", "trade_remedy", "import_restriction"})
AT_END = re.compile(r"(?::|\s[-\u2013\u2014])\s*$")

GAINS = re.compile(
    r"^(?:['\u2019]s)?(?:\W+[\w&]+){0,3}?\W+(?:(?:get|win|won|receiv|secur|obtain|grant)\w*"
    r"(?:\W+\w+){0,3}?\W+(?:lower|reprieve|relief|exempt\w+|waivers?)|surg(?:e|es|ed)\b|soar(?:s|ed)?\b|jump(?:s|ed)?\b|rall(?:y|ies|ied)\b"
    r"|benefits?\b|defeats?\b|spared\b|exempt(?:ed)?\b)",
    re.I,
)
ALLOWS = re.compile(r"\b(?:allow|permit|let)(?:s|ed|ing|ting)?\s+$", re.I)
BLOW = re.compile(r"\b(?:blow|setback) (?:to|for)\s+$", re.I)
BOOST = re.compile(r"\b(?:boost|relief|reprieve|win|victory|boon) (?:to|for)\s+$", re.I)
MAY_SELL = re.compile(r"^\s+to\s+(?:re)?(?:sell|export|ship|sales)\b", re.I)
NOT = re.compile(r"\b(?:not|no|never|without|despite|unless|avoid\w*)\b|n['\u2019]t\b", re.I)


def around(event: EventMention, mention: NamedListing) -> tuple[str, str] | None:
    """Return what the sentence says before and after the name; None if the name is elsewhere."""
    start = mention.start - event.sentence_start
    after = start + len(mention.text)
    if mention.field != event.field or event.sentence[max(start, 0) : after] != mention.text:
        return None
    return event.sentence[:start], event.sentence[after:]


def in_another_clause(event: EventMention, mention: NamedListing) -> bool:
    """Does a semicolon part the name from the words of the event?"""
    if mention.field != event.field:
        return False
    first, last = sorted((mention.start, event.start))
    start = event.sentence_start
    return ";" in event.sentence[max(first - start, 0) : max(last - start, 0)]


def does_itself(event: EventMention, mention: NamedListing) -> bool:
    """Does the firm act in a sentence of a sanction: "TSMC stops orders", so others are listed?"""
    sides = around(event, mention)
    if event.type.value != "sanction_listing" or sides is None:
        return False
    return bool(DOES.search(sides[1]))


def only_speaks(event: EventMention, mention: NamedListing) -> bool:
    """Is the firm named only as who speaks: "Blackstone CEO expects a deal", "a deal: Goldman"?

    "Airbus: a deal is near" is what it says, too.
    """
    sides = around(event, mention)
    if sides is None:
        return False
    before, rest = sides
    if not before.strip() and rest.startswith(":"):
        return True
    if AT_END.search(before) and not rest.strip(" .'\u2019\""):
        return True
    return event.type.value == "trade_agreement" and bool(SPEAKS.search(rest))


def gives(event: EventMention, mention: NamedListing) -> bool:
    """ "an investment from Nvidia": does the company give what the event is about?"""
    at = mention.start - event.sentence_start
    return mention.field == event.field and bool(GIVES.search(event.sentence[: max(at, 0)]))


def is_aside(event: EventMention, mention: NamedListing) -> bool:
    """Is the firm in the sentence, but not in what it tells?"""
    return only_speaks(event, mention) or in_another_clause(event, mention)


def told_effect(event: EventMention, mention: NamedListing) -> tuple[str, str] | None:
    """Return the sign and the words that tell it; None if none do, both do or they are denied."""
    sides = around(event, mention)
    if sides is None or NOT.search(event.sentence):
        return None
    before, rest = sides
    if ALLOWS.search(before) and (found := MAY_SELL.search(rest)):
        return "+", "allowed " + " ".join(found[0].split())
    if found := MEETS.search(before):
        forward = moves_forward(event.status, event.status_target)
        return "-" if forward else "+", found[0].strip()
    for sign, pattern in (
        ("-", BLOW),
        ("+", BOOST),
        ("-", REFUSED),
        ("+", SIDES),
        ("-", ACCUSED),
        ("+", SPARED),
    ):
        if found := pattern.search(before):
            return sign, found[0].strip()
    if found := PLEADS.search(rest):
        return "-", plain_words(found[0])
    complains = COMPLAINT_BY.search(before) or COMPLAINS.search(rest)
    if complains and event.type.value in CASES:
        return "+", plain_words(complains[0])
    if event.type.value == "tariff" and (found := DEARER.search(event.sentence)):
        return "-", found[0]
    loses, gains = LOSES.search(rest), GAINS.search(rest)
    found = loses or gains
    if found is None or (loses and gains):
        return None
    return "-" if loses else "+", plain_words(found[0])


def plain_words(found: str) -> str:
    """Return the words without what joins them to the name: "'s shares fall" -> "shares fall"."""
    words = " ".join(found.split())
    return re.sub(r"^(?:['\u2019]s\b)?\W*", "", words)
