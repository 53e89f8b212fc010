"""The sheet of listings to judge: verdicts are checked, and what is judged is whole."""

import json
from pathlib import Path

import pytest

from models.event import EventStatus, EventType
from models.reference.securities import load_securities
from tests.quality import listings


@pytest.fixture
def lot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lot of two developments with three links, not yet judged."""
    monkeypatch.setattr(listings, "JUDGED", tmp_path / "judged.jsonl")
    path = tmp_path / "lot.jsonl"
    lines = [
        {"lot": 9, "number": 1, "links": [["XNYS:MP", "party", "+"], ["XNAS:A", "exposed", None]]},
        {"lot": 9, "number": 2, "links": [["XNYS:X", "named", "-"]]},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def judge(lot: Path, text: str) -> list[dict[str, object]]:
    verdicts = lot.with_suffix(".wrong")
    verdicts.write_text(text, "utf-8")
    listings.keep(lot, verdicts)
    return listings.judged(listings.JUDGED)


def test_what_is_not_noted_is_right(lot: Path) -> None:
    held = judge(lot, "1.2 listing: kin goods\n2.1 sign,reason: event misread\n")
    assert listings.shares(held) == {
        "listing": (2, 3),
        "sign": (1, 2),
        "reason": (1, 2),
        "development": (0, 2),
    }


def test_a_range_of_links_shares_a_verdict(lot: Path) -> None:
    assert listings.shares(judge(lot, "1.1-2 sign: event misread"))["sign"] == (1, 3)


def test_a_lot_judged_again_replaces_the_first_judgement(lot: Path) -> None:
    judge(lot, "1.2 listing: kin goods")
    assert listings.shares(judge(lot, ""))["listing"] == (3, 3)


@pytest.mark.parametrize(
    ("verdict", "fault"),
    [
        ("1.3 sign: x", "no such link"),
        ("1.1 colour: x", "unknown"),
        ("1 sign: x", "not a verdict"),
        ("1.1 sign", "not a verdict"),
    ],
)
def test_a_faulty_verdict_is_refused(lot: Path, verdict: str, fault: str) -> None:
    with pytest.raises(SystemExit, match=fault):
        judge(lot, verdict)


def test_the_judgements_are_whole_and_hold_no_text() -> None:
    held = listings.judged()
    known = {listing.listing_id for listing in load_securities().listings}
    assert len(held) >= 200
    assert len({(p["lot"], p["number"]) for p in held}) == len(held)
    for pointer in held:
        assert set(pointer) == {
            *("lot", "number", "corpus", "document", "field", "at", "digest", "event", "links")
        }
        EventType(pointer["event"][0])
        EventStatus(pointer["event"][1])
        for listing, link, sign, faults, kind in pointer["links"]:
            assert listing in known
            assert link in ("party", "named", "exposed")
            assert sign in ("+", "-", "?", None)
            assert set(faults) <= set(listings.VERDICTS)
            assert bool(faults) == bool(kind)
            assert len(kind) < 70


def test_two_readers_are_compared_link_by_link() -> None:
    first = [{"lot": 9, "number": 1, "links": [
        ["XNYS:A", "exposed", "+", faults, ""] for faults in ([], [], ["listing"], ["sign"])
    ]}]  # fmt: skip
    second = [{"lot": 9, "number": 1, "faults": [[], ["listing"], ["listing"], ["sign"]]}]
    found = listings.agreement(first, second)
    assert found["listing"] == (4, 0.75, 0.5)
    assert found["sign"] == (2, 1.0, 1.0)


def test_the_second_readers_marks_are_of_judged_links() -> None:
    first, second = listings.judged(), listings.judged(listings.SECOND)
    found = listings.agreement(first, second)
    assert found["listing"][0] >= 500
    assert all(set(p) == {"lot", "number", "faults"} for p in second)
    assert {fault for p in second for faults in p["faults"] for fault in faults} <= {
        *listings.VERDICTS
    }
