"""A party of an event, and who acts where the sentence names nobody."""

import re
from dataclasses import dataclass

from extractors.events.context import SentenceContext
from extractors.events.gazetteer import jurisdictions
from models.event import EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A jurisdiction in a role, with its words ("" when lent from outside the sentence) and why."""

    code: str
    text: str
    agency: str | None
    why: str


_OWN_WORDS = re.compile(
    (
        r"\b(?:this (?:proclamation|order|executive order|rule|notice|final rule"
        r"|interim final rule|proposed rule|memorandum)|the secretary of (?:commerce"
        r"|the treasury|state|homeland security|defense)|"
        r"bureau of industry and security|office of foreign assets control|\bofac\b"
        r"|court of international trade|federal circuit|federal appeals court"
        r"|federal register|harmonized tariff schedule|htsus|ad valorem rate of "
        r"duty|the commission (?:hereby|has|gives|determin)|"
        r"trade act of 1974|tariff act of 1930|trade expansion act|section (?:232"
        r"|301|201|337|122)|executive order 1[34]\d{3}|commerce control list|export "
        r"administration regulations|"
        r"i determine|i hereby|i have determined|hereby (?:proclaim|order|give)"
        r"|five-year review|scheduling of|preliminary phase|final phase|administrative "
        r"review|web general license|"
        r"sanctions regulations|entity list|antidumping dut(?:y|ies) (?:order|investigation)"
        r"|institution of (?:a |an )?(?:anti))"
    ),
    re.I,
)


def lend_actor(context: SentenceContext, event_type: EventType, exclude: set[str]) -> list[Party]:
    """An actor from outside the sentence: an official publisher, the wording, the title."""
    if event_type is EventType.OFFTAKE_AGREEMENT:
        return []
    if context.publisher_country:
        return [Party(code=context.publisher_country, text="", agency=None, why="publisher")]
    if _OWN_WORDS.search(context.text):
        return [Party(code="US", text="", agency=None, why="wording")]
    for names, why in ((context.title_names, "title"), (context.context_names, "context")):
        lent = [
            n for n in jurisdictions(names) if n.code not in exclude and n.how not in ("place",)
        ]
        if event_type is EventType.TRADE_AGREEMENT:
            codes = list(dict.fromkeys(n.code for n in lent))
            if codes:
                return [Party(code=code, text="", agency=None, why=why) for code in codes[:3]]
        for n in lent:
            if (
                event_type in (EventType.LICENSING_DEAL, EventType.GOVERNMENT_INVESTMENT)
                and n.label != "AGENCY"
            ):
                continue
            if n.how in ("leader", "agency", "name", "capital", "court"):
                return [
                    Party(
                        code=n.code,
                        text="",
                        agency=n.normal if n.label == "AGENCY" else None,
                        why=why,
                    )
                ]
    return []
