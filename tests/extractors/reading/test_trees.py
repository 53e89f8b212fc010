"""Trees as plain data say what the forest that they were grown as says."""

import numpy as np
import pytest

from extractors.reading.document import load_document_model
from extractors.reading.trees import Trees
from extractors.training.documents import _trees

ONE = ["first", 0.5, -1.0, ["top", 0.2, 0.25, 2.0]]


@pytest.mark.parametrize(
    ("features", "odds"),
    [({}, -0.5), ({"first": 1.0}, 0.75), ({"first": 1.0, "top": 0.3}, 2.5), ({"top": 0.3}, -0.5)],
)
def test_a_tree_is_walked_to_its_leaf(features: dict[str, float], odds: float) -> None:
    assert Trees(base=0.5, trees=[ONE]).log_odds(features) == odds


def test_trees_are_added() -> None:
    assert Trees(base=0.5, trees=[ONE, ONE]).log_odds({}) == -1.5


def test_trees_learn_what_weights_cannot() -> None:
    """Of two features one alone tells, both or none do not."""
    draw = np.random.default_rng(0)
    pairs = draw.integers(0, 2, (400, 2))
    rows = [{"a": float(a), "b": float(b)} for a, b in pairs]
    grown = _trees(rows, [bool(a != b) for a, b in pairs], [1.0] * len(rows))
    told = {(a, b): grown.log_odds({"a": a, "b": b}) > 0 for a in (0.0, 1.0) for b in (0.0, 1.0)}
    assert told == {(0.0, 0.0): False, (0.0, 1.0): True, (1.0, 0.0): True, (1.0, 1.0): False}


def test_the_shipped_model_has_trees() -> None:
    model = load_document_model()
    assert model.told_trees is not None
    alone = {"sure": 3.0, "title": 1.0, "alone": 1.0}
    assert model.chance(alone) > 0.5 > model.chance({"sure": -3.0, "background": 1.0})
