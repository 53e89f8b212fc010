"""Words beside a step that make it another one, or none of trade policy.

What is allowed eases, trade that is halted is banned, a threat that is dropped is averted; a tax on
petrol at home is no tariff. Each holds whatever encoder and head make of the sentence.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from extractors.events.context import SentenceContext
from extractors.events.gazetteer import Name, jurisdictions
from extractors.events.policy_events import Candidate
from extractors.events.roles import Party
from extractors.reading.kinds import ON_IMPORTS
from extractors.reading.phrases import phrase_at
from extractors.reading.rulings import Said
from models.event import TAKEN, EventStatus, EventType, Factuality, StatusTarget, TimeFrame

_ENDED = frozenset({EventStatus.LIFTED, EventStatus.SUSPENDED, EventStatus.CUT})
_RATED = frozenset({EventType.TARIFF, EventType.TARIFF_EXEMPTION, EventType.TRADE_REMEDY})
_DUTIES = frozenset({EventType.TARIFF, EventType.TRADE_REMEDY, EventType.EXPORT_TAX})
_BARS = frozenset(
    {
        EventType.EXPORT_BAN,
        EventType.EXPORT_CONTROL,
        EventType.EXPORT_LICENSING,
        EventType.IMPORT_RESTRICTION,
        EventType.SANCTION_LISTING,
    }
)
_MONEY = frozenset({EventType.GOVERNMENT_INVESTMENT, EventType.SUBSIDY})
_EXPORT_BARS = frozenset({EventType.EXPORT_BAN, EventType.EXPORT_CONTROL})
_NEAR = 70

_RULES = r"ban|curb|control|restrict|quota|licen|permit|limit|tax|dut|rule|embargo|levy|lifting"
_HELPERS = r"(?:(?:will|is|are|was|were|be|been|to) )*"
# Bans are approved too: only trade itself is approved as it is allowed.
_ALLOWS = re.compile(
    rf"{_HELPERS}(?:allow|permit(?!s? (?:rule|system|requirement))|let|green-?light)\w*\b"
    rf"|{_HELPERS}(?:clear|authori[sz]|approv)\w*(?: (?!{_RULES}|morator)[\w'’-]+){{0,4}}? "
    rf"(?:exports?|sales?|shipments?|imports?|sell|ship)\b(?![ -](?:{_RULES}))",
    re.I,
)
_NOT = re.compile(r"(?:\b(?:not|never|no longer|without|refus\w+ to)|n['’]t) (?:\w+ )?$", re.I)
_SELLS_ABROAD = re.compile(r"\b(?:sell|export|ship|sales?|shipments?)\b[^.;]{0,60}\bto\b", re.I)
_HALTS_TRADE = re.compile(
    r"\b(?:halt|suspend|suspension|stop|paus|freez|cut(?:s|ting)? off)\w*"
    rf"(?: (?!{_RULES})[\w'’-]+){{0,5}}? "
    r"(?:exports?|shipments?|flows?|deliver(?:y|ies)|suppl(?:y|ies)|sales)\b"
    rf"(?![ -](?:{_RULES}))",
    re.I,
)
_DROPS_THREAT = re.compile(
    r"\b(?:back(?:s|ed|ing)? (?:off|away|down)|drop(?:s|ped)?|withdr[ae]w[ns]?|abandon(?:s|ed)?"
    r"|shelves?|shelved|walk(?:s|ed) back|retreat(?:s|ed)|call(?:s|ed) off|scrap(?:s|ped)?)\b"
    r"[^.;]{0,60}\bthreat",
    re.I,
)
_REFUSES = re.compile(
    r"\b(?:defeat|reject|den(?:y|ie)|refus|dismiss|fend|turn(?:s|ed)? down)\w*\b[^.;,]{0,30}?"
    r"\b(?:bid|request|petition|motion|application|push)s?\b",
    re.I,
)
_CLEARANCE = re.compile(
    r"\b(?:foreign (?:direct )?investment|foreign[- ]subsid(?:y|ies)|FDI|antitrust|merger|takeover)"
    r" (?:approval|clearance)",
    re.I,
)
_CLEARS = re.compile(r"\b(?:clear(?:s|ed|ance)|approv(?:es|ed|al))\b", re.I)
# "No longer subject to the duty" frees from it; "subject to a zero tariff" too.
_FREED = re.compile(
    r"(?:(?:will|shall|would) )?(?:no longer|not) be subject to\b"
    r"|(?:be )?subject to (?:\w+ ){0,4}zero\b",
    re.I,
)
# "The exemption shall not apply", "duty-free treatment is no longer available".
_EXEMPTS = re.compile(
    r"\b(?:exemptions?|exclusions?|(?:duty[- ]free|de minimis\*?) (?:treatment|entry))\b"
    r"(?:(?!\bdut(?:y|ies)\b)[^;]){0,90}$",
    re.I,
)
_ENDS = re.compile(
    r"(?:shall|will|does|do|is|are) (?:not apply|no longer (?:apply|be available|available)"
    r"|cease\b)",
    re.I,
)
_PAUSE = re.compile(r"\bsuspen", re.I)
_DELAYS = re.compile(
    r"\b(?:delay|postpone|defer|put(?:s|ting)? off|hold(?:s|ing)? off)\w*\b"
    r"[^.;,]{0,50}\b(?:the|an?|its|any) (?:\w+ ){0,2}$",
    re.I,
)
_PAYS = re.compile(r"\b(?:is|are) (?:\w+ly )?(?:investing|matching|providing|awarding|lending)$")
# The body that screens foreign purchases in the United States (ontology, ruling 35).
_CFIUS = re.compile(r"\bCFIUS\b|\bCommittee on Foreign Investment\b")
_QUARREL = re.compile(
    r"\b(?:feuds?|disputes?|rows?|spats?|stand-?offs?|fights?|wars?|clash(?:es)?|tensions) "
    r"with (?:[\w-]+ ){0,2}$",
    re.I,
)
# "Ends its tariffs on U.S. industrial goods": whose goods they are does not act.
_GOODS_OF = re.compile(
    r"(?:['’]s?)? (?:[\w-]+,? (?:and )?){0,5}?(?:goods|products|exports|exporters|imports"
    r"|manufacturers|makers|carmakers|producers|companies|firms)\b"
)
_JOINT = frozenset({EventType.TRADE_AGREEMENT, EventType.OFFTAKE_AGREEMENT})

_TAX_AT_HOME = re.compile(
    r"\b(?:gas|gasoline|petrol|fuel|federal|income|corporate|corporation|sales|value[- ]added|vat"
    r"|excise|carbon|wealth|property|payroll|natural gas) tax(?:es)?\b"
    r"|\btax(?:es)? on (?:[\w-]+ ){0,2}(?:gas|gasoline|fuels?|petrol|diesel|incomes?|profits)\b",
    re.I,
)
_AT_THE_BORDER = re.compile(r"tariff|\bdut(?:y|ies)\b|\blev(?:y|ies)\b|import|export|customs", re.I)
# "After it was authorized last summer": within the clause of the step.
_LONG_AGO = re.compile(
    r"[^.;,]{0,120}\b(?:last (?:spring|summer|autumn|fall|winter|year|month)"
    r"|(?:months|years|decades|(?:a|one) (?:month|year|decade)) ago)\b",
    re.I,
)
# "Have been in force for a year" tells what stands; "since Monday" is news.
_LONG_IN_FORCE = re.compile(
    r"\b(?:has|have) (?:long )?been in (?:force|place|effect)\b(?! since \w+day\b)", re.I
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_LONG_AGO_OPENS = re.compile(
    rf"\W*(?:last (?:spring|summer|autumn|fall|winter|year|month|{_MONTHS})\b,"
    r"|(?:flashback|throwback|looking back|on this day)\b\W)",
    re.I,
)
# "Will eliminate 99 percent of tariff barriers" ends tariffs, not an exemption from them.
_ENDS_TARIFFS = re.compile(
    r"(?:eliminat|abolish|scrap|remov|drop)\w*\b(?:(?!exempt|exclu|de minimis)[^.;]){0,80}?"
    r"\b(?:tariffs?|dut(?:y|ies)|lev(?:y|ies))\b(?! exempt)",
    re.I,
)
# A rule on imports from which goods are spared, or by which they are let in.
_LETS_IN = re.compile(
    r"\b(?:exempt\w*|accept\w* (?:the )?import\w*"
    r"|(?:remov|eliminat|eas|abolish|scrap)\w* (?:[\w-]+ ){0,5}"
    r"(?:barriers?|restrictions?|licen[sc]ing|requirements?))\b",
    re.I,
)
# "Seeks a tariff" proposes it (ontology, ruling 3).
_PURSUES = re.compile(r"(?:pursu(?:es?|ing)|seeks?|seeking|explor(?:es?|ing))\b", re.I)
_NOT_HIT = re.compile(r"(?:shall|will|would) not (?:apply|be subject)\b", re.I)
# "Tea will not be taxed at the border" frees goods; that a country is not hit averts.
_NOT_CHARGED = re.compile(
    r"(?:shall|will|would) not be (?:tariffed|taxed|charged|levied|dutiable)\b", re.I
)
# "Brings the duty down to 8%", "got the rate down from 30%".
_MOVES_RATE = re.compile(
    r"\b(?:br(?:ing|ought)|g[eo]t|take|took|push|put|haul|talk)(?:s|ing|ed|ting)?\b[^.;,]{0,40}?"
    r"\b(?:tariff|dut(?:y|ie)|lev(?:y|ie)|rate)s?\b[^.;,]{0,40}? (?P<way>down|up) (?:to|from)\b",
    re.I,
)
# Who pays a duty tells what stands: "pays an export duty of 5%", "goods that pay no duty".
_PAYS_IT = re.compile(
    r"\b(?<!to )(?<!will )(?<!must )(?<!shall )(?<!would )pays? (?:(?:an?|no|the|any) )?"
    r"(?:[\w-]+ ){0,2}$",
    re.I,
)
# "Dropped the surcharge that was to hit goods": it never came.
_NEVER_CAME = re.compile(
    r"(?:drop|scrap|abandon|cancel|withdr[ae]w|shelv|call)\w*\b[^.;]{0,60}?"
    r"\b(?:tariff|dut(?:y|ie)|lev(?:y|ie)|surcharge|ban|curb|control|fee)s?"
    r" (?:that|which) (?:was|were) (?:to|due|set|about|planned|meant)\b",
    re.I,
)
# "Adds 25% over oil" is a duty of its own, not "adds 5 points to the duty".
_ADDS = re.compile(
    r"add(?:s|ed|ing)? (?:an? |another |a further )?[\d.]+ ?(?:%|per ?cent)(?! to\b)", re.I
)
_HIGHER = re.compile(r"higher\b", re.I)
_BACK_TO_TRADE = re.compile(
    r"(?:restor|resum|reopen)\w*\b[^.;]{0,30}\b(?:access|imports?|purchases|buying)\b", re.I
)
_REFUND = re.compile(r"\brefund\w*", re.I)
_TARIFFS = re.compile(r"\b(?:tariff|dut(?:y|ies)|lev(?:y|ies))", re.I)


def turned(context: SentenceContext, c: Candidate, said: Said) -> Said:
    """The labels of an event, as words beside its step turn them."""
    said = _of_kind(context, c, said)
    if said.type is EventType.TARIFF_EXEMPTION:
        said = _of_exemption(context, c, said)
    elif said.factuality is not Factuality.NEGATED and said.status in TAKEN:
        said = _taken(context.text, c, said)
    else:
        said = _turned_round(context.text, c, said)
    return replace(said, time_frame=_time_frame(context.text, c, said))


def _of_kind(context: SentenceContext, c: Candidate, said: Said) -> Said:
    """The type by who acts and by what is spared: CFIUS screens, whom a duty spares is exempt."""
    taken = said.status in TAKEN
    if said.type is EventType.INVESTIGATION and _CFIUS.search(context.text):
        status = EventStatus.PROPOSED if taken else said.status
        return replace(said, type=EventType.INVESTMENT_SCREENING, status=status)
    if said.type is EventType.TARIFF and taken and _NOT_HIT.match(context.text, c.start):
        return replace(said, type=EventType.TARIFF_EXEMPTION, status=EventStatus.ADOPTED)
    unhit = taken or said.status is EventStatus.AVERTED
    if said.type is EventType.TARIFF and unhit and _frees_goods(context, c):
        kind, status = EventType.TARIFF_EXEMPTION, EventStatus.ANNOUNCED
        return replace(said, type=kind, status=status, factuality=Factuality.ASSERTED)
    return said


def _frees_goods(context: SentenceContext, c: Candidate) -> bool:
    """Are goods, and not a country, said not to be charged: "tea will not be taxed"?"""
    if not _NOT_CHARGED.match(context.text, c.start):
        return False
    # A country's own name is the subject if it ends where the verb begins.
    return all(name.end + 1 != c.start for name in jurisdictions(context.names))


def _taken(text: str, c: Candidate, said: Said) -> Said:
    """What a step that reads as taken is, where something is allowed, refused or let through."""
    if _is_allowed(text, c):
        if said.type is EventType.INVESTMENT_SCREENING and _SELLS_ABROAD.search(text, c.end):
            return replace(said, type=EventType.EXPORT_CONTROL, status=EventStatus.NARROWED)
        if said.type in _BARS:
            return replace(said, status=EventStatus.NARROWED)
    if said.type is EventType.IMPORT_RESTRICTION and _meets(_LETS_IN, text, c):
        return replace(said, status=EventStatus.NARROWED)
    if said.type in _RATED and _PURSUES.match(text, c.start):
        return replace(said, status=EventStatus.PROPOSED)
    if said.type in _DUTIES and _PAYS_IT.search(text[: c.start]):
        return replace(said, status=EventStatus.IN_FORCE, time_frame=TimeFrame.BACKGROUND)
    if said.type in _DUTIES and (moved := phrase_at(_MOVES_RATE, text, c.start, c.end)):
        down = moved["way"].lower() == "down"
        return replace(said, status=EventStatus.CUT if down else EventStatus.RAISED)
    if said.type in _BARS and _meets(_REFUSES, text, c):
        return replace(said, status=EventStatus.REJECTED)
    if _is_cleared(text, c, said):
        return replace(said, type=EventType.INVESTMENT_SCREENING, status=EventStatus.AVERTED)
    return said


def _turned_round(text: str, c: Candidate, said: Said) -> Said:
    """What a step that reads as not or no longer taken is, by what it is done to."""
    before, status = text[: c.start], said.status
    if status is EventStatus.THREATENED and _meets(_DROPS_THREAT, text, c):
        return replace(said, status=EventStatus.AVERTED, factuality=Factuality.ASSERTED)
    if status in _ENDED and _NEVER_CAME.match(text, c.start):
        return replace(said, status=EventStatus.AVERTED, factuality=Factuality.ASSERTED)
    if _is_halted_trade(text, c, said):
        return replace(said, status=EventStatus.ANNOUNCED, target=StatusTarget.MEASURE)
    if status is EventStatus.CUT and said.type in _DUTIES and _HIGHER.match(text, c.start, c.end):
        return replace(said, status=EventStatus.RAISED)
    if status is EventStatus.RAISED and said.type in _DUTIES and _ADDS.match(text, c.start):
        return replace(said, status=EventStatus.ADOPTED)
    if status is EventStatus.RAISED and _DELAYS.search(before):
        return replace(said, status=EventStatus.DELAYED)
    if status is EventStatus.PROPOSED and said.type in _MONEY and _PAYS.search(text[: c.end]):
        return replace(said, status=EventStatus.ANNOUNCED)
    reopened = status is EventStatus.REINSTATED and said.type is EventType.IMPORT_RESTRICTION
    if reopened and _BACK_TO_TRADE.match(text, c.start):
        return replace(said, status=EventStatus.LIFTED)
    return said


def _time_frame(text: str, c: Candidate, said: Said) -> TimeFrame:
    """Background is what came long ago; refunds are paid as a court once struck the duties down."""
    stands = said.status is EventStatus.IN_FORCE and _LONG_IN_FORCE.search(text)
    old = stands or _LONG_AGO.match(text, c.end) or _LONG_AGO_OPENS.match(text)
    if said.time_frame is TimeFrame.CURRENT and old:
        return TimeFrame.BACKGROUND
    refunded = said.type in _RATED and _REFUND.search(text) is not None
    return TimeFrame.BACKGROUND if refunded else said.time_frame


def _of_exemption(context: SentenceContext, c: Candidate, said: Said) -> Said:
    """What an exemption is freed from is not what ends it, and an exemption that ends is none."""
    text = context.text
    if said.status is EventStatus.LIFTED and _FREED.match(text, c.start):
        return replace(said, status=EventStatus.ADOPTED)
    if said.status in _ENDED and _ENDS_TARIFFS.match(text, c.start):
        return replace(said, type=EventType.TARIFF, status=EventStatus.LIFTED)
    if said.status not in TAKEN or not _ENDS.match(text, c.start):
        return said
    if not _EXEMPTS.search(text[: c.start]):
        return said
    paused = _PAUSE.search(context.title) is not None
    return replace(said, status=EventStatus.SUSPENDED if paused else EventStatus.LIFTED)


def is_no_measure(text: str, kind: EventType) -> bool:
    """Is a sentence not about trade at all: a tax at home, duties that are paid back?"""
    if kind in _RATED and _TAX_AT_HOME.search(text) and not _AT_THE_BORDER.search(text):
        return True
    paid_back = _REFUND.search(text) is not None and _TARIFFS.search(text) is not None
    return kind is EventType.SUBSIDY and paid_back


def only_who_acts(
    context: SentenceContext, kind: EventType, actors: list[Party], targets: list[Party]
) -> tuple[list[Party], list[Party]]:
    """(actors, targets), where those who are hit and do not act are targets.

    Whom another quarrels with ("raises duties in a row with"), whose goods meet a measure ("ends
    its tariffs on U.S. goods").
    """
    if len(actors) < 2 or kind in _JOINT:
        return actors, targets
    places = defaultdict(list)
    for name in jurisdictions(context.names):
        places[name.code].append(name)
    hit = [p for p in actors if _is_hit(context.text, kind, places[p.code])]
    kept = [p for p in actors if p not in hit]
    return (kept, [*targets, *hit]) if kept else (actors, targets)


def _is_hit(text: str, kind: EventType, named: Sequence[Name]) -> bool:
    """Is a party, named at some places, the other side of a quarrel, or only the owner of goods?"""
    if not named:
        return False
    owner = kind in ON_IMPORTS and all(_GOODS_OF.match(text, name.end) for name in named)
    return owner or _QUARREL.search(text[: named[0].start]) is not None


def _is_allowed(text: str, c: Candidate) -> bool:
    """Is the step that something is allowed: "will be allowed to export"?"""
    return _ALLOWS.match(text, c.start) is not None and _NOT.search(text[: c.start]) is None


def _is_cleared(text: str, c: Candidate, said: Said) -> bool:
    """Is a purchase let through (ontology, ruling 35)?"""
    if said.type is EventType.INVESTMENT_SCREENING:
        return _CLEARS.match(text, c.start, c.end) is not None
    return said.type is EventType.LICENSING_DEAL and _meets(_CLEARANCE, text, c)


def _is_halted_trade(text: str, c: Candidate, said: Said) -> bool:
    """Is trade itself halted, and not a ban of it: "confirms halt to oil exports"?"""
    paused = said.status in (EventStatus.SUSPENDED, EventStatus.DELAYED)
    if said.type not in _EXPORT_BARS or not paused:
        return False
    found = _HALTS_TRADE.search(text)
    return found is not None and found.start() < c.end and c.start < found.end()


def _meets(words: re.Pattern[str], text: str, c: Candidate) -> bool:
    """Do words stand beside those of a step or of its measure?"""
    start = min(at for at, _ in c.spans) - _NEAR
    end = max(at for _, at in c.spans) + _NEAR
    return phrase_at(words, text, start, end) is not None
