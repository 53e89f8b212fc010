"""Mentions in comparable form: one implementer, one act, normalised names, a date interval.

A mention with several implementers, or several numbered announcements, has several parts: "China
and the United States cut their duties" reports one step of two measures. If one sentence omits the
implementer or the parties of a deal, they are taken from the article's other mentions of that kind,
provided these agree.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from extractors.linking.actors import (
    UNKNOWN,
    WEAK,
    buckets_of,
    known_codes,
    lenders,
    standing_issuer,
    tells_of_the,
    told_by_text,
)
from extractors.linking.acts import (
    ALL_GOODS,
    issuer_of,
    known_act,
    named_by_nickname,
    own_acts,
    standing_act,
)
from extractors.linking.days import PAST_DAYS, Interval, decided
from extractors.linking.instrument_ids import NamedInstruments, named_instruments
from extractors.linking.parties import (
    ACT_TITLE,
    SEVERAL_AGREEMENTS,
    agreements_of,
    outside_titles,
    owner_of_measure,
    pacts_in,
    parties_of_deal,
    region_of_measure,
)
from extractors.linking.scope import reaches_all, spares, subjects_of
from models.event import (
    EventMention,
    EventStatus,
    EventType,
    SourceType,
    TimeFrame,
    status_class,
    type_group,
)
from models.link import LinkMention

PartKey = tuple[str, int]
MAX_IMPLEMENTERS = 3
AGREEMENTS = frozenset({"us-phase-one"})
TARIFFS = type_group(EventType.TARIFF)
WORLD = "world"
# How far from the words of a deal its subject may stand: "an agreement on critical minerals".
NAME_CHARS = 80
COMPANY_TYPES = frozenset(
    {
        EventType.LICENSING_DEAL,
        EventType.OFFTAKE_AGREEMENT,
        EventType.GOVERNMENT_INVESTMENT,
        EventType.SANCTION_LISTING,
        EventType.INVESTMENT_SCREENING,
    }
)
OFFICIAL = frozenset(
    {SourceType.OFFICIAL_ACTOR, SourceType.OFFICIAL_COUNTERPARTY, SourceType.OFFICIAL_OTHER}
)
COMPANY_NOISE = re.compile(
    r"\b(?:inc|corp|corporation|co|company|ltd|limited|plc|llc|ag|sa|nv|se|group|holdings?|the)\b"
    r"|[^\w\s]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of one mention, ready to match. Names in sets are normalised.

    `withdrawn` says why a later version of the article withdrew it (`extractors.linking.versions`);
    `withdrawn_by` is the mention that did, and when it reached us. `replaces` is the part of an
    earlier version that this one replaces. `shared_end` is the end date that its article gives for
    all that it pauses (`extractors.linking.article`). `goods` are commodities: its own, else those
    of its act or of its article's full report of the step.
    """

    source: LinkMention
    part: int
    implementer: str
    block: str
    group: str
    status_class: str
    time_frame: TimeFrame
    when: Interval
    goods: tuple[str, ...]
    buckets: frozenset[str]
    companies: frozenset[str]
    specific: tuple[str, ...]
    grounds: frozenset[str]
    subjects: frozenset[str]
    targets: frozenset[str]
    worldwide: bool
    weak: bool
    official: bool
    withdrawn: str | None = None
    withdrawn_by: tuple[str, datetime] | None = None
    replaces: PartKey | None = None
    shared_end: str | None = None

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
    def spares(self) -> bool:
        """Does it take goods or countries out of a measure?"""
        taken_out = self.type is EventType.TARIFF_EXEMPTION or self.status is EventStatus.EXEMPTED
        return taken_out or (self.group == TARIFFS and spares(self.source.mention.sentence))

    @property
    def empty(self) -> bool:
        """Does it name no product, company or act, so that only its article can identify it?"""
        return not (self.buckets or self.companies or self.specific)


def part_key(part: Part) -> PartKey:
    """Return the key of a part: its mention and its number there."""
    return part.source.mention.mention_id, part.part


def parts_of_article(mentions: Sequence[LinkMention]) -> list[Part]:
    """Return the parts of one article's mentions, with gaps filled from one another."""
    actors_by_group: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    pair_counts: Counter[frozenset[str]] = Counter()
    pacts_told: dict[str, set[str]] = defaultdict(set)
    for item in mentions:
        m = item.mention
        known = known_codes(m.actors)
        if known:
            actors_by_group[lenders(m.type)].add(known)
        parties = frozenset({*known, *known_codes(m.targets)})
        if m.type is EventType.TRADE_AGREEMENT and len(parties) == 2:
            pair_counts[parties] += 1
        if m.type is EventType.TRADE_AGREEMENT:
            pacts_told[status_class(m.status)] |= pacts_in(m.sentence)
    found: list[Part] = []
    implementers: tuple[str, ...]
    for item in mentions:
        m = item.mention
        actors = known_codes(m.actors)
        instruments = named_instruments(
            m.instrument,
            m.instrument_id,
            year=item.reported_at.year,
            implementer=actors[0] if actors else UNKNOWN,
        )
        if m.type is EventType.TRADE_AGREEMENT:
            # An order may implement an agreement; it is not the agreement.
            instruments = NamedInstruments(
                specific=tuple(n for n in instruments.specific if n in AGREEMENTS)
            )
            several = bool(SEVERAL_AGREEMENTS.search(m.sentence))
            pacts = pacts_told[status_class(m.status)]
            named = parties_of_deal((*actors, *known_codes(m.targets)), m.sentence, pacts)
            pairs = agreements_of(named, pair_counts, several=several)
            implementers = tuple("+".join(sorted(pair)) or UNKNOWN for pair in pairs)
            targets = dict.fromkeys(implementers, frozenset[str]())
        else:
            aims = frozenset[str]()
            issuer = implied_by(instruments)
            if issuer and not set(issuer) & set(actors):
                actors = issuer
            elif in_text := told_by_text(item, mentions):
                actors = in_text
            elif len(actors) > 1 and (owner := owner_of_measure(m.sentence)) in actors:
                aims = frozenset(actors) - {owner}
                actors = (owner,)
            elif not actors:
                others = actors_by_group[lenders(m.type)]
                owner = owner_of_measure(m.sentence) or standing_issuer(item)
                actors = next(iter(others)) if len(others) == 1 else (owner,) if owner else ()
            implementers = actors[:MAX_IMPLEMENTERS] or (UNKNOWN,)
            aims |= frozenset(outside_titles(known_codes(m.targets), m.sentence))
            aims = aims or region_of_measure(m.sentence) - set(actors)
            targets = {
                one: (aims | frozenset(actors)) - {one, WORLD}
                if len(implementers) > 1
                else aims - {one, WORLD}
                for one in implementers
            }
            if type_group(m.type) == TARIFFS and reaches_all(m.sentence):
                targets = dict.fromkeys(implementers, frozenset[str]())
        found += split_by_actor(item, implementers, instruments, targets)
    return found


