"""What later versions of an article withdraw or change of what an earlier one told.

The newest version that speaks of a step decides. It may tell it again (nothing changes), deny it,
give another value, or name another actor or product in the same words. A version that no longer
mentions a step says nothing about it: feeds cut texts and live blogs roll over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from extractors.linking.match import amounts_agree, dates_agree, differ, rates_agree, same_company
from extractors.linking.parts import Part, PartKey, part_key
from extractors.linking.reports import amounts_of, dates_of, rates_of
from models.event import EventStatus, Factuality, status_class

RETRACTED, CORRECTED, REINSTATED = "retracted", "corrected", "reinstated"
# How like two sentences are, of 100, one of which names another actor or product by mistake.
SAME_WORDS = 70.0
# An article with more versions is a live blog: what its older ones said is compared with these.
VERSIONS_COMPARED = 8
DECIDED = status_class(EventStatus.ADOPTED)
NOT_YET_DECIDED = frozenset(
    status_class(s)
    for s in (EventStatus.THREATENED, EventStatus.PROPOSED, EventStatus.UNDER_NEGOTIATION)
)


def withdrawn_parts(versions: Mapping[int, Sequence[Part]]) -> list[Part]:
    """The parts of all versions of one article; those a later version withdrew are marked."""
    if len(versions) == 1:
        return [part for told in versions.values() for part in told]
    marked: dict[PartKey, Part] = {}
    heirs: dict[PartKey, PartKey] = {}
    for number in sorted(versions):
        later = [versions[n] for n in sorted(versions, reverse=True) if n > number]
        for part in versions[number]:
            found = verdict_on(part, versions[number], later[:VERSIONS_COMPARED])
            if found is None:
                continue
            reason, heir, same_step = found
            marked[part_key(part)] = replace(
                part,
                withdrawn=reason,
                withdrawn_by=(
                    heir.source.mention.mention_id,
                    heir.source.first_seen_at,
                ),
            )
            if same_step:
                heirs.setdefault(part_key(heir), part_key(part))
    return [
        replace(marked.get(key, part), replaces=heirs.get(key))
        for told in versions.values()
        for part in told
        for key in (part_key(part),)
    ]


def verdict_on(
    part: Part, beside: Sequence[Part], later: Iterable[Sequence[Part]]
) -> tuple[str, Part, bool] | None:
    """Why a later version withdraws a part, what it says instead, and whether of the same step."""
    for version in later:
        told = [q for q in version if q.source.publisher == part.source.publisher]
        about = [q for q in told if same_subject(part, q) and q.status_class == part.status_class]
        # What the older version said as well replaces nothing in it.
        new = [q for q in told if not any(says_the_same(q, other) for other in beside)]
        if denied(part):
            firm = [q for q in about if not q.weak]
            if firm:
                return REINSTATED, closest(part, firm), True
            if about:
                return None
            continue
        if part.weak:
            return None
        if any(not q.weak and not values_changed(part, q) for q in about):
            return None
        changed = [q for q in about if not q.weak and q in new]
        if changed:
            return CORRECTED, closest(part, changed), True
        denials = [q for q in about if denied(q) and q in new]
        if denials:
            return RETRACTED, closest(part, denials), True
        others = [q for q in new if not q.weak and (taken_back(part, q) or misnamed(part, q))]
        if others:
            return CORRECTED, closest(part, others), False
    return None


def denied(part: Part) -> bool:
    return part.source.mention.factuality is Factuality.NEGATED


def closest(part: Part, others: Sequence[Part]) -> Part:
    """The one told in the words most like these."""
    return min(
        others,
        key=lambda q: (-alike_words(part, q), q.source.mention.field != "title", q.source.order),
    )


def alike_words(one: Part, other: Part) -> float:
    return fuzz.ratio(one.source.mention.sentence, other.source.mention.sentence)


def same_subject(one: Part, other: Part) -> bool:
    """Do two parts tell of one actor and group of types, and contradict each other in nothing?"""
    return one.block == other.block and not (
        apart(one.buckets, other.buckets)
        or apart(one.targets, other.targets)
        or apart(one.specific, other.specific)
        or (one.companies and other.companies and not same_company(one.companies, other.companies))
    )


def apart(one: Iterable[str], other: Iterable[str]) -> bool:
    """Are both given, without anything in common?"""
    held, given = set(one), set(other)
    return bool(held and given) and held.isdisjoint(given)


def values_changed(part: Part, other: Part) -> bool:
    """Does the other give a rate, sum or day that the part gave otherwise?"""
    if differ(rates_of(part), rates_of(other), rates_agree):
        return True
    if differ(amounts_of(part), amounts_of(other), amounts_agree):
        return True
    for role in ("date_effective", "date_end", "deadline", "date_announced"):
        days, others = dates_of(part, role), dates_of(other, role)
        if days and others and not any(dates_agree(a, b) for a in days for b in others):
            return True
    return False


def says_the_same(one: Part, other: Part) -> bool:
    return (
        one.status_class == other.status_class
        and denied(one) == denied(other)
        and same_subject(one, other)
        and not values_changed(one, other)
    )


def taken_back(part: Part, other: Part) -> bool:
    """A step told as decided is only threatened, proposed or talked of: lives do not run back."""
    return (
        part.status_class == DECIDED
        and other.status_class in NOT_YET_DECIDED
        and same_subject(part, other)
    )


def misnamed(part: Part, other: Part) -> bool:
    """Is it the same sentence with another actor, product, company or target in it?"""
    return (
        part.group == other.group
        and part.status_class == other.status_class
        and part.source.mention.field == other.source.mention.field
        and not same_subject(part, other)
        and alike_words(part, other) >= SAME_WORDS
    )
