"""What reads like a step and is none: each rule with cases that it leaves alone."""

import pytest

from extractors.extract import Extractor
from models.event import TextUnit


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def statuses(extractor: Extractor, text: str) -> list[str]:
    unit = TextUnit(unit_id="a", text=text, kind="sentence")
    return [event.status for event in extractor.extract_one(unit).events]


@pytest.mark.parametrize(
    "text",
    [
        "The envoy called the tariff announced by Ottawa a serious mistake.",
        "Growers criticised the duty imposed by India on Monday.",
    ],
)
def test_a_measure_that_somebody_judges_tells_no_step(extractor: Extractor, text: str) -> None:
    assert not {"raised", "announced", "adopted"} & set(statuses(extractor, text))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Canada will raise its tariff on steel to 40% if talks with Mexico fail.", "raised"),
        ("Canada called off the tariff announced in May on Mexican steel.", "averted"),
        ("Canada raised its tariff on Mexican steel to 40% as talks failed.", "raised"),
        ("The tariff announced by Canada on Monday will hit Mexican steel.", "announced"),
    ],
)
def test_a_step_beside_a_condition_or_a_noun_is_told(
    extractor: Extractor, text: str, status: str
) -> None:
    assert status in statuses(extractor, text)


def test_what_a_step_hangs_on_is_told_only_alone(extractor: Extractor) -> None:
    both = "Canada will suspend its zinc exports if Mexico raises the tariff on steel."
    assert statuses(extractor, both) != []
    assert "raised" not in statuses(extractor, both)
    alone = "Shops may struggle if Mexico raises the tariff on steel to 40%."
    assert "raised" in statuses(extractor, alone)
