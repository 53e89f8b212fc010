"""Everything one article reports, version by version: its parts, ready to link.

A step reported in full once and by "the exports" or "the ban" later is one step of the article.
"The suspension remains in force until 10 November" ends every pause that the article reports.
What a later version takes back is marked (`extractors.linking.versions`).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from extractors.linking.actors import TITLE, rates_meet
from extractors.linking.days import CURRENT_DAYS, Interval, days_of, decided
from extractors.linking.match import CURBS, is_planned
from extractors.linking.parties import outside_quoted, outside_regions
from extractors.linking.parts import TARIFFS, Part, parts_of_article
from extractors.linking.reports import dates_of
from extractors.linking.versions import same_subject, values_changed, withdrawn_parts
from models.event import EventStatus, EventType, StatusTarget, TimeFrame, status_class
from models.link import LinkMention

PLANS = frozenset({EventStatus.THREATENED, EventStatus.PROPOSED})
PAUSES = status_class(EventStatus.SUSPENDED)


def parts_of(mentions: Iterable[LinkMention]) -> list[Part]:
    """Return the parts of all mentions, in the order of reports. Pass whole articles."""
    by_article: dict[str, dict[int, list[LinkMention]]] = defaultdict(lambda: defaultdict(list))
    for item in mentions:
        by_article[item.mention.article_id][item.mention.article_version].append(item)
    found = [
        part
        for versions in by_article.values()
        for part in withdrawn_parts(
            {
                number: without_repeats(
                    news_of_the_article(parts_of_article([by_its_words(r) for r in reports]))
                )
                for number, reports in versions.items()
            }
        )
    ]
    return sorted(found, key=lambda part: (part.source.order, part.part))


def by_its_words(item: LinkMention) -> LinkMention:
    """Return a report without parties that only a region's name or a quotation's source holds."""
    m = item.mention
    actors, targets = (outside_regions(codes, m.sentence) for codes in (m.actors, m.targets))
    targets = outside_quoted(targets, m.sentence)
    if (actors, targets) != (m.actors, m.targets):
        m = replace(m, actors=actors, targets=targets)
    return item if m is item.mention else replace(item, mention=m)


def without_repeats(parts: Sequence[Part]) -> list[Part]:
    """Return one version's parts; full and short reports of a step share its subject and day."""
    if len(parts) < 2:
        return list(parts)
    ended = [with_remedy(part, parts) for part in with_end(parts)]
    named = [with_full_name(with_plan(part, parts), parts) for part in ended]
    about = [with_matter(part, named) for part in named]
    found = [with_subject(part, about) if part.empty and not part.weak else part for part in about]
    return [with_day(standing(part, found), found) for part in found]


