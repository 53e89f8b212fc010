"""Who decides and who is hit: the jurisdictions of an event."""

import re
from dataclasses import dataclass

from spacy.tokens import Doc

from extractors.events.context import SentenceContext, text_of
from extractors.events.gazetteer import Name, jurisdictions
from extractors.events.head import load_head
from extractors.events.lexicon_data import lower
from extractors.events.policy_events import Candidate
from extractors.events.role_features import role_features, rule_role, subject_of, token_of
from models.event import EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A jurisdiction in a role, with its words ("" when lent from outside the sentence) and why."""

    code: str
    text: str
    agency: str | None
    why: str


def find_parties(
    doc: Doc, c: Candidate, context: SentenceContext, event_type: EventType
) -> tuple[list[Party], list[Party]]:
    """(actors, targets) of an event: from its sentence, else the title, else the publisher.

    Of an agreement's parties the subject of the step comes first.
    """
    actors: dict[str, Party] = {}
    targets: dict[str, Party] = {}
    for name, role in assign_roles(doc, c, context, event_type):
        if event_type is EventType.TRADE_AGREEMENT and _party_to_another(doc, c, name):
            continue
        if role == "actor" and _merely_named(doc, name, context, event_type):
            role = "target"
        party = Party(
            code=name.code,
            text=name.text,
            agency=name.normal if name.label == "AGENCY" else None,
            why="sentence",
        )
        if role == "actor" and (name.code not in actors or not actors[name.code].agency):
            actors[name.code] = party
        elif role == "target":
            targets.setdefault(name.code, party)
    for code in list(targets):
        if code in actors:
            del targets[code]
    if not actors:
        actors = {p.code: p for p in lend_actor(context, event_type, set(targets))}
        for code in actors:
            targets.pop(code, None)
    author = context.publisher_country
    if author and event_type is EventType.TRADE_AGREEMENT and _author_acts(doc, c, context):
        actors.setdefault(author, Party(code=author, text="", agency=None, why="publisher"))
        targets.pop(author, None)
    if len(actors) > 1 and "XX" in actors and event_type is not EventType.TRADE_AGREEMENT:
        del actors["XX"]
    named = list(actors.values())
    if event_type is EventType.TRADE_AGREEMENT:
        signs = {n.code for n in jurisdictions(context.names) if _is_subject(doc, c, n)}
        named.sort(key=lambda party: party.code not in signs)
    return named, list(targets.values())


def _is_subject(doc: Doc, c: Candidate, name: Name) -> bool:
    """Is it the subject of the step, or of the verb the step is joined to?"""
    token = token_of(doc, name)
    verb = subject_of(token) if token is not None else None
    if verb is None or c.hit is None:
        return False
    step = doc[c.hit.token]
    return verb.i == step.i or (step.dep_ == "conj" and step.head.i == verb.i)


_AGREED = frozenset({EventType.TRADE_AGREEMENT, EventType.OFFTAKE_AGREEMENT})


def _party_to_another(doc: Doc, c: Candidate, name: Name) -> bool:
    """Does a name belong to another agreement that a clause joined to this one tells of?

    "Signed agreements with A and B, and announced talks with C": subjects may be shared, the rest
    of a clause is its own.
    """
    token = token_of(doc, name)
    if c.hit is None or token is None:
        return False
    verb = doc[c.hit.token]
    for other in doc.user_data.get("taken", ()):
        if other.hit is None or other.hit.token == verb.i:
            continue
        if other.evidence.pattern.type is not EventType.TRADE_AGREEMENT:
            continue
        joined = doc[other.hit.token]
        if joined.dep_ == "conj" and joined.head.i == verb.i:
            if joined.i == token.i or joined.is_ancestor(token):
                return True
        elif verb.dep_ == "conj" and verb.head.i == joined.i and not verb.is_ancestor(token):
            subject = subject_of(token)
            if subject is None or subject.i != joined.i:
                return True
    return False


_SPEAKER = frozenset({"he", "she", "we", "i", "president", "administration"})


def _author_acts(doc: Doc, c: Candidate, context: SentenceContext) -> bool:
    """In a state's own publication: is a party left unnamed that signs "with" the ones named?"""
    if c.hit is None:
        return False
    children = doc[c.hit.token].children
    subjects = [t for t in children if t.dep_ in ("nsubj", "nsubjpass")]
    return any(lower(t.text) in _SPEAKER for t in subjects) and " with " in context.text


def _merely_named(doc: Doc, name: Name, context: SentenceContext, event_type: EventType) -> bool:
    """In a state's own publication: is it another's name, and not that of who does something?

    "Venezuela Sanctions Regulations", "products of Canada shall be subject to": the publisher acts.
    """
    if context.publisher_country in (None, name.code) or event_type in _AGREED:
        return False
    if name.label != "COUNTRY" or name.how not in ("name", "demonym", "place"):
        return False
    token = token_of(doc, name)
    return token is not None and subject_of(token) is None


