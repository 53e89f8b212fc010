import random
import re
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from extractors.training.templates import MARK, Template, filled, generate, states, templates
from extractors.training.wording import attributive, sounds_open, state
from models.event import EventStatus, EventType, Factuality, TimeFrame

TEXTS = ("actor_texts", "target_texts", "product_texts", "company_texts")
VALUES = ("rates", "amounts", "dates")
UNITED_STATES = {"code": "US", "name": "United States", "demonyms": "American", "capital": ""}


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return list(generate(3 * len(templates()), 7))


def test_every_template_fills_and_as_often_as_any_other(records: list[dict[str, Any]]) -> None:
    assert len({t.text for t in templates()}) == len(templates()) >= 200
    for template in templates():
        text = filled(template, "1", random.Random(1))["text"]
        assert not MARK.search(text), text
    quiet = sum(not t.labels for t in templates())
    assert quiet >= 60
    assert sum(not r["events"] for r in records) == 3 * quiet


def test_every_event_has_a_trigger_and_marks_name_what_they_belong_to() -> None:
    for template in templates():
        events = len(template.labels)
        assert template.text.count("[") == template.text.count("]") == events, template.text
        assert len(template.actors) == len(template.targets) == events, template.text
        numbers = {int(m[2]) for m in MARK.finditer(template.text) if m[2]}
        assert numbers <= set(range(1, events + 1)), template.text
    assert sum(len(t.labels) == 2 for t in templates()) >= 30


def test_every_span_is_a_part_of_its_text(records: list[dict[str, Any]]) -> None:
    for record in records:
        text = record["text"]
        assert record["kind"] == ("sentence" if text.endswith(".") else "headline")
        for event in record["events"]:
            assert text[event["start"] : event["end"]] == event["trigger"] != "", text
            spans = [span for key in TEXTS for span in event[key]]
            spans += [value["text"] for key in VALUES for value in event[key]]
            assert all(span and span in text for span in spans), text
            assert event["instrument"] in text
            assert len(event["actors"]) == len(set(event["actors"]))


def test_a_word_is_found_nearest_to_its_trigger() -> None:
    # No "tin" in "Argentina", no "India" in "British Indian Ocean Territory".
    plain = Template(
        text="{A} [bans] {P} of {T}", labels=("export_ban adopted",), actors=("A",), targets=("T",)
    )
    for seed in range(3000):
        record = filled(plain, "1", random.Random(seed))
        event = record["events"][0]
        for key, after in (("actor_texts", False), ("product_texts", True), ("target_texts", True)):
            word = event[key][0]
            places = [m.start() for m in re.finditer(f"(?={re.escape(word)})", record["text"])]
            nearest = min(places, key=lambda i: abs(i - event["start"]))
            assert (nearest > event["start"]) == after, record["text"]


def test_labels_are_those_of_the_ontology(records: list[dict[str, Any]]) -> None:
    events = [event for record in records for event in record["events"]]
    assert {e["type"] for e in events} == {t.value for t in EventType}
    assert {e["status"] for e in events} == {s.value for s in EventStatus}
    assert {e["factuality"] for e in events} == {f.value for f in Factuality}
    assert {e["time_frame"] for e in events} == {t.value for t in TimeFrame}
    assert any(e["retaliation"] for e in events)
    known = {w for enum in (EventType, EventStatus, Factuality, TimeFrame) for w in enum}
    for label in (label for t in templates() for label in t.labels):
        assert set(label.split()) <= {w.value for w in known} | {"retaliation"}, label


def test_same_seed_same_sentences() -> None:
    assert list(generate(50, 3)) == list(generate(50, 3))
    assert [r["text"] for r in generate(50, 3)] != [r["text"] for r in generate(50, 4)]


def test_every_state_acts_and_no_few_act_most(records: list[dict[str, Any]]) -> None:
    codes = Counter(code for r in records for e in r["events"] for code in e["actors"])
    assert len(codes) >= 0.9 * len(states()) >= 200
    assert max(codes.values()) < 0.03 * sum(codes.values())


def test_grammar() -> None:
    choose = random.Random(0)
    assert ("the ", "United States", "") in {
        state(UNITED_STATES, "", True, choose) for _ in range(20)
    }
    assert state(UNITED_STATES, "", False, choose) == ("", "US", "")
    assert state(UNITED_STATES, "d", False, choose)[1] == "American"
    assert state({**UNITED_STATES, "code": "LA", "name": "Laos"}, "s", True, choose)[2] == "'"
    assert all(sounds_open(w) for w in ("Irish", "8%", "11%", "Egypt", "Uzbek", "$8 million"))
    assert not any(sounds_open(w) for w in ("US", "UAE", "European", "Ugandan", "12%", "Peru"))
    assert [attributive(w) for w in ("soybeans", "EV batteries", "natural gas", "tea")] == [
        "soybean",
        "EV battery",
        "natural gas",
        "tea",
    ]


def test_articles_suit_what_follows(records: list[dict[str, Any]]) -> None:
    for record in records:
        words = record["text"].split(" ")
        for article, word in pairwise(words):
            if article.lower() in ("a", "an") and word[:1].isupper():
                assert (article.lower() == "an") == sounds_open(word), record["text"]
