"""What the mentions of one document settle among themselves, through the extractor."""

from collections.abc import Sequence
from datetime import date

import pytest

from extractors.extract import Extractor
from models.event import EventMention, TextUnit


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def told(extractor: Extractor, title: str, text: str) -> Sequence[EventMention]:
    unit = TextUnit(unit_id="a", title=title, text=text, published=date(2025, 8, 5))
    return extractor.extract_one(unit).events


def test_a_title_that_names_only_who_is_hit_gets_the_actor_of_the_text(
    extractor: Extractor,
) -> None:
    events = told(
        extractor,
        "Norway hit with 30% tariff",
        "The United States imposed a tariff of 30% on goods from Norway on Monday. It applies from"
        " 7 August. Exporters of salmon in Bergen said that they would look for other buyers.",
    )
    titles = [(e.actors, e.targets) for e in events if e.field == "title"]
    assert titles == [(("US",), ("NO",))]


def test_a_title_whose_state_acts_in_the_text_keeps_it(extractor: Extractor) -> None:
    events = told(
        extractor,
        "Norway imposes tariff on cheese",
        "Norway imposed a tariff of 30% on cheese on Monday. The United States had imposed a"
        " tariff on goods from Norway in April. Dairies in Bergen welcomed the decision.",
    )
    assert {e.actors for e in events if e.field == "title"} == {("NO",)}


def test_the_day_on_which_a_pause_ends_is_its_end(extractor: Extractor) -> None:
    events = told(
        extractor,
        "EU suspends duties on American goods",
        "The European Union has suspended its duties on American goods for six months, the"
        " Commission announced on Tuesday. The suspension ends on 7 February 2026. Exporters of"
        " whiskey had feared the worst.",
    )
    assert {e.status for e in events} == {"suspended"}
    ends = [d.date for e in events for d in e.dates if d.role == "date_end"]
    assert ends == ["2026-02-07"]
