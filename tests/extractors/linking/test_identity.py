"""Which reports are of one measure: acts, jurisdictions, reach, deals, rounds, looks back."""

import itertools
from typing import Any

import pytest

from extractors.linking.acts import load_acts, own_acts, standing_act
from extractors.linking.parties import outside_titles, owner_of_measure, pair_of_deal, with_blocs
from extractors.linking.scope import another_round, reaches_all, spares, subjects_of
from models.link import LinkMention
from tests.extractors.link_cases import Memory, told

US = ["US"]


def us(day: str, what: str, **more: Any) -> LinkMention:
    return told(day, what, actors=US, **more)


def own(*acts: str, sentence: str = "", implementer: str = "US", **more: Any) -> tuple[str, ...]:
    given: dict[str, Any] = {"grounds": set(), "buckets": set(), "targets": set()} | more
    return own_acts(acts, implementer=implementer, sentence=sentence, **given)


def test_an_act_named_for_comparison_is_not_the_reports_own() -> None:
    beside = "The duty applies in addition to those under Executive Order 14257."
    assert own("us-eo-14257", sentence=beside) == ()
    assert own("us-eo-14257", sentence="It amends Executive Order 14257.") == ("us-eo-14257",)
    # An act on cars is only cited by a report on steel, one on Mexico by a report on China.
    assert own("us-proclamation-10908", buckets={"steel"}) == ()
    assert own("us-proclamation-10908", buckets={"autos"}) == ("us-proclamation-10908",)
    assert own("us-eo-14194", targets={"CN"}) == ()
    assert own("us-eo-14257", grounds={"us-section-232"}) == ()
    # What the table does not know rules nothing out.
    assert own("us-eo-12345", buckets={"tin"}, targets={"PE"}) == ("us-eo-12345",)


def test_an_act_belongs_to_its_own_jurisdiction() -> None:
    held = Memory().load(
        told(
            "2025-06-16",
            "tariff cut",
            actors=["US", "GB"],
            commodities=["steel"],
            instrument="Proclamation 9704",
        )
    )
    keys = {m.implementer: m.measure_key for m in held.measures.values()}
    assert keys["US"] == "US:us-proclamation-9704"
    assert "proclamation" not in keys["GB"]


def test_acts_that_amend_one_another_are_one_measure() -> None:
    numbers = ("Proclamation 9705", "Proclamation 10896", "Proclamation 10947", "Proclamation 9704")
    days = ("2025-02-10", "2025-02-12", "2025-06-03", "2026-04-02")
    held = Memory().load(
        *(
            us(day, "tariff raised", commodities=["steel"], rate=rate, instrument=act)
            for day, act, rate in zip(days, numbers, (25.0, 26.0, 50.0, 60.0), strict=True)
        )
    )
    assert held.lives() == {"US:us-proclamation-9704": ["raised"] * 4}


def test_a_tariff_that_stands_for_years_is_found_by_its_goods() -> None:
    on = us("2026-01-05", "tariff raised").reported_date
    none: dict[str, Any] = {"targets": set(), "worldwide": False, "subjects": set(), "on": on}
    assert standing_act("US", buckets={"steel"}, **none) == ("us-proclamation-9704",)
    assert standing_act("US", buckets={"copper"}, **none) == ("us-proclamation-10962",)
    assert standing_act("US", buckets={"tin"}, **none) == ()
    assert standing_act("EU", buckets={"steel"}, **none) == ()
    assert standing_act("US", buckets={"steel"}, **none | {"targets": {"TR"}}) == ()
    fentanyl = none | {"targets": {"CA"}, "subjects": {"drugs_trade"}}
    assert standing_act("US", buckets=set(), **fentanyl) == ("us-eo-14193",)
    world = none | {"worldwide": True}
    assert standing_act("US", buckets=set(), **world) == ("us-eo-14257",)
    later = us("2026-03-02", "tariff lifted").reported_date
    assert standing_act("US", buckets=set(), **world | {"on": later}) == ()


