"""How well one grouping of mentions agrees with another: B-cubed and CEAF-e.

A grouping maps each mention to the name of its cluster. What only one side has counts on that side
alone: a labelled mention that was not found costs recall, one that nobody labelled costs precision.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

Grouping = Mapping[str, Hashable]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Precision and recall, from 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both; 0 when both are 0."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def b_cubed(labelled: Grouping, found: Grouping) -> Agreement:
    """The mean over mentions of how much of its cluster is right (Bagga and Baldwin 1998).

    Each mention weighs the same, so a large cluster that was torn apart costs more than a small.
    """
    wanted, given = clusters(labelled), clusters(found)
    shared = {m: len(wanted[labelled[m]] & given[found[m]]) for m in labelled.keys() & found.keys()}
    return Agreement(
        precision=sum(n / len(given[found[m]]) for m, n in shared.items()) / (len(found) or 1),
        recall=sum(n / len(wanted[labelled[m]]) for m, n in shared.items()) / (len(labelled) or 1),
    )


def ceaf_e(labelled: Grouping, found: Grouping) -> Agreement:
    """Likeness of the clusters under the best one-to-one pairing of them (Luo 2005, phi 4).

    Each cluster weighs the same, so those of one mention, which are most, count as much as others.
    """
    wanted, given = list(clusters(labelled).values()), list(clusters(found).values())
    if not wanted or not given:
        return Agreement(precision=0.0, recall=0.0)
    alike = np.array([[2 * len(a & b) / (len(a) + len(b)) for b in given] for a in wanted])
    best = float(alike[linear_sum_assignment(alike, maximize=True)].sum())
    return Agreement(precision=best / len(given), recall=best / len(wanted))


def clusters(grouping: Grouping) -> dict[Hashable, set[str]]:
    """The mentions of each cluster, by its name."""
    members: dict[Hashable, set[str]] = defaultdict(set)
    for mention, name in grouping.items():
        members[name].add(mention)
    return members
