import gzip
import json
from pathlib import Path

import pytest

pytest.importorskip("sklearn")

from extractors.reading.document import document_features
from extractors.training.documents import Document, fit, is_told, own_records
from extractors.training.labelled import digest
from models.errors import ConfigError
from models.event import EventStatus, EventType
from tests.extractors.reading.test_document import BULLET, CLAUSE, QUOTA, RECITAL, unit

GOLD = {"type": "tariff", "status": "announced", "actors": ["US", "CA"], "lead": True}


def test_a_mention_tells_a_development_of_its_kind_step_and_actor() -> None:
    assert is_told(CLAUSE, GOLD)
    assert not is_told(CLAUSE, {**GOLD, "status": "lifted"})
    assert not is_told(CLAUSE, {**GOLD, "type": "subsidy"})
    assert not is_told(CLAUSE, {**GOLD, "actors": ["CN"]})
    assert not is_told(CLAUSE, {**GOLD, "actors": []})


def test_a_fit_tells_what_was_right_and_leads_with_the_lead() -> None:
    events = [RECITAL, CLAUSE, BULLET, QUOTA]
    golds = [GOLD, {**GOLD, "status": "exempted", "lead": False}]
    document = Document(
        record_id="d",
        unit=unit(),
        events=events,
        features=document_features(events, unit()),
        told=[any(is_told(e, gold) for gold in golds) for e in events],
        leads=[is_told(e, GOLD) for e in events],
    )
    model = fit([document] * 20, told_c=1.0)
    chances = [model.chance(row) for row in document.features]
    assert min(chances[:3]) > 0.5 > chances[3]
    assert model.lead[f"step {EventStatus.ADOPTED.value}"] > model.lead["step exempted"]
    assert f"type {EventType.IMPORT_RESTRICTION.value}" in model.told


def test_labels_find_their_documents_while_the_text_is_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "Ruritania adopted a duty on widgets."
    pointers = [
        {"corpus": "news", "document": "1", "digest": digest(f"Duty\n{text}"), "developments": []},
        {"corpus": "news", "document": "2", "digest": digest("another"), "developments": []},
    ]
    labels = tmp_path / "developments.jsonl"
    labels.write_text("".join(json.dumps(p) + "\n" for p in pointers), encoding="utf-8")
    with pytest.raises(ConfigError, match="not there"):
        list(own_records(labels, tmp_path))
    with gzip.open(tmp_path / "news.jsonl.gz", "wt", encoding="utf-8") as out:
        out.write(json.dumps({"id": 1, "title": " Duty ", "text": text}) + "\n")
        out.write(json.dumps({"id": 2, "title": "Duty", "text": text + " It changed."}) + "\n")
    (record,) = own_records(labels, tmp_path)
    assert (record["id"], record["text"]) == ("news:1", text)
    said = capsys.readouterr()
    assert "news: 1 labelled documents are gone" in said.out + said.err
