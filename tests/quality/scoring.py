"""Scores predicted events against labels: greedy one-to-one pairs, best first."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from models.event import EventStatus, EventType, status_class, type_group

Event = Mapping[str, Any]


def pair_score(gold: Event, predicted: Event, text: str) -> float:
    """Return the similarity of two events: type 3 (same group 1), trigger overlap 2, status 0.5."""
    score = 0.0
    if gold["type"] == predicted["type"]:
        score += 3
    elif _group(gold) == _group(predicted):
        score += 1
    a, b = _span(gold, text), _span(predicted, text)
    if a and b and a[0] < b[1] and b[0] < a[1]:
        score += 2
    return score + (0.5 if gold["status"] == predicted["status"] else 0.0)


def _group(event: Event) -> str:
    return type_group(EventType(event["type"]))


def _span(event: Event, text: str) -> tuple[int, int] | None:
    if event.get("start") is not None:
        return int(event["start"]), int(event["end"])
    at = text.find(event["trigger"])
    return (at, at + len(event["trigger"])) if at >= 0 else None


def pairs(
    gold: Sequence[Event], predicted: Sequence[Event], text: str
) -> list[tuple[Event, Event]]:
    """Return pairs of similar events; each event is used at most once."""
    ranked = sorted(
        (
            (pair_score(g, p, text), -i, -j)
            for i, g in enumerate(gold)
            for j, p in enumerate(predicted)
        ),
        reverse=True,
    )
    out, used_g, used_p = [], set(), set()
    for score, i, j in ranked:
        if score >= 2 and i not in used_g and j not in used_p:
            used_g.add(i)
            used_p.add(j)
            out.append((gold[-i], predicted[-j]))
    return out


def f1(hits: float, predicted: float, gold: float) -> float:
    """Return the harmonic mean of precision and recall; 0 without events."""
    return 2 * hits / (predicted + gold) if predicted + gold else 0.0


def score(
    records: Iterable[Mapping[str, Any]], predictions: Mapping[str, Sequence[Event]]
) -> dict[str, float]:
    """Return scores by name, from 0 to 1, for records joined to predictions by id."""
    n: Counter[str] = Counter()
    for record in records:
        n.update(counts(record, predictions.get(record["id"], [])))
    return scores(n)


def counts(record: Mapping[str, Any], predicted: Sequence[Event]) -> Counter[str]:
    """Return what is right, predicted and labelled in one record; sums of these make the scores."""
    text, gold = record["text"], list(record["events"])
    n = Counter(
        gold=len(gold),
        predicted=len(predicted),
        with_gold=bool(gold),
        with_predicted=bool(predicted),
        with_both=bool(gold and predicted),
    )
    for g, p in pairs(gold, predicted, text):
        n["strict"] += g["type"] == p["type"]
        if _group(g) != _group(p):
            continue
        same_step = status_class(EventStatus(g["status"])) == status_class(EventStatus(p["status"]))
        n["relaxed"] += 1
        n["status"] += g["status"] == p["status"]
        n["status_class"] += same_step
        n["factuality"] += g["factuality"] == p["factuality"]
        for role in ("actors", "targets"):
            a, b = set(g[role]), set(p[role])
            n[f"{role}_hit"] += len(a & b)
            n[f"{role}_predicted"] += len(b)
            n[f"{role}_gold"] += len(a)
        n["full"] += same_step and set(g["actors"]) == set(p["actors"])
    return n


def scores(n: Mapping[str, float]) -> dict[str, float]:
    """Return the scores of summed counts."""
    n = defaultdict(float, n)
    matched = n["relaxed"] or 1
    return {
        "has_event": f1(n["with_both"], n["with_predicted"], n["with_gold"]),
        "has_event_precision": n["with_both"] / (n["with_predicted"] or 1),
        "type_strict": f1(n["strict"], n["predicted"], n["gold"]),
        "type_relaxed": f1(n["relaxed"], n["predicted"], n["gold"]),
        "full": f1(n["full"], n["predicted"], n["gold"]),
        "status": n["status"] / matched,
        "status_class": n["status_class"] / matched,
        "factuality": n["factuality"] / matched,
        "actors": f1(n["actors_hit"], n["actors_predicted"], n["actors_gold"]),
        "targets": f1(n["targets_hit"], n["targets_predicted"], n["targets_gold"]),
    }
