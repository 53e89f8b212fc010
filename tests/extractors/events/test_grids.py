import tomllib

import pytest

from models.event import EventStatus, EventType, Factuality, Polarity
from tests.extractors.events.grids import GRIDS, VOICES, Family, crossed, faults, judged, written

FLOORS = tomllib.loads((GRIDS / "floors.toml").read_text(encoding="utf-8"))["floors"]
CODES = {
    "types": EventType,
    "statuses": EventStatus,
    "polarity": Polarity,
    "factuality": Factuality,
}


@pytest.fixture(scope="module")
def families() -> dict[str, Family]:
    return judged()


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_a_family_is_read_as_well_as_its_floor(name: str, families: dict[str, Family]) -> None:
    family = families[name]
    assert family.share >= FLOORS[name] - 0.0005, "\n".join(family.wrong[:60])


def test_every_family_has_a_floor_and_thirty_sentences() -> None:
    every = [*written(), *crossed()]
    assert {family.name for family in every} == set(FLOORS)
    for family in every:
        assert len(family.records) >= 30, family.name
        texts = [record["text"] for record in family.records]
        assert len(set(texts)) == len(texts), family.name


def test_expectations_use_the_labels_of_the_ontology() -> None:
    for family in written():
        for record in family.records:
            expect = record["expect"]
            for key, labels in CODES.items():
                assert set(expect.get(key, ())) <= {label.value for label in labels}, record["id"]


def test_the_cross_product_holds_every_jurisdiction_in_every_voice() -> None:
    found = {family.name: family.records for family in crossed()}
    for voice in VOICES:
        actors = {record["expect"]["actors"][0] for record in found[f"cross-{voice}"]}
        assert len(actors) >= 250


def event(**changes: object) -> dict[str, object]:
    return {
        "type": "tariff",
        "status": "adopted",
        "polarity": "restricting",
        "factuality": "asserted",
        "status_target": "measure",
        "actors": ["US"],
        "targets": ["BR"],
        "dates": [{"date": "2026-12-01"}],
        "rates": [{"value": 50.0}],
        "tickers": [],
    } | changes


def test_faults_name_what_is_wrong() -> None:
    assert faults({"event": False}, [event()]) == ["an event, where there is none"]
    assert faults({"event": True}, []) == ["no event"]
    assert faults({"event": True, "none_ok": True}, []) == []
    assert faults({"event": True, "actors": ["US"], "rates": [50]}, [event()]) == []
    assert faults({"event": True, "actors": ["BR"]}, [event()]) == ["actors are ['US']"]
    assert faults({"event": True, "dates": ["2026"]}, [event()]) == ["dates are ['2026-12-01']"]
    assert faults({"not_actors": ["US"]}, [event()]) == ["actors has US"]
    named, exposed = ([{"listing": "XNYS:MP", "link": link}] for link in ("named", "exposed"))
    assert faults({"not_tickers": ["XNYS:MP"]}, [event(tickers=named)])
    assert not faults({"not_tickers": ["XNYS:MP"]}, [event(tickers=exposed)])


def test_each_measure_wants_an_event_of_its_own() -> None:
    two = {"event": True, "measures": [{"types": ["tariff"]}, {"types": ["tariff"]}]}
    assert len(faults(two, [event()])) == 1
    assert faults(two, [event(), event(actors=["EU"])]) == []
