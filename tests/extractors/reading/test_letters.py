"""The gate of letters: what tells an event passes, wherever its words stand."""

import json
from pathlib import Path

import pytest

from extractors.reading.letters import LetterGate, letter_gate
from tests.extractors.events.grids import written

OWN = Path(__file__).parents[3] / "extractors" / "training" / "own"


def test_every_event_of_our_own_sentences_passes() -> None:
    lines = [
        line
        for path in sorted(OWN.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    told = [record["text"] for record in map(json.loads, lines) if record["events"]]
    assert len(told) > 400
    assert [text for text in told if not letter_gate().passes(text)] == []


def test_every_event_of_the_grids_passes() -> None:
    told = [r["text"] for family in written() for r in family.records if r["expect"].get("event")]
    assert len(told) > 400
    assert [text for text in told if not letter_gate().passes(text)] == []


@pytest.mark.parametrize(
    "text",
    ["", " \n", "She reached the town before nightfall.", "Ünïcödé ☃ İstanbul", "x" * 100_000],
)
def test_what_speaks_of_nothing_is_stopped(text: str) -> None:
    assert letter_gate().places(text) == []


def test_places_are_offsets_of_the_text_as_written() -> None:
    text = "İİ The RE-EXPORT of tin, and the tariffs’ end"
    words = [text[at : at + 3] for at in letter_gate().places(text)]
    assert words == ["EXP", "tin", "tar"]


def test_stems_begin_words_and_words_are_whole() -> None:
    gate = LetterGate(["tariff"], ["ban"])
    assert gate.places("ban, ban-lifting urban banks bank ban") == [0, 5, 34]
    assert gate.places("detariff tariffs pre-tariff") == [9, 21]
