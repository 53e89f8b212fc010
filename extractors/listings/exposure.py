"""Which listings an event affects: named in its sentence, a party to it, or exposed to its goods.

Exposed links go commodity -> role -> issuer. Their sign comes from the prior of ontology 4.2
(models/reference/exposure_signs.csv), which is written for a measure that moves forward and is
reversed when it moves back. A prior is a reason to look, not a forecast. Where it hangs on what the
text does not say, there is no sign, and the reason says what is missing.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from extractors.listings.company_names import fold
from extractors.listings.doubts import contradiction, releases
from extractors.listings.fit import EXPORT_SIDE, alike, both_sides, fits
from extractors.listings.narrow import keeps_to_named
from extractors.listings.places import UNTOLD, expand, place_of, reaches, untold_part, works_of
from extractors.listings.tickers import TickerLinker
from extractors.listings.told import does_itself, only_speaks, told_effect
from models.event import EventMention, Factuality, moves_forward
from models.jurisdiction import jurisdiction_name
from models.reference import lineage, load_commodities
from models.security import Exposure, ExposureSign, Issuer, NamedListing, Securities, TickerLink

MOST_EXPOSED = 20
# Of listings alike whose sign is not known, some are enough.
MOST_UNSIGNED = 4
# Of the users of goods, those who depend most on them.
MOST_USERS = 3
# Of each place, so many by role before all others.
FIRST = {"producer": 2}
LEAST_RELEVANT = 20
# Between a class of goods and its members the tie is weaker, in both directions.
BELOW, ABOVE, UNSURE = 0.8, 0.6, 0.7
FLIP = {"+": "-", "-": "+", "?": "?"}
WORKS = {
    "producer": "produces",
    "processor": "processes",
    "consumer": "uses",
    "substitute": "makes a substitute for",
}
# The classes whose members come from the same ore: who makes the class makes each of them.
JOINT = frozenset({"rare_earths", "light_rare_earths", "heavy_rare_earths"})
# Goods that are made into their class, not kinds of it.
INPUTS = frozenset({"lithography", "wafers", "bauxite", "alumina", "apis"})
GIVES = re.compile(r"\bfrom\s+$")
GIVEN = frozenset({"government_investment", "subsidy"})
PARTY_TYPES = frozenset(
    {
        "sanction_listing",
        "licensing_deal",
        "offtake_agreement",
        "government_investment",
        "subsidy",
        "stockpile",
        "procurement_restriction",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """An exposure seen from one event: how close its commodity is, and where its issuer works."""

    exposure: Exposure
    nearness: float
    place: str

    @property
    def strength(self) -> float:
        return self.exposure.weight * self.nearness


class EventLinker:
    """Joins events to listings. Built once; caches the names of the last text."""

    def __init__(self, names: TickerLinker, securities: Securities) -> None:
        self.names = names
        self.index = NameIndex(())
        self.signs = {(s.type, s.role, s.place): s for s in securities.signs}
        self.issuers: dict[str, Issuer] = names.issuers
        self.by_commodity: dict[str, list[Exposure]] = defaultdict(list)
        self.by_issuer: dict[str, list[Exposure]] = defaultdict(list)
        for exposure in securities.exposures:
            self.by_commodity[exposure.commodity_id].append(exposure)
            self.by_issuer[exposure.issuer_id].append(exposure)
        self.order = {owner: place for place, owner in enumerate(self.by_issuer)}
        self.children: dict[str, list[str]] = defaultdict(list)
        for commodity in load_commodities().values():
            if commodity.parent_id:
                self.children[commodity.parent_id].append(commodity.commodity_id)

    def link_event(
        self,
        event: EventMention,
        named: Sequence[NamedListing] = (),
        day: date | None = None,
    ) -> tuple[TickerLink, ...]:
        """Return the links of one event, the most certain first.

        `named` are the listings found in the event's text (TickerLinker.find_listings). A listing
        appears once: as party if it is an argument of the event, else as named if it is in the
        event's sentence, else as exposed. At most MOST_EXPOSED exposed links, by relevance. If
        `day` is given, only exposures valid on it count.
        """
        links: dict[str, TickerLink] = {}
        # All events of a text ask for the same names, one after another.
        if self.index.named is not named:
            self.index = NameIndex(named)
        for mention in self.parties(event):
            links.setdefault(mention.listing_id, self.named_link(event, mention, "party", day))
        for mention in self.index.in_sentence(event):
            if mention.kind == "publisher" or only_speaks(event, mention):
                continue
            links.setdefault(mention.listing_id, self.named_link(event, mention, "named", day))
        held = {self.issuer_of(listing) for listing in links}
        by_goods = [] if keeps_to_named(event) else self.exposed_links(event, day)
        exposed = [link for link in by_goods if self.issuer_of(link.listing) not in held]
        return (*sorted(links.values(), key=lambda k: (-k.relevance, k.listing)), *exposed)

    def issuer_of(self, listing_id: str) -> str:
        """Return the issuer of a known listing."""
        mic, ticker = listing_id.split(":", 1)
        return self.names.by_ticker[mic, ticker.replace("-", ".")].issuer_id

    def parties(self, event: EventMention) -> Iterable[NamedListing]:
        """Return the listings of the event's company arguments."""
        for text in event.company_texts:
            wanted = fold(text)
            known = [m for name, m in self.index.first if name in wanted or wanted in name]
            yield from (known[:1] if known else self.names.find_listings(text)[:1])

    def named_link(
        self, event: EventMention, mention: NamedListing, link: str, day: date | None
    ) -> TickerLink:
        """Return the link of a named company, signed by its role in the event or its exposure."""
        tie = self.strongest_tie(event, mention.issuer_id, day)
        sign: str | None = None
        reason = f"{mention.why}; its part in the {words(event.type)} is not told"
        party = self.signs.get((event.type.value, "party", "any"))
        if event.type.value == "investment_screening":
            reason = f"{mention.why}; what the decision on the deal is worth to it is not told"
        # Such sentences also name rivals and lenders: only an argument is a party.
        if party and link == "party" and event.type.value in PARTY_TYPES:
            if event.type.value in GIVEN and gives(event, mention):
                reason = f"{mention.why}; it gives the money"
            elif does_itself(event, mention):
                reason = f"{mention.why}; the text tells what it does, not what is done to it"
            else:
                sign, reason = self.signed(event, party)
                reason = f"named in the event: {reason}"
        elif told := told_effect(event, mention):
            sign, reason = told[0], f"{mention.why}; the text says {told[1]!r}"
        elif tie and (judged := self.judged(event, tie)):
            sign, reason = judged
            reason = f"named; {self.work(tie, event)}: {reason}"
        relevance = min(100, max(60 if link == "party" else 50, mention.relevance))
        return TickerLink(
            listing=mention.listing_id,
            link=link,
            sign=sign,
            why=reason,
            relevance=relevance,
            commodity_id=tie.exposure.commodity_id if tie else None,
            role=tie.exposure.role if tie else None,
        )

    def exposed_links(self, event: EventMention, day: date | None) -> list[TickerLink]:
        """Return the links by commodity, one per issuer, the strongest first."""
        best: dict[str, Tie] = {}
        for tie in self.ties(event, day):
            held = best.get(tie.exposure.issuer_id)
            if not fits(event, tie.exposure, tie.place):
                continue
            if held is None or tie.strength > held.strength:
                best[tie.exposure.issuer_id] = tie
        links: dict[tuple[str, str], list[TickerLink]] = defaultdict(list)
        # Equally close ones stay in the order of tickers.csv, the best known first.
        for owner, tie in sorted(best.items(), key=lambda item: self.order[item[0]]):
            judged = self.judged(event, tie)
            relevance = round(10 + 50 * tie.strength)
            if judged is None or relevance < LEAST_RELEVANT or not self.names.listings.get(owner):
                continue
            sign, reason = judged
            # Who acts is unknown: only what the text names as target is worth a look.
            if tie.place == UNTOLD and not expand(event.actors):
                continue
            links[tie.exposure.role, tie.place].append(
                TickerLink(
                    listing=self.names.listing_of(owner).listing_id,
                    link="exposed",
                    sign=sign,
                    why=f"{self.work(tie, event)}: {reason}",
                    relevance=relevance,
                    commodity_id=tie.exposure.commodity_id,
                    role=tie.exposure.role,
                )
            )
        return strongest(links.values())

    def ties(self, event: EventMention, day: date | None) -> Iterable[Tie]:
        """Yield every exposure to the event's commodities, their members and their class."""
        near: dict[str, float] = {}
        classes = {parent for c in event.commodities for parent in lineage(c)[1:]}
        # "Chips such as AI accelerators": the kind is meant, not all of the class.
        for commodity in [c for c in event.commodities if c not in classes]:
            for reached, nearness in self.family(commodity):
                near[reached] = max(near.get(reached, 0.0), nearness)
        for commodity, nearness in near.items():
            for exposure in self.by_commodity.get(commodity, ()):
                if not exposure.holds_on(day):
                    continue
                seat = self.issuers[exposure.issuer_id].country
                works = works_of(exposure, seat)
                place = place_of(event, works, seat)
                if reaches(event, exposure, works):
                    # A guess at whom it meets is a weaker reason to look.
                    near_by = nearness * (UNSURE if place == UNTOLD else 1)
                    yield Tie(exposure=exposure, nearness=near_by, place=place)

    def family(self, commodity_id: str) -> Iterable[tuple[str, float]]:
        """Yield the commodity, its members at any depth and its classes, with closeness."""
        yield commodity_id, 1.0
        below = [(child, BELOW) for child in self.children.get(commodity_id, ())]
        while below:
            child, nearness = below.pop()
            if child in INPUTS:
                continue
            yield child, nearness
            below += [(c, nearness * 0.9) for c in self.children.get(child, ())]
        nearness = 1.0
        for parent in lineage(commodity_id)[1:]:
            # A maker of chips need not make AI accelerators.
            if parent not in JOINT:
                return
            nearness *= ABOVE
            yield parent, nearness

    def strongest_tie(self, event: EventMention, issuer_id: str, day: date | None) -> Tie | None:
        """Return the named issuer's strongest exposure to the event's commodities."""
        ties = [t for t in self.ties(event, day) if t.exposure.issuer_id == issuer_id]
        return max(ties, key=lambda t: t.strength, default=None)

    def judged(self, event: EventMention, tie: Tie) -> tuple[str | None, str] | None:
        """Return sign and reason, None without a prior; no sign where what matters is untold."""
        if event.type.value == "trade_agreement" and self.cell(event, tie):
            return None, "what the agreement opens, and to whom, is not told"
        if tie.place != UNTOLD:
            cell = self.cell(event, tie)
            return self.placed(event, tie, cell) if cell else None
        kind, role = event.type.value, tie.exposure.role
        cells = [cell for cell in self.signs.values() if (cell.type, cell.role) == (kind, role)]
        if not cells:
            return None
        if [cell.place for cell in cells] == ["any"]:
            return self.signed(event, cells[0])
        return None, f"what {with_article(words(event.type))} does to it hangs on " + (
            f"{untold_part(event)}, which the text does not say"
        )

    def placed(self, event: EventMention, tie: Tie, cell: ExposureSign) -> tuple[str | None, str]:
        """Return sign and reason by the prior; no sign where the place does not tell it."""
        what, exposure = words(event.type), tie.exposure
        works = works_of(exposure, self.issuers[exposure.issuer_id].country)
        if exposure.role == "producer" and both_sides(event, works, tie.place):
            return None, f"it works on both sides of the {what}; which weighs more is not told"
        abroad = tie.place == "elsewhere" and event.type.value in EXPORT_SIDE
        if abroad and not alike(exposure.commodity_id):
            return None, f"whether the {what} binds it too, or makes it room, is not told"
        return self.signed(event, cell)

    def cell(self, event: EventMention, tie: Tie) -> ExposureSign | None:
        """Return the prior for this type, role and place."""
        # A permit to sell abroad gives no rival at home away.
        abroad = not expand(event.targets) <= expand(event.actors)
        if event.type.value == "licensing_deal" and tie.place == "actor" and abroad:
            return None
        for place in (tie.place, "any"):
            if found := self.signs.get((event.type.value, tie.exposure.role, place)):
                return found
        return None

    def signed(self, event: EventMention, cell: ExposureSign) -> tuple[str | None, str]:
        """Return sign and reason, reversed if the measure moves back; no sign if it is denied."""
        what = words(event.type)
        if event.factuality is Factuality.NEGATED:
            return None, f"{with_article(what)} would mean: {cell.reason}; but the text denies it"
        if said := contradiction(event):
            read = f"{with_article(what)} ({words(event.status)}) was read"
            return None, f"{read}, but the text says {said!r}"
        forward = moves_forward(event.status, event.status_target) and not releases(event)
        direction = "forward" if forward else "back"
        step = f"{with_article(what)} moving {direction} ({words(event.status)})"
        sign = cell.sign if forward else FLIP[cell.sign]
        effect = {"+": "helps it", "-": "hurts it", "?": "may cut either way"}[sign]
        plain_reason = forward or sign == "?"
        cause = cell.reason if plain_reason else f"the reverse of: {cell.reason}"
        return sign, f"{step} {effect} ({cause})"

    def work(self, tie: Tie, event: EventMention) -> str:
        """ "produces rare earths outside CN" """
        exposure = tie.exposure
        name = plain(exposure.commodity_id)
        work = f"{WORKS[exposure.role]} {name}"
        works = works_of(exposure, self.issuers[exposure.issuer_id].country)
        if tie.place == UNTOLD:
            return work
        sides = {"actor": event.actors, "both": event.actors}.get(tie.place, event.targets)
        here = next((country for country in works if country in expand(sides)), None)
        if here and tie.place != "elsewhere":
            return f"{work} in {jurisdiction_name(here)}"
        return f"{work} outside {countries(event.actors)}"


