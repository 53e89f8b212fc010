"""Mentions as linking compares them: one implementer, one act, normal names, a date interval.

A mention that names several implementers, or several numbered announcements, has several parts:
"China and the United States cut their duties" tells one step of two measures. What one sentence
leaves out, the rest of its article may say: an implementer or the parties of a deal are borrowed
from the article's other mentions of that kind when these agree.
"""

import calendar
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from extractors.linking.instrument_ids import NamedInstruments, named_instruments
from models.event import (
    EventStatus,
    EventType,
    Factuality,
    SourceType,
    TimeFrame,
    status_class,
    type_group,
)
from models.link import LinkMention
from models.reference import load_commodities, product_bucket

PartKey = tuple[str, int]
CURRENT_DAYS = 7
MAX_IMPLEMENTERS = 3
AGREEMENTS = frozenset({"us-phase-one"})
MAX_PARTIES = 6
WORLD = "world"
UNKNOWN = "XX"
ALL_GOODS = "all_goods"
COMPANY_TYPES = frozenset(
    {
        EventType.LICENSING_DEAL,
        EventType.OFFTAKE_AGREEMENT,
        EventType.GOVERNMENT_INVESTMENT,
        EventType.SANCTION_LISTING,
        EventType.INVESTMENT_SCREENING,
    }
)
WEAK = frozenset({Factuality.NEGATED, Factuality.QUESTION, Factuality.SPECULATIVE})
OFFICIAL = frozenset(
    {SourceType.OFFICIAL_ACTOR, SourceType.OFFICIAL_COUNTERPARTY, SourceType.OFFICIAL_OTHER}
)
COMPANY_NOISE = re.compile(
    r"\b(?:inc|corp|corporation|co|company|ltd|limited|plc|llc|ag|sa|nv|se|group|holdings?|the)\b"
    r"|[^\w\s]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """When a step was decided: between `low` and `high`, None where open.

    `stated` says that the text gives a date; else it follows from the time of the report.
    """

    low: date | None
    high: date
    precision: str | None
    stated: bool

    def gap_days(self, other: "Interval") -> int:
        """Days that lie between the two; 0 where they meet."""
        gaps = [0]
        if self.low:
            gaps.append((self.low - other.high).days)
        if other.low:
            gaps.append((other.low - self.high).days)
        return max(gaps)

    def tolerance_days(self, other: "Interval") -> int:
        """How far apart two reports of one step may date it (ontology section 7)."""
        exact = {"day", None}
        return 3 if self.precision in exact and other.precision in exact else 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of one mention, ready to be matched. Names in sets are normal forms.

    `withdrawn` says why a later version of the article withdrew it (`extractors.linking.versions`),
    `withdrawn_by` which mention did and when that reached us; `replaces` is the part of an earlier
    version in whose place this one stands.
    """

    source: LinkMention
    part: int
    implementer: str
    block: str
    group: str
    status_class: str
    time_frame: TimeFrame
    when: Interval
    buckets: frozenset[str]
    companies: frozenset[str]
    specific: tuple[str, ...]
    grounds: frozenset[str]
    targets: frozenset[str]
    weak: bool
    official: bool
    withdrawn: str | None = None
    withdrawn_by: tuple[str, datetime] | None = None
    replaces: PartKey | None = None

    @property
    def type(self) -> EventType:
        return self.source.mention.type

    @property
    def status(self) -> EventStatus:
        return self.source.mention.status

    @property
    def article(self) -> str:
        return self.source.mention.article_id

    @property
    def reported(self) -> date:
        return self.source.reported_date

    @property
    def background(self) -> bool:
        return self.time_frame is TimeFrame.BACKGROUND

    @property
    def empty(self) -> bool:
        """Does it name neither product, company nor act, so that only its place can tell?"""
        return not (self.buckets or self.companies or self.specific)


def part_key(part: Part) -> PartKey:
    """What a part is known by: its mention and which of its parts it is."""
    return part.source.mention.mention_id, part.part


def parts_of_article(mentions: Sequence[LinkMention]) -> list[Part]:
    """The parts of the mentions of one article, gaps filled from one another."""
    actors_told: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    pairs_told: Counter[frozenset[str]] = Counter()
    for item in mentions:
        m = item.mention
        known = real(m.actors)
        if known:
            actors_told[type_group(m.type)].add(known)
        parties = frozenset({*known, *real(m.targets)})
        if m.type is EventType.TRADE_AGREEMENT and len(parties) == 2:
            pairs_told[parties] += 1
    found: list[Part] = []
    implementers: tuple[str, ...]
    for item in mentions:
        m = item.mention
        actors = real(m.actors)
        instruments = named_instruments(
            m.instrument,
            m.instrument_id,
            year=item.reported_at.year,
            implementer=actors[0] if actors else UNKNOWN,
        )
        if m.type is EventType.TRADE_AGREEMENT:
            # An order may carry out an agreement; it is not the agreement.
            instruments = NamedInstruments(
                specific=tuple(n for n in instruments.specific if n in AGREEMENTS)
            )
            several = bool(_SEVERAL_AGREEMENTS.search(m.sentence))
            told_pairs = agreements_of((*actors, *real(m.targets)), pairs_told, several=several)
            implementers = tuple("+".join(sorted(pair)) or UNKNOWN for pair in told_pairs)
            targets = dict.fromkeys(implementers, frozenset[str]())
        else:
            issuer = implied_by(instruments)
            if issuer and not set(issuer) & set(actors):
                actors = issuer
            elif not actors:
                told = actors_told[type_group(m.type)]
                actors = next(iter(told)) if len(told) == 1 else ()
            implementers = actors[:MAX_IMPLEMENTERS] or (UNKNOWN,)
            targets = {
                one: (frozenset(real(m.targets)) | frozenset(actors)) - {one, WORLD}
                if len(implementers) > 1
                else frozenset(real(m.targets)) - {WORLD}
                for one in implementers
            }
        found += cut_up(item, implementers, instruments, targets)
    return news_of_the_article(found)


def news_of_the_article(parts: Sequence[Part]) -> list[Part]:
    """Parts of one article, without background that the article itself tells as its news.

    "The president signed agreements with Peru and Chile", then what each of them says: the first
    sentence only sounds like the past. One dated earlier tells another step.
    """
    news = {
        (part.block, part.status_class)
        for part in parts
        if part.type is EventType.TRADE_AGREEMENT
        and "+" in part.implementer
        and part.time_frame is TimeFrame.CURRENT
        and not part.weak
    }
    return [
        replace(part, time_frame=TimeFrame.CURRENT, when=decided(part.source, TimeFrame.CURRENT))
        if part.background and may_be_recent(part) and (part.block, part.status_class) in news
        else part
        for part in parts
    ]


def may_be_recent(part: Part) -> bool:
    """Is it without a date, or of the days before its report?"""
    if not part.source.mention.dates:
        return True
    first = part.when.low if part.when.stated else None
    return first is not None and part.reported - first <= timedelta(days=CURRENT_DAYS)


_SEVERAL_AGREEMENTS = re.compile(
    r"\b(?:agreements|deals|pacts|accords|frameworks|memorandums|mous)\b[^.;]{0,60}?\bwith\b", re.I
)


def agreements_of(
    named: Sequence[str], pairs_told: Mapping[frozenset[str], int], *, several: bool = False
) -> list[frozenset[str]]:
    """The agreements a mention tells of, as sets of parties.

    One party alone has the partner the rest of the article gives it, when that is one. Several
    that the article elsewhere pairs with one and the same party have an agreement each with it; so
    have those with whom `several` agreements were made, with the party first named.
    """
    parties = frozenset(named)
    if len(parties) < 2:
        fuller = [pair for pair in pairs_told if parties < pair]
        return fuller if len(fuller) == 1 else [parties]
    if len(parties) > 2:
        paired = Counter(
            party for pair, n in pairs_told.items() for party in pair & parties for _ in range(n)
        )
        most = [party for party, n in paired.items() if n == max(paired.values())]
        if len(most) != 1 and several:
            most = [next(party for party in named if party in (most or parties))]
        if len(most) == 1:
            hub = most[0]
            return [frozenset({hub, other}) for other in sorted(parties - {hub})]
    return [frozenset(sorted(parties)[:MAX_PARTIES])]


def cut_up(
    item: LinkMention,
    implementers: Sequence[str],
    instruments: NamedInstruments,
    targets: Mapping[str, frozenset[str]],
) -> list[Part]:
    """One part per implementer and, where numbered announcements are listed, per announcement."""
    m = item.mention
    group = type_group(m.type)
    several = len(instruments.specific) > 1 and all(
        name.startswith("mofcom-") for name in instruments.specific
    )
    acts = [(name,) for name in instruments.specific] if several else [instruments.specific]
    first = Part(
        source=item,
        part=0,
        implementer="",
        block="",
        group=group,
        status_class=status_class(m.status),
        time_frame=m.time_frame,
        when=decided(item, m.time_frame),
        buckets=frozenset(product_bucket(c) for c in m.commodities if c in load_commodities()),
        companies=frozenset(filter(None, map(company_key, m.company_texts))),
        specific=(),
        grounds=instruments.grounds,
        targets=frozenset(),
        weak=m.factuality in WEAK,
        official=item.official or m.source_type in OFFICIAL,
    )
    return [
        replace(
            first,
            part=number,
            implementer=implementer,
            block=f"{implementer}:{group}",
            specific=act,
            targets=targets[implementer],
        )
        for number, (implementer, act) in enumerate(
            (implementer, act) for implementer in implementers for act in acts
        )
    ]


def real(codes: Iterable[str]) -> tuple[str, ...]:
    """Codes without the unknown, each once, in order."""
    return tuple(dict.fromkeys(code for code in codes if code and code != UNKNOWN))


def implied_by(instruments: NamedInstruments) -> tuple[str, ...]:
    """The implementer an instrument gives away."""
    names = (*instruments.specific, *sorted(instruments.grounds))
    known = {"us": "US", "mofcom": "CN", "eu": "EU"}
    return tuple(dict.fromkeys(known[n.split("-")[0]] for n in names if n.split("-")[0] in known))


def company_key(name: str) -> str:
    """A company's name as compared: lower case, no legal form, no punctuation."""
    return " ".join(COMPANY_NOISE.sub(" ", name.lower()).split())


def same_name(one: str, other: str) -> bool:
    """Do two company keys name one firm? "mp" is "mp materials": a name may be cut short."""
    shorter, longer = sorted((one.split(), other.split()), key=len)
    return longer[: len(shorter)] == shorter


def decided(item: LinkMention, time_frame: TimeFrame) -> Interval:
    """When the step was decided, from the dates of the mention, else from its time frame."""
    m = item.mention
    told = {d.role: d.date for d in reversed(m.dates)}
    reported = item.reported_date
    stated = told.get("date_announced")
    if stated is None and m.status is EventStatus.IN_FORCE:
        stated = told.get("date_effective")
    if stated is None and m.status is EventStatus.EXPIRED:
        stated = told.get("date_end")
    span = days_of(stated) if stated else None
    week_before = reported - timedelta(days=CURRENT_DAYS)
    current = time_frame is not TimeFrame.BACKGROUND
    # "This year", said in a report of today, tells less than the report's own date.
    vague = span and span[2] != "day" and current and span[1] >= week_before
    if span and not vague and span[0] <= reported + timedelta(days=1):
        return Interval(low=span[0], high=min(span[1], reported), precision=span[2], stated=True)
    if time_frame is TimeFrame.BACKGROUND:
        return Interval(low=None, high=week_before, precision=None, stated=False)
    return Interval(low=week_before, high=reported, precision=None, stated=False)


def days_of(text: str) -> tuple[date, date, str] | None:
    """First and last day and precision of YYYY, YYYY-Qn, YYYY-MM or YYYY-MM-DD."""
    try:
        if re.fullmatch(r"\d{4}", text):
            return date(int(text), 1, 1), date(int(text), 12, 31), "year"
        if found := re.fullmatch(r"(\d{4})-Q([1-4])", text):
            year, last = int(found[1]), int(found[2]) * 3
            return date(year, last - 2, 1), month_end(year, last), "quarter"
        if found := re.fullmatch(r"(\d{4})-(\d{2})", text):
            year, month = int(found[1]), int(found[2])
            return date(year, month, 1), month_end(year, month), "month"
        exact = date.fromisoformat(text)
    except ValueError:
        return None
    return exact, exact, "day"


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
