"""Tariffs told without goods, targets or act: by their subject, and by their reach."""

from dataclasses import replace

from models.link import LinkMention
from tests.extractors.link_cases import Memory, told


def test_a_title_takes_the_subject_of_its_tariff_from_its_text() -> None:
    plan = told("2026-05-01", "tariff proposed", actors=["US"], says="A forced labor duty is due.")
    other = told("2026-07-20", "tariff threatened", actors=["US"], rate=20.0, publisher="b")
    text = told(
        "2026-07-23",
        "tariff announced",
        actors=["US"],
        says="Duties of 12% come on 60 countries over forced labor.",
        rate=12.0,
        article="a",
        start=90,
    )
    title = told(
        "2026-07-23", "tariff announced", actors=["US"], says="Tariffs on many nations", article="a"
    )
    title = replace(title, mention=replace(title.mention, field="title"))

    def measure_of(*reports: LinkMention) -> bool:
        held = Memory().load(*reports)
        ids = {
            key: held.developments[row.development_id].measure_id
            for (key, _), row in held.linked.items()
        }
        return ids[title.mention.mention_id] == ids[plan.mention.mention_id]

    assert measure_of(plan, other, title, text)
    assert not measure_of(plan, other, title)


def test_a_report_on_all_goods_is_found_again_by_one_on_none() -> None:
    first = told(
        "2026-07-30",
        "tariff announced",
        actors=["US"],
        commodities=["all_goods"],
        says="A tariff on all goods of 80 countries is announced.",
    )
    later = told(
        "2026-08-01",
        "tariff in_force",
        actors=["US"],
        says="Tariffs on dozens of countries start.",
        publisher="b",
    )
    tin = told("2026-07-30", "tariff announced", actors=["US"], commodities=["tin"], publisher="c")
    assert len(Memory().load(first, later).measures) == 1
    assert len(Memory().load(first, tin).measures) == 2