def split_by_actor(
    item: LinkMention,
    implementers: Sequence[str],
    instruments: NamedInstruments,
    targets: Mapping[str, frozenset[str]],
) -> list[Part]:
    """Return one part per implementer and, for listed numbered announcements, per announcement."""
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
        goods=m.commodities,
        buckets=buckets_of(m.commodities),
        companies=frozenset(filter(None, map(company_key, m.company_texts))),
        specific=(),
        grounds=instruments.grounds,
        subjects=subjects_of(ACT_TITLE.sub(" ", about(m))),
        targets=frozenset(),
        worldwide=reaches_all(m.sentence) or WORLD in m.targets,
        weak=m.factuality in WEAK,
        official=item.speaks_for is not None or m.source_type in OFFICIAL,
    )
    if first.when.stated and first.reported - first.when.high > timedelta(days=PAST_DAYS):
        first = replace(first, time_frame=TimeFrame.BACKGROUND)
    found = []
    for number, (implementer, act) in enumerate(
        (implementer, act) for implementer in implementers for act in acts
    ):
        part = with_goods_of(first, act) if several else first
        specific = acts_of(part, implementer, act, targets[implementer])
        if not (part.buckets or part.group == TARIFFS or part.spares):
            part = with_goods_of(part, specific)
        found.append(
            replace(
                part,
                part=number,
                implementer=implementer,
                block=f"{implementer}:{group}",
                specific=specific,
                targets=targets[implementer],
            )
        )
    return found


def with_goods_of(part: Part, acts: Sequence[str]) -> Part:
    """Return a part with the goods of its acts, if they are known."""
    goods = frozenset[str]().union(*(known_act(act).goods for act in acts)) - {ALL_GOODS}
    return replace(part, goods=tuple(sorted(goods)), buckets=goods) if goods else part


def acts_of(
    part: Part, implementer: str, named: Sequence[str], targets: frozenset[str]
) -> tuple[str, ...]:
    """Return the acts that identify a part: those it names as its own, by number or nickname.

    A tariff on goods that names no act is the standing one on these goods.
    """
    m = part.source.mention
    tariff = part.type in (EventType.TARIFF, EventType.TARIFF_EXEMPTION)
    nicknames = named_by_nickname(m.sentence, implementer, rules=not tariff)
    acts = named or nicknames
    if tariff and not acts:
        acts = standing_act(
            implementer,
            buckets=part.buckets,
            targets=targets,
            worldwide=part.worldwide,
            subjects=part.subjects,
            on=part.reported,
            ends=tells_of_the(m, EventStatus.LIFTED),
            pauses=tells_of_the(m, EventStatus.SUSPENDED),
        )
    return own_acts(
        acts,
        implementer=implementer,
        sentence=m.sentence,
        grounds=part.grounds,
        buckets=part.buckets,
        targets=targets,
    )


def about(m: EventMention) -> str:
    """Return the words that may say what it is about; a deal has its subject in its name."""
    if m.type is not EventType.TRADE_AGREEMENT:
        return m.sentence
    start, end = m.start - m.sentence_start, m.end - m.sentence_start
    return m.sentence[max(0, start - NAME_CHARS) : end + NAME_CHARS]


def implied_by(instruments: NamedInstruments) -> tuple[str, ...]:
    """Return the implementer that an instrument implies."""
    names = (*instruments.specific, *sorted(instruments.grounds))
    return tuple(dict.fromkeys(filter(None, map(issuer_of, names))))


def is_deal(kind: str, implementer: str) -> bool:
    """Is it an agreement of known parties? These identify it: they are its implementer."""
    return kind == EventType.TRADE_AGREEMENT and "+" in implementer


def company_key(name: str) -> str:
    """Return a company's name for comparison: lower case, no legal form, no punctuation."""
    return " ".join(COMPANY_NOISE.sub(" ", name.lower()).split())


def same_name(one: str, other: str) -> bool:
    """Do two company keys name one firm? "mp" is "mp materials": a name may be shortened."""
    shorter, longer = sorted((one.split(), other.split()), key=len)
    return longer[: len(shorter)] == shorter
