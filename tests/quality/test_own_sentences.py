from collections import Counter

import pytest

from extractors.extract import Extractor
from models.event import EventStatus, EventType
from tests.quality.score import own_records, read_floors, score_own


@pytest.fixture(scope="module")
def reached() -> dict[str, float]:
    return score_own(Extractor())


def test_own_set_is_broad() -> None:
    records = own_records()
    events = [e for r in records for e in r["events"]]
    assert len(records) >= 200
    assert {e["type"] for e in events} == {t.value for t in EventType}
    assert {e["status"] for e in events} == {s.value for s in EventStatus}
    assert sum(not r["events"] for r in records) >= 50
    assert max(Counter(r["id"] for r in records).values()) == 1
    assert all(e["trigger"] in r["text"] for r in records for e in r["events"])


@pytest.mark.parametrize("name", sorted(read_floors()["own"]))
def test_no_score_is_below_its_floor(name: str, reached: dict[str, float]) -> None:
    assert reached[name] >= read_floors()["own"][name] - 0.0005
