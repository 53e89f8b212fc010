"""Names and goods in passing hit nobody: each rule with cases that it leaves alone."""

import pytest

from extractors.extract import Extractor
from models.event import EventMention, TextUnit


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def first_step(extractor: Extractor, text: str) -> EventMention:
    unit = TextUnit(unit_id="a", text=text, kind="sentence")
    return extractor.extract_one(unit).events[-1]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("Brazil imposed a tariff of 20% on steel from all countries except Argentina.", ()),
        ("India set a duty of 30% on steel from Nepal, twice the rate for Bangladesh.", ("NP",)),
        (
            "Mexico raised its tariff on steel from Peru to 30%, as much as those from Chile.",
            ("PE",),
        ),
        ("Mexico raised its tariff on Peru and Chile to 30%.", ("CL", "PE")),
    ],
)
def test_an_exception_or_a_comparison_is_not_hit(
    extractor: Extractor, text: str, targets: tuple[str, ...]
) -> None:
    assert tuple(sorted(first_step(extractor, text).targets)) == targets


@pytest.mark.parametrize(
    ("text", "target", "goods"),
    [
        ("Canada imposed a tariff of 15% on India over Russian oil.", "IN", ()),
        ("Canada imposed sanctions over Japan's raids on fishing boats.", "JP", ()),
        (
            "Canada imposed tariffs in row over Chinese electric cars.",
            "CN",
            ("electric_vehicles",),
        ),
    ],
)
def test_what_a_measure_is_taken_over_is_not_its_object(
    extractor: Extractor, text: str, target: str, goods: tuple[str, ...]
) -> None:
    event = first_step(extractor, text)
    assert (event.targets, event.commodities) == ((target,), goods)
