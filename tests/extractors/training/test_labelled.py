"""Labels kept as pointers: they find their texts again, and notice when a text has changed."""

import gzip
import json
from pathlib import Path

import pytest

from extractors.training.labelled import digest, resolve
from extractors.training.sets import POINTERS
from models.errors import ConfigError
from models.reading import Tally

TITLE = "Freedonia taxes tin"
BODY = "Ministers met. Freedonia raised its duty on tin cans on Monday. Nobody cheered."
SENTENCE = "Freedonia raised its duty on tin cans on Monday."
EVENT: dict[str, object] = {
    "at": [10, 16],
    "type": "tariff",
    "status": "raised",
    "factuality": "asserted",
    "time_frame": "current",
    "actors": ["XX"],
    "targets": [],
    "product_texts": [[29, 37]],
    "dates": [{"role": "date_announced", "at": [41, 47], "date": "2024-01-01"}],
}
POINTER = {
    "id": "a",
    "corpus": "wire",
    "document": "7",
    "field": "text",
    "at": [15, 15 + len(SENTENCE)],
    "context": [0, 14],
    "digest": digest(SENTENCE),
    "events": [EVENT],
}


def corpus(folder: Path, *documents: dict[str, str]) -> Path:
    with gzip.open(folder / "wire.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(d) + "\n" for d in documents)
    pointers = folder / "pointers.jsonl"
    pointers.write_text(json.dumps(POINTER) + "\n", encoding="utf-8")
    return pointers


def test_a_pointer_finds_sentence_context_and_words(tmp_path: Path) -> None:
    other = {"id": "7", "title": "Another", "text": "Of the same id."}
    right = {"id": "7", "title": TITLE, "text": BODY, "published": "2024-01-02"}
    (record,) = resolve(corpus(tmp_path, other, right, right), tmp_path)
    assert (record["text"], record["context"]) == (SENTENCE, "Ministers met.")
    assert (record["title"], record["kind"], record["published"]) == (
        TITLE,
        "sentence",
        "2024-01-02",
    )
    (event,) = record["events"]
    assert event["trigger"] == "raised"
    assert event["product_texts"] == ["tin cans"]
    assert event["company_texts"] == []
    assert event["dates"] == [{"role": "date_announced", "text": "Monday", "date": "2024-01-01"}]


def test_parties_and_values_are_given_only_where_they_are_labelled(tmp_path: Path) -> None:
    right = {"id": "7", "title": TITLE, "text": BODY}
    plain = EVENT
    full = {**plain, "actor_texts": [[0, 9]], "rates": [{"at": [29, 32], "value": 5, "unit": "x"}]}
    pointers = corpus(tmp_path, right)
    pointers.write_text(json.dumps({**POINTER, "events": [full, plain]}) + "\n", encoding="utf-8")
    (record,) = resolve(pointers, tmp_path)
    labelled, unlabelled = record["events"]
    assert labelled["actor_texts"] == ["Freedonia"]
    assert labelled["rates"] == [{"text": "tin", "value": 5, "unit": "x"}]
    assert "actor_texts" not in unlabelled
    assert "rates" not in unlabelled


def test_a_changed_text_is_left_out(tmp_path: Path) -> None:
    changed = {"id": "7", "title": TITLE, "text": BODY.replace("raised", "halved")}
    tally = Tally()
    assert list(resolve(corpus(tmp_path, changed), tmp_path, tally)) == []
    assert [str(lost) for lost in tally.refusals] == [
        "label a: document 7 of wire has another text by now, or is gone"
    ]


def test_a_missing_corpus_is_said(tmp_path: Path) -> None:
    pointers = corpus(tmp_path)
    with pytest.raises(ConfigError, match=r"wire\.jsonl\.gz: not there"):
        list(resolve(pointers, tmp_path / "elsewhere"))


@pytest.mark.parametrize("path", sorted(POINTERS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_training_reads_sentences_only(path: Path) -> None:
    """Every file beside the labels of sentences is read by `make train` as one of these."""
    for line in path.read_text(encoding="utf-8").splitlines():
        assert json.loads(line).keys() >= {"id", "corpus", "document", "field", "at", "events"}
