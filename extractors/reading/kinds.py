"""Phrases that name the kind of a measure or its step beside the verb (ontology 2.2)."""

import re

from extractors.events.policy_events import Candidate
from models.event import TAKEN, EventStatus, EventType

# What a state does to goods that come in.
ON_IMPORTS = frozenset(
    {
        EventType.TARIFF,
        EventType.TARIFF_EXEMPTION,
        EventType.TRADE_REMEDY,
        EventType.IMPORT_RESTRICTION,
    }
)
# What a state does to goods that go out.
ON_EXPORTS = frozenset(
    {
        EventType.EXPORT_BAN,
        EventType.EXPORT_CONTROL,
        EventType.EXPORT_LICENSING,
        EventType.EXPORT_QUOTA,
        EventType.EXPORT_TAX,
    }
)
# Rules that ask who ships for a permit, or forbid.
EXPORT_RULES = frozenset({EventType.EXPORT_CONTROL, EventType.EXPORT_LICENSING})
_NEAR, _FAR = 60, 160
_DUTIES = frozenset({EventType.TARIFF, EventType.TARIFF_EXEMPTION})
_PAPERS = frozenset(
    {EventType.LICENSING_DEAL, EventType.EXPORT_CONTROL, EventType.EXPORT_LICENSING}
)
_BANS = frozenset({EventType.EXPORT_CONTROL, EventType.EXPORT_QUOTA, EventType.EXPORT_LICENSING})
_REMEDY = re.compile(
    r"\b(?:anti-?dumping|countervailing|anti-?subsidy|safeguard) (?:\w+ )?(?:dut(?:y|ies)|tariffs?"
    r"|lev(?:y|ies)|deposits?|margins?)\b",
    re.I,
)
_DEPOSIT = re.compile(
    r"\b(?:cash |security )?deposits? of (?:up to )?[\d.]+ ?(?:%|per ?cent)", re.I
)
_PRELIMINARY = re.compile(r"\bpreliminary (?:\w+ ){0,2}(?:finding|determination|ruling)\b", re.I)
_DUMPING = re.compile(r"\b(?:dumping|anti-?dumping|countervailing|subsid(?:y|ies))\b", re.I)
_SHARES = re.compile(
    r"\b(?:preferred |common )?(?:stock|shareholder|equity|warrants?)\b",
    re.I,
)
_TAKES_PART = re.compile(
    r"\b(?:take|takes|taking|took) (?:up to )?[\d.]+ ?(?:%|per ?cent) of\b", re.I
)
_FOR_THE_STATE = re.compile(r"\breserv\w+\b[^.;]{0,80}\bfor the (?:state|government)\b", re.I)
_UNRELIABLE = re.compile(
    r"\b(?:unreliable entit(?:y|ies) list|list of unreliable entities|entity list)\b", re.I
)
# A good that joins a list of what needs a permit widens the rule.
_PERMIT_LIST = re.compile(
    r"\b(?:permit|licen[cs]e|licensing|control) list\b|\bneeds? an export licen[cs]e\b", re.I
)
_JOINS = re.compile(
    r"(?:add(?:s|ed|ing)?|join(?:s|ed|ing)?|put(?:s|ting)?|plac(?:es|ed|ing))\b", re.I
)
# A permit that becomes necessary is a rule, no deal with a firm.
_PERMIT_RULE = re.compile(
    r"\b(?:requir(?:es?|ed|ing)|needs?|needed|subject to) (?:an? |new |prior |special )*"
    r"(?:export )?(?:licen[cs]es?|permits?)\b"
    r"|\b(?:permit|licen[cs](?:e|ing)) (?:rules?|systems?|regimes?|requirements?|obligations?)\b",
    re.I,
)
# Control of a firm, not of exports.
_OVER_FIRMS = frozenset({EventType.EXPORT_CONTROL, EventType.LOCAL_CONTENT_NATIONALISATION})
_TAKES_CONTROL = re.compile(
    r"(?:tak(?:es?|ing)|took|seiz(?:es?|ed|ing)|assum(?:es?|ed|ing)) (?:\w+ )?control"
    r" (?:of|over)\b",
    re.I,
)
# A purchase of a firm that a state stops is screened, and nothing is invested.
_STOPS_PURCHASE = re.compile(
    r"\b(?:block|kill|veto|scuttl|torpedo|thwart|unwind|unwound|withh[eo]ld)\w*\b[^.;]{0,90}"
    r"\b(?:takeover|acquisition|merger|buyout)\b"
    r"|\b(?:takeover|acquisition|merger|buyout)\b[^.;]{0,90}"
    r"\b(?:blocked|vetoed|withh[eo]ld\w*|thwarted)\b",
    re.I,
)
# A rule on what the state and its networks buy names them; other bans hit a firm or goods.
_PUBLIC_BUYING = re.compile(
    r"\b(?:government|federal|state|public|municipal|local|city|national|agenc(?:y|ies)|procure\w*"
    r"|contract\w*|tender\w*|military|army|navy|air force|defen[cs]e|pentagon|ministr\w+|officials?"
    r"|schools?|devices?|phones?|networks?|telecom\w*|5g|infrastructure|grids?|utilit\w+|carriers?"
    r"|shipyards?|warships?|suppl(?:y|ier)\w*|made in|buy [a-z]+)\b",
    re.I,
)
_FROM_NETWORKS = re.compile(
    r"\b(?:from|in|on) (?:\w+[- ]){0,2}?(?:government|federal|state|public|official|military|5g"
    r"|telecom\w*)(?:[- ]\w+)?[- ](?:networks?|devices?|phones?|computers?|buying|procurement"
    r"|contracts?|tenders?)\b",
    re.I,
)
_BANNED_IN = re.compile(r"\b(?:bann|barr|prohibit)\w+ (?:in|from) (?:the )?(?=[A-Z])")
_BANNED = re.compile(r"\b(?:ban(?:s|ned|ning)?|bar(?:s|red|ring)|block(?:s|ed|ing)?)\b", re.I)
_FIRMS = re.compile(
    r"\b(?:compan(?:y|ies)|firms?|business(?:es)?|corporations?)\b"
    r"|\b[Bb]an(?:s|ned)? (?:on )?[A-Z]\w+|\b[A-Z]\w+(?:['’]s)? [Bb]an\b"
)
_TO_WORK = re.compile(
    r"\b(?:operat|min(?:e|ing)|build|construct|drill|process|explor|environment)\w*", re.I
)
_FORBIDS = re.compile(r"\b(?:bann?(?:ing)?|prohibit(?:ing)?|forbid(?:ding)?)\b", re.I)
_TO_RUN = re.compile(
    r"\bnow (?:runs?|lasts?|appl(?:y|ies)|stays?)\b[^.;,]{0,20}\b(?:until|to|through)\b", re.I
)
_PUT_OFF = re.compile(
    r"\b(?:put off|postponed|deferred|slips?(?: again)?,? to|slides? to|pushed back)\b",
    re.I,
)
_NEW_CLAUSE = re.compile(r"[;:]|, (?:and|but|as|while)\b|\b(?:which|that|who)\b", re.I)


