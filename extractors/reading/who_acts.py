"""Who acts by the grammar of a sentence: whose measure it is, who answers, whose ministry it is."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from spacy.tokens import Doc, Token

from extractors.events.context import SentenceContext, text_of
from extractors.events.gazetteer import Name, jurisdictions
from extractors.events.roles import Party
from extractors.reading.readings import ReadEvent

_RULES = re.compile(
    r"(?:bans?|curbs?|controls?|limits?|restrictions?|rules?|tariffs?|dut(?:y|ies)|tax(?:es)?"
    r"|lev(?:y|ies)|quotas?|sanctions?|embargo(?:es)?|announcements?|notices?)$",
    re.I,
)
_OWNING = frozenset({"poss", "amod", "compound", "nmod"})
_IN_PHRASE = frozenset({"amod", "compound", "nmod", "conj"})


def owners_of_measure(
    here: Sequence[Name], doc: Doc, event: ReadEvent, measure: tuple[int, int]
) -> set[str]:
    """Whose measure it is: "The truce delayed China's export controls" delays those of China.

    "American duties are cut" are America's, where nothing says that they are on its goods.
    """
    found: set[str] = set()
    agents: set[str] = set()
    for name, root in _roots(here, doc):
        if _is_agent(root, event):
            agents.add(name.code)
        if root.dep_ in _OWNING and _is_of(measure, root.head):
            found.add(name.code)
    return agents or found


_DEAL = re.compile(r"-(?=\w)")
_PACT = re.compile(r"\b(?:deal|pact|agreement|accord|treaty|truce|framework)\b", re.I)
_NEXT = 40


def is_pact_of(first: Name, second: Name, text: str) -> bool:
    """Do two names open that of their pact: "the U.S.-Malaysia deal"?"""
    joined = first.end + 1 == second.start and _DEAL.match(text, first.end) is not None
    return joined and _PACT.search(text, second.end, second.end + _NEXT) is not None


def parties_of_deal(here: Sequence[Name], doc: Doc, event: ReadEvent) -> tuple[str, Party] | None:
    """Who acts for whom where a deal between two is the subject: "The U.S.-Malaysia deal cuts".

    The one whose step is news is named first.
    """
    text, names = text_of(doc), jurisdictions(here)
    for first, second in itertools.pairwise(names):
        if is_pact_of(first, second, text) and second.end < event.start:
            return first.code, party_of(second, "sentence")
    return None


def of_owner(
    actors: Sequence[Party], here: Sequence[Name], doc: Doc, measure: tuple[int, int]
) -> list[Party]:
    """The state whose measure it is said to be, where somebody else is read as acting.

    "A deal that would put off Beijing's curbs": they are put off by Beijing.
    """
    for name, root in _roots(here, doc):
        owns = root.dep_ == "poss" and _RULES.search(root.head.text) and _is_of(measure, root.head)
        if owns and all(party.code != name.code for party in actors):
            return [party_of(name, "sentence")]
    return []


_TRADE = frozenset({"export", "sale", "shipment", "delivery", "supply", "sell", "ship", "deliver"})


def destinations(here: Sequence[Name], doc: Doc) -> list[Name]:
    """Where goods go: "sales to American users remain prohibited" hits America."""
    return [name for name, root in _roots(here, doc) if _is_sent_to(_top(root))]


def _is_sent_to(place: Token) -> bool:
    """Is a place, or the buyers in it, where something is sold or shipped to?"""
    if place.dep_ == "pobj" and place.head.lower_ == "in" and place.head.head.pos_ == "NOUN":
        place = _top(place.head.head)
    to = place.head
    if to.dep_ not in ("prep", "dative") or to.lower_ != "to":
        return False
    sent = to.head
    if sent.dep_ == "pobj" and sent.head.lower_ == "of":
        # "The export of items to Japan": the parse often hangs the place on the goods.
        sent = sent.head.head
    return sent.lemma_.lower() in _TRADE


# Not "keep chips out of China".
_OUT_OF = re.compile(
    r"\b(?:ship\w*|export\w*|sen[dt]\w*|taken?|takes|took|carr\w+|mov\w+) [^.;]{0,40}\bout of $",
    re.I,
)


def origins(here: Sequence[Name], text: str) -> list[Party]:
    """What goods may not leave: "nobody may ship antimony out of China" is China's rule."""
    left = (name for name in jurisdictions(here) if _OUT_OF.search(text[: name.start]))
    return [party_of(name, "sentence") for name in left]


