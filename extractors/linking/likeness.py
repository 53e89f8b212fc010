"""What a report and a known step or measure have in common, and what rules out that they are one.

Real reports often omit what the rules compare, so points decide: each shared property adds points;
a contradiction in act, ground, subject, product, company or target rules a match out.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from extractors.linking.acts import ALL_GOODS, any_each_country, known_act
from extractors.linking.parties import one_bloc
from extractors.linking.parts import COMPANY_TYPES, TARIFFS, Part, is_deal, same_name
from extractors.linking.reports import STAGES
from extractors.linking.scope import another_round
from extractors.linking.state import DevelopmentState
from models.event import EventType

SAME_ACT = 100
SAME_DEAL = 15
SUBJECT = 15
NO_SUBJECT = 5
REACH = 10


class Described(Protocol):
    """The properties that a development and a measure share."""

    @property
    def type(self) -> str: ...
    @property
    def buckets(self) -> list[str]: ...
    @property
    def companies(self) -> list[str]: ...
    @property
    def specific(self) -> list[str]: ...
    @property
    def grounds(self) -> list[str]: ...
    @property
    def subjects(self) -> list[str]: ...
    @property
    def targets(self) -> list[str]: ...
    @property
    def worldwide(self) -> bool: ...


def likeness(part: Part, known: Described) -> int | None:
    """Return points for what both name; None if they contradict each other."""
    points = 5 if part.type.value == known.type else 0
    found = (
        in_kind(part, known),
        same_deal(part, known),
        in_act(part, known),
        in_subject(part, known),
        in_companies(part, known),
        in_buckets(part, known),
        in_targets(part, known),
    )
    for more in found:
        if more is None:
            return None
        points += more
    return points


def in_kind(part: Part, known: Described) -> int | None:
    """None where only one is a tax on exports, or only one is a stockpile and the other on a firm.

    Papers call a ban a control, but a tax no ban; a reserve of metals is no stake in a miner.
    """
    tax, stock = EventType.EXPORT_TAX, EventType.STOCKPILE
    if (part.type is tax) != (known.type == tax):
        return None
    on_firm = part.companies or known.companies
    return None if on_firm and (part.type is stock) != (known.type == stock) else 0


def names_no_subject(known: Described) -> bool:
    """Does it name no goods, firm or act? "All goods" are none by which it could be told apart."""
    return not (set(known.buckets) - {ALL_GOODS} or known.companies or known.specific)


def same_deal(part: Part, known: Described) -> int | None:
    """Points for the parties of a deal, which share a block: they have one deal a subject."""
    if not is_deal(known.type, part.implementer):
        return 0
    return SAME_DEAL if bool(part.subjects) == bool(known.subjects) else None


def in_act(part: Part, known: Described) -> int | None:
    """Points for the act and the law it rests on.

    A new exemption may name the law of what it spares: "unless subject to duties under the other".
    """
    points = 0
    if shares_act(part, known):
        points += SAME_ACT
    elif part.specific and known.specific:
        return None
    if part.grounds and known.grounds:
        if not part.grounds.isdisjoint(known.grounds):
            points += 15
        elif not (part.spares and part.status in STAGES):
            return None
    return points


def shares_act(part: Part, known: Described) -> bool:
    """Do both name one act as theirs?"""
    return not set(known.specific).isdisjoint(part.specific)


def one_act_for_all(part: Part, known: Described) -> bool:
    """Do both name an act on goods of all countries, in which some have a rate of their own?"""
    acts = [known_act(act_id) for act_id in set(known.specific) & set(part.specific)]
    return any(act.goods and not (act.targets or act.each_country) for act in acts)


def in_subject(part: Part, known: Described) -> int | None:
    """Points for what the measure is about beyond goods."""
    if part.subjects and known.subjects:
        return None if part.subjects.isdisjoint(known.subjects) else SUBJECT
    return -NO_SUBJECT if part.subjects or known.subjects else 0


def in_companies(part: Part, known: Described) -> int | None:
    """Points for the companies of a measure on or with firms."""
    if part.companies and known.companies:
        return 40 if same_company(part.companies, known.companies) else None
    one_sided = part.type in COMPANY_TYPES and (part.companies or known.companies)
    return -15 if one_sided else 0


def in_buckets(part: Part, known: Described) -> int | None:
    """Points for the goods. A deal covers more goods than a report names, an act may too.

    What is taken out of a measure on all goods was among them.
    """
    if not (part.buckets and known.buckets):
        return 0
    if not part.buckets.isdisjoint(known.buckets):
        return 30
    if part.spares and ALL_GOODS in known.buckets:
        return 0
    return 0 if shares_act(part, known) or is_deal(known.type, part.implementer) else None


def in_targets(part: Part, known: Described) -> int | None:
    """Points for the targets; a tariff against all is none against a named country."""
    if part.targets and known.targets:
        if part.targets == set(known.targets):
            return 20
        if not part.targets.isdisjoint(known.targets) or one_bloc(part.targets, set(known.targets)):
            return 10
        # Sanctions on whose oil it is name the seller here, a buyer there.
        apart = part.group == TARIFFS or part.subjects.isdisjoint(known.subjects)
        return None if apart and not one_act_for_all(part, known) else 0
    if part.group != TARIFFS:
        return 0
    if part.targets or known.targets:
        apart = part.worldwide if known.targets else known.worldwide
        return None if apart and not one_act_for_all(part, known) else 0
    vague = not (part.buckets or known.buckets)
    return REACH if vague or known.worldwide else 0


def same_company(one: Iterable[str], other: Iterable[str]) -> bool:
    """Do the lists share a company?"""
    return any(same_name(a, b) for a in one for b in other)


def other_reach(part: Part, known: Described, steps: Sequence[DevelopmentState]) -> bool:
    """Is only one against named countries or goods, so that they are two tariffs?

    Within one article, short reports leave out whom and what the tariff is against, and exemptions
    name what it spares. So do reports that name the act, unless each country's rate under it is a
    measure of its own. `steps` are the known steps.
    """
    if part.group != TARIFFS:
        return False
    goods, held = part.buckets - {ALL_GOODS}, set(known.buckets) - {ALL_GOODS}
    other_targets = bool(part.targets) != bool(known.targets)
    if part.spares and part.empty and not part.targets:
        return False
    other_goods = bool(goods) != bool(held) and not part.spares
    if shares_act(part, known):
        return other_targets and any_each_country(set(known.specific) & set(part.specific))
    if any(part.article in (step.lead_article, step.last_article) for step in steps):
        # An act is kept apart from what else its article reports in full.
        beside_act = bool(known.specific) and not part.specific and bool(goods)
        return other_goods and (beside_act or (bool(held) and part.worldwide))
    nameless = not (known.specific or held or known.targets)
    return other_targets or other_goods or (bool(part.specific) and nameless)


def next_round(part: Part, steps: Iterable[DevelopmentState]) -> bool:
    """Does it report further sanctions, days after these steps? Each round names other firms."""
    return (
        part.type is EventType.SANCTION_LISTING
        and another_round(part.source.mention.sentence)
        and all((part.reported - step.high).days > 1 for step in steps)
    )
