"""Later versions of an article withdraw, change or repeat what an earlier one reported."""

import random
from dataclasses import replace

import pytest

from extractors.linking.article import parts_of
from models.identity import digest_id
from models.link import LinkMention
from tests.extractors.link_cases import Memory, told

BAN = "export_ban adopted"
DUTY = "tariff adopted"


def version(number: int, item: LinkMention) -> LinkMention:
    """The same report, in a later version of its article."""
    mention = replace(
        item.mention,
        article_version=number,
        mention_id=digest_id(item.mention.mention_id, number),
    )
    return replace(item, mention=mention)


def ban(publisher: str = "wire", article: str = "a", **more: object) -> LinkMention:
    return told(
        "2026-11-27",
        BAN,
        actors=["IN"],
        commodities=["sugar"],
        publisher=publisher,
        article=article,
        **more,  # type: ignore[arg-type]
    )


def denial() -> LinkMention:
    return version(2, ban(factuality="negated"))


def test_a_denial_by_its_own_source_leaves_nothing_asserted() -> None:
    memory = Memory().load(ban())
    (known,) = memory.developments
    memory.load(denial())
    (step,) = memory.developments.values()
    assert (step.development_id, step.factuality, step.change_reason, step.disputed) == (
        known,
        "negated",
        "retracted",
        False,
    )
    (measure,) = memory.measures.values()
    assert measure.last_development_id is None


def test_reported_again_after_the_denial_it_stands() -> None:
    memory = Memory().load(ban()).load(denial())
    memory.load(version(3, ban()))
    (step,) = memory.developments.values()
    assert (step.factuality, step.change_reason, step.disputed) == (
        "asserted",
        "reinstated",
        False,
    )


@pytest.mark.parametrize("other", ["a-first", "z-last"])
def test_another_source_keeps_it_asserted_and_disputed(other: str) -> None:
    memory = Memory().load(ban(), ban("daily", other)).load(denial())
    (step,) = memory.developments.values()
    assert (step.factuality, step.disputed, step.source_count) == ("asserted", True, 1)


def test_another_rate_from_the_same_source_replaces_the_first() -> None:
    first = told("2026-11-27", DUTY, actors=["IN"], commodities=["steel"], rate=25.0, article="a")
    second = told("2026-11-27", DUTY, actors=["IN"], commodities=["steel"], rate=10.0, article="a")
    memory = Memory().load(first)
    (known,) = memory.developments
    memory.load(version(2, second))
    (step,) = memory.developments.values()
    assert (step.development_id, step.rate_value, step.change_reason) == (known, 10.0, "corrected")
    assert (step.factuality, step.disputed) == ("asserted", False)


def test_another_actor_in_the_same_words_retracts_the_first() -> None:
    says = "{} bans exports of sugar with immediate effect"
    first = ban(says=says.format("India"))
    second = told(
        "2026-11-27",
        BAN,
        actors=["ID"],
        commodities=["sugar"],
        article="a",
        says=says.format("Indonesia"),
    )
    memory = Memory().load(first).load(version(2, second))
    assert {(d.actors, d.factuality) for d in memory.developments.values()} == {
        (("IN",), "negated"),
        (("ID",), "asserted"),
    }


def test_what_a_later_version_leaves_out_stands() -> None:
    other = told("2026-11-27", DUTY, actors=["IN"], commodities=["steel"], article="a", start=9)
    memory = Memory().load(ban(), other).load(version(2, other))
    assert {d.factuality for d in memory.developments.values()} == {"asserted"}
    assert {d.change_reason for d in memory.developments.values()} == {None}


def test_a_step_reported_in_full_and_in_short_is_one() -> None:
    title = ban(time_frame="background")
    title = replace(title, mention=replace(title.mention, field="title"))
    body = told(
        "2026-11-27",
        BAN,
        actors=["IN"],
        time_frame="background",
        dates=[("date_announced", "2026-11-27")],
        article="a",
        start=60,
    )
    memory = Memory().load(title, body)
    (step,) = memory.developments.values()
    assert (step.commodities, step.mention_count, step.novelty) == (("sugar",), 2, "new_measure")


def test_two_measures_of_one_article_stay_two() -> None:
    def step(good: str, day: str, start: int) -> LinkMention:
        return told(
            "2026-11-27",
            BAN,
            commodities=[good],
            dates=[("date_effective", day)],
            article="a",
            start=start,
        )

    vague = told("2026-11-27", BAN, article="a", start=90)
    dated = told(
        "2026-11-27", BAN, dates=[("date_effective", "2026-12-15")], article="a", start=120
    )
    gallium, antimony = step("gallium", "2026-12-01", 0), step("antimony", "2026-12-15", 40)
    goods = {p.source.mention.start: p.buckets for p in parts_of([gallium, antimony, vague, dated])}
    assert goods[90] == frozenset()
    assert goods[120] == goods[40] != goods[0]
    assert len(Memory().load(gallium, antimony).developments) == 2


def story(chance: random.Random) -> list[LinkMention]:
    """Articles whose versions assert, deny and change three steps."""
    found = []
    for article in ("a", "b", "c", "d"):
        for number in range(1, chance.randint(2, 5)):
            item = told(
                f"2026-11-{20 + 'abcd'.index(article)}",
                chance.choice([BAN, DUTY]),
                actors=[chance.choice(["IN", "ID"])],
                commodities=chance.choice([["sugar"], ["steel"], []]),
                rate=chance.choice([None, 10.0, 25.0]),
                factuality=chance.choice(["asserted", "asserted", "negated"]),
                publisher=chance.choice(["wire", "daily"]) if article > "b" else "wire",
                article=article,
                start=number,
            )
            found.append(version(number, item))
    return found


@pytest.mark.parametrize("seed", range(150))
def test_any_order_of_articles_and_versions_ends_in_the_same_lives(seed: int) -> None:
    chance = random.Random(seed)
    reports = story(chance)
    expected = Memory().load(*reports)
    shuffled = chance.sample(reports, len(reports))
    memory = Memory()
    for item in shuffled:
        memory.load(item)
    assert memory.partition() == expected.partition()
