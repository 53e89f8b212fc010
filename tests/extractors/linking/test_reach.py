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


def test_a_rate_for_some_countries_in_an_act_for_all_is_a_step_of_it() -> None:
    def adopted(act: str, says: str, rate: float, *targets: str) -> LinkMention:
        return told(
            "2025-09-29",
            "tariff adopted",
            actors=["US"],
            targets=targets,
            rate=rate,
            instrument=act,
            says=says,
            publisher="".join(targets) or "wire",
        )

    def keys(act: str, other: str | None = None) -> list[str]:
        held = Memory().load(
            adopted(other or act, "A global tariff of 25% is signed.", 25.0),
            adopted(act, "The duty on Japan will not exceed 15%.", 15.0, "JP"),
            adopted(act, "The duty on Britain will not exceed 10%.", 10.0, "GB"),
        )
        return sorted(m.measure_key for m in held.measures.values())

    assert keys("Proclamation 10976") == ["US:us-proclamation-10976"]
    # Without the one for all, the rates are of one act still.
    held = Memory().load(
        adopted("Proclamation 10976", "The duty on Japan will not exceed 15%.", 15.0, "JP"),
        adopted("Proclamation 10976", "The duty on Britain will not exceed 10%.", 10.0, "GB"),
    )
    assert len(held.measures) == 1
    # Each country's rate under the general tariff is a measure; so it is where no act is shared.
    general = ["US:us-eo-14257", "US:us-eo-14257:GB", "US:us-eo-14257:JP"]
    assert keys("Executive Order 14257") == general
    assert len(keys("Proclamation 10976", other="Proclamation 10908")) == 2
