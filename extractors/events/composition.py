"""What an act does to the thing it is done to: ending a pause restores, blocking a ban relieves.

The reader gives the step of a measure; which way it moves trade hangs on what the verb acts on
(ontology section 3, `status_target`). One table, lexicon/composition.toml, says it for each act
and thing, found side by side or joined in the parse.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from spacy.tokens import Doc, Token

from extractors.events.lexicon_data import lower
from extractors.text.inflection import noun_forms, verb_forms
from models.errors import ConfigError
from models.event import EventStatus, EventType, StatusTarget

TABLE = "composition.toml"
# Words between an act and its thing: "ends the Biden-era 90-day pause".
_BETWEEN = 4
# Characters between a thing and the words for its measure: "plan to ban", "pause on its tariffs".
_REACH = 25
# "suspension of wheat exports": the suspension is the measure, not a pause of one.
_OF_TRADE = re.compile(
    r"\s+(?:of|on|in)\s+(?:[\w'’-]+\s+){0,3}(?:exports?|imports?|shipments?|purchases?|sales)\b"
    r"(?!\s+(?:dut|tax|tariff|lev|ban|curb|control|quota|restrict|rule|licen|permit))"
)
_BY_ITSELF = frozenset({"expire", "keep"})
_SUBJECTS = frozenset({"nsubj"})
_OBJECTS = frozenset({"dobj", "nsubjpass", "csubj", "csubjpass"})
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|[.,;:!?()]")
_STOPS = frozenset((*".,;:!?()", "by", "and", "that", "up", "during", "under", "until"))
_REFUSALS = frozenset(
    {form for verb in ("refuse", "decline", "reject", "fail", "deny") for form in verb_forms(verb)}
    | {"not", "never", "no", "won't", "wouldn't", "don't", "doesn't", "didn't", "without"}
)
# Types whose own measure is the pause, waiver or permit that the word names.
_OWN = {StatusTarget.EXEMPTION: frozenset({EventType.TARIFF_EXEMPTION})}
# A probe is paused and extended itself, and screening is blocking.
_PAUSABLE = frozenset(EventType) - {EventType.INVESTIGATION, EventType.INVESTMENT_SCREENING}


@dataclass(frozen=True, slots=True)
class Step:
    """What an act done to a thing can mean, what the step is done to, of which measures.

    `type` takes the place of the measure's; None leaves it.
    """

    type: EventType | None
    statuses: tuple[EventStatus, ...]
    target: StatusTarget
    types: frozenset[EventType]


@dataclass(frozen=True, slots=True)
class Found:
    """An act and its thing in a sentence, from the first to the last letter of both."""

    act: str
    thing: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """Acts and things by the forms of their words, and the steps they make."""

    acts: dict[str, tuple[str, ...]]
    things: dict[str, str]
    steps: dict[tuple[str, str], Step]


def compose(
    acts: Iterable[Found],
    spans: Sequence[tuple[int, int]],
    kind: EventType,
    status: EventStatus,
) -> tuple[EventType, EventStatus, StatusTarget]:
    """Type and status of an event, and what its step is done to, by the act that `spans` stand in.

    `acts` are the pairs of its sentence, `spans` the characters of the event's trigger and of the
    words for its measure.
    """
    table = load_table()
    for found in acts:
        step = table.steps.get((found.act, found.thing))
        if step is None or kind not in step.types:
            continue
        if not any(start < found.end + _REACH and found.start < end for start, end in spans):
            continue
        given = status if status in step.statuses else step.statuses[0]
        own = kind in _OWN.get(step.target, ()) or kind is EventType.TRADE_AGREEMENT
        back_in_force = given is EventStatus.REINSTATED
        target = StatusTarget.MEASURE if own or back_in_force else step.target
        return step.type or kind, given, target
    return kind, status, StatusTarget.MEASURE


def pairs(doc: Doc, text: str) -> Iterator[Found]:
    """Acts with their things: the thing soon after the act, or its object or subject.

    `text` is what `doc` was made of.
    """
    lowered = lower(text)
    yield from _side_by_side(lowered)
    yield from _in_the_parse(doc, lowered)


def _side_by_side(text: str) -> Iterator[Found]:
    """ "ends the 90-day pause": headlines are often parsed wrongly, their order of words helps."""
    table = load_table()
    words = list(_WORD.finditer(text))
    for i, word in enumerate(words):
        for act in table.acts.get(word.group(), ()):
            at = _thing_after(words, i, table)
            if at is not None and not _refused(words, i):
                thing, end = table.things[words[at].group()], words[at].end()
                if thing == "suspension" and _of_trade(text, end):
                    thing = "measure"
                yield Found(act, thing, word.start(), end)


def _in_the_parse(doc: Doc, text: str) -> Iterator[Found]:
    """ "the pause was ended", "the pause expires"."""
    table = load_table()
    for token in doc:
        thing, head = table.things.get(lower(token.text)), token.head
        if thing is None or token.dep_ not in _SUBJECTS | _OBJECTS:
            continue
        for act in table.acts.get(lower(head.text), ()):
            if _fits(token, act) and not _denied(head):
                start = min(token.idx, head.idx)
                end = max(token.idx + len(token.text), head.idx + len(head.text))
                if thing == "suspension" and _of_trade(text, token.idx + len(token.text)):
                    thing = "measure"
                yield Found(act, thing, start, end)


def _thing_after(words: list[re.Match[str]], i: int, table: Table) -> int | None:
    """The place of the thing that soon follows the i-th word; of "export ban" that of "ban"."""
    for at in range(i + 1, min(i + 2 + _BETWEEN, len(words))):
        if words[at].group() in _STOPS:
            return None
        if words[at].group() in table.things:
            return _last_of_run(words, at, table)
    return None


def _last_of_run(words: list[re.Match[str]], at: int, table: Table) -> int:
    """Of "export ban" the place of "ban"; a plan is a plan, whatever it is for."""
    while (
        table.things[words[at].group()] != "plan"
        and at + 1 < len(words)
        and words[at + 1].group() in table.things
    ):
        at += 1
    return at


def _refused(words: list[re.Match[str]], i: int) -> bool:
    """Is the act said not to be done: "refuses to halt", "will not extend"?"""
    return any(word.group() in _REFUSALS for word in words[max(0, i - 3) : i])


def _denied(act: Token) -> bool:
    """Is an act of the parse said not to be done?"""
    words = (*(child.text for child in act.children), act.head.text)
    return any(lower(word) in _REFUSALS for word in words)


def _fits(token: Token, act: str) -> bool:
    """A thing expires or remains by itself; everything else is done to it."""
    return (act in _BY_ITSELF) == (token.dep_ in _SUBJECTS)


def _of_trade(text: str, end: int) -> bool:
    """Is a pause whose name ends at `end` one of trade itself, and so the measure?"""
    return _OF_TRADE.match(text, end) is not None


@cache
def load_table() -> Table:
    """The shipped table. Raises ConfigError where a step names an unknown act, thing or status."""
    path = resources.files("extractors").joinpath("events", "lexicon", TABLE)
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    acts: dict[str, tuple[str, ...]] = {}
    for act, words in data["acts"].items():
        for form in (form for word in words for form in verb_forms(word)):
            acts[form] = (*acts.get(form, ()), act)
    things = {
        form: thing
        for thing, words in data["things"].items()
        for word in words
        for form in noun_forms(word)
    }
    steps: dict[tuple[str, str], Step] = {}
    for name, row in data["steps"].items():
        act, thing = name.split()
        try:
            steps[act, thing] = Step(
                EventType(row["type"]) if "type" in row else None,
                tuple(EventStatus(status) for status in row["statuses"]),
                StatusTarget(row["target"]),
                frozenset(EventType(kind) for kind in row.get("types", _PAUSABLE)),
            )
        except ValueError as error:
            raise ConfigError(f"{TABLE}: {name!r}: {error}") from error
        if act not in data["acts"] or thing not in data["things"]:
            raise ConfigError(f"{TABLE}: {name!r}: no such act or thing")
    return Table(acts, things, steps)