def news_of_the_article(parts: Sequence[Part]) -> list[Part]:
    """Return parts of one article, without background that the article itself reports as news.

    "The president signed agreements with Peru and Chile", followed by the content of each: the
    first sentence only sounds like the past. A part with an earlier date is another step.
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
    """Is it undated, or dated in the days before its report?"""
    if not part.source.mention.dates:
        return True
    first = part.when.low if part.when.stated else None
    return first is not None and part.reported - first <= timedelta(days=CURRENT_DAYS)


def with_remedy(part: Part, parts: Sequence[Part]) -> Part:
    """Return "duties" as a remedy, if the text tells the same step as one, and no tariff beside it.

    "Duties on Chinese cars" in a title are countervailing ones below, and so is "the highest duty".
    """
    m = part.source.mention
    if m.type is not EventType.TARIFF or part.weak or part.background or says_tariff(part):
        return part
    others = [q for q in parts if one_step(part, q, same_type=False) and not q.background]
    remedy = any(q.type is EventType.TRADE_REMEDY for q in others)
    if not remedy or any(q.type is EventType.TARIFF and says_tariff(q) for q in others):
        return part
    told = replace(m, type=EventType.TRADE_REMEDY)
    return replace(part, source=replace(part.source, mention=told))


def says_tariff(part: Part) -> bool:
    """Is the word of its sentence a tariff, which papers seldom call a remedy?"""
    return "tariff" in part.source.mention.sentence.lower()


def with_subject(part: Part, parts: Sequence[Part]) -> Part:
    """Return a part without a product with the product of the only fuller part that fits."""
    # "The rule" may be told of as a control elsewhere.
    same_type = part.background or part.group != CURBS
    fuller = [
        q for q in parts if not (q.empty or q.spares) and one_step(part, q, same_type=same_type)
    ]
    subjects = {(q.buckets, q.companies, q.specific) for q in fuller}
    if len(subjects) != 1:
        return part
    buckets, companies, specific = next(iter(subjects))
    return replace(
        part,
        goods=part.goods or fuller[0].goods,
        buckets=buckets,
        companies=companies,
        specific=specific,
        targets=part.targets or fuller[0].targets,
    )


def with_matter(part: Part, parts: Sequence[Part]) -> Part:
    """Return a title's tariff with the subject that its text gives the step, if just one.

    "Tariffs on dozens of countries" in a title are those over forced labour of the text.
    """
    title = part.source.mention.field == TITLE
    if not title or part.group != TARIFFS or part.subjects or part.weak:
        return part
    told = {other.subjects for other in parts if other.subjects and one_step(part, other)}
    return replace(part, subjects=next(iter(told))) if len(told) == 1 else part


def with_end(parts: Sequence[Part]) -> list[Part]:
    """Return parts in which a pause without an end has the one its article gives for the pause.

    The end must be said of no goods, firm or act in particular, and be the only one for this
    implementer and kind of measure.
    """
    ends: dict[str, set[str]] = defaultdict(set)
    vague: dict[str, bool] = defaultdict(bool)
    for part in filter(pauses, parts):
        exact = {end for end in dates_of(part, "date_end") if (s := days_of(end)) and s[2] == "day"}
        ends[part.block] |= exact
        vague[part.block] |= bool(exact) and part.empty
    shared = {block: next(iter(e)) for block, e in ends.items() if len(e) == 1 and vague[block]}
    return [
        replace(part, shared_end=shared[part.block])
        if pauses(part)
        and part.block in shared
        and not (dates_of(part, "date_end") or part.source.mention.duration)
        else part
        for part in parts
    ]


def pauses(part: Part) -> bool:
    """Does it report a pause as news?"""
    return part.status_class == PAUSES and not (part.weak or part.background)


def with_day(part: Part, parts: Sequence[Part]) -> Part:
    """Return a title that only sounds like the past with the day its article gives the step."""
    title = part.source.mention.field == TITLE
    if not title or not part.background or part.when.stated or part.weak:
        return part
    for other in parts:
        if (
            other.source.mention.field != TITLE
            and one_step(part, other)
            and (not other.background or (other.when.stated and may_be_recent(other)))
        ):
            when = other.when if other.when.stated else decided(part.source, TimeFrame.CURRENT)
            return replace(part, when=when, time_frame=TimeFrame.CURRENT)
    return part


def with_full_name(part: Part, parts: Sequence[Part]) -> Part:
    """Return a title with the firms that its text gives in full: "Example Corp. (EXC)"."""
    m = part.source.mention
    if m.field != TITLE or not part.companies:
        return part
    for other in parts:
        sentence = other.source.mention.sentence
        same_kind = other.block == part.block and other.status_class == part.status_class
        if same_kind and other.companies and any(f"({n})" in sentence for n in m.company_texts):
            return replace(part, companies=part.companies | other.companies)
    return part


def standing(part: Part, parts: Sequence[Part]) -> Part:
    """Return a measure in force as background, where its article tells that it is prolonged.

    "The embargo, which was to end in June, now runs until September" starts nothing.
    """
    if part.status is not EventStatus.IN_FORCE or part.background or part.weak:
        return part
    prolonged = any(
        q.status is EventStatus.EXTENDED
        and q.source.mention.status_target is StatusTarget.MEASURE
        and not (q.weak or q.background)
        and same_subject(part, q)
        for q in parts
    )
    past = TimeFrame.BACKGROUND
    return replace(part, time_frame=past, when=decided(part.source, past)) if prolonged else part


def with_plan(part: Part, parts: Sequence[Part]) -> Part:
    """Return a title of what is still to come as the threat or proposal that its text tells.

    "Tariff on South Korea will go up to 25%" is what he said he would do.
    """
    m = part.source.mention
    if m.field != TITLE or part.weak or not is_planned(m.factuality, m.time_frame):
        return part
    for other in parts:
        plan = other.source.mention
        if (
            plan.field != TITLE
            and other.status in PLANS
            and not (other.weak or other.background)
            and same_subject(part, other)
            and rates_meet(m, plan)
        ):
            told = replace(
                m,
                status=plan.status,
                factuality=plan.factuality,
                time_frame=plan.time_frame,
                polarity=plan.polarity,
            )
            return replace(
                part,
                source=replace(part.source, mention=told),
                status_class=other.status_class,
                time_frame=other.time_frame,
            )
    return part


def one_step(one: Part, other: Part, *, same_type: bool = True) -> bool:
    """Can two parts of a text report one step: same kind of step, no contradiction?"""
    return (
        one is not other
        and (one.type is other.type or not same_type)
        and one.status_class == other.status_class
        and one.weak == other.weak
        and same_subject(one, other)
        and not values_changed(one, other)
        and days_meet(one.when, other.when)
    )


def days_meet(one: Interval, other: Interval) -> bool:
    """Are the stated days close enough to be one?"""
    if not (one.stated and other.stated):
        return True
    return one.gap_days(other) <= one.tolerance_days(other)
