"""What later versions of an article withdraw or change in earlier ones.

The newest version that mentions a step decides. It may repeat it (nothing changes), deny it, give
another value, or name another actor or product in the same words. A version that no longer mentions
a step says nothing about it: feeds truncate texts and live blogs drop old entries.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from extractors.linking.likeness import same_company
from extractors.linking.match import amounts_agree, dates_agree, differ, rates_agree
from extractors.linking.parts import Part, PartKey, part_key
from extractors.linking.reports import amounts_of, dates_of, rates_of
from models.event import EventStatus, Factuality, status_class

RETRACTED, CORRECTED, REINSTATED = "retracted", "corrected", "reinstated"
# Similarity (of 100) of two sentences, one of which corrects an actor or product.
SAME_WORDS = 70.0
# An article with more versions is a live blog: old versions are compared with these only.
VERSIONS_COMPARED = 8
DECIDED = status_class(EventStatus.ADOPTED)
NOT_YET_DECIDED = frozenset(
    status_class(s)
    for s in (EventStatus.THREATENED, EventStatus.PROPOSED, EventStatus.UNDER_NEGOTIATION)
)


def withdrawn_parts(versions: Mapping[int, Sequence[Part]]) -> list[Part]:
    """Return the parts of all versions of one article, with withdrawn ones marked."""
    if len(versions) == 1:
        return [part for reports in versions.values() for part in reports]
    marked: dict[PartKey, Part] = {}
    replaced: dict[PartKey, PartKey] = {}
    for number in sorted(versions):
        later = [versions[n] for n in sorted(versions, reverse=True) if n > number]
        for part in versions[number]:
            found = verdict_on(part, versions[number], later[:VERSIONS_COMPARED])
            if found is None:
                continue
            reason, successor, same_step = found
            marked[part_key(part)] = replace(
                part,
                withdrawn=reason,
                withdrawn_by=(
                    successor.source.mention.mention_id,
                    successor.source.first_seen_at,
                ),
            )
            if same_step:
                replaced.setdefault(part_key(successor), part_key(part))
    return [
        replace(marked.get(key, part), replaces=replaced.get(key))
        for reports in versions.values()
        for part in reports
        for key in (part_key(part),)
    ]


def verdict_on(
    part: Part, beside: Sequence[Part], later: Iterable[Sequence[Part]]
) -> tuple[str, Part, bool] | None:
    """Return why a later version withdraws a part, its replacement, and if it is the same step."""
    for version in later:
        reports = [q for q in version if q.source.publisher == part.source.publisher]
        about = [
            q for q in reports if same_subject(part, q) and q.status_class == part.status_class
        ]
        # What the older version also said does not replace anything in it.
        new = [q for q in reports if not any(says_the_same(q, other) for other in beside)]
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
        others = [q for q in new if not q.weak and (stepped_back(part, q) or misnamed(part, q))]
        if others:
            return CORRECTED, closest(part, others), False
    return None


def denied(part: Part) -> bool:
    return part.source.mention.factuality is Factuality.NEGATED


def closest(part: Part, others: Sequence[Part]) -> Part:
    """Return the part with the most similar words."""
    return min(
        others,
        key=lambda q: (-alike_words(part, q), q.source.mention.field != "title", q.source.order),
    )


def alike_words(one: Part, other: Part) -> float:
    return fuzz.ratio(one.source.mention.sentence, other.source.mention.sentence)


def same_subject(one: Part, other: Part) -> bool:
    """Do two parts share actor and type group, without any contradiction?"""
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
    """Does the other give a different rate, sum or day?"""
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


def stepped_back(part: Part, other: Part) -> bool:
    """Was a decided step replaced by a threat, a proposal or talks? Lives do not run backwards."""
    return (
        part.status_class == DECIDED
        and other.status_class in NOT_YET_DECIDED
        and same_subject(part, other)
    )


def misnamed(part: Part, other: Part) -> bool:
    """Is it the same sentence with another actor, product, company or target?"""
    return (
        part.group == other.group
        and part.status_class == other.status_class
        and part.source.mention.field == other.source.mention.field
        and not same_subject(part, other)
        and alike_words(part, other) >= SAME_WORDS
    )
