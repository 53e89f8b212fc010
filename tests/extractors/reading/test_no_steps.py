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
        "Ottawa said that it would take revenge if the tariff on lumber went up.",
        "The envoy called the tariff announced by Ottawa a serious mistake.",
        "Growers criticised the duty imposed by India on Monday.",
    ],
)
def test_a_condition_or_a_judgement_tells_no_step(extractor: Extractor, text: str) -> None:
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