def countries(codes: Iterable[str]) -> str:
    """Return jurisdictions in words, "China and the United States"; unknown codes stay."""
    return " and ".join(jurisdiction_name(code) for code in codes)


def strongest(groups: Iterable[list[TickerLink]]) -> list[TickerLink]:
    """Return at most MOST_EXPOSED links of groups in order, the strongest first.

    Some of every group come before all others, so who is hit is not crowded out by who may gain.
    """
    first, rest = [], []
    for group in groups:
        held = sorted(group, key=lambda k: -k.relevance)
        unsigned = [k for k in held if k.sign is None][MOST_UNSIGNED:]
        held = [k for k in held if k not in unsigned]
        held = held[:MOST_USERS] if held[0].role == "consumer" else held
        count = FIRST.get(held[0].role or "", 1)
        first += held[:count]
        rest += held[count:]
    for part in (first, rest):
        part.sort(key=lambda k: -k.relevance)
    chosen = (first + rest)[:MOST_EXPOSED]
    return sorted(chosen, key=lambda k: (-k.relevance, k.sign not in ("+", "-")))


def gives(event: EventMention, mention: NamedListing) -> bool:
    """ "an investment from Nvidia": does the company give what the event is about?"""
    at = mention.start - event.sentence_start
    return mention.field == event.field and bool(GIVES.search(event.sentence[: max(at, 0)]))


