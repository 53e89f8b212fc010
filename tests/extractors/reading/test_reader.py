"""The shipped encoder: it loads, reads, and reads the same alone and in company."""

import numpy as np
import pytest

from extractors.events.context import SentenceContext
from extractors.extract import Extractor
from extractors.reading import reader
from extractors.reading.inputs import BEFORE, KINDS, STATE, TEXT, TITLE, padded, row_of, tokenizer
from extractors.reading.labels import FACTUALITIES, ROLES, STATUSES, TIME_FRAMES, TYPES
from extractors.reading.reader import Reader, load_reader
from extractors.reading.readings import Reading
from models.errors import ConfigError
from models.event import TextUnit

TELLING = "Rwanda's cabinet on Tuesday banned exports of raw hides to Kenya and Uganda."
SILENT = "The striker scored twice before the derby ended in a draw."
TEXTS = (
    TELLING,
    SILENT,
    "Peru will levy a 12% duty on imported cotton yarn from 1 March, the ministry said.",
    "Shares fell.",
    "Officials in Accra have no plans to lift the ban on rice, though traders of the region, who "
    "lost a season, asked for it again in a letter, and millers joined them, as did the port.",
)


@pytest.fixture(scope="module")
def contexts() -> list[SentenceContext]:
    extractor = Extractor(gate=False)
    return [
        context
        for text in TEXTS
        for context in extractor.contexts(
            TextUnit(
                unit_id="a",
                text=text,
                kind="sentence",
                title="Traders await news of the border",
                context="Ministers met in the morning.",
                publisher_country="RW",
            )
        )
    ]


@pytest.fixture(scope="module")
def readings(contexts: list[SentenceContext]) -> list[Reading]:
    return load_reader().read(contexts)


def test_a_ban_is_read_with_its_parts(readings: list[Reading]) -> None:
    telling, silent = readings[:2]
    assert telling.score > 0 > silent.score
    event = telling.events[0]
    assert TELLING[event.start : event.end] == "banned"
    assert TYPES[int(event.types.argmax())] == "export_control"
    said = [TELLING[start:end] for start, end, _ in telling.spans(event, "product")]
    assert said == ["raw hides"]
    actors = " ".join(TELLING[start:end] for start, end, _ in telling.spans(event, "actor"))
    assert "Rwanda" in actors
    assert "Kenya" not in actors


def test_all_are_probabilities_of_the_known_classes(readings: list[Reading]) -> None:
    for reading in readings:
        assert reading.types.shape == (len(TYPES),)
        assert reading.events, "the likeliest event is there even where none is likely"
        for e in reading.events:
            shapes = [x.shape[-1] for x in (e.types, e.statuses, e.factualities, e.time_frames)]
            assert shapes == [len(x) for x in (TYPES, STATUSES, FACTUALITIES, TIME_FRAMES)]
            assert e.roles.shape == (len(reading.row), len(ROLES))
            for chances in (e.types, e.statuses, e.factualities, e.time_frames, e.roles):
                assert np.isfinite(chances).all()
                assert (chances >= 0).all()
                assert (chances <= 1 + 1e-5).all()


def test_a_batch_is_read_as_one_by_one(
    contexts: list[SentenceContext], readings: list[Reading]
) -> None:
    # Activations are made whole numbers by the range of their batch, so little differs.
    for context, together in zip(contexts, readings, strict=True):
        (alone,) = load_reader().read([context])
        assert alone.score == pytest.approx(together.score, abs=0.35)
        assert np.abs(alone.types - together.types).max() < 0.1
        assert (alone.score > 0) == (together.score > 0)


def test_readings_come_in_the_order_of_their_sentences(contexts: list[SentenceContext]) -> None:
    many = [contexts[i % len(contexts)] for i in range(reader.BATCH + 5)]
    found = load_reader().read(many)
    assert [len(r.row) for r in found] == [len(row_of(c)) for c in many]
    assert load_reader().read([]) == []


def test_padding_is_masked_and_changes_nothing(contexts: list[SentenceContext]) -> None:
    rows = [row_of(context) for context in contexts]
    ids, kinds, mask = padded(rows)
    assert ids.shape == kinds.shape == mask.shape == (len(rows), max(map(len, rows)))
    assert mask.sum(1).tolist() == [len(row) for row in rows]
    assert not ids[mask == 0].any()
    assert not kinds[mask == 0].any()
    # What stands in a masked place is not read.
    other = np.where(mask == 0, 7, ids)
    run = load_reader().session.run
    left = run(None, {"ids": ids, "kinds": kinds, "mask": mask})
    right = run(None, {"ids": other, "kinds": kinds, "mask": mask})
    for i, row in enumerate(rows):
        assert np.abs(left[0][i] - right[0][i]).max() < 0.35
        assert np.abs(left[1][i, : len(row)] - right[1][i, : len(row)]).max() < 0.6


def test_a_row_has_all_parts_and_known_pieces(contexts: list[SentenceContext]) -> None:
    row = row_of(contexts[0])
    assert set(row.part.tolist()) == {-1, TEXT, STATE, TITLE, BEFORE}
    assert row.ids.max() < tokenizer().get_vocab_size()
    assert row.kinds.max() < KINDS
    assert [TELLING[row.starts[i] : row.ends[i]] for i in row.pieces(TEXT, 0, 8)][0] == "Rwanda"


def test_missing_weights_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "WEIGHTS", "gone.onnx")
    load_reader.cache_clear()
    try:
        with pytest.raises(ConfigError, match=r"weights/gone\.onnx: not there"):
            load_reader()
    finally:
        load_reader.cache_clear()


def test_inputs_and_outputs_are_those_of_the_network() -> None:
    session = load_reader().session
    assert isinstance(load_reader(), Reader)
    assert [i.name for i in session.get_inputs()] == ["ids", "kinds", "mask"]
    names = ["sentence", "trigger", "step", "query", "key", "bias"]
    assert [o.name for o in session.get_outputs()] == names
