"""Who acts and who is hit by what the rest of a document says: each rule with what it leaves."""

from dataclasses import replace
from datetime import date

import pytest

from extractors.extract import Extractor
from extractors.reading.lent_parties import one_side_acts, state_acts, with_targets_of
from models.event import EventMention, TextUnit


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def mention(extractor: Extractor, text: str, **fields: object) -> EventMention:
    unit = TextUnit(unit_id="a", text=text, kind="sentence", published=date(2025, 8, 5))
    (event,) = extractor.extract_one(unit).events
    return replace(event, **fields)  # type: ignore[arg-type]  # fields of the test's own choice


def test_of_two_who_are_read_as_acting_one_is_hit(extractor: Extractor) -> None:
    clear = mention(extractor, "Peru raised its tariff on goods from Chile to 20%.")
    both = mention(extractor, "The tariff stays in force.", actors=("PE", "CL"), targets=())
    found = one_side_acts([clear, both])[1]
    assert (found.actors, found.targets) == (("PE",), ("CL",))
    answer = mention(extractor, "Chile raised its tariff on goods from Peru to 20%.")
    assert one_side_acts([clear, answer, both])[2] == both
    mutual = replace(both, sentence="The tariffs on each other's goods stay in force.")
    assert one_side_acts([clear, mutual])[1] == mutual


def test_the_ministry_is_that_of_the_only_state_that_acts(extractor: Extractor) -> None:
    named = mention(extractor, "Indonesia delayed its ban on exports of copper.")
    lent = mention(extractor, "The trade ministry kept the export duty at 7.5%.", actors=("JO",))
    assert state_acts([named, lent])[1].actors == ("ID",)
    nobody = mention(extractor, "The export duty stays at 7.5%.", actors=("JO",))
    assert state_acts([named, nobody])[1] == nobody
    rival = mention(extractor, "Chile cut its export duty on copper to 5%.")
    assert state_acts([named, rival, lent])[2] == lent


def test_what_answers_a_measure_hits_who_took_it(extractor: Extractor) -> None:
    first = mention(extractor, "Peru raised its tariff on goods from Chile to 20%.")
    answer = mention(extractor, "Chile delayed its counter-tariffs.", targets=("MX",))
    assert with_targets_of([first, answer])[1].targets == ("PE",)
    assert with_targets_of([answer]) == [answer]
