"""Boosted decision trees as plain data: they see what features say together, as weights do not.

Friedman 2001, "Greedy function approximation: a gradient boosting machine".
extractors/training/documents.py grows them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# A leaf is its log-odds; any other node names a feature, the most that goes to the first branch,
# and both branches. It is as JSON holds it.
Node = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """Trees whose leaves are added to `base`, the log-odds where nothing is known."""

    base: float
    trees: Sequence[Node]

    def log_odds(self, features: Mapping[str, float]) -> float:
        """The log-odds that the trees give. A feature that is not named is 0."""
        return self.base + sum(_leaf(tree, features) for tree in self.trees)


def _leaf(node: Node, features: Mapping[str, float]) -> float:
    while not isinstance(node, float):
        name, most, low, high = node
        node = low if features.get(name, 0.0) <= most else high
    return node