def of_another_clause(here: Sequence[Name], doc: Doc, steps: Mapping[int, bool]) -> set[str]:
    """Who only does something else: "The ban came a day after Washington had limited sales".

    `steps` are the verbs of the sentence that carry steps, True for the one at hand. A place where
    somebody is who does no step ("and traders in Tokyo sell") does none either.
    """
    own = [doc[i] for i, mine in steps.items() if mine]
    has_subject = any(c.dep_ in _SUBJECTS for verb in own for c in verb.children)
    found: set[str] = set()
    acting: set[str] = set()
    for name, root in _roots(here, doc):
        top = _top(root)
        other = top.dep_ in _SUBJECTS and top.head.i in steps and not steps[top.head.i]
        place = name.how == "place" and top.dep_ == "pobj" and _is_of_onlooker(top.head, steps)
        (found if (has_subject and other) or place else acting).add(name.code)
    return found - acting


_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_OWN_CLAUSE = frozenset({"relcl", "advcl", "ccomp", "acl"})


def outside_clause(here: Sequence[Name], doc: Doc, event: ReadEvent) -> set[str]:
    """Who stands outside the clause of a deal that two or more of the same clause make.

    "Chile called off the meeting where China and Peru were to sign a pact": not Chile.
    """
    span = doc.char_span(event.start, event.end, alignment_mode="expand")
    if span is None:
        return set()
    verb = span.root
    while verb.dep_ in ("xcomp", "dobj", "pobj", "prep") and verb.head.i != verb.i:
        verb = verb.head
    subjects = [c for c in verb.children if c.dep_ in _SUBJECTS]
    if verb.dep_ not in _OWN_CLAUSE or not subjects:
        return set()
    doing = {
        name.code
        for name, root in _roots(here, doc)
        if any(root.i == s.i or s.is_ancestor(root) for s in subjects)
    }
    inside = {name.code for name, root in _roots(here, doc) if verb.is_ancestor(root)}
    return {name.code for name in jurisdictions(here)} - inside if len(doing) > 1 else set()


def _is_of_onlooker(prep: Token, steps: Mapping[int, bool]) -> bool:
    """Does a place go with the subject of a verb that is no step: "traders in Tokyo"?"""
    who = prep.head
    return prep.dep_ == "prep" and who.dep_ in _SUBJECTS and bool(steps) and who.head.i not in steps


def _top(token: Token) -> Token:
    """The word of a noun phrase, or of the first of several side by side, that a word is in."""
    while token.dep_ in _IN_PHRASE:
        token = token.head
    return token


_ANSWERS = frozenset({"answer", "retaliate", "respond", "reply", "react", "counter"})


def answering(here: Sequence[Name], doc: Doc, event: ReadEvent) -> Name | None:
    """Who answers with the step: "China answers the U.S. tariff with duties on coal"."""
    for name, root in _roots(here, doc):
        verb = root.head
        if root.dep_ != "nsubj" or verb.lemma_.lower() not in _ANSWERS or verb.idx > event.start:
            continue
        if any(c.dep_ == "prep" and c.lower_ == "with" for c in verb.children):
            return name
    return None


# "Beijing answered on Friday. The commerce ministry banned ...": it is Beijing's.
SOMEBODY = (
    r"[Tt]he (?:\w+ ){0,2}(?:ministry|government|regulator|cabinet|parliament|agency|authorities"
    r"|authority|customs (?:office|administration))\b"
)
_OPENS = re.compile(rf"\s*{SOMEBODY}")


def spoken_of(context: SentenceContext) -> list[Party]:
    """The one state that the sentence before names, where this one opens with its ministry."""
    names = jurisdictions(context.context_names)
    if len({n.code for n in names}) != 1 or not _OPENS.match(context.text):
        return []
    return [party_of(names[0], "context")] if names[0].start == 0 else []


def _roots(here: Sequence[Name], doc: Doc) -> Iterator[tuple[Name, Token]]:
    """The jurisdictions of a sentence, each with the word of the parse that its name hangs on."""
    for name in jurisdictions(here):
        span = doc.char_span(name.start, name.end, alignment_mode="expand")
        if span is not None:
            yield name, span.root


def _is_of(measure: tuple[int, int], word: Token) -> bool:
    """Does a word lie in the characters of the words for the measure?"""
    return word.idx < measure[1] and measure[0] < word.idx + len(word.text)


def _is_agent(token: Token, event: ReadEvent) -> bool:
    """Is a step done by what a word names: "imposed by the U.S. and China"?"""
    while token.dep_ == "conj":
        token = token.head
    by = token.head
    return by.dep_ == "agent" and event.start <= by.head.idx < event.end


def party_of(name: Name, why: str) -> Party:
    """A name as a party; one from outside the sentence has no text in it."""
    return Party(
        code=name.code,
        text=name.text if why == "sentence" else "",
        agency=name.normal if name.label == "AGENCY" else None,
        why=why,
    )
