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


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        (
            "Brazil's court struck down the tariffs that the president had imposed, among them the"
            " duties on goods from Ghana and Togo.",
            (),
        ),
        ("Brazil struck down its tariffs on Ghana and Togo.", ("GH", "TG")),
    ],
)
def test_one_case_of_a_measure_is_not_all_that_it_hits(
    extractor: Extractor, text: str, targets: tuple[str, ...]
) -> None:
    unit = TextUnit(unit_id="a", text=text, kind="sentence")
    lifted = [e for e in extractor.extract_one(unit).events if e.status == "lifted"]
    assert [tuple(sorted(e.targets)) for e in lifted] == [targets]


@pytest.mark.parametrize(
    ("text", "goods"),
    [
        ("Chile imposes 30% tariff on Peru, spares wheat and aircraft", ()),
        ("Chile imposes 30% tariff on metals from Peru, excluding tin", ()),
        ("Chile imposes 30% tariff on wheat and aircraft from Peru", ("wheat", "aircraft")),
    ],
)
def test_what_is_spared_is_not_hit(extractor: Extractor, text: str, goods: tuple[str, ...]) -> None:
    unit = TextUnit(unit_id="a", text=text, kind="headline")
    assert extractor.extract_one(unit).events[0].commodities == goods


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("The 10% tariff stays in force for almost all countries.", ()),
        ("The 10% tariff stays in force.", ("CL",)),
    ],
)
def test_a_title_lends_no_target_to_a_measure_on_all(
    extractor: Extractor, text: str, targets: tuple[str, ...]
) -> None:
    unit = TextUnit(
        unit_id="a", text=text, title="Peru raises tariff on Chile to 125%", kind="sentence"
    )
    (event,) = extractor.extract_one(unit).events
    assert event.targets == targets


@pytest.mark.parametrize(
    ("text", "goods"),
    [
        ("Peru cuts its tariff on Chilean goods to 15% after a visit with gold and a clock.", ()),
        ("Peru cuts its tariff on Chilean gold to 15% after a visit.", ("gold",)),
    ],
)
def test_goods_of_the_occasion_are_not_hit(
    extractor: Extractor, text: str, goods: tuple[str, ...]
) -> None:
    assert first_step(extractor, text).commodities == goods
