from collections.abc import Iterator
from datetime import date

import pytest

from extractors.events.lexicon_data import load_lexicon
from extractors.extract import Extractor
from models.event import Extraction, TextUnit
from tests.quality.score import own_records

ARTICLE = (
    "China put off its wider licensing rules for rare-earth exports by one year on Friday, the "
    "commerce ministry said.\n\nThe step carries out the truce of October. Washington cut its "
    "tariff on Chinese goods to 10% from 20%, and Beijing pledged to buy 12 million tonnes of "
    "soybeans. Shares of the miners fell 4%.\n\nThe weather in the capital was fine."
)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def one(extractor: Extractor, text: str, **fields: object) -> Extraction:
    defaults = {"unit_id": "u", "text": text, "published": date(2025, 11, 8), "kind": "headline"}
    return extractor.extract_one(TextUnit(**{**defaults, **fields}))  # type: ignore[arg-type]


def test_article_gives_its_developments_with_one_lead(extractor: Extractor) -> None:
    found = one(extractor, ARTICLE, kind="article", title="China shelves rare-earth licence rules")
    steps = {(e.type.value, e.status.value) for e in found.events}
    assert ("export_licensing", "delayed") in steps
    assert ("tariff", "cut") in steps
    assert ("offtake_agreement", "announced") in steps
    assert sum(e.is_lead for e in found.events) == 1
    assert all(e.missing or e.rates for e in found.events)


def test_offsets_point_at_the_trigger(extractor: Extractor) -> None:
    title = "China shelves rare-earth licence rules"
    for e in one(extractor, ARTICLE, kind="article", title=title).events:
        field = title if e.field == "title" else ARTICLE
        assert field[e.start : e.end] == e.trigger
        assert field[e.sentence_start :].startswith(e.sentence)


def test_rates_dates_and_durations(extractor: Extractor) -> None:
    (event,) = one(
        extractor, "Washington cut its tariff on Chinese steel to 10% from 20% from 10 November"
    ).events
    assert [(r.value, r.role) for r in event.rates] == [(10, "rate"), (20, "previous_rate")]
    assert [(d.role, d.date) for d in event.dates] == [("date_effective", "2025-11-10")]
    assert (event.actors, event.targets) == (("US",), ("CN",))
    assert event.commodities == ("steel",)
    (event,) = one(extractor, "Beijing extends pause on tariffs on U.S. pork by 90 days").events
    assert (event.duration, event.status_target.value) == ("P90D", "suspension")
    assert event.polarity.value == "liberalising"


def test_retaliation_and_official_publisher(extractor: Extractor) -> None:
    (event,) = one(extractor, "Canada hits back with 25% tariffs on American steel").events
    assert event.retaliation
    (event,) = one(
        extractor,
        "This proclamation imposes a 25 percent duty on imports of copper articles.",
        kind="sentence",
    ).events
    assert event.actors == ("US",)


def test_a_change_is_the_step_that_says_how(extractor: Extractor) -> None:
    (event,) = one(
        extractor,
        "The United States will modify the additional rate of duty on articles of Brazil by "
        "suspending 15 percentage points of that rate for 60 days.",
        kind="sentence",
    ).events
    assert (event.type.value, event.status.value) == ("tariff", "suspended")
    events = one(
        extractor, "India amended its steel tariff by raising the rate to 12%.", kind="sentence"
    ).events
    assert ("raised", "raising") in [(event.status.value, event.trigger) for event in events]


def test_a_rate_of_duty_is_a_tariff_whatever_it_lies_on(extractor: Extractor) -> None:
    text = "The rate of duty on cobalt that is not subject to subsection (c) is reduced to 4%."
    (event,) = one(extractor, text, kind="sentence", publisher_country="US").events
    assert (event.type.value, event.status.value, event.commodities) == (
        "tariff",
        "cut",
        ("cobalt",),
    )


def test_what_is_included_shares_the_part_and_those_goods_are_the_same(
    extractor: Extractor,
) -> None:
    text = (
        "The United States will raise the duty on goods of China (including goods of Hong Kong "
        "and goods of Macau) to 30 percent, and lift the earlier tariffs on those goods."
    )
    events = one(extractor, text, kind="sentence").events
    assert [(e.status.value, e.targets) for e in events] == [
        ("raised", ("CN", "HK", "MO")),
        ("lifted", ("CN", "HK", "MO")),
    ]


def test_each_clause_has_the_parties_of_its_own_agreement(extractor: Extractor) -> None:
    text = (
        "India signed a trade agreement with Oman and announced talks on a free trade agreement "
        "with Peru."
    )
    events = one(extractor, text, kind="sentence").events
    assert [(e.status.value, set(e.actors)) for e in events] == [
        ("adopted", {"IN", "OM"}),
        ("under_negotiation", {"IN", "PE"}),
    ]


