"""Fit the combination of encoder and head to sentences that neither had seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from extractors.events.policy_events import Candidate
from extractors.reading.combination import (
    CLASSES,
    Combination,
    LabelChances,
    Vector,
    candidate_features,
    candidate_near,
    label_features,
    sentence_features,
)
from extractors.reading.readings import Reading

# Found by cross-validation: the least log-odds of a sentence and of a candidate, and how likely a
# trigger the words of a further event of the same sentence must be.
SENTENCE, CANDIDATE, FURTHER = -0.35, 0.0, 0.6
# The share of sentences that give an event which the encoder's own score may send away unparsed.
UNPARSED = 0.003
_RIDGE, _BIAS_RIDGE = 0.001, 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacked:
    """A sentence as models that had not seen it read it, with its labelled events.

    `golds` are (offset of the trigger in the sentence, labelled event). `told[i]` says whether
    candidate i is a labelled event; None where that is open.
    """

    reading: Reading
    headline: bool
    candidates: Sequence[Candidate]
    chances: Sequence[float]
    labels: Sequence[LabelChances]
    told: Sequence[bool | None]
    golds: Sequence[tuple[int, Mapping[str, Any]]]


def fit_combination(sentences: Sequence[Stacked]) -> Combination:
    """The weights that make the labels likeliest."""
    sentence = LogisticRegression(C=1.0).fit(
        [sentence_features(s.reading, s.chances, s.headline) for s in sentences],
        [bool(s.golds) for s in sentences],
    )
    rows = [row for s in sentences for row in _candidate_rows(s)]
    candidate = LogisticRegression(C=1.0).fit([x for x, _ in rows], [y for _, y in rows])
    labels = {
        name: fit_label([row for s in sentences for row in _label_rows(name, s)])
        for name in CLASSES
    }
    combination = Combination(
        sentence=sentence.coef_[0],
        sentence_intercept=float(sentence.intercept_[0]),
        candidate=candidate.coef_[0],
        candidate_intercept=float(candidate.intercept_[0]),
        labels=labels,
        settings={"sentence": SENTENCE, "candidate": CANDIDATE, "further": FURTHER},
    )
    told_scores = [s.reading.score for s in sentences if _is_told(s, combination)]
    least = round(float(np.quantile(told_scores, UNPARSED)), 2)
    return replace(combination, settings={**combination.settings, "parse": least})


def _is_told(s: Stacked, combination: Combination) -> bool:
    """Does a sentence give an event?"""
    best = max(s.chances, default=0.0)
    return combination.sentence_score(s.reading, s.chances, s.headline) > SENTENCE or any(
        combination.candidate_score(s.reading, c, chance, chance >= best) > CANDIDATE
        for c, chance in zip(s.candidates, s.chances, strict=True)
    )


def _candidate_rows(s: Stacked) -> list[tuple[Vector, bool]]:
    best = max(s.chances, default=0.0)
    return [
        (candidate_features(s.reading, c, chance, chance >= best), told)
        for c, chance, told in zip(s.candidates, s.chances, s.told, strict=True)
        if told is not None
    ]


def _label_rows(name: str, s: Stacked) -> list[tuple[Vector, int]]:
    rows = []
    for at, gold in s.golds:
        if not s.reading.events:
            continue
        event = min(s.reading.events, key=lambda e: abs(e.start - at))
        near = candidate_near(event, s.candidates, s.chances)
        known = None if near is None else (s.candidates[near], s.chances[near], s.labels[near])
        rows.append(
            (label_features(name, s.reading, event, known), CLASSES[name].index(gold[name]))
        )
    return rows


def fit_label(rows: Sequence[tuple[Vector, int]]) -> tuple[Vector, Vector]:
    """(weights, bias) of a conditional logit (McFadden 1974): one weight a feature, all classes.

    `rows` are (features of shape (classes, features), the right class).
    """
    x = np.stack([features for features, _ in rows])
    right = np.array([target for _, target in rows])
    count, classes, width = x.shape
    picked = (np.arange(count), right)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w, b = parameters[:width], parameters[width:]
        z = x @ w + b
        z -= z.max(1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(1, keepdims=True)
        value = -np.log(p[picked] + 1e-12).mean() + _RIDGE * w @ w + _BIAS_RIDGE * b @ b
        p[picked] -= 1.0
        slope_w = np.einsum("nc,ncf->f", p, x) / count + 2 * _RIDGE * w
        return float(value), np.concatenate([slope_w, p.mean(0) + 2 * _BIAS_RIDGE * b])

    found = minimize(loss, np.zeros(width + classes), jac=True, method="L-BFGS-B").x
    return found[:width], found[width:]
