"""Sentences from templates: their labels stand where they say, and every state may do anything."""

import random

from extractors.training.templates import filled, generate, templates
from models.event import EventStatus, EventType, Factuality, TimeFrame


def test_every_template_fills_and_its_label_stands_where_it_says() -> None:
    for number, (labels, text) in enumerate(templates()):
        record = filled(labels, text, str(number), random.Random(number))
        assert not {"{", "}", "[", "]"} & set(record["text"])
        assert bool(record["events"]) == bool(labels["type"])
        for event in record["events"]:
            assert record["text"][event["start"] : event["end"]] == event["trigger"] != ""
            assert EventType(event["type"])
            assert EventStatus(event["status"])
            assert Factuality(event["factuality"])
            assert TimeFrame(event["time_frame"])
            texts = (*event["actor_texts"], *event["target_texts"], *event["product_texts"])
            assert all(words in record["text"] for words in texts)


def test_the_same_seed_gives_the_same_sentences() -> None:
    assert list(generate(50, 3)) == list(generate(50, 3))
    assert list(generate(50, 3)) != list(generate(50, 4))


def test_no_state_is_preferred() -> None:
    acting = [code for r in generate(3000, 1) for e in r["events"] for code in e["actors"]]
    assert len(set(acting)) > 200
    assert max(map(acting.count, set(acting))) < 30
