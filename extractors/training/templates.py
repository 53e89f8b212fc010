"""Sentences with gaps, filled from the reference tables: `generate(count, seed)` yields records.

They teach the encoder plain forms in which any state may do anything: headlines whose verb looks
like a noun, passives, denials, plans dropped, look-alikes. See templates.toml for the marks.
"""

import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from extractors.events.gazetteer import NO_JURISDICTION, read_reference
from extractors.training import wording
from models.event import Factuality, TimeFrame

MARK = re.compile(r"\{([A-Z])([12]?)([a-z]?)\}|[\[\]<>]")
# The field of an event that a gap fills.
_FIELDS = {
    **dict.fromkeys("AB", "actor_texts"),
    **dict.fromkeys("TU", "target_texts"),
    **dict.fromkeys("PQ", "product_texts"),
    **dict.fromkeys("CG", "company_texts"),
    "R": "rates",
    **dict.fromkeys("MVS", "amounts"),
    "D": "dates",
}
_STATES = "ABTUN"
_FRAMES = {f.value for f in TimeFrame}
_FACTUALITIES = {f.value for f in Factuality}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One text and what it tells, an entry for each event.

    `actors` and `targets` are the letters of the states that act and are hit, for each event.
    """

    text: str
    labels: tuple[str, ...]
    actors: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Filled:
    """A text as it grows; of its gaps the letter, the event they belong to, and the value."""

    text: str = ""
    gaps: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    triggers: list[tuple[int, int]] = field(default_factory=list)
    instrument: str = ""


@cache
def templates() -> tuple[Template, ...]:
    """Each text of templates.toml with the labels above it."""
    path = resources.files("extractors").joinpath("training", "templates.toml")
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["template"]
    return tuple(
        Template(
            text=text,
            labels=tuple(table["labels"]),
            actors=tuple(table.get("actors", ["AB"] * len(table["labels"]))),
            targets=tuple(table.get("targets", ["TU"] * len(table["labels"]))),
        )
        for table in tables
        for text in table["say"]
    )


def generate(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """`count` labelled records, every template as often as any other."""
    choose = random.Random(seed)  # noqa: S311 - sentences, no secrets
    order: list[Template] = []
    for number in range(count):
        if not order:
            order = list(templates())
            choose.shuffle(order)
        yield filled(order.pop(), f"template-{seed}-{number}", choose)


def filled(template: Template, record_id: str, choose: random.Random) -> dict[str, Any]:
    """A record: the template with its gaps filled, and the events it tells."""
    published = date(2025, 1, 1) + timedelta(days=choose.randrange(700))
    while not _plain(out := _fill(template.text, published, choose)):
        pass
    return {
        "id": record_id,
        "document": record_id,
        "kind": "sentence" if template.text.endswith(".") else "headline",
        "published": published.isoformat(),
        "text": out.text,
        "events": [_event(template, number, out) for number in range(len(template.labels))],
    }


def _fill(template: str, published: date, choose: random.Random) -> _Filled:
    sentence = template.endswith(".")
    letters = sorted({m[1] for m in MARK.finditer(template) if (m[1] or " ") in _STATES})
    named = dict(zip(letters, choose.sample(states(), len(letters)), strict=True))
    values: dict[str, Any] = {}
    out = _Filled()
    at, opened = 0, 0
    for mark in MARK.finditer(template):
        out.text += template[at : mark.start()]
        at = mark.end()
        if mark[0] in "[<":
            opened = len(out.text)
        elif mark[0] == "]":
            out.triggers.append((opened, len(out.text)))
        elif mark[0] == ">":
            out.instrument = out.text[opened:]
        else:
            letter, number, form = mark.groups()
            if letter in _STATES:
                before, span, after = wording.state(named[letter], form, sentence, choose)
                value: dict[str, Any] = {"code": named[letter]["code"]}
            else:
                key = letter + form * (letter == "D") + number
                if key not in values:
                    used = [v["text"] for v in values.values()]
                    values[key] = wording.value(letter, form, published, used, choose)
                value = {k: v for k, v in values[key].items() if v}
                span = wording.attributive(value["text"]) if form == "n" else value["text"]
                before, after = "", wording.possessive(span) if form == "s" else ""
            span = _append(out, before, span, after)
            place = len(out.text) - len(span + after)
            out.gaps.append((letter, number, {**value, "text": span, "at": place}))
    out.text += template[at:]
    return out


def _append(out: _Filled, before: str, span: str, after: str) -> str:
    """Add a word, with a or an before it and a capital where the text begins; the span as added."""
    word = before + span
    if re.search(r"\b[Aa] $", out.text) and wording.sounds_open(word):
        out.text = out.text[:-1] + "n "
    if not out.text:
        word = word[:1].upper() + word[1:]
    out.text += word + after
    return word[len(before) :]


def _plain(out: _Filled) -> bool:
    """Is each word where one looks for it, nearest to the trigger? No tin in Argentina."""
    for trigger, _ in out.triggers:
        for letter, _, value in out.gaps:
            word, places = value["text"], {v["at"] for g, _, v in out.gaps if g == letter}
            found = [m.start() for m in re.finditer(f"(?={re.escape(word)})", out.text)]
            if min(found, key=lambda i: abs(i - trigger)) not in places:
                return False
    return True


def _event(template: Template, number: int, out: _Filled) -> dict[str, Any]:
    """The event that the trigger of this number tells."""
    kind, status, *rest = template.labels[number].split()
    start, end = out.triggers[number]
    event: dict[str, Any] = {
        "trigger": out.text[start:end],
        "start": start,
        "end": end,
        "type": kind,
        "status": status,
        "factuality": next((w for w in rest if w in _FACTUALITIES), Factuality.ASSERTED.value),
        "time_frame": next((w for w in rest if w in _FRAMES), TimeFrame.CURRENT.value),
        "actors": [],
        "targets": [],
        **{name: [] for name in _FIELDS.values()},
        "instrument": out.instrument,
        "retaliation": "retaliation" in rest,
    }
    for letter, only, value in out.gaps:
        if only not in ("", str(number + 1)):
            continue
        if letter in _STATES:
            for role, letters in (("actor", template.actors), ("target", template.targets)):
                if letter in letters[number]:
                    event[f"{role}_texts"].append(value["text"])
                    event[f"{role}s"] += [value["code"]] * (value["code"] not in event[f"{role}s"])
        elif letter in _FIELDS:
            plain = _FIELDS[letter].endswith("_texts")
            said = {k: v for k, v in value.items() if k != "at"}
            event[_FIELDS[letter]].append(value["text"] if plain else said)
    return event


@cache
def states() -> tuple[dict[str, str], ...]:
    """Every state and territory of countries.csv."""
    return tuple(r for r in read_reference("countries.csv") if r["code"] not in NO_JURISDICTION)