def test_each_countrys_rate_under_the_general_tariff_is_a_measure_of_its_own() -> None:
    order = "Executive Order 14257"
    held = Memory().load(
        us("2025-04-02", "tariff adopted", instrument=order),
        us("2025-07-23", "tariff cut", instrument=order, targets=["ID"], rate=19.0),
        us("2025-07-24", "tariff cut", instrument=order, targets=["JP"], rate=15.0),
        us("2025-07-31", "tariff raised", instrument=order),
    )
    assert held.lives() == {
        "US:us-eo-14257": ["adopted", "raised"],
        "US:us-eo-14257:ID": ["cut"],
        "US:us-eo-14257:JP": ["cut"],
    }


def test_a_tariff_against_all_is_not_opened_again_for_each_country_named() -> None:
    says = "Washington will put duties of 11% on 70 trading partners, among them {}."
    held = Memory().load(
        *(
            us(
                f"2026-07-2{day}",
                "tariff announced",
                targets=[code],
                rate=11.0,
                publisher=code,
                says=says.format(name),
            )
            for day, code, name in ((1, "PE", "Peru"), (2, "KE", "Kenya"), (3, "PH", "Manila"))
        )
    )
    (measure,) = held.measures.values()
    assert measure.measure_key == "US:tariff:all_goods:world:2026-07"
    assert len(held.developments) == 1


def test_a_tariff_on_one_country_is_none_against_all() -> None:
    held = Memory().load(
        us("2026-05-04", "tariff announced", says="A universal tariff of 12% comes.", rate=12.0),
        us("2026-05-06", "tariff announced", targets=["BR"], rate=40.0, publisher="daily"),
    )
    assert len(held.measures) == 2


def test_goods_that_are_spared_are_not_what_the_measure_is_on() -> None:
    held = Memory().load(
        us("2025-07-30", "tariff adopted", targets=["BR"], rate=40.0, article="order"),
        us(
            "2025-07-30",
            "tariff adopted",
            targets=["BR"],
            commodities=["aircraft"],
            says="The duty shall not apply to aircraft of Brazil.",
            article="order",
            start=90,
        ),
    )
    (measure,) = held.measures.values()
    assert measure.product_bucket == "all_goods"


def test_other_subjects_are_other_tariffs() -> None:
    held = Memory().load(
        us("2026-05-04", "tariff proposed", says="Tariffs over forced labor are proposed."),
        us("2026-05-06", "tariff proposed", says="Tariffs over digital taxes are proposed."),
        us("2026-05-20", "tariff adopted", says="The forced labour duties are signed."),
    )
    lives = sorted(m.statuses for m in held.measures.values())
    assert lives == [("proposed",), ("proposed", "adopted")]


def test_a_deal_of_two_parties_is_one_until_it_is_about_something_else() -> None:
    both = ["US", "TH"]
    held = Memory().load(
        told("2025-10-26", "trade_agreement announced", actors=both, commodities=["rice"]),
        told("2026-03-02", "trade_agreement adopted", actors=both, commodities=["autos"]),
        told(
            "2025-10-26",
            "trade_agreement adopted",
            actors=both,
            says="A critical minerals memorandum was signed with Thailand.",
            publisher="daily",
        ),
    )
    assert sorted(held.lives().values()) == [["adopted"], ["announced", "adopted"]]


def test_further_sanctions_are_a_round_of_their_own() -> None:
    oil: dict[str, Any] = {"targets": ["IR"], "commodities": ["crude_oil"]}
    held = Memory().load(
        us("2026-04-20", "sanction_listing adopted", says="Tankers are put on the list.", **oil),
        us("2026-04-21", "sanction_listing adopted", publisher="daily", **oil),
        us(
            "2026-04-25",
            "sanction_listing adopted",
            says="The Treasury lists more sanctions on Iranian oil.",
            **oil,
        ),
    )
    assert sorted(d.mention_count for d in held.developments.values()) == [1, 2]
    assert len(held.measures) == 2


def test_an_undated_look_back_moves_no_status() -> None:
    suspended = us("2026-02-02", "tariff suspended", commodities=["tin"], targets=["PE"])
    back = us(
        "2026-05-04",
        "tariff adopted",
        commodities=["tin"],
        targets=["PE"],
        time_frame="background",
        publisher="daily",
    )
    held = Memory().load(
        us("2026-01-05", "tariff adopted", commodities=["tin"], targets=["PE"]), suspended, back
    )
    (measure,) = held.measures.values()
    last = held.developments[str(measure.last_development_id)]
    assert (last.status, len(held.alerted)) == ("suspended", 2)


