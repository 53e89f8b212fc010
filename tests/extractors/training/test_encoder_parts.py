"""What training the encoder rests on, short of torch: base, vocabulary, labels, scores, time."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from extractors.extract import Extractor
from extractors.reading.inputs import tokenizer
from extractors.reading.reader import load_reader
from extractors.training import packaged, scores, vocabulary
from extractors.training.progress import Progress
from extractors.training.samples import Sample, digest_of, read_samples
from models.errors import ConfigError

TEXT = "Peru raised its duty on tin cans to 15% on Monday."
EVENT = {
    "trigger": "raised",
    "start": 5,
    "type": "tariff",
    "status": "raised",
    "factuality": "asserted",
    "time_frame": "current",
    "actors": ["PE"],
    "targets": [],
    "product_texts": ["tin cans"],
}
FULL = {**EVENT, "rates": [{"text": "15%"}], "amounts": [], "dates": []}


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(gate=False)


def samples(extractor: Extractor, *events: dict[str, object]) -> list[Sample]:
    record = {"id": "a", "kind": "sentence", "text": TEXT, "events": list(events)}
    return list(read_samples([record], extractor, "wide"))


def words(sample: Sample, role: str) -> str:
    row = sample.row
    pieces = sample.events[0].roles[role]
    return TEXT[row.starts[pieces[0]] : row.ends[pieces[-1]]]


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"model\.safetensors: not there; --weights"):
        packaged.packaged_encoder(tmp_path)
    (tmp_path / packaged.WEIGHTS).write_bytes(b"another")
    with pytest.raises(ConfigError, match=r"not the file of .*MiniLM.*: SHA-256 [0-9a-f]{64}"):
        packaged.packaged_encoder(tmp_path)


def test_kept_pieces_are_found_by_their_text(tmp_path: Path) -> None:
    full = json.loads(tokenizer().to_str())
    shipped: dict[str, int] = full["model"]["vocab"]
    full["model"]["vocab"] = {"zzzz": 0, **{piece: i + 1 for piece, i in shipped.items()}}
    for token in full["added_tokens"]:
        token["id"] += 1
    (tmp_path / packaged.TOKENIZER).write_text(json.dumps(full))
    assert vocabulary.kept_pieces(tmp_path) == [i + 1 for i in range(len(shipped))]
    full["model"]["vocab"]["lost"] = full["model"]["vocab"].pop("tariff")
    (tmp_path / packaged.TOKENIZER).write_text(json.dumps(full))
    with pytest.raises(ConfigError, match=r"1 pieces that the packaged encoder lacks.*'tariff'"):
        vocabulary.kept_pieces(tmp_path)


def test_pieces_that_texts_use_are_kept_and_numbered_anew() -> None:
    known = tokenizer()
    counts = vocabulary.count_pieces(known, ["whether", "whether or nevertheless"])
    bare = vocabulary.choose(known, {})
    kept = vocabulary.choose(known, counts, most=len(bare) + 1)
    assert set(kept) - set(bare) == {known.token_to_id("whether")}
    assert [known.id_to_token(i) for i in kept[:5]] == list(vocabulary.SPECIAL)
    small = Tokenizer.from_str(
        json.dumps(vocabulary.pruned(json.loads(known.to_str()), bare[:5] + sorted(bare[5:])))
    )
    assert small.get_vocab_size() == len(bare)
    assert small.encode("Burkina Faso", add_special_tokens=False).tokens == (
        known.encode("Burkina Faso", add_special_tokens=False).tokens
    )


def test_roles_that_were_not_asked_for_teach_nothing(extractor: Extractor) -> None:
    (old,), (full,) = samples(extractor, EVENT), samples(extractor, FULL)
    assert "rate" not in old.events[0].roles
    assert "deadline" not in old.events[0].roles
    (undated,) = samples(extractor, {**EVENT, "rates": []})
    assert undated.events[0].roles["rate"].size == 0
    assert "deadline" not in undated.events[0].roles
    assert words(full, "rate") == "15%"
    assert words(full, "product") == words(old, "product") == "tin cans"
    assert full.events[0].roles["amount"].size == 0


def test_the_digest_is_of_labels_in_any_order(extractor: Extractor) -> None:
    one, two = samples(extractor, EVENT) + samples(extractor, FULL)
    assert digest_of([one, two]) == digest_of([two, one]) != digest_of([one])
    other = replace(one, events=(replace(one.events[0], status="lowered"),))
    assert digest_of([other]) != digest_of([one])


def test_scores_count_and_add_up(extractor: Extractor) -> None:
    telling, silent = samples(extractor, FULL) + samples(extractor)
    reading = load_reader().read([telling.context])[0]
    high, low = replace(reading, score=2.0), replace(reading, score=-2.0)
    right = scores.score([telling, silent], [high, low])
    wrong = scores.score([telling, silent], [low, high])
    assert (right.f1, right.area) == (1.0, 1.0)
    assert (wrong.f1, wrong.area) == (0.0, 0.0)
    assert right.type == wrong.type == 1
    both = scores.added([{"wide": right}, {"wide": wrong}])["wide"]
    assert (both.sentences, both.events, both.right, both.area) == (4, 2, 1, 0.5)
    assert scores.from_plain(json.loads(json.dumps(scores.plain({"a": both})))) == {"a": both}
    assert both.row("wide").startswith("| wide | 4 | 2 | 0.500 | 0.500 | 1.000 |")


def test_a_tie_is_half_an_area_and_no_event_is_none() -> None:
    ties = np.array([1.0, 1.0])
    assert scores.area(ties, np.array([True, False])) == 0.5
    assert scores.area(ties, np.array([False, False])) == 0.0


def test_time_left_counts_training_alone() -> None:
    times = iter([0.0, 0.0, 60.0, 500.0, 560.0])
    said: list[str] = []
    progress = Progress(40, said.append, lambda: next(times))
    progress.begin("fold 0")
    progress(10, 2.0)
    progress.begin("fold 1")
    progress(10, 1.0)
    assert said == [
        "fold 0: loss 2.000; 25% of all training done, 3 min left",
        "fold 1: loss 1.000; 50% of all training done, 2 min left",
    ]
