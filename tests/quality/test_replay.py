"""The judged notices of the replay, and how they are counted."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from flows.base.settings import SHIPPED_RULES
from models.event import EventStatus, EventType
from tests.quality import replay
from tests.quality.replay import JUDGEMENTS, Judged, judged, place, precision, write

NOTICE = Judged(
    corpus="wire",
    document="1",
    rule="tin",
    severity="flash",
    type="export_ban",
    status="adopted",
    actors="RW",
    targets="TD PE",
    judgement="right",
)


def test_the_kept_judgements_are_whole() -> None:
    kept = judged()
    assert len({each.key for each in kept}) == len(kept), "a notice judged twice"
    rules = SHIPPED_RULES.read_text(encoding="utf-8")
    for each in kept:
        assert each.judgement in JUDGEMENTS
        assert bool(each.cause) is (each.judgement != "right"), each
        assert each.type in list(EventType)
        assert each.status in list(EventStatus)
        assert f'id = "{each.rule}"' in rules


def test_precision_counts_by_rule_and_by_severity() -> None:
    wrong = replace(NOTICE, document="2", judgement="wrong", cause="look back")
    unknown = replace(NOTICE, document="3", rule="lead", severity="notice", judgement="")
    assert list(precision([NOTICE, wrong, unknown])) == [
        "rule tin: 1 right, 0 doubtful, 1 wrong, 0 unjudged, precision 0.50",
        "rule lead: 0 right, 0 doubtful, 0 wrong, 1 unjudged",
        "severity flash: 1 right, 0 doubtful, 1 wrong, 0 unjudged, precision 0.50",
        "severity notice: 0 right, 0 doubtful, 0 wrong, 1 unjudged",
    ]


def test_what_is_written_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "JUDGED", tmp_path / "replay.csv")
    assert judged() == []
    write([NOTICE])
    assert judged() == [NOTICE]


@pytest.mark.parametrize("field", ["type", "status", "actors", "targets", "rule", "document"])
def test_a_notice_that_says_something_else_is_judged_anew(field: str) -> None:
    assert replace(NOTICE, **{field: "other"}).key != NOTICE.key
    assert replace(NOTICE, judgement="wrong", cause="x").key == NOTICE.key


def test_a_document_is_found_by_the_letters_of_its_title() -> None:
    assert place("Tin: a ban", None) == place("Tin -  a ban ", None)
    assert place("Tin", None) != place("Lead", None)
    assert {f.name for f in fields(Judged)} >= {"corpus", "document", "judgement", "cause"}
