"""Two samples joined into one sentence: nothing labelled is lost, all of it moves along."""

import random

import pytest

from extractors.extract import Extractor
from extractors.reading.inputs import TEXT
from extractors.training.join import JOINTS, join, joined
from extractors.training.samples import Sample, read_samples
from extractors.training.templates import generate


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return list(read_samples(generate(120, 2), Extractor(gate=False), "templates"))


def pieces(sample: Sample, at: list[int]) -> list[int]:
    found: list[int] = sample.row.ids[at].tolist()
    return found


def test_labels_move_with_their_words(samples: list[Sample]) -> None:
    telling = [s for s in samples if s.events]
    for first, second in zip(telling[::2], telling[1::2], strict=False):
        both = join(first, second, random.Random(1).choice(JOINTS))
        assert len(both.events) == len(first.events) + len(second.events)
        sources = [(s, e) for s in (first, second) for e in s.events]
        for (source, old), new in zip(sources, both.events, strict=True):
            assert pieces(both, new.trigger.tolist()) == pieces(source, old.trigger.tolist())
            for role, at in old.roles.items():
                assert pieces(both, new.roles[role].tolist()) == pieces(source, at.tolist())


def test_offsets_run_on(samples: list[Sample]) -> None:
    for both in joined(samples, 40, random.Random(5)):
        starts = both.row.starts[both.row.part == TEXT]
        assert (starts[1:] >= starts[:-1]).all()
        assert len(both.row.ids) == len(both.row.kinds) == len(both.row.ends)