def named_kind(
    text: str, c: Candidate, kind: EventType, status: EventStatus
) -> tuple[EventType, EventStatus]:
    """Type and status of an event, as a phrase beside its words names them."""
    near = text[max(0, c.start - _NEAR) : c.end + _NEAR]
    ahead = text[c.start : c.end + _FAR]
    if kind in _DUTIES and _is_remedy(text, c):
        return EventType.TRADE_REMEDY, status
    if kind is not EventType.TRADE_REMEDY and _DEPOSIT.search(near) and _DUMPING.search(text):
        return EventType.TRADE_REMEDY, EventStatus.PROPOSED if _PRELIMINARY.search(text) else status
    if kind is EventType.INVESTIGATION and _DEPOSIT.search(text) and _PRELIMINARY.search(ahead):
        return EventType.TRADE_REMEDY, EventStatus.PROPOSED
    if kind is EventType.OFFTAKE_AGREEMENT and (_SHARES.search(ahead) or _TAKES_PART.search(ahead)):
        return EventType.GOVERNMENT_INVESTMENT, status
    if kind is EventType.STOCKPILE and _FOR_THE_STATE.match(text, c.start):
        return EventType.LOCAL_CONTENT_NATIONALISATION, status
    if kind is EventType.LICENSING_DEAL and _UNRELIABLE.search(ahead):
        return EventType.SANCTION_LISTING, status
    if kind is EventType.LICENSING_DEAL and _PERMIT_RULE.search(near) and not _TO_WORK.search(near):
        return EventType.EXPORT_LICENSING, status
    if kind in _OVER_FIRMS and _TAKES_CONTROL.match(text, c.start):
        return EventType.INVESTMENT_SCREENING, status
    if kind is EventType.GOVERNMENT_INVESTMENT and _STOPS_PURCHASE.search(text):
        return EventType.INVESTMENT_SCREENING, status
    banned = _BANNED.search(near) is not None
    if kind is EventType.IMPORT_RESTRICTION and banned and _FROM_NETWORKS.search(ahead):
        return EventType.PROCUREMENT_RESTRICTION, status
    if kind is EventType.PROCUREMENT_RESTRICTION and banned:
        return _of_ban(text), status
    joins = status in TAKEN and _JOINS.match(text, c.start) is not None
    if kind in _PAPERS and joins and _PERMIT_LIST.search(ahead):
        return EventType.EXPORT_LICENSING, EventStatus.EXPANDED
    return kind, status


