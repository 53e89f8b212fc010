"""What words beside a step turn it into: each rule with a case that it leaves alone."""

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
    unit = TextUnit(unit_id="a", text=text, kind=kind, published=date(2026, 4, 7))
    return extractor.extract_one(unit).events


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("Washington will allow Acme to export its AI chips to China.", "liberalising"),
        ("Acme will be allowed to export its AI chips to China.", "liberalising"),
        ("Japan allows Acme to sell lithography tools to China", "liberalising"),
        ("Cabinet approves moratorium on exports of raw rare earths from Malaysia", "restricting"),
        ("Vietnam bans exports of tungsten to Japan.", "restricting"),
    ],
)
def test_what_is_allowed_eases(extractor: Extractor, text: str, polarity: str) -> None:
    (event,) = events_in(extractor, text)
    assert (event.type[:7], event.polarity) == ("export_", polarity)


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("Russia confirms halt to crude oil exports to Germany", "restricting"),
        ("Peru suspends its ban on exports of copper scrap", "liberalising"),
    ],
)
def test_halted_trade_is_no_halted_ban(extractor: Extractor, text: str, polarity: str) -> None:
    (event,) = events_in(extractor, text)
    assert (event.type, event.polarity) == ("export_ban", polarity)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Canada has backed off from its threat to impose 50% tariffs on bicycles.", "averted"),
        ("Canada threatens to impose 50% tariffs on bicycles.", "threatened"),
    ],
)
def test_a_dropped_threat_is_averted(extractor: Extractor, text: str, status: str) -> None:
    (event,) = events_in(extractor, text)
    assert event.status == status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Acme defeats bid for new watch import ban at US trade tribunal", "rejected"),
        ("US trade tribunal orders import ban on Acme watches", "adopted"),
    ],
)
def test_a_refused_request_brings_no_ban(extractor: Extractor, text: str, status: str) -> None:
    (event,) = events_in(extractor, text)
    assert (event.type, event.status) == ("import_restriction", status)


def test_a_purchase_let_through_is_screening_averted(extractor: Extractor) -> None:
    text = "Acme received foreign direct investment approval from Ireland for its purchase of Apex"
    (event,) = events_in(extractor, text)
    assert (event.type, event.status) == ("investment_screening", "averted")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Kenya suspends taxes on fuel products", 0),
        ("Kenya suspends import duties on fuel products", 1),
        ("Acme to receive $1.3 billion government refund for import tariffs", 0),
    ],
)
def test_a_tax_at_home_is_no_tariff(extractor: Extractor, text: str, count: int) -> None:
    assert len(events_in(extractor, text)) == count


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("Customs will refund the tariffs that were struck down by the court.", {"background"}),
        ("The court struck down the tariffs on steel.", {"current"}),
        ("Kenya banned exports of maize last summer.", {"background"}),
        ("Kenya's ban on exports of maize has been in force for two years.", {"background"}),
        ("Kenya's ban on exports of maize has been in force since Monday.", {"current"}),
        ("Kenya banned exports of maize years ago.", {"background"}),
        ("Kenya banned exports of maize last week.", {"current"}),
        ("FLASHBACK: Canada imposes 25% tariff on steel", {"background"}),
        ("Canada imposes 25% tariff on steel", {"current"}),
    ],
)
def test_what_lies_back_is_background(extractor: Extractor, text: str, frames: set[str]) -> None:
    assert {event.time_frame for event in events_in(extractor, text)} == frames


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Chile will eliminate 90 percent of its tariffs on Kenyan tea.", {"tariff lifted"}),
        ("Chile will eliminate its tariff exemption for tea.", {"tariff_exemption lifted"}),
        (
            "Chile will accept importation of vehicles built to Kenyan standards.",
            {"import_restriction narrowed"},
        ),
        ("Chile restricted imports of Kenyan tea.", {"import_restriction adopted"}),
    ],
)
def test_what_lets_goods_in_eases(extractor: Extractor, text: str, kinds: set[str]) -> None:
    assert {f"{e.type} {e.status}" for e in events_in(extractor, text)} == kinds


def test_whom_a_state_quarrels_with_does_not_act(extractor: Extractor) -> None:
    (event,) = events_in(extractor, "Ecuador hikes tariffs to 100% in feud with neighbour Colombia")
    assert event.actors == ("EC",)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The tariff of 25 percent on steel shall not apply to steel from Canada.", "exemption"),
        ("The tariff of 25 percent shall apply to steel from Canada.", "tariff"),
    ],
)
def test_whom_a_tariff_does_not_hit_is_exempt(extractor: Extractor, text: str, kind: str) -> None:
    (event,) = events_in(extractor, text)
    assert event.type.endswith(kind)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Canada will delay for a year the increase in its tariffs on steel.", "delayed"),
        ("Canada will increase its tariffs on steel.", "raised"),
    ],
)
def test_a_rise_put_off_is_delayed(extractor: Extractor, text: str, status: str) -> None:
    assert status in [event.status for event in events_in(extractor, text)]


