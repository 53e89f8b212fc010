"""Sentences with gaps, filled from the reference tables: `generate(count, seed)` yields records.

They teach the encoder plain forms in which any state may do anything: headlines whose verb looks
like a noun, passives, denials, plans dropped, look-alikes. See templates.toml for the marks.
"""

import random
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from extractors.events.gazetteer import read_reference

_GAP = re.compile(r"\{(A|Ad|Ac|T|Td|Tc|P|C|R)\}|\[|\]")
_FORMS = {"": "name", "d": "demonyms", "c": "capital"}
_FIRMS = ("Arden Metals", "Norvik", "Helio Chemicals", "Brightwater", "Kestrel Mining", "Tamsin AG")
_RATES = ("5%", "10%", "15 percent", "25%", "40%", "100 percent")


@cache
def templates() -> tuple[tuple[dict[str, Any], str], ...]:
    """Each text of templates.toml with the labels above it."""
    path = resources.files("extractors").joinpath("training", "templates.toml")
    tables = tomllib.loads(path.read_text(encoding="utf-8"))["template"]
    return tuple((table, text) for table in tables for text in table["say"])


def generate(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """`count` labelled records, every template as often as any other."""
    choose = random.Random(seed)  # noqa: S311 - repeatable on purpose
    order: list[tuple[dict[str, Any], str]] = []
    for number in range(count):
        if not order:
            order = list(templates())
            choose.shuffle(order)
        labels, text = order.pop()
        yield filled(labels, text, f"template-{seed}-{number}", choose)


def filled(
    labels: dict[str, Any], template: str, record_id: str, choose: random.Random
) -> dict[str, Any]:
    """One template with its gaps filled and its label, if it tells an event."""
    states = dict(zip("AT", choose.sample(list(_states()), 2), strict=True))
    words: dict[str, list[str]] = {name: [] for name in "ATPCR"}
    text, at, trigger = "", 0, [0, 0]
    for gap in _GAP.finditer(template):
        text += template[at : gap.start()]
        at = gap.end()
        if gap[0] in "[]":
            trigger["[]".index(gap[0])] = len(text)
            continue
        kind = gap[1][0]
        word = _word(gap[1], states, choose)
        # A text begins with a capital.
        word = word[:1].upper() + word[1:] if not text else word
        words[kind].append(word)
        text += word
    text += template[at:]
    return {
        "id": record_id,
        "document": record_id,
        "kind": "sentence" if text.endswith(".") else "headline",
        "text": text,
        "events": [_event(labels, text, trigger, words, states)] if labels["type"] else [],
    }


def _word(gap: str, states: dict[str, dict[str, str]], choose: random.Random) -> str:
    if gap == "P":
        return choose.choice(_goods())
    if gap == "C":
        return choose.choice(_FIRMS)
    if gap == "R":
        return choose.choice(_RATES)
    state = states[gap[0]]
    return (state[_FORMS[gap[1:]]] or state["name"]).split("|")[0]


def _event(
    labels: dict[str, Any],
    text: str,
    trigger: list[int],
    words: dict[str, list[str]],
    states: dict[str, dict[str, str]],
) -> dict[str, Any]:
    start, end = trigger
    agree, nobody = labels.get("agree", False), labels.get("nobody", False)
    acting = [] if nobody else ["A", "T"] if agree else ["A"]
    hit = [] if agree or nobody else ["T"]
    return {
        "trigger": text[start:end],
        "start": start,
        "end": end,
        "type": labels["type"],
        "status": labels["status"],
        "factuality": labels.get("factuality", "asserted"),
        "time_frame": labels.get("time_frame", "current"),
        "actors": [states[k]["code"] for k in acting if words[k]],
        "targets": [states[k]["code"] for k in hit if words[k]],
        "actor_texts": [w for k in acting for w in words[k]],
        "target_texts": [w for k in hit for w in words[k]],
        "product_texts": words["P"],
        "company_texts": words["C"],
        "rates": [{"text": rate} for rate in words["R"]],
    }


@cache
def _states() -> tuple[dict[str, str], ...]:
    return tuple(row for row in read_reference("countries.csv") if row["code"] != "XX")


@cache
def _goods() -> tuple[str, ...]:
    """Goods as news calls them: the commodities' aliases of lower case."""
    aliases = (a for row in read_reference("commodities.csv") for a in row["aliases"].split("|"))
    return tuple(sorted({a for a in aliases if a and a.islower()}))