def named_step(text: str, c: Candidate, status: EventStatus, headline: bool) -> EventStatus:
    """The status of an event whose measure is said to run longer, or to start later."""
    rest = text[c.end : c.end + _NEAR]
    clause = _NEW_CLAUSE.split(rest, maxsplit=1)[0]
    if status in TAKEN and _TO_RUN.search(text[max(0, c.start - _NEAR) : c.end + _NEAR]):
        return EventStatus.EXTENDED
    put_off = headline and _PUT_OFF.search(clause) is not None
    changes = TAKEN | {EventStatus.RAISED, EventStatus.CUT, EventStatus.REINSTATED}
    return EventStatus.DELAYED if put_off and status in changes else status


def forsworn_kind(text: str, kind: EventType) -> EventType:
    """The type of a promise not to act: "refrain from banning or setting quotas" bans nothing."""
    return EventType.EXPORT_BAN if kind in _BANS and _FORBIDS.search(text) else kind


def _of_ban(text: str) -> EventType:
    """The type of a ban read as one on what the state buys (annotation guide, ruling 38)."""
    if _PUBLIC_BUYING.search(text):
        return EventType.PROCUREMENT_RESTRICTION
    if _BANNED_IN.search(text):
        return EventType.IMPORT_RESTRICTION
    return EventType.SANCTION_LISTING if _FIRMS.search(text) else EventType.PROCUREMENT_RESTRICTION


_DUTY = re.compile(r"\b(?:dut(?:y|ies)|tariffs?|lev(?:y|ies)|deposits?)\b", re.I)


def _is_remedy(text: str, c: Candidate) -> bool:
    """Do the words for the measure, or those of the step, name a duty against dumping?

    So does any word of a sentence that names no other duty.
    """
    spans = ((c.evidence.start, c.evidence.end), (c.start, c.end))
    remedies = list(_REMEDY.finditer(text))
    if any(r.start() < end + 1 and start <= r.end() for r in remedies for start, end in spans):
        return True
    return bool(remedies) and all(
        any(r.start() <= duty.start() < r.end() for r in remedies) for duty in _DUTY.finditer(text)
    )
