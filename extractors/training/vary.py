"""Vary samples: put other states in the place of those that a sentence names.

What a sentence says of Ghana it could say of Peru. The encoder that sees many names in one place
learns the form of the sentence, not which states the labelled news happened to be about.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from extractors.events.gazetteer import Name, read_reference
from extractors.reading.inputs import BEFORE, TEXT, TITLE, Row, tokenizer
from extractors.training.samples import Sample

# How often a sample is varied, and each state in one that is.
OFTEN, EACH = 0.5, 0.7


@cache
def names_by_form() -> dict[str, tuple[tuple[str, tuple[int, ...]], ...]]:
    """For "name", "demonym" and "capital": (code, pieces) of every jurisdiction that has one."""
    forms: dict[str, list[tuple[str, tuple[int, ...]]]] = {"name": [], "demonym": [], "capital": []}
    for row in read_reference("countries.csv"):
        for form, text in (
            ("name", row["name"]),
            ("demonym", row["demonyms"].split("|")[0]),
            ("capital", row["capital"].split("|")[0]),
        ):
            if text:
                pieces = tokenizer().encode(text, add_special_tokens=False).ids
                forms[form].append((row["code"], tuple(pieces)))
    return {form: tuple(entries) for form, entries in forms.items()}


def vary(sample: Sample, choose: random.Random) -> Sample:
    """The sample, or the same with other states in it."""
    if choose.random() > OFTEN:
        return sample
    row = sample.row
    others: dict[str, str] = {}
    changes: list[tuple[int, int, tuple[int, ...]]] = []
    for part, name in _states(sample):
        pieces = row.pieces(part, name.start, name.end)
        if not len(pieces):
            continue
        if name.code not in others:
            keep = choose.random() > EACH
            others[name.code] = name.code if keep else choose.choice(names_by_form()["capital"])[0]
        new = dict(names_by_form()[name.how]).get(others[name.code])
        if others[name.code] != name.code and new:
            changes.append((int(pieces[0]), int(pieces[-1]) + 1, new))
    return _changed(sample, sorted(changes)) if changes else sample


def _states(sample: Sample) -> Iterator[tuple[int, Name]]:
    context = sample.context
    for part, names in (
        (TEXT, context.names),
        (TITLE, context.title_names),
        (BEFORE, context.context_names),
    ):
        for name in names:
            if name.label == "COUNTRY" and name.how in names_by_form():
                yield part, name


def _changed(sample: Sample, changes: list[tuple[int, int, tuple[int, ...]]]) -> Sample:
    """The sample with the pieces from `start` to `end` of each change replaced."""
    row = sample.row
    columns = {k: getattr(row, k) for k in ("ids", "kinds", "part", "starts", "ends")}
    pieces: dict[str, list[NDArray[np.generic]]] = {k: [] for k in columns}
    moved = np.zeros(len(row) + 1, np.intp)
    at = shift = 0
    grown: dict[int, int] = {}
    for start, end, new in changes:
        if start < at:
            continue
        for k, column in columns.items():
            pieces[k] += [column[at:start]]
            pieces[k] += [
                np.array(new, column.dtype)
                if k == "ids"
                else np.repeat(column[start : start + 1], len(new))
            ]
        moved[at:start] = np.arange(at, start) + shift
        moved[start:end] = start + shift
        grown[start] = len(new)
        shift += len(new) - (end - start)
        at = end
    for k, column in columns.items():
        pieces[k].append(column[at:])
    moved[at:] = np.arange(at, len(row) + 1) + shift
    new_row = Row(**{k: np.concatenate(v) for k, v in pieces.items()})
    starts = {int(moved[s]): n for s, n in grown.items()}

    def at_new_places(old: NDArray[np.intp]) -> NDArray[np.intp]:
        out: set[int] = set()
        for i in moved[old].tolist():
            out.update(range(i, i + starts.get(i, 1)))
        return np.array(sorted(out), np.intp)

    events = tuple(
        replace(
            e,
            trigger=at_new_places(e.trigger),
            roles={r: at_new_places(v) for r, v in e.roles.items()},
        )
        for e in sample.events
    )
    return replace(sample, row=new_row, events=events)
