"""Mentions to measures: the example of the truce, the tolerances, and any order of arrival."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.link import LinkedDevelopment, LinkedMeasure, LinkMention
from tests.extractors.link_cases import Memory, told

RARE = ("rare_earths",)


def truce() -> list[LinkMention]:
    """The autumn of 2025 between China and the United States, in our own short words."""
    return [
        told(
            "2025-10-09",
            "export_control adopted",
            commodities=RARE,
            instrument="Announcement No. 61 of 2025",
            dates=[("date_effective", "2025-12-01")],
            source="official_actor",
            publisher="mofcom",
        ),
        told(
            "2025-10-09",
            "export_licensing adopted",
            commodities=["graphite"],
            instrument="Announcement No. 58 of 2025",
            dates=[("date_effective", "2025-11-08")],
            source="official_actor",
            publisher="mofcom",
            start=100,
        ),
        told("2025-10-10", "export_control announced", commodities=["dysprosium"]),
        told(
            "2025-10-10",
            "tariff threatened",
            actors=["US"],
            targets=["CN"],
            rate=100.0,
            dates=[("date_effective", "2025-11-01")],
        ),
        told("2025-10-12", "tariff threatened", actors=["US"], targets=["CN"], publisher="daily"),
        told(
            "2025-10-30",
            "tariff averted",
            actors=["US"],
            targets=["CN"],
            rate=100.0,
            article="deal",
        ),
        told(
            "2025-10-30",
            "trade_agreement adopted",
            actors=["US", "CN"],
            targets=["CN", "US"],
            article="deal",
            start=200,
        ),
        told(
            "2025-11-07",
            "export_licensing suspended",
            instrument="Announcements No. 58 and 61",
            dates=[("date_end", "2026-11-10")],
            source="official_actor",
            publisher="mofcom",
        ),
        told("2025-11-08", "export_control delayed", commodities=RARE, duration="P1Y"),
        told("2026-01-20", "export_control suspended", commodities=RARE, time_frame="background"),
    ]


def test_the_truce_of_2025_becomes_measures_with_lives() -> None:
    memory = Memory().load(*truce())
    assert memory.lives() == {
        "CN:mofcom-2025-61": ["adopted", "suspended"],
        "CN:mofcom-2025-58": ["adopted", "suspended"],
        "US:tariff:all_goods:CN:2025-10": ["threatened", "averted"],
        "CN+US:trade_agreement:all_goods:world:2025-10": ["adopted"],
    }
    pause = next(
        d
        for d in memory.developments.values()
        if d.status == "suspended" and d.instrument_ids == ("mofcom-2025-61",)
    )
    assert (pause.end_date, pause.duration, pause.mention_count) == ("2026-11-10", "P1Y", 3)


@settings(max_examples=60)
@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_any_order_ends_in_the_same_measures(chance: random.Random, pieces: int) -> None:
    expected = Memory().load(*truce())
    reports = truce()
    chance.shuffle(reports)
    memory = Memory()
    for start in range(pieces):
        if batch := reports[start::pieces]:
            memory.load(*batch)
    assert memory.lives() == expected.lives()
    assert memory.partition() == expected.partition()


DAYS = st.integers(1, 28).map(lambda day: f"2025-{3 + day % 3:02}-{day:02}")
REPORTS = st.builds(
    lambda day, what, actor, target, product, rate, act, frame, publisher, n: told(
        day,
        what,
        actors=actor,
        targets=target,
        commodities=product,
        rate=rate,
        instrument=act,
        time_frame=frame,
        publisher=publisher,
        article=f"{publisher}-{day}",
        start=n,
    ),
    DAYS,
    st.sampled_from(
        [
            "tariff announced",
            "tariff adopted",
            "tariff in_force",
            "tariff raised",
            "tariff suspended",
            "tariff threatened",
            "tariff_exemption adopted",
            "tariff lifted",
        ]
    ),
    st.sampled_from([("US",), (), ("CN", "US")]),
    st.sampled_from([(), ("CN",), ("CA", "MX")]),
    st.sampled_from([(), ("steel",), ("copper",)]),
    st.sampled_from([None, None, 25.0, 50.0]),
    st.sampled_from([None, None, "Section 232", "EO 14257", "Proclamation 10908"]),
    st.sampled_from(["current", "current", "background"]),
    st.sampled_from(["wire", "daily", "gazette"]),
    st.integers(0, 40),
)


@settings(max_examples=150)
@given(st.lists(REPORTS, min_size=2, max_size=14), st.randoms(use_true_random=False))
def test_any_reports_in_any_order(reports: list[LinkMention], chance: random.Random) -> None:
    unique = list({item.mention.mention_id: item for item in reports}.values())
    expected = Memory().load(*unique)
    articles: dict[str, list[LinkMention]] = {}
    for item in unique:
        articles.setdefault(item.mention.article_id, []).append(item)
    order = list(articles.values())
    chance.shuffle(order)
    memory = Memory()
    for article in order:
        memory.load(*article)
    assert memory.partition() == expected.partition()


def test_linking_twice_is_linking_once() -> None:
    memory = Memory().load(*truce())
    before = dict(memory.developments), dict(memory.measures), dict(memory.linked)
    memory.load(*truce())
    assert (memory.developments, memory.measures, memory.linked) == before


def test_a_late_first_report_keeps_the_id_and_alerts_nobody_twice() -> None:
    memory = Memory().load(told("2025-04-04", "export_licensing adopted", commodities=RARE))
    (told_first,) = memory.developments
    memory.load(
        told("2025-04-03", "export_licensing adopted", commodities=RARE, publisher="slow feed")
    )
    assert list(memory.developments) == [told_first]
    assert memory.alerted == [told_first]
    assert memory.developments[told_first].source_count == 2


def test_copies_count_once_and_confirm_nothing() -> None:
    first = told("2025-04-04", "export_licensing adopted", commodities=RARE)
    copy = told(
        "2025-04-05",
        "export_licensing adopted",
        commodities=RARE,
        publisher="portal",
        copy_of=first.copy_group,
    )
    other = told("2025-04-05", "export_licensing adopted", commodities=RARE, publisher="daily")
    memory = Memory().load(first, copy, other)
    (development,) = memory.developments.values()
    assert (development.source_count, development.mention_count) == (2, 3)
    assert development.confidence == pytest.approx(1 - 0.2 * 0.2)
    grades = {row.publisher: row.novelty for row in memory.linked.values()}
    assert grades == {"wire": "new_measure", "portal": "repeat", "daily": "confirmation"}


def test_another_rate_is_another_step() -> None:
    memory = Memory().load(
        told("2025-02-10", "tariff raised", actors=["US"], commodities=["steel"], rate=25.0),
        told("2025-05-30", "tariff raised", actors=["US"], commodities=["steel"], rate=50.0),
        told(
            "2025-05-31",
            "tariff raised",
            actors=["US"],
            commodities=["steel"],
            rate=50.2,
            publisher="daily",
        ),
    )
    assert memory.lives() == {"US:us-proclamation-9704": ["raised", "raised"]}


def test_an_announced_step_that_takes_effect_is_a_stage_not_a_measure() -> None:
    memory = Memory().load(
        told(
            "2025-07-30",
            "tariff announced",
            actors=["US"],
            commodities=["copper"],
            rate=50.0,
            dates=[("date_effective", "2025-08-10")],
        ),
        told("2025-08-10", "tariff in_force", actors=["US"], commodities=["copper"], rate=50.0),
    )
    assert memory.lives() == {"US:us-proclamation-10962": ["announced", "in_force"]}
    stage = next(d for d in memory.developments.values() if d.status == "in_force")
    assert (stage.novelty, stage.novelty_score) == ("stage_update", 0.5)
    assert memory.developments[str(stage.stage_of)].status == "announced"


def test_upgrade_within_three_days_is_the_same_development() -> None:
    memory = Memory().load(
        told("2025-07-30", "tariff announced", actors=["US"], commodities=["copper"]),
        told("2025-07-31", "tariff adopted", actors=["US"], commodities=["copper"], rate=50.0),
    )
    assert memory.lives() == {"US:us-proclamation-10962": ["adopted"]}


def test_background_makes_a_development_that_alerts_nobody() -> None:
    memory = Memory().load(
        told("2025-11-03", "export_ban in_force", commodities=["gallium"], time_frame="background")
    )
    (development,) = memory.developments.values()
    assert (development.novelty, development.novelty_score) == ("repeat", 0.0)
    assert development.decision_date is None
    assert memory.alerted == []


def test_contradicting_officials_stay_side_by_side() -> None:
    memory = Memory().load(
        told(
            "2025-11-01",
            "export_licensing suspended",
            commodities=RARE,
            dates=[("date_end", "2026-11-10")],
            source="official_counterparty",
            publisher="us",
        ),
        told(
            "2025-11-03",
            "export_licensing suspended",
            commodities=RARE,
            dates=[("date_end", "2026-05-10")],
            source="official_actor",
            publisher="cn",
        ),
    )
    assert [d.disputed for d in memory.developments.values()] == [True, True]
    assert len(memory.measures) == 1


def test_a_denial_neither_confirms_nor_alerts_as_a_ban() -> None:
    memory = Memory().load(
        told("2025-10-01", "export_ban announced", commodities=["gallium"]),
        told(
            "2025-10-02",
            "export_ban announced",
            commodities=["gallium"],
            factuality="negated",
            publisher="daily",
        ),
    )
    (development,) = memory.developments.values()
    assert development.factuality == "asserted"
    alone = Memory().load(
        told("2025-10-02", "export_ban announced", commodities=["gallium"], factuality="negated")
    )
    (denied,) = alone.developments.values()
    assert (denied.polarity, denied.novelty_score) == ("neutral", 0.5)


def test_gaps_in_a_sentence_are_filled_from_its_article() -> None:
    memory = Memory().load(
        told("2025-10-09", "export_control adopted", commodities=RARE, article="a"),
        told("2025-10-09", "export_control delayed", actors=(), article="a", start=300),
    )
    assert memory.lives() == {"CN:export_control:rare_earths:world:2025-10": ["adopted", "delayed"]}


def test_companies_distinguish_deals() -> None:
    memory = Memory().load(
        told(
            "2025-07-10",
            "government_investment adopted",
            actors=["US"],
            companies=["MP Materials"],
            amount=400e6,
        ),
        told(
            "2025-07-11",
            "government_investment announced",
            actors=["US"],
            companies=["MP"],
            publisher="daily",
        ),
        told(
            "2025-08-22",
            "government_investment announced",
            actors=["US"],
            companies=["Intel"],
            amount=8.9e9,
        ),
    )
    assert sorted(memory.lives()) == [
        "US:government_investment:intel:world:2025-08",
        "US:government_investment:mp materials:world:2025-07",
    ]


def test_a_joint_cut_is_a_step_of_two_measures() -> None:
    memory = Memory().load(
        told("2025-04-09", "tariff raised", actors=["US"], targets=["CN"], rate=125.0),
        told("2025-05-12", "tariff cut", actors=["US", "CN"], duration="P90D"),
    )
    assert memory.lives() == {
        "US:tariff:all_goods:CN:2025-04": ["raised", "cut"],
        "CN:tariff:all_goods:US:2025-05": ["cut"],
    }


def test_several_agreements_in_one_sentence_become_one_per_pair() -> None:
    held = Memory().load(
        told("2025-10-26", "trade_agreement adopted", actors=["US", "MY"]),
        told(
            "2025-10-27",
            "trade_agreement adopted",
            actors=["US", "MY", "KH"],
            says="The president signed trade deals with Malaysia and Cambodia.",
        ),
    )
    told_of = {m.measure_key: d.actors for m, d in steps_of(held)}
    assert told_of == {
        "MY+US:trade_agreement:all_goods:world:2025-10": ("US", "MY"),
        "KH+US:trade_agreement:all_goods:world:2025-10": ("US", "KH"),
    }


def test_background_repeating_the_articles_own_news_is_dropped() -> None:
    day, what, both = "2025-10-26", "trade_agreement adopted", ["US", "PE"]
    held = Memory().load(
        told(day, what, actors=both, article="sheet", time_frame="background"),
        told(day, what, actors=both, article="sheet", start=90),
    )
    (development,) = held.developments.values()
    assert development.novelty == "new_measure"


def test_one_agreement_of_many_stays_one() -> None:
    held = Memory().load(
        told(
            "2018-11-30",
            "trade_agreement adopted",
            actors=["US", "MX", "CA"],
            says="The United States, Mexico and Canada signed a trade agreement.",
        )
    )
    assert [m.measure_key for m, _ in steps_of(held)] == [
        "CA+MX+US:trade_agreement:all_goods:world:2018-11"
    ]


def steps_of(held: Memory) -> list[tuple[LinkedMeasure, LinkedDevelopment]]:
    """Each development with its measure."""
    return [(held.measures[d.measure_id], d) for d in held.developments.values()]