def test_a_key_says_the_kind_of_its_measure() -> None:
    held = Memory().load(
        told("2025-10-09", "export_control adopted", commodities=["gallium"]),
        us("2025-10-10", "offtake_agreement announced", companies=["Tin Hill"]),
        us("2025-10-11", "tariff_exemption adopted", commodities=["tin"], targets=["PE"]),
    )
    assert sorted(held.lives()) == [
        "CN:export_control:gallium:world:2025-10",
        "US:offtake_agreement:tin hill:world:2025-10",
        "US:tariff:tin:PE:2025-10",
    ]


def test_steps_found_by_new_words_are_stored_with_their_measure() -> None:
    """A late report can take the goods from a measure; its other steps must stay findable."""
    reports = [
        us("2025-05-02", "tariff announced", article="c"),
        us("2025-03-03", "tariff announced", targets=["CN"], article="a"),
        us("2025-04-01", "tariff announced", article="b"),
        us(
            "2025-05-02",
            "tariff adopted",
            targets=["CN"],
            commodities=["tin"],
            article="c",
            start=9,
        ),
        us("2025-04-25", "tariff announced", article="d"),
    ]
    expected = Memory().load(*reports)
    for order in itertools.permutations("abcd"):
        held = Memory()
        for article in order:
            held.load(*(r for r in reports if r.mention.article_id == article))
        assert held.partition() == expected.partition(), order
        assert {d.measure_key for d in held.developments.values()} == {
            m.measure_key for m in held.measures.values()
        }


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("A court strikes down Trump's broad tariffs.", "US"),
        ("Peru answers as U.S. tin tariffs take effect.", "US"),
        ("China's export curbs worry buyers.", "CN"),
        ("Tariffs on tin take effect.", None),
        ("China's tariffs follow Trump's tariffs.", None),
    ],
)
def test_the_owner_of_a_measure(sentence: str, code: str | None) -> None:
    assert owner_of_measure(sentence) == code


def test_an_unnamed_actor_is_the_owner_of_the_measure() -> None:
    says = "A court strikes down Trump's tin tariffs."
    held = Memory().load(
        told("2025-05-28", "tariff lifted", actors=(), commodities=["tin"], says=says)
    )
    assert [m.implementer for m in held.measures.values()] == ["US"]


def test_parties_of_deals() -> None:
    assert pair_of_deal("Deputies pass the EU-US trade deal.") == {"EU", "US"}
    assert pair_of_deal("Deputies pass the trade deal.") == frozenset()
    assert with_blocs(("EU", "AR"), "The EU-Mercosur pact is signed.") == ("EU", "MERCOSUR")
    assert with_blocs(("US", "MX"), "The USMCA lapses.") == ("CA", "MX", "US")
    assert with_blocs(("US", "JP"), "Unlike the USMCA, it is new.") == ("US", "JP")


def test_a_country_in_the_title_of_an_act_is_no_target() -> None:
    cited = "Executive Order 14195 of 1 February 2025 (Duties on Goods of China) stays."
    assert outside_titles(("CN", "PE"), cited) == ("PE",)
    assert outside_titles(("CN",), f"{cited} China protests.") == ("CN",)


def test_words_of_reach_subject_round_and_exemption() -> None:
    assert reaches_all("Duties on more than 60 countries start.")
    assert reaches_all("The global tariff is back.")
    assert not reaches_all("Two countries agreed on a tariff.")
    assert subjects_of("Duties on buyers of Venezuelan oil and over fentanyl.") == {
        "oil_VE",
        "drugs_trade",
    }
    assert another_round("The EU adopts a second package.")
    assert not another_round("The EU adopts sanctions.")
    assert spares("The duty shall not apply to tin.")
    assert not spares("The duty applies to tin.")


def test_the_table_of_acts_is_whole() -> None:
    acts = load_acts().by_id
    for act in acts.values():
        for base in act.amends:
            assert not acts[base].amends, f"{act.act_id} amends an act that amends another"
