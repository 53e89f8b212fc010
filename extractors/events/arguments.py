"""How much, how long, when and under which instrument: the values of an event."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Doc

from extractors.events.context import SentenceContext
from extractors.events.gazetteer import Name
from extractors.events.policy_events import Candidate
from extractors.text.dates import DateMention, find_dates, precision_start
from extractors.text.numbers import Quantity, find_durations
from models.event import Amount, EventDate, EventStatus, EventType, Factuality, Rate

_RATED = frozenset(
    {
        EventType.TARIFF,
        EventType.TARIFF_EXEMPTION,
        EventType.TRADE_REMEDY,
        EventType.EXPORT_TAX,
        EventType.LOCAL_CONTENT_NATIONALISATION,
        EventType.IMPORT_RESTRICTION,
        EventType.SUBSIDY,
    }
)
# Percentages of markets, shares and opinion stand beside these words and are no rates of a measure.
_NO_RATE_AFTER = re.compile(
    (
        r"^\s*(?:of (?:the|all|its|their|u\.s\.|us|china|global|world|total|imports?"
        r"|exports?|respondents|those|production|future)|stake|share\b|ownership"
        r"|in (?:early|pre|afternoon|after)|higher|lower|drop|decline|gain|jump"
        r"|increase in (?:shares|sales|profit|revenue)|chance|probability|year"
        r"|from a year|funding|down\b|up\b)"
    ),
    re.I,
)
_NO_RATE_BEFORE = re.compile(
    (
        r"\b(?:shares?|stocks?|index|futures|fell|rose|dropped|gained|jumped|slid"
        r"|slipped|climbed|plunged|surged|tumbled|sank|declined|accounts? for|nearly"
        r"|about half|grew|growth|inflation|unemployment|profit|revenue|sales|earnings"
        r"|hit of|margin|dow|nasdaq|s&p \d+|yield|imports have dropped|up(?! to\b)|down"
        r"|advanced|slumped|declining|rallied)\b[^.;]{0,25}$"
    ),
    re.I,
)
_CLAUSE_CUT = re.compile(r";|\bwhile\b|\bwhereas\b")


def _clauses(text: str) -> list[tuple[int, int]]:
    cuts = [0, *[m.end() for m in _CLAUSE_CUT.finditer(text)], len(text)]
    return list(itertools.pairwise(cuts))


def _same_clause(text: str, a: int, b: int) -> bool:
    return any(s <= a < e and s <= b < e for s, e in _clauses(text))


def find_rates(
    context: SentenceContext, c: Candidate, event_type: EventType, rivals: list[Candidate]
) -> tuple[Rate, ...]:
    """Rates of the measure, previous ones marked; percentages of other things stay out."""
    if event_type not in _RATED:
        return ()
    text = context.text
    out: list[Rate] = []
    for q in context.quantities:
        if q.kind not in ("percent", "unit_price") or not _same_clause(
            text, q.start, c.evidence.start
        ):
            continue
        if (
            _NO_RATE_AFTER.match(text[q.end :])
            or _NO_RATE_BEFORE.search(text[max(0, q.start - 45) : q.start])
        ) and not 0 <= c.evidence.start - q.end <= 14:
            continue
        if (
            event_type in (EventType.TARIFF_EXEMPTION, EventType.IMPORT_RESTRICTION)
            and abs(q.start - c.evidence.start) > 40
        ):
            continue
        if any(
            _closer(q, r, c)
            for r in rivals
            if r is not c
            and _near_gap(q, r.evidence.start, r.evidence.end)
            < _near_gap(q, c.evidence.start, c.evidence.end)
        ):
            continue
        out.append(
            Rate(
                text=q.text,
                value=q.value,
                unit=q.unit,
                basis=_basis(text, q),
                role="previous_rate" if q.previous else "rate",
            )
        )
    unique = {(r.value, r.unit, r.role): r for r in reversed(out)}
    return tuple(r for r in out if unique[(r.value, r.unit, r.role)] is r)


_REACHES = re.compile(r"\bto (?:a |an )?$", re.I)


def left_behind(context: SentenceContext, rates: Sequence[Rate]) -> tuple[Rate, ...]:
    """The rates of a step that raises or cuts to one of them; those said before are previous.

    "The 10% tariff will be raised to 25%" leaves 10% behind.
    """
    text = context.text
    at = {rate: text.find(rate.text) for rate in rates}
    reached = [r for r in rates if r.role == "rate" and _REACHES.search(text[: at[r]])]
    if len(reached) != 1:
        return tuple(rates)
    return tuple(
        replace(r, role="previous_rate") if r is not reached[0] and at[r] < at[reached[0]] else r
        for r in rates
    )


def _closer(q: Quantity, rival: Candidate, c: Candidate) -> bool:
    return rival.evidence.pattern.type in _RATED and rival.start != c.start


def _near_gap(q: Quantity, start: int, end: int) -> int:
    return max(start - q.end, q.start - end, 0)


def _basis(text: str, q: Quantity) -> str:
    around = text[max(0, q.start - 30) : q.end + 30].lower()
    if q.kind == "unit_price":
        return "specific"
    if re.search(r"\b(?:additional|extra|further|on top)\b", around):
        return "additional"
    if re.search(r"\b(?:in all|in total|total|combined|overall|average)\b", around):
        return "total"
    return "ad_valorem"


def find_amounts(
    context: SentenceContext, c: Candidate, event_type: EventType
) -> tuple[Amount, ...]:
    """Sums, stakes, floors and volumes said with the measure."""
    text = context.text
    out: list[Amount] = []
    for q in context.quantities:
        if not _same_clause(text, q.start, c.start):
            continue
        around = text[max(0, q.start - 40) : q.end + 40].lower()
        if q.kind == "percent":
            if (
                event_type is EventType.GOVERNMENT_INVESTMENT and "stake" in around
            ) or event_type is EventType.OFFTAKE_AGREEMENT:
                kind = "stake_percent" if "stake" in around else "volume"
                out.append(Amount(text=q.text, value=q.value, unit=q.unit, kind=kind))
            continue
        if q.kind == "unit_price":
            if "floor" in around:
                out.append(Amount(text=q.text, value=q.value, unit=q.unit, kind="price_floor"))
            continue
        if abs(q.start - c.start) > 160:
            continue
        out.append(
            Amount(
                text=q.text, value=q.value, unit=q.unit, kind=_amount_kind(q, event_type, around)
            )
        )
    return tuple(out)


def _amount_kind(q: Quantity, event_type: EventType, around: str) -> str:
    if q.kind == "volume":
        return (
            "quota"
            if event_type
            in (EventType.EXPORT_QUOTA, EventType.IMPORT_RESTRICTION, EventType.TARIFF_EXEMPTION)
            else "volume"
        )
    if "loan" in around:
        return "loan"
    if "fine" in around or "penalt" in around:
        return "penalty"
    if event_type in (EventType.GOVERNMENT_INVESTMENT, EventType.SUBSIDY, EventType.STOCKPILE):
        return "investment"
    return "trade_value"


_EFFECTIVE = re.compile(
    (
        r"\b(?:from|effective|effective from|as of|starting|beginning|start|begin"
        r"|starts|begins|take effect|takes effect|took effect|into effect|into "
        r"force|come into effect on|effect on|in force|since|to apply|will apply"
        r"|kick in)(?:\s+(?:on|in|at|by|the|from))?\s*$"
    ),
    re.I,
)
_END = re.compile(
    (
        r"\b(?:until|till|through|expire[sd]?|expiring|ends?|ending|to last until"
        r"|up to|valid to|run(?:s)? to|to)(?:\s+(?:on|in|at|the|by))?\s*$"
    ),
    re.I,
)
_DEADLINE = re.compile(
    r"\b(?:by|before|deadline (?:of|for|on|to)|no later than|due)(?:\s+(?:on|in|the))?\s*$", re.I
)
_DATED = re.compile(r"\b(?:on|in|dated|of|last|during)\s*$", re.I)
_SPEECH = re.compile(r"\b(?:said|told|announced|reported|says)\b[^,;]{0,25}$", re.I)


def find_event_dates(
    context: SentenceContext, c: Candidate, status: EventStatus, factuality: Factuality
) -> tuple[tuple[EventDate, ...], list[DateMention]]:
    """(dates with their roles, the date mentions they came from) that belong to the step."""
    text = context.text
    future = factuality in (
        Factuality.SCHEDULED,
        Factuality.CONDITIONAL,
        Factuality.SPECULATIVE,
        Factuality.QUESTION,
    )
    dates = find_dates(text, context.published, future=future)
    out: list[EventDate] = []
    used: list[DateMention] = []
    for d in dates:
        if not _same_clause(text, d.start, c.start) or abs(d.start - c.start) > 130:
            continue
        before = text[max(0, d.start - 40) : d.start]
        after = text[d.end : d.end + 20]
        if re.match(
            r"\s*(?:levels?|quota year|crop|session|trading|budget|election|campaign|Act\b)", after
        ) or re.search(r"\b(?:Act of|Act,|order of|dated)\s*$", before):
            continue
        role = _date_role(before, after, status)
        if role is None:
            continue
        used.append(d)
        out.append(EventDate(role=role, text=d.text, date=d.value))
    return tuple(out), used


def _date_role(before: str, after: str, status: EventStatus) -> str | None:
    if re.search(r"\bdeadline\b", after, re.I) or re.search(
        r"deadline (?:for [^,]{0,40} )?(?:to|of|on)\s*$", before, re.I
    ):
        return "deadline"
    if _DEADLINE.search(before):
        return "deadline"
    if _EFFECTIVE.search(before):
        return "date_effective"
    if _END.search(before):
        return "date_end"
    if _SPEECH.search(before):
        return "date_announced"
    if status in (EventStatus.IN_FORCE, EventStatus.RAISED, EventStatus.REINSTATED):
        return "date_effective"
    if status in (EventStatus.LIFTED, EventStatus.EXPIRED):
        return "date_end"
    if status is EventStatus.UNDER_NEGOTIATION:
        return None
    return "date_announced"


# What is over at once, or never was, does not last.
_NEVER_LASTS = frozenset(
    {EventStatus.LIFTED, EventStatus.EXPIRED, EventStatus.AVERTED, EventStatus.REJECTED}
)
# "Two days after", "a four-year review", "a 14-year low": how far off or how old something is.
# "Three days of confusion" is how long that lasted.
_NO_SPAN_AFTER = re.compile(
    r"s?\s+of (?!suspen|paus|grace|relief|exempt|delay|free|duty|notice)[a-z]"
    r"|s?\s+(?:ago|earlier|old|later|high|low|record|after|before|since)\b"
    r"|[- ](?:old|high|low|review|study|war|dispute|investigation|probe|lead)\b",
    re.I,
)
# "After three weeks", "within 90 days", "a conflict of almost two years".
_NO_SPAN_BEFORE = re.compile(
    r"\b(?:after|within|in|every|each)\s+(?:(?:about|almost|nearly|less than|more than)\s+)?$"
    r"|(?<!period)(?<!pause)(?<!suspension)(?<!delay)(?<!extension)(?<!truce)(?<!stay)(?<!term)"
    r"(?<!freeze)(?<!moratorium)(?<!reprieve)\sof\s+(?:(?:about|almost|nearly)\s+)?$",
    re.I,
)
# "49,000 vehicles a year" is how much a year, "for a year" how long.
_EACH = re.compile(r"an? (?:day|week|month|year)", re.I)
_LASTING = re.compile(r"\b(?:for|by|of|than|lasts?|lasting|about|over|almost|nearly)\s+$", re.I)


def _lasts(text: str, start: int, end: int) -> bool:
    """Is the stretch of time from `start` to `end` one that something lasts?"""
    hyphenated = "-" in text[start:end]
    if _NO_SPAN_AFTER.match(text, end) or (not hyphenated and _NO_SPAN_BEFORE.search(text[:start])):
        return False
    each = _EACH.fullmatch(text, start, end) and not text.startswith("-", end)
    return not each or _LASTING.search(text[:start]) is not None


def find_duration(context: SentenceContext, c: Candidate, status: EventStatus) -> str | None:
    """How long the step holds, ISO 8601: the nearest stretch of time that belongs to the step."""
    if status in _NEVER_LASTS:
        return None
    best: tuple[int, str] | None = None
    for start, end, iso in find_durations(context.text):
        if not _lasts(context.text, start, end) or not _same_clause(context.text, start, c.start):
            continue
        gap = min(abs(start - c.start), abs(start - c.evidence.start))
        if gap <= 70 and (best is None or gap < best[0]):
            best = (gap, iso)
    return best[1] if best else None


def find_instrument(context: SentenceContext, c: Candidate) -> Name | None:
    """The legal instrument of the event: the nearest one named in the sentence."""
    named = [n for n in context.names if n.label == "INSTRUMENT" and n.how != "us_hts"] or [
        n for n in context.names if n.label == "INSTRUMENT"
    ]
    return min(named, key=lambda n: abs(n.start - c.start), default=None)


def is_retaliation(doc: Doc, context: SentenceContext, c: Candidate) -> bool:
    """Does the sentence say that the step answers another's act?"""
    for m in _RETALIATION.finditer(context.text):
        if abs(m.start() - c.start) < 90 and _same_clause(context.text, m.start(), c.start):
            return True
    return False


_RETALIATION = re.compile(
    (
        r"\b(?:in response to|in retaliation|retaliat(?:e|es|ed|ion|ory)|hits? "
        r"back|fires? back|counter-?(?:tariffs?|measures?|sanctions?)|tit-for-tat"
        r"|responded with|countermeasures)\b"
    ),
    re.I,
)


def earliest(dates: list[DateMention]) -> str | None:
    """The earliest resolved date, for ordering."""
    known = [d.value for d in dates if precision_start(d.value) is not None]
    return min(known) if known else None