class NameIndex:
    """The listings named in one text, indexed by name and by position."""

    def __init__(self, named: Sequence[NamedListing]) -> None:
        self.named = named
        first: dict[str, NamedListing] = {}
        for mention in named:
            first.setdefault(fold(mention.text), mention)
        self.first = tuple(first.items())
        self.held: dict[str, list[NamedListing]] = defaultdict(list)
        for mention in sorted(named, key=lambda m: m.start):
            self.held[mention.field].append(mention)
        self.starts = {field: [m.start for m in held] for field, held in self.held.items()}

    def in_sentence(self, event: EventMention) -> list[NamedListing]:
        """Return the listings mentioned in the event's own sentence."""
        start, end = event.sentence_start, event.sentence_start + len(event.sentence)
        starts = self.starts.get(event.field, [])
        first, last = bisect_left(starts, start), bisect_right(starts, end)
        return [m for m in self.held.get(event.field, [])[first:last] if m.end <= end]


def plain(commodity_id: str) -> str:
    """Return a commodity's name in running text: "rare earths"."""
    commodity = load_commodities()[commodity_id]
    first = next(iter(commodity.aliases), commodity.name)
    return commodity.name.split(" (")[0] if first.isupper() else first


def words(event_type: str) -> str:
    """ "export_control" -> "export control" """
    return event_type.replace("_", " ")


def with_article(noun: str) -> str:
    """Return the noun with "a" or "an"."""
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"
