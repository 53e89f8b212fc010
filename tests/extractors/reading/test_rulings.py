"""What words leave no choice about: each rule with a case that it leaves alone."""

from collections.abc import Sequence
from datetime import date

import pytest

from extractors.extract import Extractor
from models.event import EventMention, TextUnit


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def events_in(extractor: Extractor, text: str) -> Sequence[EventMention]:
    kind = "sentence" if text[-1] in ".?" else "headline"
    unit = TextUnit(unit_id="a", text=text, kind=kind, published=date(2025, 11, 7))
    return extractor.extract_one(unit).events


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Chile lifts for a year its ban on exports of copper scrap", "suspended"),
        ("Peru lifted its tariff on maize for another 90 days.", "suspended"),
        ("Peru lifted its tariff on maize after 90 days.", "lifted"),
        ("India removed its ban on exports of wheat for the time being.", "suspended"),
    ],
)
def test_what_ends_for_a_time_is_paused(extractor: Extractor, text: str, status: str) -> None:
    assert [event.status for event in events_in(extractor, text)] == [status]


@pytest.mark.parametrize(
    ("text", "status", "factuality"),
    [
        ("Vietnam pledges not to ban exports of tungsten.", "averted", "asserted"),
        ("Chile will refrain from imposing export quotas on lithium.", "averted", "asserted"),
        ("Vietnam pledges to ban exports of tungsten.", "announced", "asserted"),
    ],
)
def test_what_is_forsworn_is_averted(
    extractor: Extractor, text: str, status: str, factuality: str
) -> None:
    (event,) = events_in(extractor, text)
    assert (event.status, event.factuality) == (status, factuality)


@pytest.mark.parametrize(
    ("text", "factuality"),
    [
        ("Will Chile lift its export ban on copper scrap in March?", "question"),
        ("Chile lifts its export ban on copper scrap.", "asserted"),
    ],
)
def test_a_question_only_asks(extractor: Extractor, text: str, factuality: str) -> None:
    (event,) = events_in(extractor, text)
    assert event.factuality == factuality


def test_a_rate_that_is_left_is_previous(extractor: Extractor) -> None:
    (event,) = events_in(extractor, "Brazil's 10% tariff on steel will be raised to 25%.")
    assert [(rate.value, rate.role) for rate in event.rates] == [
        (10.0, "previous_rate"),
        (25.0, "rate"),
    ]


def test_the_date_of_a_measure_is_not_that_of_its_pause(extractor: Extractor) -> None:
    (event,) = events_in(
        extractor, "China suspends the export controls that it announced on 9 October 2025."
    )
    assert [d.date for d in event.dates] == []
    (event,) = events_in(
        extractor, "China suspended its export controls on rare earths on 6 November 2025."
    )
    assert [d.date for d in event.dates] == ["2025-11-06"]


def test_what_goes_on_is_background_unless_the_article_leads_with_it(extractor: Extractor) -> None:
    aside = (
        "China on Friday suspended its export controls on gallium and germanium until 27 November"
        " 2026. The licensing rules for graphite exports stay in force. Traders in London, who had"
        " run out of metal, expect the first drums before Christmas."
    )
    unit = TextUnit(
        unit_id="a",
        title="China suspends export controls on gallium",
        text=aside,
        published=date(2025, 11, 7),
    )
    stays = [e for e in extractor.extract_one(unit).events if "stay in force" in e.sentence]
    assert [event.time_frame for event in stays] == ["background"]
    kept = TextUnit(
        unit_id="b",
        title="India keeps its ban on wheat exports",
        text="India will keep its ban on wheat exports, the food minister said on Friday.",
        published=date(2025, 11, 7),
    )
    assert {event.time_frame for event in extractor.extract_one(kept).events} == {"current"}


@pytest.mark.parametrize(
    ("text", "type_", "status"),
    [
        ("China's duty on American wine drops from 125% to 10%.", "tariff", "cut"),
        ("Peru lifts its duty on maize; Chile turns to 10% surcharge.", "tariff", "lifted"),
        (
            "China will issue general licences for exports of graphite to users in Japan.",
            "export_licensing",
            "narrowed",
        ),
        (
            "The United States suspended the Affiliates rule on Monday.",
            "export_control",
            "suspended",
        ),
    ],
)
def test_the_words_name_the_kind(extractor: Extractor, text: str, type_: str, status: str) -> None:
    found = [(event.type, event.status) for event in events_in(extractor, text)]
    assert (type_, status) in found


def test_a_measure_is_that_of_its_owner(extractor: Extractor) -> None:
    events = events_in(
        extractor, "The truce between the United States and China delayed China's export controls."
    )
    assert [event.actors for event in events if event.status == "delayed"] == [("CN",)]


def test_what_was_planned_is_no_step(extractor: Extractor) -> None:
    events = events_in(
        extractor, "The pause of Peru's duty on maize, which was to end on 12 November, goes on."
    )
    assert {event.time_frame for event in events if event.trigger == "end"} <= {"background"}


def test_a_noun_names_what_another_step_is_done_to(extractor: Extractor) -> None:
    events = events_in(extractor, "The trade agreement between Peru and Oman lapses on Friday.")
    assert [event.status for event in events] == ["expired"]


def test_what_a_deal_in_talks_would_avert_is_not_averted(extractor: Extractor) -> None:
    title = "Peru and Chile in talks on deal to defer copper tariffs"
    would = "Peru and Chile are negotiating a trade deal that would avert Chile's copper tariffs."
    unit = TextUnit(unit_id="a", text=would, title=title, kind="article")
    statuses = {event.status for event in extractor.mentions(unit)}
    assert "under_negotiation" in statuses
    assert "averted" not in statuses
    done = "Peru and Chile signed a trade deal that averted Chile's copper tariffs."
    assert "averted" in {event.status for event in events_in(extractor, done)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Japan now requires a licence for exports of lithography tools.", "export_licensing"),
        (
            "Japan has granted Nikon a licence for exports of its tools.",
            "licensing_deal",
        ),
    ],
)
def test_a_permit_that_becomes_necessary_is_no_deal(
    extractor: Extractor, text: str, kind: str
) -> None:
    (event,) = events_in(extractor, text)
    assert event.type == kind
