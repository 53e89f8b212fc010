"""The parties of an event as the encoder reads them: who acts, who is hit."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from spacy.tokens import Doc

from extractors.events.context import SentenceContext, text_of
from extractors.events.gazetteer import Name, jurisdictions
from extractors.events.roles import Party, lend_actor
from extractors.reading.bystanders import (
    in_titles_of_orders,
    makers,
    other_side_of_pact,
    payers,
    taxed_on_arrival,
)
from extractors.reading.in_passing import (
    hits_all_countries,
    is_beside_the_point,
    is_reason,
    is_reason_of_title,
)
from extractors.reading.inputs import BEFORE, STATE, TEXT, TITLE
from extractors.reading.kinds import ON_EXPORTS, ON_IMPORTS
from extractors.reading.labels import ROLES
from extractors.reading.readings import ReadEvent, Reading
from extractors.reading.step_verbs import step_verbs
from extractors.reading.who_acts import (
    answering,
    destinations,
    of_another_clause,
    of_owner,
    origins,
    outside_clause,
    owners_of_measure,
    parties_of_deal,
    party_of,
    spoken_of,
)
from models.event import EventType

# How likely a role must be: from SURE on all names act, else the likeliest alone from LIKELY on;
# from HIT on a name is hit.
SURE, LIKELY, HIT = 0.4, 0.15, 0.35
_FAR_LIKELIER = 0.2
# Less than this, a name has nothing to do with an event.
_AT_ALL = 0.05


def read_parties(
    doc: Doc,
    context: SentenceContext,
    event: ReadEvent,
    kind: EventType,
    measure: tuple[int, int],
) -> tuple[list[Party], list[Party]]:
    """(actors, targets): names of the sentence first, then of its title, context and publisher.

    Where the encoder finds no actor, one is lent from outside the sentence. `measure` are the
    characters of the words for the measure.
    """
    steps, here = step_verbs(doc, event), _names_of(doc, context, event)
    acting, hit = _chances(doc, context, event, kind, here, steps)
    actors = _acting(acting, hit, kind, here, doc)
    if len(actors) == _TWO and kind in _ONE_SIDED:
        between = parties_of_deal(here, doc, event)
        if between is not None:
            actors = [party for party in actors if party.code == between[0]] or actors
            hit[between[1].code] = 1.0, between[1]
    if len(actors) > 1 and kind not in _JOINT:
        owners = owners_of_measure(here, doc, event, measure)
        actors = [party for party in actors if party.code in owners] or actors
    if kind not in _JOINT:
        actors = of_owner(actors, here, doc, measure) or actors
        if answer := answering(here, doc, event):
            actors = [party_of(answer, "sentence")]
            hit.pop(answer.code, None)
        elif [party.why for party in actors] == ["title"]:
            actors = spoken_of(context) or actors
    taken = {party.code for party in actors}
    here_alone = kind in _TO_ALL or hits_all_countries(context.text)
    targets = [
        party
        for code, (chance, party) in hit.items()
        if chance >= HIT and code not in taken and (party.why == "sentence" or not here_alone)
    ]
    if not actors and kind is not EventType.OFFTAKE_AGREEMENT:
        lent = lend_actor(context, kind, {party.code for party in targets})
        actors = spoken_of(context) or lent
    own = {party.code for party in actors}
    return actors, [party for party in targets if party.code not in own]


def _names_of(doc: Doc, context: SentenceContext, event: ReadEvent) -> list[Name]:
    """The names of a sentence that are of states, and not under the words of another step."""
    begins, steps = dateline_end(context.text), step_verbs(doc, event)
    firms = doc.user_data["reading"].spans(event, "company")
    return [
        n
        for n in context.names
        if n.start >= begins
        and not is_somebody_else(n, doc)
        and not _of_another(n, doc, steps)
        and not _of_firm(n, context, firms)
        and not _is_court_of_another(n, context)
    ]


# Each jurisdiction with the likeliest of its names for a role.
Chances = dict[str, tuple[float, Party]]


def _chances(
    doc: Doc,
    context: SentenceContext,
    event: ReadEvent,
    kind: EventType,
    here: Sequence[Name],
    steps: Mapping[int, bool],
) -> tuple[Chances, Chances]:
    """How likely each jurisdiction acts, and is hit, by the encoder and where it stands."""
    if kind in ON_IMPORTS and (taxed := taxed_on_arrival(here, context.text)):
        taxes, goods_of = (party_of(name, "sentence") for name in taxed)
        return {taxes.code: (1.0, taxes)}, {goods_of.code: (1.0, goods_of)}
    joint = kind in _JOINT
    busy = outside_clause(here, doc, event) if joint else of_another_clause(here, doc, steps)
    if kind in ON_IMPORTS:
        busy |= payers(here, context.text) | makers(here, context.text)
    sent_to = destinations(here, doc) if kind in ON_EXPORTS else []
    named = {*sent_to, *in_titles_of_orders(here, context.text)}
    if not joint:
        named |= other_side_of_pact(here, context.text)
    elsewhere = {
        n
        for n in here
        if n.code in busy or n in named or (not joint and _acts_elsewhere(n, doc, event))
    }
    # Firms alone are party to most offtakes, and a title names them: "Brazil Potash Advances".
    firms_alone = kind is EventType.OFFTAKE_AGREEMENT
    titled = [
        n
        for n in context.title_names
        if not firms_alone and not is_reason_of_title(context.title, n.start)
    ]
    acting = _by_role("actor", [n for n in here if n not in elsewhere], titled, doc, event)
    aimed = [n for n in here if not _is_passed(n, doc, kind, event)]
    hit = _with_included(_by_role("target", aimed, titled, doc, event), here, context.text)
    if kind in ON_EXPORTS:
        acting |= {party.code: (1.0, party) for party in origins(here, context.text)}
        parties = [party_of(name, "sentence") for name in sent_to]
        hit |= {p.code: (1.0, p) for p in parties if hit.get(p.code, (0.0, p))[0] > _AT_ALL}
    return acting, hit


def _acting(
    acting: Chances, hit: Chances, kind: EventType, here: Sequence[Name], doc: Doc
) -> list[Party]:
    """Those who act: all that surely do, else the likeliest alone."""
    actors = [
        party
        for code, (chance, party) in acting.items()
        if chance >= SURE and chance >= hit.get(code, (0.0, party))[0]
    ]
    if not actors and acting:
        chance, party = max(acting.values(), key=lambda found: found[0])
        actors = [party] if chance > LIKELY else []
    if kind not in _JOINT and all(party.why != "sentence" for party in actors):
        # Whom the sentence leaves out is one, if one is far likelier than the others.
        best = max((acting[party.code][0] for party in actors), default=0.0)
        actors = [party for party in actors if acting[party.code][0] > best - _FAR_LIKELIER]
    if kind is EventType.TRADE_AGREEMENT and len(actors) > _TWO:
        named = jurisdictions(here)
        places = {n.code for n in named} - {n.code for n in named if not _is_place(n, doc)}
        actors = [party for party in actors if party.code not in places] or actors
    return actors


def _is_passed(name: Name, doc: Doc, kind: EventType, event: ReadEvent) -> bool:
    """Is a name excepted, compared with or a reason, and so not hit?"""
    passed = is_beside_the_point(text_of(doc), name.start)
    return passed or is_reason(doc, name.start, name.end, kind, (event.start, event.end))


# Rules on what leaves a country, for whoever buys it unless the sentence says whom they hit.
_TO_ALL = frozenset(
    {
        EventType.EXPORT_LICENSING,
        EventType.EXPORT_QUOTA,
        EventType.EXPORT_TAX,
    }
)
# What is made together has no owner.
_JOINT = frozenset({EventType.TRADE_AGREEMENT, EventType.OFFTAKE_AGREEMENT})


# What one party to a deal does for the other.
_ONE_SIDED = frozenset({EventType.TARIFF, EventType.TARIFF_EXEMPTION})
_TWO = 2


def _is_place(name: Name, doc: Doc) -> bool:
    """Is a state only where something happens: "the presidents meet in South Korea"?"""
    span = doc.char_span(name.start, name.end, alignment_mode="expand")
    return span is not None and span.root.dep_ == "pobj" and span.root.head.lower_ in ("in", "at")


_OF = re.compile(r" of (?:the )?")
_S = re.compile(r"(?:['’]s?)? (?:\w+ )?")


def _is_court_of_another(name: Name, context: SentenceContext) -> bool:
    """Is a court that of the state beside it: "the Supreme Court of India", "Brazil's Supreme"?"""
    if name.how != "court":
        return False
    after, text = _OF.match(context.text, name.end), context.text
    return any(
        (after is not None and other.start == after.end())
        or (other.end < name.start and _S.fullmatch(text, other.end, name.start) is not None)
        for other in context.names
        if other.label == "COUNTRY" and other.code != name.code
    )


def _of_firm(name: Name, context: SentenceContext, firms: Sequence[tuple[int, int, float]]) -> bool:
    """Does a state's name open that of a firm: "Canada Nickel", "Brazil Potash"?

    `firms` are spans of the sentence as `Reading.spans` gives them.
    """
    if name.label != "COUNTRY":
        return False
    if any(start == name.start and end > name.end for start, end, _ in firms):
        return True
    # In running text goods have no capital, but in a name.
    return not context.headline and any(
        n.label == "COMMODITY" and n.start == name.end + 1 and n.text[:1].isupper()
        for n in context.names
    )


# "KUALA LUMPUR (Reuters) - ", "Beijing, April 3 -- ": where the reporter sits.
_DATELINE = re.compile(
    r"\s*[A-Z][\w.'’]*(?:[ ,/]+[A-Z0-9][\w.'’]*){0,6}(?: ?\([^()]{2,40}\))?"
    r" ?(?: [-–]|--|—) ?(?=[A-Z])"
)
# What may follow a state's name in what looks like a person: "Sri Lanka's".
_OWNS = re.compile(r"['’]?s?")
# "US - China talks" has no dateline.
_LONGEST_CODE = 4


def dateline_end(text: str) -> int:
    """Where the text goes on after its dateline; 0 where it has none."""
    found = _DATELINE.match(text)
    place = found.group().split(",")[0].split("(")[0].rstrip(" -–—") if found else ""
    is_place = (place.isupper() and len(place) > _LONGEST_CODE) or "(" in (found or [""])[0]
    return found.end() if found and is_place else 0


_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "agent"})


def _of_another(name: Name, doc: Doc, steps: dict[int, bool]) -> bool:
    """Does a name hang under the words of another step, and is not the subject of both?

    "India signed a pact with Oman and opened talks with Peru": Peru is no party to the pact.
    """
    span = doc.char_span(name.start, name.end, alignment_mode="expand")
    if len(steps) < 2 or span is None:
        return False
    token = span.root
    while token.i not in steps:
        if token.dep_ in _SUBJECTS or token.head.i == token.i:
            return False
        token = token.head
    return not steps[token.i]


# What only dates or explains a step: "a day after Washington had limited sales".
_BESIDE = frozenset({"advcl", "relcl"})


def _acts_elsewhere(name: Name, doc: Doc, event: ReadEvent) -> bool:
    """Is a name in a clause that only dates, explains or describes the step or its object?

    "The embargo was imposed a day after Washington had limited sales": not by Washington. A clause
    on the measure before the step tells whose it is: "the tariff that Washington had threatened".
    """
    span = doc.char_span(name.start, name.end, alignment_mode="expand")
    step = doc.char_span(event.start, event.end, alignment_mode="expand")
    if span is None or step is None or step.root.pos_ not in ("VERB", "AUX"):
        return False
    token = span.root
    while token.head.i != token.i:
        clause = token.dep_ in _BESIDE and any(c.dep_ in _SUBJECTS for c in token.children)
        if clause and token.i > step.root.i and step.root.is_ancestor(token):
            return not any(t.i == token.i or token.is_ancestor(t) for t in step)
        token = token.head
    return False


_INCLUDING = re.compile(r"\(including\b[^()]*\)", re.I)


def _with_included(hit: Chances, here: Sequence[Name], text: str) -> Chances:
    """Those hit, and as surely what stands in brackets: "China (including Hong Kong)"."""
    found = dict(hit)
    for brackets in _INCLUDING.finditer(text):
        before = [n for n in jurisdictions(here) if n.end <= brackets.start()]
        if not before:
            continue
        chance = found.get(before[-1].code, (0.0, None))[0]
        for name in jurisdictions(here):
            if brackets.start() < name.start < brackets.end():
                old = found.get(name.code)
                if old is not None and old[0] < chance:
                    found[name.code] = (chance, old[1])
    return found


def is_somebody_else(name: Name, doc: Doc) -> bool:
    """Is a jurisdiction's name that of a person or a town: "Jordan Hayes", "Moscow, Idaho"?"""
    if name.label != "COUNTRY" or name.how == "leader":
        return False
    for ent in doc.ents:
        inside = ent.start_char <= name.start and name.end <= ent.end_char
        if ent.label_ == "PERSON" and inside and not _OWNS.fullmatch(ent.text, len(name.text)):
            return True
        if ent.label_ == "GPE" and text_of(doc)[name.end : ent.start_char] == ", ":
            known = doc.user_data["sentence"].names
            return not any(n.start < ent.end_char and ent.start_char < n.end for n in known)
    return False


def _by_role(
    role: str, here: Sequence[Name], titled: Sequence[Name], doc: Doc, event: ReadEvent
) -> Chances:
    """Each jurisdiction with its likeliest name for a role, in the order of these names."""
    found: Chances = {}

    def put(chance: float, party: Party) -> None:
        old = found.get(party.code)
        if old is None or chance > old[0]:
            # At the end: the order is that of the names that count.
            found.pop(party.code, None)
            found[party.code] = (chance, party)

    context: SentenceContext = doc.user_data["sentence"]
    reading: Reading = doc.user_data["reading"]
    for part, names, why in (
        (TEXT, here, "sentence"),
        (TITLE, titled, "title"),
        (BEFORE, context.context_names, "context"),
    ):
        for name in jurisdictions(names):
            chance = reading.chance_of(event, role, part, name.start, name.end)
            put(chance, party_of(name, why))
    pieces = np.flatnonzero(reading.row.part == STATE)
    if context.publisher_country and len(pieces):
        chance = float(event.roles[pieces, ROLES.index(role)].max())
        code = context.publisher_country
        put(chance, Party(code=code, text="", agency=None, why="publisher"))
    return found
