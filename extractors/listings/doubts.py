"""Where the words of a text contradict the direction of the step that was read in it.

"US considers lifting more sanctions" is a step planned against a measure; read as a measure, every
sign would be reversed. No sign is better than a wrong one. A stockpile that is released is the
reverse of one that is bought; the type of the event is the same for both.
"""

import re

from extractors.listings.whose import other_actor
from models.event import FAMILY, EventMention, EventStatus, EventType, Polarity, moves_forward

# Easing, up to six words before what it eases; and words that tighten, wherever they are.
RULES = (
    r"(?:tariff|dut(?:y|ies)\b|bans?\b|curb|restriction|sanction|control|licen[cs]|quota|embargo"
    r"|lev(?:y|ies)\b|tax)"
)
TRADE = r"(?:export|import|shipment|sales?\b|sell\b|sold\b)"
EASES = re.compile(
    r"\b(?:lift|cut(?:s|ting)?\b|eas(?:e|es|ed|ing)\b|waiv|remov|scrap|roll(?:s|ed|ing)? back"
    r"|loosen|relax|repeal|eliminat|abolish|reduc|slash|lower|suspend|paus|drop)\w*"
    rf"(?:\W+\w+){{0,6}}?\W+{RULES}"
    r"|\b(?:allow|permit(?:s|ted|ting)\b|approv(?:e|es|ed|ing)\b|resum|restor|reopen)\w*"
    rf"(?:\W+\w+){{0,6}}?\W+{TRADE}"
    r"|\bun(?:\s?-\s?)?sanction\w*|\bduty-free\b|\bwithout (?:tariff|dut)",
    re.I,
)
TIGHTENS = re.compile(
    r"\b(?:impos|rais(?:e|es|ed|ing)\b|hik(?:e|es|ed|ing)\b|tighten|expand|doubl|increas|tough|block"
    r"|halt|slap|threat|retaliat|crack|clos(?:e|es|ed|ing)\b|bann(?:ed|ing)\b"
    r"|restrict(?:s|ed|ing)?\b|add(?:s|ed|ing)?\b|extend|new (?:\S+ )?(?:tariff|dut|sanction|ban)"
    r"|(?:end|remov|scrap|cancel|revok|withdraw|expir|non-?renew)\w*(?:\W+\w+){0,3}?\W+(?:waiver"
    r"|exemption|relief|pause|truce))",
    re.I,
)


# What is taken back, was only planned or no longer holds, whatever else the sentence says; goods
# under sanctions that are delivered.
RETREATS = re.compile(
    r"\b(?:back(?:s|ed|ing)? (?:off|down|away)|walk(?:s|ed|ing)? back|climb(?:s|ed) down"
    r"|drop(?:s|ped)? (?:\w+ ){0,2}threats?|no longer (?:subject|fac\w+|appl\w+)"
    r"|(?:was|were|had been) (?:set|due|supposed|meant) to"
    r"|(?:transfer|hand over|sell|ship|deliver)\w*(?:\W+\w+){0,6}?\W+sanctioned)\b",
    re.I,
)
STOCKS = r"(?:reserves?|stockpiles?|stocks|barrels|inventor(?:y|ies))\b"
RELEASES = re.compile(
    r"\b(?:releas(?:e|es|ed|ing)|un(?:b)?lock(?:s|ed|ing)?|tap(?:s|ped|ping)?|offers?|loans?|lends?|draw(?:s|n|ing)?|drew|drawdowns?|swaps?|unload\w*"
    rf"|sell(?:s|ing)?|sold|borrow(?:s|ed|ing)?)\b(?:\W+\w+){{0,7}}?\W+{STOCKS}"
    rf"|\bsales?(?:\W+\w+){{0,5}}?\W+{STOCKS}"
    rf"|\b{STOCKS}(?:\W+\w+){{0,3}}?\W+(?:releas(?:e|es|ed)|drawdowns?)\b",
    re.I,
)
BUYS = re.compile(
    r"\bhelp\w* (?:\w+ ){0,2}(?:producers|drillers|miners)\b"
    r"|\b(?:buy|bought|purchas|refill|replenish|procur|stock up|fill(?:s|ed|ing)?\b)",
    re.I,
)
NOT = re.compile(r"\b(?:not|avoid\w*|without|no|never|n't|rule[sd]? out)\b", re.I)


