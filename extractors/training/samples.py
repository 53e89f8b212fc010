"""Labelled records as the encoder learns them: a row, and for each event which pieces say what."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.events.context import SentenceContext
from extractors.events.gazetteer import Name, jurisdictions
from extractors.extract import Extractor
from extractors.reading.inputs import BEFORE, STATE, TEXT, TITLE, Row, row_of
from extractors.reading.labels import ROLES
from extractors.records import unit_from_record
from extractors.text.readable import clean
from extractors.training.sets import group_of

# What a label calls the spans of a role, where they are plain texts.
_TEXTS = {
    "actor": "actor_texts",
    "target": "target_texts",
    "product": "product_texts",
    "company": "company_texts",
}
_CODES = {"actor": "actors", "target": "targets"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSample:
    """One labelled event of a row: `trigger` are pieces; `roles` pieces by role.

    A role that the labels of this record never give is not in `roles` and teaches nothing.
    """

    trigger: NDArray[np.intp]
    type: str
    status: str
    factuality: str
    time_frame: str
    roles: dict[str, NDArray[np.intp]]
    unsure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One sentence with what is labelled in it. `group` is the document it comes from."""

    record_id: str
    group: str
    set_name: str
    context: SentenceContext
    row: Row
    events: tuple[EventSample, ...] = field(default=())


def read_samples(
    records: Iterable[dict[str, Any]], extractor: Extractor, set_name: str
) -> Iterator[Sample]:
    """The sentences of labelled records, each with the events whose trigger lies in it."""
    for record in records:
        unit = unit_from_record({**record, "kind": record.get("kind") or "sentence"})
        for context in extractor.contexts(unit):
            yield sample_of(record, context, set_name)


def sample_of(record: dict[str, Any], context: SentenceContext, set_name: str) -> Sample:
    """One sentence of a record."""
    row = row_of(context)
    found = (event_of(event, context, row) for event in record.get("events", ()))
    return Sample(
        record_id=str(record["id"]),
        group=group_of(record),
        set_name=set_name,
        context=context,
        row=row,
        events=tuple(e for e in found if e is not None),
    )


def digest_of(samples: Iterable[Sample]) -> str:
    """A digest of sentences, of what stands around them and of their labels, in any order."""
    lines = sorted(
        json.dumps(
            [s.set_name, s.context.text, s.context.title, s.context.context, *map(_plain, s.events)]
        )
        for s in samples
    )
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def _plain(event: EventSample) -> dict[str, Any]:
    return {
        **asdict(event),
        "trigger": event.trigger.tolist(),
        "roles": {role: pieces.tolist() for role, pieces in event.roles.items()},
    }


def event_of(event: dict[str, Any], context: SentenceContext, row: Row) -> EventSample | None:
    """The pieces of one event, or None if its trigger lies in another sentence."""
    trigger = clean(event.get("trigger") or "")
    at = _place(event, trigger, context)
    if at < 0:
        return None
    pieces = row.pieces(TEXT, at, at + len(trigger))
    if not len(pieces):
        return None
    roles: dict[str, NDArray[np.intp]] = {}
    for role, key in _TEXTS.items():
        if role in _CODES:
            roles[role] = _party(event, role, context, row, at)
        elif key in event:
            roles[role] = _spans(event[key], context, row, at)
    # Labels that give no rates, not even none, were made before these were asked for.
    if "rates" in event:
        roles["instrument"] = _spans([event.get("instrument") or ""], context, row, at)
        roles["rate"] = _spans([r["text"] for r in event.get("rates", ())], context, row, at)
        roles["amount"] = _spans([r["text"] for r in event.get("amounts", ())], context, row, at)
    if "rates" in event and "dates" in event:
        for role in ROLES:
            if role.startswith(("date_", "deadline")):
                short = role.removeprefix("date_")
                texts = [
                    d["text"] for d in event.get("dates", ()) if d.get("role") in (role, short)
                ]
                roles[role] = _spans(texts, context, row, at)
    return EventSample(
        trigger=pieces,
        type=event["type"],
        status=event["status"],
        factuality=event["factuality"],
        time_frame=event["time_frame"],
        roles=roles,
        unsure=bool(event.get("unsure")),
    )


def _place(event: dict[str, Any], trigger: str, context: SentenceContext) -> int:
    if not trigger:
        return -1
    start = event.get("start")
    text = context.text
    near = start - context.start if start is not None else 0
    if start is not None and text[near : near + len(trigger)] == trigger and near >= 0:
        return int(near)
    return text.find(trigger)


def _spans(texts: Iterable[str], context: SentenceContext, row: Row, near: int) -> NDArray[np.intp]:
    """The pieces of some texts of the sentence, each where it stands nearest to the trigger."""
    found: set[int] = set()
    for raw in texts:
        text = clean(raw)
        places = [i for i in range(len(context.text)) if context.text.startswith(text, i)]
        if text and places:
            at = min(places, key=lambda i: abs(i - near))
            found.update(row.pieces(TEXT, at, at + len(text)).tolist())
    return np.array(sorted(found), np.intp)


def _party(
    event: dict[str, Any], role: str, context: SentenceContext, row: Row, near: int
) -> NDArray[np.intp]:
    """The pieces that name the actors or targets: in the sentence, else around it."""
    found = set(_spans(event.get(_TEXTS[role], ()), context, row, near).tolist())
    around: Sequence[tuple[int, Iterable[Name]]] = (
        (TITLE, context.title_names),
        (BEFORE, context.context_names),
    )
    for code in event.get(_CODES[role], ()):
        here = [n for n in jurisdictions(context.names) if n.code == code]
        if any(found.intersection(row.pieces(TEXT, n.start, n.end).tolist()) for n in here):
            continue
        if here and not event.get(_TEXTS[role]):
            n = min(here, key=lambda n: abs(n.start - near))
            found.update(row.pieces(TEXT, n.start, n.end).tolist())
            continue
        if here:
            continue
        for part, names in around:
            pieces = {
                int(i)
                for n in jurisdictions(names)
                if n.code == code
                for i in row.pieces(part, n.start, n.end)
            }
            found |= pieces
            if pieces:
                break
        else:
            if code == context.publisher_country:
                found.update(np.flatnonzero(row.part == STATE).tolist())
    return np.array(sorted(found), np.intp)
