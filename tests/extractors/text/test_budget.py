"""Bounds of reading: time, errors, odd characters, linear cost."""

import time
from collections.abc import Callable
from datetime import date

import pytest
from spacy.tokens import Doc

from extractors import extract as extract_module
from extractors.extract import Extractor
from extractors.feeds.near_duplicates import fingerprint
from extractors.listings.affected import AffectedListings
from extractors.reading.assemble import events_of
from extractors.text.budget import Budget
from models.event import EventMention, TextUnit
from models.identity import digest_id
from tests.timing import grows_linearly

SENTENCE = "The ministry of {0} said it would suspend the export ban on gallium, as of plan {1}. "
LANDS = ("China", "India", "Japan", "Canada", "Mexico")


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def long_text(sentences: int) -> str:
    # Numbers without a pattern, because a text that compresses well is refused before it is read.
    return "".join(SENTENCE.format(LANDS[n % 5], digest_id(n)) for n in range(sentences))


def test_a_text_over_its_budget_is_refused_and_its_neighbours_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow(doc: Doc, unit: TextUnit, version: str) -> list[EventMention]:
        time.sleep(0.03 if unit.unit_id == "1" else 0.0)
        return events_of(doc, unit, version)

    monkeypatch.setattr(extract_module, "events_of", slow)
    tight = Extractor(budget=Budget(base_s=1.5, per_1000_chars_s=0.0, most_s=1.5))
    texts = ("China bans exports of tin.", long_text(70), "India bans exports of rice.")
    found = list(tight.extract(TextUnit(unit_id=str(n), text=t) for n, t in enumerate(texts)))
    assert [len(e.events) for e in found] == [1, 0, 1]
    reason = found[1].reject or ""
    assert reason.startswith("too_slow: ")
    assert "budget 1.5 s" in reason


def test_the_budget_grows_with_the_text_up_to_a_ceiling() -> None:
    budget = Budget(base_s=10, per_1000_chars_s=0.2, most_s=60)
    assert [budget.seconds(n) for n in (0, 100_000, 10_000_000)] == [10, 30, 60]


def test_a_fault_in_one_text_is_its_own_reject(
    extractor: Extractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = events_of

    def poisoned(doc: Doc, unit: TextUnit, version: str) -> list[EventMention]:
        if unit.unit_id == "1":
            raise IndexError("odd parse")
        return sound(doc, unit, version)

    monkeypatch.setattr(extract_module, "events_of", poisoned)
    units = [
        TextUnit(unit_id=str(n), text=f"{LANDS[n]} bans exports of ore {n}.") for n in range(3)
    ]
    found = list(extractor.extract(units))
    assert [len(e.events) for e in found] == [1, 0, 1]
    assert (found[1].reject or "").startswith("IndexError: odd parse")


def test_words_with_soft_hyphens_are_known_and_offsets_stay(extractor: Extractor) -> None:
    title = "Chi\u00adna sus\u00adpends ex\u00adport ban on gal\u00adlium to US"
    unit = TextUnit(unit_id="1", text="soft", title=title, published=date(2026, 11, 27))
    (event,) = extractor.extract_one(unit).events
    plain = TextUnit(unit_id="1", text="soft", title=title.replace("\u00ad", ""))
    (same,) = extractor.extract_one(plain).events
    assert (event.type, event.status, event.actors) == (same.type, same.status, same.actors)
    assert event.trigger == title[event.start : event.end] == "sus\u00adpends"
    assert (event.sentence_start, event.sentence) == (0, title)
    for entity in extractor.extract_one(unit).entities:
        assert title[entity.start : entity.end] == entity.text


@pytest.mark.parametrize(
    "title",
    [
        "China suspends rare\u2011earth export\u2011control rules for a year",
        "India\u200b raises\u200b tariff\u200b on\u200b imported\u200b solar cells to 40%",
        "Indonesia\u00a0bans\u00a0exports\u00a0of\u00a0raw\u00a0tin",
    ],
)
def test_odd_hyphens_and_blanks_hide_no_event(extractor: Extractor, title: str) -> None:
    found = extractor.extract_one(TextUnit(unit_id="1", text="x", title=title))
    assert len(found.events) == 1
    assert title[found.events[0].start : found.events[0].end] == found.events[0].trigger


def unit_of(
    text: str, title: str | None = None, context: str | None = None, kind: str = "article"
) -> TextUnit:
    return TextUnit(unit_id="1", text=text, title=title, context=context, kind=kind)


ODD: dict[str, Callable[[int], TextUnit]] = {
    "a title of a book's length": lambda n: unit_of(title=long_text(n // 80), text="x"),
    "commas": lambda n: unit_of(title="China bans exports of tin" + "," * n, text="x"),
    "brackets": lambda n: unit_of(text="China bans tin exports " + "(" * n, kind="headline"),
    "a long context": lambda n: unit_of(text="Tin exports are banned.", context="China " * n),
    "one word": lambda n: unit_of(text="tariff" * n),
    "unclosed tags": lambda n: unit_of(text="<a tariff" * (n // 100)),
}


@pytest.mark.parametrize("name", ODD)
def test_twice_the_text_takes_about_twice_the_time(extractor: Extractor, name: str) -> None:
    grows_linearly(lambda size: extractor.extract_one(ODD[name](size)), 6_000, spare=0.5)


def test_finding_names_takes_linear_time() -> None:
    affected = AffectedListings()
    story = 'MP Materials Corp. ("MP") and Apple Inc. ("Apple") sell, Ford ("F") and MP buy. '

    def read_names(times: int) -> None:
        affected.linker.names.find_listings(story * times)
        fingerprint(story * times)

    grows_linearly(read_names, 250, spare=0.3)
