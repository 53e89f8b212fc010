"""How well a step is attested: what a report is worth, and what its reports come to."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.linking.article import parts_of
from extractors.linking.grade import worth
from extractors.linking.state import from_json
from models.event import Factuality
from models.grade import Grade, best
from models.link import LinkedDevelopment, LinkMention
from tests.extractors.link_cases import Memory, told

BAN = "export_ban announced"
CHIPS = ("gallium",)


def report(day: str, publisher: str = "wire", what: str = BAN, **fields: Any) -> LinkMention:
    return told(day, what, commodities=CHIPS, publisher=publisher, **fields)


def ministry(day: str, what: str = BAN, **fields: Any) -> LinkMention:
    return report(day, "ministry", what, speaks_for="CN", source="official_actor", **fields)


def only(memory: Memory) -> LinkedDevelopment:
    (found,) = memory.developments.values()
    return found


@pytest.mark.parametrize(
    ("fields", "grade"),
    [
        ({}, Grade.REPORTED),
        ({"source": "official_actor"}, Grade.REPORTED),
        ({"source": "analyst"}, Grade.REPORTED),
        ({"factuality": "scheduled"}, Grade.REPORTED),
        ({"factuality": "conditional"}, Grade.REPORTED),
        ({"factuality": "speculative"}, Grade.RUMOUR),
        ({"factuality": "alleged"}, Grade.RUMOUR),
        ({"factuality": "question"}, Grade.RUMOUR),
        ({"factuality": "negated"}, None),
        ({"factuality": "negated", "speaks_for": "CN"}, None),
        ({"source": "unnamed_source", "source_text": "two people"}, Grade.RUMOUR),
        ({"source": "unnamed_source", "source_text": "sources"}, Grade.RUMOUR),
        ({"source": "unnamed_source", "source_text": "Sources said"}, Grade.RUMOUR),
        ({"source": "unnamed_source", "source_text": "a source close to the talks"}, Grade.RUMOUR),
        ({"source": "unnamed_source", "source_text": "sources of lithium"}, Grade.REPORTED),
        (
            {"source": "unnamed_source", "source_text": "reportedly", "speaks_for": "CN"},
            Grade.CONFIRMED,
        ),
        ({"source": "media", "source_text": "reportedly"}, Grade.RUMOUR),
        ({"source": "media", "source_text": "Reuters"}, Grade.REPORTED),
        ({"speaks_for": "CN"}, Grade.CONFIRMED),
        ({"speaks_for": "CN", "factuality": "conditional"}, Grade.CONFIRMED),
        ({"speaks_for": "CN", "factuality": "speculative"}, Grade.RUMOUR),
        ({"speaks_for": "US"}, Grade.REPORTED),
        ({"speaks_for": "US", "actors": ["XX"]}, Grade.REPORTED),
    ],
)
def test_what_one_report_is_worth(fields: dict[str, Any], grade: Grade | None) -> None:
    (part,) = parts_of([report("2025-03-01", **fields)])
    assert worth(part) is grade


def test_a_text_of_either_party_confirms_an_agreement() -> None:
    deal = told(
        "2025-03-01", "trade_agreement adopted", actors=["US", "JP"], targets=["JP", "US"],
        speaks_for="JP",
    )  # fmt: skip
    assert {worth(part) for part in parts_of([deal])} == {Grade.CONFIRMED}


def test_an_official_text_confirms_the_news_before_it() -> None:
    memory = Memory().load(report("2025-03-01"), report("2025-03-02", "daily"))
    assert (only(memory).grade, only(memory).official_source) == ("reported", None)
    step = only(memory.load(ministry("2025-03-03")))
    assert (step.grade, step.official_source, step.source_count) == ("confirmed", "ministry", 3)
    assert step.official_reported_at == datetime(2025, 3, 3, 12, tzinfo=UTC)
    assert step.official_seen_at == datetime(2025, 3, 3, 13, tzinfo=UTC)
    assert step.official_article_id == f"ministry-2025-03-03-{BAN}"


def test_the_earliest_official_text_counts_even_if_it_comes_last() -> None:
    memory = Memory().load(report("2025-03-01"), ministry("2025-03-04"))
    step = only(memory.load(ministry("2025-03-02", article="gazette")))
    assert step.official_article_id == "gazette"
    assert (step.grade, step.source_count) == ("confirmed", 2)


def test_copies_are_no_sources() -> None:
    memory = Memory().load(
        report("2025-03-01", copy_of="w"), report("2025-03-01", "b", copy_of="w")
    )
    assert (only(memory).grade, only(memory).source_count) == ("reported", 1)


def test_a_leak_is_a_rumour_until_somebody_reports_it() -> None:
    leak = report("2025-03-01", source="unnamed_source", source_text="two people")
    memory = Memory().load(leak)
    assert only(memory).grade == "rumour"
    assert only(memory.load(report("2025-03-02", "daily"))).grade == "reported"


def test_a_denial_neither_grades_nor_confirms() -> None:
    memory = Memory().load(ministry("2025-03-01", factuality="negated"))
    assert (only(memory).grade, only(memory).official_source) == (None, None)


def test_putting_in_force_officially_confirms_what_was_announced() -> None:
    """A gazette prints an act weeks after the news: that is the next stage of the step."""
    memory = Memory().load(report("2025-03-01"))
    memory.load(ministry("2025-03-25", "export_ban in_force"))
    announced, in_force = sorted(memory.developments.values(), key=lambda d: d.first_reported_at)
    assert in_force.stage_of == announced.development_id
    assert [d.grade for d in (announced, in_force)] == ["confirmed", "confirmed"]
    assert announced.official_reported_at == in_force.official_reported_at


def test_a_state_of_before_goes_on_with_what_it_tells() -> None:
    state = from_json(only(Memory().load(report("2025-03-01"))).state)
    for sure, grade in (("asserted", "reported"), ("speculative", "rumour"), ("negated", None)):
        state.factuality = sure
        old = state.to_json().replace('"grade":"reported","confirmed_by":null,', "")
        assert "grade" not in old
        assert (from_json(old).grade, from_json(old).confirmed_by) == (grade, None)


GRADES = st.lists(st.sampled_from([None, *Grade]), max_size=5)


@given(GRADES, GRADES)
def test_the_best_grade_is_the_same_in_any_order_and_pieces(
    one: list[Grade | None], other: list[Grade | None]
) -> None:
    assert best(*one, *other) == best(best(*other), best(*one)) == best(*reversed([*one, *other]))


REPORTS = st.builds(
    lambda day, what, publisher, sure, source, n: told(
        f"2025-03-{day:02}",
        what,
        commodities=CHIPS,
        publisher=publisher,
        speaks_for={"ministry": "CN", "ustr": "US"}.get(publisher),
        factuality=sure,
        source=source,
        article=f"{publisher}-{day}",
        start=n,
    ),
    st.integers(1, 28),
    st.sampled_from(["export_ban announced", "export_ban in_force", "export_ban lifted"]),
    st.sampled_from(["wire", "daily", "ministry", "ustr"]),
    st.sampled_from([sure.value for sure in Factuality]),
    st.sampled_from(["author", "official_actor", "unnamed_source"]),
    st.integers(0, 3).map(lambda n: n * 100),
)


@settings(max_examples=120)
@given(st.lists(REPORTS, max_size=10, unique_by=lambda r: r.mention.mention_id),
       st.randoms(use_true_random=False))  # fmt: skip
def test_reports_in_any_order_give_the_same_grades(
    reports: list[LinkMention], chance: random.Random
) -> None:
    at_once = Memory().load(*reports) if reports else Memory()
    articles: dict[str, list[LinkMention]] = {}
    for item in reports:
        articles.setdefault(item.mention.article_id, []).append(item)
    shuffled = list(articles.values())
    chance.shuffle(shuffled)
    piecewise = Memory()
    for items in shuffled:
        piecewise.load(*items)
    assert piecewise.partition() == at_once.partition()
