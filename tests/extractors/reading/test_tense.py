from datetime import date

import pytest

from extractors.reading.tense import tense_features
from models.event import EventDate
from tests.extractors.reading.test_document import mention

DAY = date(2026, 3, 2)


def signs(sentence: str, trigger: str, published: date | None = DAY) -> set[str]:
    """The names of the signs that a sentence shows for a trigger."""
    at = sentence.index(trigger)
    e = mention(sentence, start=at, end=at + len(trigger), sentence_start=0)
    return {name for name, value in tense_features(e, published).items() if value}


@pytest.mark.parametrize(
    ("sentence", "trigger", "shown"),
    [
        ("Ruritania imposed a duty on widgets on Monday.", "imposed", {"today"}),
        ("Ruritania had imposed a duty a year ago.", "imposed", {"had", "earlier"}),
        ("Prices rose after Ruritania cut the duty.", "cut", {"under", "loose clause"}),
        ("Ruritania will cut the duty.", "cut", {"ahead"}),
        ("Ruritania has cut the duty of 2024.", "cut", {"perfect", "old year"}),
        ("We intend to cut the duty.", "cut", {"ahead", "aims", "first person"}),
        ("Ruritania cut the duty.", "cut", set()),
    ],
)
def test_words_show_when_a_step_is(sentence: str, trigger: str, shown: set[str]) -> None:
    assert signs(sentence, trigger) == shown


def test_dates_are_held_against_the_day_of_the_document() -> None:
    for day, name in (
        ("2026-03-01", "dated now"),
        ("2025-12", "dated before"),
        ("2026-10-10", "dated ahead"),
    ):
        e = mention("It cut the duty.", dates=(EventDate(role="effective", text="x", date=day),))
        found = tense_features(e, DAY)
        assert {n for n in found if n.startswith("dated") and found[n]} == {name}
        assert not {n for n in tense_features(e, None) if n.startswith("dated")}