def test_a_trade_deal_with_somebody_is_no_idiom(extractor: Extractor) -> None:
    (event,) = one(extractor, "Norway signed a trade deal with Peru on Friday").events
    assert (event.type.value, event.status.value) == ("trade_agreement", "adopted")
    assert not one(extractor, "Norway must deal with rising prices, its minister said").events


def test_where_the_reporter_sits_is_no_party(extractor: Extractor) -> None:
    text = "KUALA LUMPUR - India and Japan signed a trade agreement on Friday."
    (event,) = one(extractor, text, kind="sentence").events
    assert event.actors == ("IN", "JP")
    text = "At a summit in Jakarta, India signed trade agreements with Indonesia and Chile."
    (event,) = one(extractor, text, kind="sentence").events
    assert event.actors[0] == "IN"


def test_a_state_that_tells_what_its_president_signed_is_a_party(extractor: Extractor) -> None:
    text = "He also signed a critical minerals cooperation agreement with Kazakhstan."
    (event,) = one(extractor, text, kind="sentence", publisher_country="US").events
    assert set(event.actors) == {"US", "KZ"}
    (event,) = one(extractor, text, kind="sentence").events
    assert set(event.actors) == {"KZ"}


@pytest.mark.parametrize("kind", ["sentence", "article"])
def test_the_gates_lose_hardly_an_event(kind: str) -> None:
    units = [
        TextUnit(
            unit_id=str(i),
            text=f"The day was calm. {r['text']} Nothing else was said.",
            title="Markets close higher",
            kind=kind,
            published=date(2026, 2, 3),
        )
        for i, r in enumerate(own_records())
    ]
    gated, whole = (
        [event for found in Extractor(gate=gate).extract(units) for event in found.events]
        for gate in (True, False)
    )
    same = sum(event in whole for event in gated)
    assert len(whole) > 100
    assert same >= 0.98 * max(len(gated), len(whole))


def test_what_is_read_of_a_text_does_not_hang_on_its_neighbours(extractor: Extractor) -> None:
    units = [
        TextUnit(unit_id=str(i), text=r["text"], kind="sentence", published=date(2026, 2, 3))
        for i, r in enumerate(own_records()[:80])
    ]
    together = list(extractor.extract(units))
    assert together == [Extractor().extract_one(unit) for unit in units[::-1]][::-1]


def test_every_pattern_needs_an_anchor() -> None:
    lexicon = load_lexicon()
    for record in own_records():
        lowered = record["text"].lower()
        for evidence in lexicon.evidence(record["text"]):
            assert any(a in lowered for a in evidence.pattern.anchors)


def test_order_and_streaming(extractor: Extractor) -> None:
    def endless() -> Iterator[TextUnit]:
        number = 0
        while True:
            number += 1
            yield TextUnit(unit_id=str(number), text="India bans rice exports", kind="headline")

    stream = extractor.extract(endless())
    assert [next(stream).unit_id for _ in range(300)] == [str(i + 1) for i in range(300)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("   \n ", "empty"),
        ("\x00\x01\x02\x03" * 50, "control"),
        ("中国商务部宣布对稀土实施出口管制措施并立即生效" * 3, "script"),
        ("أعلنت الوزارة فرض رسوم جمركية على الواردات من الصلب" * 3, "script"),
        (
            "Die Kommission hat neue Zölle auf die Einfuhr von Stahl aus China beschlossen. " * 6,
            "language",
        ),
        ("tariff " * 400_000, "too long"),
    ],
)
def test_unreadable_text_is_refused_with_a_reason(
    extractor: Extractor, text: str, reason: str
) -> None:
    found = one(extractor, text, kind="article")
    assert found.events == ()
    assert found.reject is not None
    assert reason in found.reject


@pytest.mark.parametrize(
    "text",
    [
        "🎉🎉 tariff 🎉",
        "<p>tariff</p>" * 50,
        "\u202etariff on\u202c",
        "tariff",
        "%%% $$$ 25% 25% 25%",
        "a" * 5000,
    ],
)
def test_noise_gives_no_event_and_no_error(extractor: Extractor, text: str) -> None:
    assert one(extractor, text, kind="article").events == ()


def test_markup_and_emoji_keep_offsets(extractor: Extractor) -> None:
    text = "🚨 <b>India</b> bans exports of wheat flour"
    (event,) = one(extractor, text).events
    assert text[event.start : event.end] == event.trigger
    assert event.actors == ("IN",)
