"""Exemptions beside their tariff: steps of its measure, never the tariff itself."""

from dataclasses import replace
from typing import Any

from models.event import Rate
from models.link import LinkedDevelopment, LinkMention
from tests.extractors.link_cases import Memory, told


def us(day: str, what: str, **more: Any) -> LinkMention:
    return told(day, what, actors=["US"], **more)


def by_status(memory: Memory) -> dict[tuple[str, str], LinkedDevelopment]:
    return {(d.type, d.status): d for d in memory.developments.values()}


IN_FORCE = us("2025-03-04", "tariff in_force", targets=["PE", "CL"])
PROPOSED = us("2025-03-01", "tariff proposed", targets=["KE"], rate=10.0, publisher="daily")
EXEMPTION = us("2025-03-06", "tariff_exemption adopted", publisher="post")


def test_an_exemption_is_from_the_tariff_in_force_not_from_one_proposed() -> None:
    found = by_status(Memory().load(PROPOSED, IN_FORCE, EXEMPTION))
    exemption = found["tariff_exemption", "adopted"]
    assert exemption.measure_id == found["tariff", "in_force"].measure_id
    assert exemption.measure_id != found["tariff", "proposed"].measure_id
    # From a tariff that is only wished for, nothing is exempted.
    assert len(Memory().load(PROPOSED, EXEMPTION).measures) == 2


def test_an_exemption_weeks_later_is_no_further_report_of_the_tariff() -> None:
    order = us("2025-03-04", "tariff adopted", targets=["PE"], commodities=["tin"])
    spared = us("2025-04-20", "tariff_exemption adopted", targets=["PE"], commodities=["tin"])
    again = us("2025-04-20", "tariff adopted", targets=["PE"], commodities=["tin"], publisher="b")
    held = Memory().load(order, spared)
    assert sorted(d.type for d in held.developments.values()) == ["tariff", "tariff_exemption"]
    assert len(held.measures) == 1
    # The tariff itself is still in the news after these weeks.
    assert len(Memory().load(order, again).developments) == 1


def test_a_new_exemption_may_name_the_law_of_what_it_spares() -> None:
    def measures(what: str, says: str) -> int:
        order: dict[str, Any] = {"targets": ["PE"], "article": "order"}
        duty = us("2025-07-30", "tariff adopted", instrument="IEEPA", **order)
        other = us("2025-07-30", what, says=says, instrument="Section 232", start=90, **order)
        return len(Memory().load(duty, other).measures)

    assert measures("tariff_exemption adopted", "It spares goods under Section 232.") == 1
    # A duty under another law is another, and an older exemption is from the duty of its law.
    assert measures("tariff adopted", "A duty under Section 232 is signed.") == 2
    assert measures("tariff_exemption extended", "The Section 232 exclusion goes on.") == 2


def test_a_title_that_spares_goods_is_the_tariff_of_its_text() -> None:
    def report(what: str, start: int, **more: Any) -> LinkMention:
        return us("2025-07-30", what, targets=["PE"], article="a", start=start, **more)

    held = Memory().load(
        report("tariff adopted", 0, says="U.S. sets duty on Peru, spares tin"),
        report("tariff adopted", 90, commodities=["all_goods"]),
        report("tariff_exemption adopted", 200, commodities=["tin"], says="Tin is exempt."),
    )
    assert {key: d.commodities for key, d in by_status(held).items()} == {
        ("tariff", "adopted"): ("all_goods",),
        ("tariff_exemption", "adopted"): ("tin",),
    }
    assert len(held.measures) == 1


def test_an_order_takes_effect_as_the_rise_that_its_article_tells() -> None:
    def told_twice(status: str, **more: Any) -> Memory:
        rise = us("2025-08-01", f"tariff {status}", targets=["CA"], rate=35.0, article="a")
        begins = us("2025-08-01", "tariff in_force", targets=["CA"], start=90, **more)
        return Memory().load(rise, begins)

    assert len(told_twice("raised", article="a").developments) == 1
    # Another article, or a rate of its own, tells more than when.
    assert len(told_twice("raised", article="b").developments) == 2
    assert len(told_twice("raised", article="a", rate=12.0).developments) == 2
    # What was threatened takes effect in a step of its own.
    assert len(told_twice("threatened", article="a").developments) == 2


def test_the_rate_of_a_step_is_what_it_adds_not_what_that_makes_in_all() -> None:
    def rate(*given: tuple[float, str]) -> float | None:
        report = us("2025-07-30", "tariff adopted", targets=["PE"])
        rates = tuple(
            Rate(text=f"{value}%", value=value, unit="percent", basis=basis)
            for value, basis in given
        )
        held = Memory().load(replace(report, mention=replace(report.mention, rates=rates)))
        (step,) = held.developments.values()
        (measure,) = held.measures.values()
        assert measure.rate_value == step.rate_value
        return step.rate_value

    assert rate((50.0, "ad_valorem"), (40.0, "additional"), (50.0, "total")) == 40.0
    assert rate((40.0, "additional"), (50.0, "total")) == 40.0
    assert rate((50.0, "ad_valorem"), (40.0, "additional")) == 40.0
    assert rate((50.0, "total")) == 50.0
    assert rate() is None
