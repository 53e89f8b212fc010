import csv
import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from extractors.reading.steps import step_of
from extractors.training.judged import Judgement, judged_documents, judgements
from extractors.training.labelled import digest
from models.errors import ConfigError
from models.event import EventStatus, EventType, status_class, type_group
from tests.extractors.reading.test_document import CLAUSE, ORDER

PLACE = (CLAUSE.field, CLAUSE.sentence_start, CLAUSE.sentence_start + len(CLAUSE.sentence))
STEP = step_of(CLAUSE)
RIGHT = Judgement(
    corpus="orders",
    document="1",
    step=STEP,
    right=True,
    place=PLACE,
)


def test_a_verdict_is_of_the_mention_at_its_place_of_its_kind_and_step() -> None:
    assert RIGHT.of(CLAUSE) is True
    assert replace(RIGHT, right=False).of(CLAUSE) is False
    assert replace(RIGHT, place=None).of(CLAUSE) is True
    assert replace(RIGHT, place=("body", PLACE[2], PLACE[2] + 9)).of(CLAUSE) is None
    assert replace(RIGHT, place=("title", *PLACE[1:])).of(CLAUSE) is None
    assert replace(RIGHT, step=replace(STEP, type=type_group(EventType.SUBSIDY))).of(CLAUSE) is None
    assert (
        replace(RIGHT, step=replace(STEP, status=status_class(EventStatus.LIFTED))).of(CLAUSE)
        is None
    )


def test_another_actor_makes_it_another_reading() -> None:
    other = replace(RIGHT, step=replace(STEP, actors=frozenset({"CN"})))
    assert other.of(CLAUSE) is None
    assert replace(other, right=False).of(CLAUSE) is None


def test_an_unknown_actor_is_none() -> None:
    nobody = replace(RIGHT, step=replace(STEP, actors=frozenset()))
    assert nobody.of(replace(CLAUSE, actors=("XX",))) is True
    assert nobody.of(replace(CLAUSE, actors=())) is True
    assert nobody.of(CLAUSE) is None


def test_judged_documents_are_found_while_their_text_is_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = ("corpus", "document", "field", "start", "end", "digest", "type", "status", "actors",
               "judgement")  # fmt: skip
    rows = [
        ("orders", 1, *PLACE, digest(CLAUSE.sentence), "tariff", "adopted", "US", "wrong"),
        ("orders", 1, "title", 0, 4, digest("Duty"), "tariff", "adopted", "US", "right"),
        ("orders", 2, *PLACE, digest("another"), "tariff", "adopted", "US", "right"),
        ("orders", 1, *PLACE, digest(CLAUSE.sentence), "tariff", "cut", "US", "doubtful"),
    ]
    path = tmp_path / "orders_judged.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    said = list(judgements([path]))
    assert [one.right for one in said] == [False, True, True]
    with pytest.raises(ConfigError, match="not there"):
        list(judged_documents(said, tmp_path))
    with gzip.open(tmp_path / "orders.jsonl.gz", "wt", encoding="utf-8") as out:
        for number in (1, 2):
            out.write(json.dumps({"id": number, "title": "Duty", "text": ORDER}) + "\n")
    ((record, mine),) = judged_documents(said, tmp_path)
    assert (record["id"], mine) == ("orders:1", said[:2])
    told = capsys.readouterr()
    assert "orders: 1 judged documents are gone" in told.out + told.err
