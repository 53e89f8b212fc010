"""What reports lend one another: goods, actors, dates; and what keeps two steps apart."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from extractors.linking.days import dates_cited_act, of_another
from extractors.linking.parties import one_bloc, owner_of_measure, region_of_measure
from models.link import LinkedDevelopment, LinkMention
from tests.extractors.link_cases import Memory, told


def as_title(report: LinkMention) -> LinkMention:
    return replace(report, mention=replace(report.mention, field="title"))


def steps(*reports: LinkMention) -> list[LinkedDevelopment]:
    """The developments of these reports, which are the same in every order of arrival."""
    found = []
    for order in permutations(reports):
        memory = Memory()
        for report in order:
            memory.load(report)
        found.append(memory)
    lives = [memory.lives() for memory in (*found, Memory().load(*reports))]
    assert all(life == lives[0] for life in lives)
    goods = [
        sorted((d.status, d.commodities) for d in memory.developments.values()) for memory in found
    ]
    assert all(one == goods[0] for one in goods)
    return sorted(found[0].developments.values(), key=lambda d: d.first_reported_at)


COBALT = told("2025-02-24", "export_ban adopted", actors=["CD"], commodities=["cobalt"])


def test_the_ban_without_goods_is_the_one_in_the_news() -> None:
    longer = told("2025-03-05", "export_ban extended", actors=["CD"], publisher="daily")
    first, second = steps(COBALT, longer)
    assert first.measure_id == second.measure_id
    assert second.commodities == ("cobalt",)


def test_the_ban_without_goods_stands_alone_where_two_were_in_the_news() -> None:
    tin = told("2025-02-26", "export_ban adopted", actors=["CD"], commodities=["tin"])
    longer = told("2025-03-05", "export_ban extended", actors=["CD"], publisher="daily")
    found = steps(COBALT, tin, longer)
    assert len({d.measure_id for d in found}) == 3
    assert found[-1].commodities == ()


def test_the_ban_without_goods_is_not_one_of_long_ago() -> None:
    longer = told("2025-06-05", "export_ban extended", actors=["CD"], publisher="daily")
    assert len({d.measure_id for d in steps(COBALT, longer)}) == 2


def test_a_tariff_without_goods_borrows_none() -> None:
    steel = told("2025-02-24", "tariff adopted", actors=["US"], commodities=["copper"])
    vague = told("2025-02-25", "tariff raised", actors=["US"], publisher="daily")
    assert [d.commodities for d in steps(steel, vague)] == [("copper",), ()]


def test_an_act_lends_its_goods_and_each_of_several_its_own() -> None:
    acts = "Announcements No. 55 to 58 of 2025"
    found = Memory().load(told("2025-11-07", "export_control suspended", instrument=acts))
    goods = {
        measure.instrument_id: development.commodities
        for development in found.developments.values()
        for measure in [found.measures[development.measure_id]]
    }
    assert goods["mofcom-2025-55"] == ("superhard_materials",)
    assert goods["mofcom-2025-58"] == ("graphite", "lithium_ion_batteries")


def test_a_step_of_long_ago_opens_no_present() -> None:
    then = told("2025-04-02", "tariff announced", actors=["US"], targets=["JP"], rate=24.0)
    now = told("2026-01-20", "tariff raised", actors=["US"], targets=["JP"], rate=25.0)
    recalled = told(
        "2026-02-10",
        "tariff announced",
        actors=["US"],
        targets=["JP"],
        dates=[("date_announced", "2025-04-02")],
        publisher="daily",
    )
    memory = Memory().load(then, now, recalled)
    assert [d.mention_count for d in memory.developments.values() if d.status == "announced"] == [2]
    alone = Memory().load(recalled)
    assert alone.alerted == []
    assert [d.time_frame for d in alone.developments.values()] == ["background"]


def test_a_step_of_last_week_is_news() -> None:
    fresh = told(
        "2026-02-10", "tariff announced", actors=["US"], dates=[("date_announced", "2026-02-03")]
    )
    assert len(Memory().load(fresh).alerted) == 1


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("It will apply a rate of 18% under Executive Order 14257 of April 2, 2025.", True),
        ("It amends Proclamation 9704 of April 2, 2025, again.", True),
        ("In Executive Order 14259 of April 2, 2025, the rate was raised.", False),
        ("The tariff was announced on April 2, 2025.", False),
    ],
)
def test_the_date_of_a_cited_act_is_not_the_steps(sentence: str, cited: bool) -> None:
    assert dates_cited_act("April 2, 2025", sentence) is cited


def test_the_date_of_the_measure_is_not_that_of_its_pause() -> None:
    says = "The rule of 29 September 2025 is suspended for a year."
    paused = told("2025-11-10", "export_control suspended", says=says).mention
    adopted = told("2025-11-10", "export_control adopted", says=says).mention
    assert of_another("29 September 2025", paused)
    assert not of_another("29 September 2025", adopted)


def test_a_promise_and_the_act_that_carries_it_out_are_two_steps() -> None:
    promise = told(
        "2025-10-30",
        "export_control suspended",
        commodities=["rare_earths"],
        factuality="scheduled",
        time_frame="future",
    )
    act = told(
        "2025-11-07",
        "export_control suspended",
        commodities=["rare_earths"],
        dates=[("date_end", "2026-11-10")],
        publisher="mofcom",
    )
    first, second = steps(promise, act)
    assert first.measure_id == second.measure_id
    assert (first.ends_on, second.ends_on) == (None, date(2026, 11, 10))


def test_an_expansion_told_on_the_day_a_measure_is_made_is_that_measure() -> None:
    act = told("2025-10-09", "export_control adopted", commodities=["rare_earths"])
    paper = told(
        "2025-10-09", "export_control expanded", commodities=["rare_earths"], publisher="daily"
    )
    later = told(
        "2025-12-09", "export_control expanded", commodities=["rare_earths"], publisher="daily"
    )
    assert len(steps(act, paper)) == 1
    assert len(steps(act, later)) == 2


def test_a_title_takes_who_acts_from_its_text() -> None:
    title = as_title(
        told("2018-12-02", "tariff delayed", actors=["US", "CN"], article="one", start=0)
    )
    text = told(
        "2018-12-02", "tariff delayed", actors=["US"], targets=["CN"], article="one", start=50
    )
    assert {d.block for d in Memory().load(title, text).developments.values()} == {"US:tariff"}
    # Without the text, both may act.
    assert len(Memory().load(title).developments) == 2


def test_a_planned_title_is_the_threat_of_its_text() -> None:
    title = as_title(
        told(
            "2026-01-27",
            "tariff raised",
            actors=["US"],
            targets=["KR"],
            rate=25.0,
            factuality="scheduled",
            time_frame="future",
            article="one",
        )
    )
    text = told(
        "2026-01-27",
        "tariff threatened",
        actors=["US"],
        targets=["KR"],
        rate=25.0,
        article="one",
        start=50,
    )
    assert [d.status for d in Memory().load(title, text).developments.values()] == ["threatened"]
    assert [d.status for d in Memory().load(title).developments.values()] == ["raised"]


def test_a_later_look_back_changes_no_value_of_a_step() -> None:
    step = told("2025-10-12", "tariff announced", actors=["US"], targets=["CN"], rate=100.0)
    back = told(
        "2025-12-22",
        "tariff in_force",
        actors=["US"],
        targets=["CN"],
        time_frame="background",
        dates=[("date_announced", "2025-10-12"), ("date_end", "2027-01-01")],
        publisher="daily",
    )
    found = steps(step, back)
    assert [(d.status, d.ends_on) for d in found] == [("announced", None)]


def test_whose_tariff_it_is_and_whom_it_is_on() -> None:
    assert owner_of_measure("China called the tariffs announced by Washington unfair.") == "US"
    assert region_of_measure("He delayed the North American tariffs.") == {"CA", "MX", "US"}
    assert region_of_measure("He delayed the tariffs.") == frozenset()
    assert one_bloc({"EU"}, {"DE", "FR", "NO"})
    assert not one_bloc({"EU"}, {"DE"})
    assert not one_bloc({"EU"}, {"JP", "KR"})


def test_a_title_with_a_plain_duty_tells_the_remedy_of_its_text() -> None:
    def report(what: str, start: int) -> LinkMention:
        return told(
            "2024-10-29",
            what,
            actors=["EU"],
            targets=["CN"],
            commodities=["electric_vehicles"],
            article="a",
            start=start,
        )

    def saying(report: LinkMention, sentence: str) -> LinkMention:
        return replace(report, mention=replace(report.mention, sentence=sentence))

    title = saying(as_title(report("tariff adopted", 0)), "EU adopts duties on electric cars")
    remedy, duty = report("trade_remedy adopted", 90), report("tariff adopted", 300)
    plain = saying(duty, "The highest duty is that of one maker.")
    apart = saying(duty, "The general tariff rises as well.")
    assert [d.type for d in steps(title, remedy)] == ["trade_remedy"]
    assert [d.type for d in steps(title, remedy, plain)] == ["trade_remedy"]
    assert [d.type for d in steps(title, remedy, apart)] == ["tariff"]


def test_a_firms_purchase_is_not_that_of_the_state_beside_it() -> None:
    stake = told("2025-07-15", "government_investment adopted", actors=["US"], article="a", start=9)
    bought = told(
        "2025-07-15",
        "offtake_agreement adopted",
        actors=(),
        companies=["Apple", "MP Materials"],
        article="a",
    )
    actors = {d.type: d.actors for d in steps(stake, as_title(bought))}
    assert actors["offtake_agreement"] != ("US",)


def test_a_tax_on_exports_is_no_step_of_the_ban() -> None:
    ban = told("2023-07-20", "export_ban adopted", actors=["IN"], commodities=["rice"])
    tax = told("2023-08-25", "export_tax adopted", actors=["IN"], commodities=["rice"])
    control = told(
        "2023-08-25", "export_control extended", actors=["IN"], commodities=["rice"], publisher="b"
    )
    first, *later = steps(ban, tax, control)
    assert {d.type: d.measure_id == first.measure_id for d in later} == {
        "export_tax": False,
        "export_control": True,
    }


def test_an_exemption_is_never_a_further_report_of_its_tariff() -> None:
    tariff = told(
        "2025-08-08", "tariff in_force", actors=["US"], targets=["CH"], commodities=["gold"]
    )
    freed = told(
        "2025-08-11",
        "tariff_exemption announced",
        actors=["US"],
        targets=["CH"],
        commodities=["gold"],
    )
    assert [d.type for d in steps(tariff, freed)] == ["tariff", "tariff_exemption"]


def test_a_threat_is_averted_once_whatever_else_is_done_in_between() -> None:
    def us(day: str, what: str, rate: float, **more: Any) -> LinkMention:
        return told(day, what, actors=["US"], targets=["CN"], rate=rate, **more)

    reports = (
        us("2025-10-10", "tariff threatened", 100),
        us("2025-10-26", "tariff averted", 100),
        us("2025-10-29", "tariff cut", 10),
        us("2025-11-12", "tariff averted", 100, dates=[("2025-11-12", "date_announced")]),
    )
    assert [d.status for d in steps(*reports)] == ["threatened", "averted", "cut"]
    again = us("2025-11-20", "tariff threatened", 100, dates=[("2025-11-20", "date_announced")])
    late = us("2025-12-15", "tariff averted", 100, dates=[("2025-12-15", "date_announced")])
    assert [d.status for d in steps(reports[0], reports[1], again, late)].count("averted") == 2


def test_what_a_step_adds_is_its_rate() -> None:
    def us(rate: float, basis: str, start: int) -> LinkMention:
        what = "tariff adopted"
        return told(
            "2025-07-30",
            what,
            actors=["US"],
            targets=["BR"],
            rate=rate,
            basis=basis,
            article="a",
            start=start,
        )

    (step,) = steps(as_title(us(50, "ad_valorem", 0)), us(40, "additional", 90))
    assert step.rate_value == 40
