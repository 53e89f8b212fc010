import csv
import gzip
import json
from pathlib import Path

import pytest

from extractors.training.judged import Judgement, judged_documents, judgements
from extractors.training.labelled import digest
from models.errors import ConfigError
from models.event import EventStatus, EventType
from tests.extractors.reading.test_document import CLAUSE, ORDER

PLACE = (CLAUSE.field, CLAUSE.sentence_start, CLAUSE.sentence_start + len(CLAUSE.sentence))
RIGHT = Judgement(
    corpus="orders",
    document="1",
    type=EventType.TARIFF,
    status=CLAUSE.status,
    actors=frozenset(CLAUSE.actors),
    right=True,
    place=PLACE,
)


def like(**fields: object) -> Judgement:
    """The judgement of CLAUSE with other fields."""
    given = {name: getattr(RIGHT, name) for name in Judgement.__dataclass_fields__}
    return Judgement(**{**given, **fields})


def test_a_verdict_is_of_the_mention_at_its_place_of_its_kind_and_step() -> None:
    assert RIGHT.of(CLAUSE) is True
    assert like(right=False).of(CLAUSE) is False
    assert like(place=None).of(CLAUSE) is True
    assert like(place=("body", PLACE[2], PLACE[2] + 9)).of(CLAUSE) is None
    assert like(place=("title", *PLACE[1:])).of(CLAUSE) is None
    assert like(type=EventType.SUBSIDY).of(CLAUSE) is None
    assert like(status=EventStatus.LIFTED).of(CLAUSE) is None


def test_another_actor_makes_it_another_reading() -> None:
    assert like(actors=frozenset({"CN"})).of(CLAUSE) is None
    assert like(actors=frozenset({"CN"}), right=False).of(CLAUSE) is None


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
