"""Which events reach only the firms that they name, whatever goods they are about."""

import re

from models.event import EventMention, Factuality, TimeFrame

# Below it the event is misread too often: of 83 such links judged, 64 named a listing rightly.
SURE = 0.9
# What concerns one firm says little of others.
FIRM_TYPES = frozenset({"offtake_agreement", "licensing_deal", "government_investment"})
CASES = frozenset({"investigation", "trade_remedy"})
# With a firm named, these meet its goods or its custom, not the goods of all.
OF_NAMED = frozenset(
    {"tariff_exemption", "import_restriction", "export_control", "export_licensing", "subsidy"}
)
MAKERS = (
    r"(?:industry|(?:auto|car|chip|steel|drug)?\s?makers?|farmers|growers|miners|drillers|refiners"
    r"|producers|exporters|importers|retailers|lobby|groups?|associations?|compan(?:y|ies)|firms?"
    r"|unions?|executives|ceos?)"
)
# "Industry backs tax relief": asked for, not decided.
PLEAS = re.compile(
    rf"\b{MAKERS}\b(?:\W+\w+){{0,2}}?\W+(?:urg|plead|lobb|petition|beg|press"
    r"|call(?:s|ed)? (?:on|for)|ask|want|back|demand|seek|oppos|push|appeal|hope)"
    r"(?:s|es|ed|ing)?\b",
    re.I,
)
# "A U.S. firm wins reprieve"
ONE = re.compile(
    r"\b(?:an?|one|U\.?S\.?|American|Chinese|Canadian|European)\s(?:\w+\s)?"
    r"(?:firm|company|maker|importer|unit|supplier)\b",
    re.I,
)
# Ships, banks and people under sanctions make no goods.
OTHERS = re.compile(
    r"\b(?:ship(?:s|pers?|ping)?|tankers?|vessels?|fleets?|traders?|individuals?|people|persons?"
    r"|officials?|ministers?|banks?|networks?|airlines?|refiner(?:y|ies)|terminals?|brokers?)\b",
    re.I,
)


def keeps_to_named(event: EventMention) -> bool:
    """Does the event reach only whom it names: denied, unsure, past, asked for, or of one firm?"""
    if event.factuality is Factuality.NEGATED or event.time_frame is TimeFrame.BACKGROUND:
        return True
    if PLEAS.search(event.sentence):
        return True
    return event.confidence < SURE or of_one_firm(event) or of_others(event)


def of_one_firm(event: EventMention) -> bool:
    """Is it a deal, permit or stake, or a measure, case or exemption of firms that are named?"""
    kind, named = event.type.value, bool(event.company_texts)
    if kind in FIRM_TYPES or (named and kind in OF_NAMED):
        return True
    if kind == "tariff_exemption" and ONE.search(event.sentence):
        return True
    return kind in CASES and named and not event.targets


def of_others(event: EventMention) -> bool:
    """Do the sanctions meet ships, banks or people, so that the goods are only their reason?"""
    return event.type.value == "sanction_listing" and bool(OTHERS.search(event.sentence))