# Exports that stop are no rule that is suspended; a quota that grows is no rule that does.
STOPS = re.compile(
    r"\b(?:suspend|halt|stop|paus|block)\w*(?:\W+\w+){0,5}?\W+(?:issu\w+|suppl(?:y|ies)\b|deliver\w+"
    r"|(?:exports?|shipments?|sales)\b(?!\W+(?:(?:tax|licen[cs]|permit|quota|dut|lev)\w*|bans?\b"
    r"|controls?|curbs?|restriction\w*|rules?|limits?|measures?)))",
    re.I,
)
QUOTA = re.compile(
    r"\b(?:rais|increas|expand|boost|cut|lower|reduc|slash)\w*(?:\W+\w+){0,4}?\W+quotas?\b", re.I
)
QUOTA_TYPES = frozenset(
    {
        EventType.IMPORT_RESTRICTION,
        EventType.EXPORT_QUOTA,
        EventType.LOCAL_CONTENT_NATIONALISATION,
    }
)
# Which way it goes is not said.
CHANGES = re.compile(
    rf"\b(?:adjust|chang|revis|rework|tweak|review|overhaul|modif|amend)\w*(?:\W+\w+){{0,3}}?\W+{RULES}",
    re.I,
)
DENIES = re.compile(
    r"\bno (?:extra|additional|new|talks?|plans?|more|further|tariffs?|dut(?:y|ies)|subsid\w+"
    r"|sanctions?)\b|\bnot (?:to|be|impos\w+|plan\w*|consider\w*|rais\w+)\b"
    r"|\brul(?:es?|ed|ing) out\b|\bunlikely\b|\bless likely\b|\bunchanged\b|\brefrain\w*",
    re.I,
)
# "No more waivers" is no step back.
NO_MORE = re.compile(r"\bno (?:extra|additional|new|more|further)\b", re.I)
# Support that ends, or that is fought over, is none that begins.
SUPPORT = frozenset({EventType.SUBSIDY, EventType.GOVERNMENT_INVESTMENT})
AID = (
    r"(?:subsid\w+|tax (?:breaks?|credits?|relief)|incentives?|aid\b|support\b"
    r"|grants?|loans?|credits?)"
)
ENDS = re.compile(
    r"\b(?:end(?:s|ed|ing)?|drop|cut|scrap|eliminat|repeal|kill|cancel|phas\w+ out|slash|withdraw"
    rf"|halt|remov|claw|strip|axe)\w*(?:\W+\w+){{0,5}}?\W+{AID}",
    re.I,
)
CASE = re.compile(
    r"\b(?:WTO|illegal\w*|ruling|disputes?|(?:subsidy|aid) row|complaints?|panel|probes?|punish\w*"
    r"|countervail\w*|anti-?subsidy)\b"
)
GRANTED = re.compile(
    r"\b(?:gets?|wins?|won|receiv\w+|secur\w+)(?:\W+\w+){0,4}?\W+"
    r"(?:credits?|grants?|aid|loans?|funds?|funding|subsid\w+)\b",
    re.I,
)
# "Readies reserves" may be to fill or to tap them.
UNCLEAR = re.compile(
    r"\b(?:read(?:y|ies|ied)|prepar\w+|emergency|use|plans?|could|consider\w*)\b",
    re.I,
)
# "Removes some furniture from planned tariffs"
SPARES = re.compile(
    r"\b(?:remov|exclud|exempt|spar|drop|delet|strik|leav)\w*(?:\W+\w+){1,8}?"
    r"\W+(?:from|off|out of)\b"
    r"(?:\W+\w+){0,4}?\W+(?:tariff|dut(?:y|ies)|list|lev)",
    re.I,
)


def releases(event: EventMention) -> bool:
    """Does the sentence of a stockpile say that stocks are let go?"""
    found = event.type is EventType.STOCKPILE and RELEASES.search(event.sentence)
    return bool(found) and not BUYS.search(event.sentence)


def advances(event: EventMention) -> bool:
    """Does the step move the measure forward? An exemption that is given does."""
    if event.type is EventType.TARIFF_EXEMPTION and event.status is EventStatus.EXEMPTED:
        return True
    return moves_forward(event.status, event.status_target) and not releases(event)


def unsupported(event: EventMention) -> str | None:
    """Return the words by which support ends, or is fought over; None without any."""
    if event.type not in SUPPORT:
        return None
    forward = moves_forward(event.status, event.status_target)
    if forward and GRANTED.search(event.sentence):
        return None
    found = (forward and ENDS.search(event.sentence)) or CASE.search(event.sentence)
    return " ".join(found[0].split()) if found else None


def unclear_stocks(event: EventMention) -> str | None:
    """Return the words after which stocks may be filled or used; None if it is told."""
    if event.type is not EventType.STOCKPILE or releases(event) or BUYS.search(event.sentence):
        return None
    found = UNCLEAR.search(event.sentence)
    return found[0] if found else None


def contradiction(event: EventMention) -> str | None:
    """Return the words that speak against the direction that was read; None without any.

    These are words of easing in a step read as restricting, exports that stop in one read as
    easing, and quotas that change.
    A sentence that also tightens is not in doubt. A release of stocks that is denied is.
    """
    if releases(event):
        if denial := NOT.search(event.sentence):
            return denial[0]
        # Reserves of another country are no stocks of the actor's.
        if event.targets and not set(event.targets) & set(event.actors):
            return "reserves of another country"
    if event.type is EventType.INVESTIGATION and "WTO" in event.sentence:
        return "WTO"
    if said := unsupported(event) or unclear_stocks(event) or other_actor(event):
        return said
    forward = moves_forward(event.status, event.status_target)
    if found := (DENIES if forward else NO_MORE).search(event.sentence):
        return found[0]
    restricting = event.polarity is Polarity.RESTRICTING
    for pattern, asked in ((CHANGES, restricting and forward), (SPARES, restricting)):
        if asked and (found := pattern.search(event.sentence)):
            return " ".join(found[0].split())
    stopped = event.status is EventStatus.SUSPENDED and FAMILY[event.type] == "export"
    for pattern, asked in ((STOPS, stopped), (QUOTA, event.type in QUOTA_TYPES)):
        if asked and (found := pattern.search(event.sentence)):
            return " ".join(found[0].split())
    if event.polarity is Polarity.RESTRICTING and (found := RETREATS.search(event.sentence)):
        return found[0]
    if event.polarity is not Polarity.RESTRICTING or TIGHTENS.search(event.sentence):
        return None
    found = EASES.search(event.sentence)
    return " ".join(found[0].split()) if found else None
