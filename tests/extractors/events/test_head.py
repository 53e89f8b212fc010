"""The kernel models of the head: what they learn, their left-out probabilities, their file."""

import random

import numpy as np

from extractors.events.head import Head, dump_head, read_head
from extractors.training.train import fit


def rows(count: int) -> tuple[list[dict[str, float]], list[str]]:
    """Features of which only two together tell the label, as no linear model can."""
    rng = random.Random(7)
    features, labels = [], []
    for _ in range(count):
        a, b = rng.random() < 0.5, rng.random() < 0.5
        noise = {f"word={rng.randrange(5)}": 1.0}
        features.append({"bias": 1.0, f"a={a}": 2.0, f"b={b}": 2.0, **noise})
        labels.append("yes" if a != b else "no")
    return features, labels


def test_features_that_only_tell_together_are_learnt() -> None:
    features, labels = rows(200)
    model = fit(features, labels, gamma=0.1)
    unseen, right = rows(250)[0][200:], rows(250)[1][200:]
    said = ["yes" if model.probabilities(f)[1] > 0.5 else "no" for f in unseen]
    assert said == right


def test_probabilities_are_those_of_left_out_rows() -> None:
    rng = random.Random(3)
    features = [{"bias": 1.0, f"word={rng.randrange(400)}": 1.0} for _ in range(300)]
    labels = ["yes" if rng.random() < 0.3 else "no" for _ in features]
    model = fit(features, labels)
    # Nothing can be learnt here: a row's own label must not make the model sure of it.
    said = np.array([model.probabilities(f)[1] for f in features])
    assert abs(float(said.mean()) - labels.count("yes") / len(labels)) < 0.05
    assert float(said.max()) < 0.6


def test_what_was_never_seen_counts_nothing() -> None:
    model = fit(*rows(100))
    known = {"bias": 1.0, "a=True": 2.0}
    np.testing.assert_array_equal(
        model.probabilities(known), model.probabilities({**known, "never": 9.0})
    )


def test_several_classes_share_one() -> None:
    features = [{"bias": 1.0, f"is={n % 3}": 3.0} for n in range(60)]
    model = fit(features, [f"c{n % 3}" for n in range(60)])
    said = model.probability_of({"bias": 1.0, "is=2": 3.0})
    assert max(said, key=said.__getitem__) == "c2"
    assert abs(sum(said.values()) - 1.0) < 1e-6


def test_the_file_keeps_the_head() -> None:
    model = fit(*rows(80))
    head = Head(models={"event": model})
    kept = read_head(dump_head(head))
    for features in rows(20)[0]:
        assert abs(kept.event(features) - head.event(features)) < 1e-3