def assign_roles(
    doc: Doc, c: Candidate, context: SentenceContext, event_type: EventType
) -> list[tuple[Name, str]]:
    """Each jurisdiction of the sentence with its role: actor, target or none.

    Measures have one implementer, but for names joined to it ("Canada and Mexico"); agreements
    have as many parties as are named.
    """
    names = jurisdictions(context.names)
    head = load_head()
    features = [role_features(doc, c, n, event_type) for n in names]
    if head is None:
        return [(n, rule_role(f, n, event_type)) for n, f in zip(names, features, strict=True)]
    chances = [head.role_probabilities(f) for f in features]
    roles = [max(p, key=p.__getitem__) for p in chances]
    acting = [i for i, r in enumerate(roles) if r == "actor"]
    if acting and event_type is not EventType.TRADE_AGREEMENT:
        first = max(acting, key=lambda i: chances[i]["actor"])
        for i in acting:
            if (
                names[i].code == names[first].code
                or _joined(doc, names[i], names[first])
                or chances[i]["actor"] > 0.93
            ):
                continue
            rest = {k: v for k, v in chances[i].items() if k != "actor"}
            roles[i] = max(rest, key=rest.__getitem__)
    written_in = _DATELINE.match(text_of(doc))
    for i, name in enumerate(names):
        if written_in is not None and name.end <= written_in.end() and len(names) > 1:
            roles[i] = "none"  # where the reporter sits
        if (whole := _included_in(doc, names[:i], name)) is not None:
            roles[i] = roles[whole]
    return list(zip(names, roles, strict=True))


# "KUALA LUMPUR - ", "GENEVA, May 12 (Wire) -- ".
_DATELINE = re.compile(
    r"^[A-Z][A-Z.'’]+(?:[ /-][A-Z][A-Z.'’]*){0,3}(?:, [A-Z][\w. ]{2,24})?(?: \([^)]{2,20}\))? "
    r"?(?:-{1,2}|–|—) "
)
_INCLUDING = re.compile(r"^[^()]{0,20}\((?:including|includes)\b[^()]*$", re.I)


def _included_in(doc: Doc, earlier: list[Name], name: Name) -> int | None:
    """Which of the names before it includes this one: "China (including Hong Kong and Macau)"?"""
    for i in range(len(earlier) - 1, -1, -1):
        if _INCLUDING.match(text_of(doc)[earlier[i].end : name.start]):
            return i
    return None


def _joined(doc: Doc, a: Name, b: Name) -> bool:
    """Do "and" or a comma alone stand between two names?"""
    first, second = sorted((a, b), key=lambda n: n.start)
    between = text_of(doc)[first.end : second.start]
    return bool(re.fullmatch(r"\s*(?:,|and|&|, and|/|-|–)\s*(?:the )?", between))


_OWN_WORDS = re.compile(
    (
        r"\b(?:this (?:proclamation|order|executive order|rule|notice|final rule"
        r"|interim final rule|proposed rule|memorandum)|the secretary of (?:commerce"
        r"|the treasury|state|homeland security|defense)|"
        r"bureau of industry and security|office of foreign assets control|\bofac\b"
        r"|federal register|harmonized tariff schedule|htsus|ad valorem rate of "
        r"duty|the commission (?:hereby|has|gives|determin)|"
        r"trade act of 1974|tariff act of 1930|trade expansion act|section (?:232"
        r"|301|201|337|122)|executive order 1[34]\d{3}|commerce control list|export "
        r"administration regulations|"
        r"i determine|i hereby|i have determined|hereby (?:proclaim|order|give)"
        r"|five-year review|scheduling of|preliminary phase|final phase|administrative "
        r"review|web general license|"
        r"sanctions regulations|entity list|antidumping dut(?:y|ies) (?:order|investigation)"
        r"|institution of (?:a |an )?(?:anti))"
    ),
    re.I,
)


def lend_actor(context: SentenceContext, event_type: EventType, exclude: set[str]) -> list[Party]:
    """An actor from outside the sentence: an official publisher, the wording, the title."""
    if event_type is EventType.OFFTAKE_AGREEMENT:
        return []
    if context.publisher_country:
        return [Party(code=context.publisher_country, text="", agency=None, why="publisher")]
    if _OWN_WORDS.search(context.text):
        return [Party(code="US", text="", agency=None, why="wording")]
    for names, why in ((context.title_names, "title"), (context.context_names, "context")):
        lent = [
            n for n in jurisdictions(names) if n.code not in exclude and n.how not in ("place",)
        ]
        if event_type is EventType.TRADE_AGREEMENT:
            codes = list(dict.fromkeys(n.code for n in lent))
            if codes:
                return [Party(code=code, text="", agency=None, why=why) for code in codes[:3]]
        for n in lent:
            if (
                event_type in (EventType.LICENSING_DEAL, EventType.GOVERNMENT_INVESTMENT)
                and n.label != "AGENCY"
            ):
                continue
            if n.how in ("leader", "agency", "name", "capital", "court"):
                return [
                    Party(
                        code=n.code,
                        text="",
                        agency=n.normal if n.label == "AGENCY" else None,
                        why=why,
                    )
                ]
    return []
