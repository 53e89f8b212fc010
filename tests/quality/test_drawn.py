"""The judged developments of the White House, and how they are counted."""

import json
from pathlib import Path

import pytest

from models.event import EventStatus, EventType
from tests.quality import drawn
from tests.quality.drawn import FACTS, judged, keep, tally

ROW = {
    "id": 1,
    "document": "d1",
    "field": "body",
    "sentence_start": 3,
    "sentence_end": 9,
    "sentence": "Widgets are taxed.",
    "type": "tariff",
    "status": "adopted",
    "actors": ["RW"],
    "targets": ["TD", "PE"],
}


def test_the_kept_judgements_are_whole() -> None:
    rows = judged()
    assert [int(row["number"]) for row in rows] == list(range(1, len(rows) + 1))
    for row in rows:
        assert row["type"] in list(EventType)
        assert row["status"] in list(EventStatus)
        assert bool(row["cause"]) is (row["judgement"] == "wrong")


def test_a_lot_is_kept_without_its_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "JUDGED", tmp_path / "judged.csv")
    lot, wrong = tmp_path / "lot.jsonl", tmp_path / "wrong"
    lot.write_text("".join(json.dumps(ROW | {"id": n}) + "\n" for n in (1, 2, 3)))
    wrong.write_text("2 recital\n")
    keep(lot, wrong)
    assert "Widgets" not in (tmp_path / "judged.csv").read_text()
    assert {name: judged()[1][name] for name in FACTS} == {
        "type": "tariff",
        "status": "adopted",
        "actors": "RW",
        "targets": "TD PE",
        "judgement": "wrong",
        "cause": "recital",
    }
    assert tally(judged()) == ["2 of 3 right (0.67)", "   1 recital"]
    wrong.write_text("7 recital\n")
    with pytest.raises(SystemExit, match="not in the lot"):
        keep(lot, wrong)
