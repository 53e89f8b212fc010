import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from models.event import EventStatus, EventType, Factuality, TimeFrame
from tests.extractors.events.grids import written

OWN = Path(__file__).parents[3] / "extractors" / "training" / "own"
TEXTS = ("actor_texts", "target_texts", "product_texts", "company_texts")
VALUES = ("rates", "amounts", "dates")


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    files = sorted(OWN.glob("*.jsonl"))
    return [json.loads(line) for f in files for line in f.read_text("utf-8").splitlines()]


def test_own_sentences_are_many_and_no_two_alike(records: list[dict[str, Any]]) -> None:
    assert len(records) >= 700
    assert 0.4 <= sum(bool(r["events"]) for r in records) / len(records) <= 0.7
    assert max(Counter(r["id"] for r in records).values()) == 1
    assert max(Counter(r["text"] for r in records).values()) == 1


def test_every_span_is_a_part_of_its_sentence(records: list[dict[str, Any]]) -> None:
    for record in records:
        text = record["text"]
        for event in record["events"]:
            assert text[event["start"] : event["end"]] == event["trigger"], record["id"]
            spans = [span for key in TEXTS for span in event[key]]
            spans += [value["text"] for key in VALUES for value in event[key]]
            assert all(span in text for span in spans), record["id"]


def test_labels_are_those_of_the_ontology(records: list[dict[str, Any]]) -> None:
    events = [event for record in records for event in record["events"]]
    assert {e["type"] for e in events} == {t.value for t in EventType}
    assert {e["status"] for e in events} == {s.value for s in EventStatus}
    assert {e["factuality"] for e in events} == {f.value for f in Factuality}
    assert {e["time_frame"] for e in events} == {t.value for t in TimeFrame}
    assert len({code for e in events for code in e["actors"] + e["targets"]}) >= 90


def test_no_sentence_is_both_taught_and_tested(records: list[dict[str, Any]]) -> None:
    tested = {record["text"].casefold() for family in written() for record in family.records}
    assert not tested & {record["text"].casefold() for record in records}