def test_the_review_of_a_purchase_is_screening(extractor: Extractor) -> None:
    text = "The President ordered the Committee on Foreign Investment to review Acme's purchase."
    assert {e.type for e in events_in(extractor, text)} == {"investment_screening"}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Canada pursues new tariffs on steel to replace those that the court struck", "proposed"),
        ("Canada imposes new tariffs on steel to replace those that the court struck", "adopted"),
    ],
)
def test_what_is_pursued_is_proposed(extractor: Extractor, text: str, status: str) -> None:
    assert events_in(extractor, text)[0].status == status


def test_whose_goods_meet_a_tariff_does_not_act(extractor: Extractor) -> None:
    (event,) = events_in(
        extractor, "Chile will lift 90 percent of its tariffs on Kenyan farm products."
    )
    assert (event.actors, event.targets) == (("CL",), ("KE",))
    (event,) = events_in(
        extractor, "Kenya and Chile said Chile will lift its tariffs on Kenyan farm products."
    )
    assert "CL" in event.actors


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Norway brings its tariff on Chilean salmon down to 8% from 20%.", "cut"),
        ("The pact takes the Canadian duty on Peruvian copper down to 5%.", "cut"),
        ("The order brings the tariff on Chilean salmon up to 30% from 20%.", "raised"),
        ("Norway imposes a tariff of 8% on Chilean salmon.", "adopted"),
    ],
)
def test_a_rate_brought_down_is_cut(extractor: Extractor, text: str, status: str) -> None:
    assert status in {event.status for event in events_in(extractor, text)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Kenyan tea will not be tariffed, the president of the United States said.", True),
        ("The United States will not be tariffed by Canada, the minister said.", False),
    ],
)
def test_goods_that_are_not_charged_are_exempt(extractor: Extractor, text: str, told: bool) -> None:
    found = {(event.type, event.status) for event in events_in(extractor, text)}
    assert (("tariff_exemption", "announced") in found) is told


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("The miner ships ore from Peru and pays an export duty of 4%.", {"background"}),
        ("Peru imposed an export duty of 4% on copper ore.", {"current"}),
    ],
)
def test_who_pays_a_duty_tells_what_stands(
    extractor: Extractor, text: str, frames: set[str]
) -> None:
    assert {event.time_frame for event in events_in(extractor, text)} <= frames


@pytest.mark.parametrize(
    ("text", "status", "factuality"),
    [
        (
            "Ottawa said that it would take countermeasures if the duty went up.",
            "threatened",
            "conditional",
        ),
        ("Ottawa said that the duty would go up if the talks failed.", "raised", "conditional"),
    ],
)
def test_what_an_answer_hangs_on_is_no_step(
    extractor: Extractor, text: str, status: str, factuality: str
) -> None:
    (event,) = events_in(extractor, text)
    assert (event.status, event.factuality) == (status, factuality)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The Danish government takes control of chip maker Example", "investment_screening"),
        ("Denmark tightens control of chip exports to Russia", "export_control"),
        ("Zambia lets Example Mining export copper concentrate until May", "licensing_deal"),
        ("Zambia lets Congo export copper concentrate through its ports until May", "export_ban"),
    ],
)
def test_what_is_done_to_one_firm_has_its_kind(extractor: Extractor, text: str, kind: str) -> None:
    assert [event.type for event in events_in(extractor, text)] == [kind]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "The provisional safeguard duty of 12% on flat steel, which India has charged since"
            " April, was explained in a circular.",
            "trade_remedy",
        ),
        (
            "India has charged a tariff of 12% on steel since April beside its safeguard duty on"
            " tiles.",
            "tariff",
        ),
    ],
)
def test_the_only_duty_of_a_sentence_has_its_name(
    extractor: Extractor, text: str, kind: str
) -> None:
    assert [event.type for event in events_in(extractor, text)] == [kind]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (
            "Peru keeps its 12% tariff on Chilean wheat but has exempted a list of machines, which"
            " may enter duty-free.",
            ["tariff in_force", "tariff_exemption adopted"],
        ),
        ("Peru keeps and enforces its 12% tariff on Chilean wheat.", ["tariff in_force"]),
        (
            "India signed a trade agreement with Oman and announced a framework with Peru.",
            ["trade_agreement adopted", "trade_agreement announced"],
        ),
        ("India signed and published a trade agreement with Oman.", ["trade_agreement adopted"]),
        (
            "Ghana will maintain its ban on exports of raw bauxite, the minister told parliament,"
            " and has extended it into next year.",
            ["export_ban in_force", "export_ban extended"],
        ),
        (
            "Peru has dropped the 40% surcharge that was to hit Chilean goods on Saturday, and"
            " halved its levy on wheat to 10%.",
            ["tariff averted", "tariff cut"],
        ),
        (
            "Peru dropped the 40% surcharge that had hit Chilean goods since May.",
            ["tariff lifted"],
        ),
        (
            "President Lula approved the takeover of Example Steel by Sample Steel on Friday, on"
            " condition that the companies sign a pact that gives the government a golden share.",
            ["investment_screening averted"],
        ),
        (
            "Chile answers Peruvian tariff with duties on coal and curbs on five metals",
            ["tariff adopted", "export_control adopted"],
        ),
    ],
)
def test_steps_side_by_side_are_told_apart(
    extractor: Extractor, text: str, steps: list[str]
) -> None:
    assert [f"{e.type.value} {e.status.value}" for e in events_in(extractor, text)] == steps
