"""What the words of a text leave of links and signs."""

from typing import Any

import pytest

from extractors.listings.exposure import EventLinker
from extractors.listings.tickers import TickerLinker
from models.event import EventType, Factuality, Polarity, TimeFrame
from models.reference.securities import load_securities
from tests.extractors.listings.test_exposure import event, links


@pytest.fixture(scope="module")
def linker() -> EventLinker:
    securities = load_securities()
    return EventLinker(TickerLinker(securities), securities)


@pytest.mark.parametrize(
    "doubt",
    [
        {"confidence": 0.89},
        {"time_frame": TimeFrame.BACKGROUND},
        {"type": EventType.LICENSING_DEAL},
        {"type": EventType.GOVERNMENT_INVESTMENT},
    ],
)
def test_what_is_unsure_past_or_of_one_firm_reaches_only_who_is_named(
    linker: EventLinker, doubt: dict[str, Any]
) -> None:
    ban = {"actors": ("CN",), "commodities": ("rare_earths",)}
    sentence = "China acts on rare earths, MP Materials Corp said."
    found = links(linker, event("export_ban", "adopted", **ban, sentence=sentence, **doubt))
    assert set(found) == {"XNYS:MP"}
    assert len(links(linker, event("export_ban", "adopted", **ban, sentence=sentence))) > 3


def test_an_exemption_of_a_named_firm_is_not_for_all(linker: EventLinker) -> None:
    fields = {"actors": ("US",), "targets": ("CN",), "commodities": ("smartphones",)}
    one = event("tariff_exemption", "adopted", **fields, company_texts=("Apple Inc",))
    assert {link.link for link in links(linker, one).values()} <= {"party", "named"}
    assert links(linker, event("tariff_exemption", "adopted", **fields))


@pytest.mark.parametrize(
    ("sentence", "sign"),
    [
        ("Cleveland-Cliffs warns of dearer parts as the tariff grows.", "-"),
        ("Cleveland-Cliffs Inc. braces for the new tariff.", "-"),
        ("Cleveland-Cliffs gets lower tariff on parts.", "+"),
        ("Washington allows Cleveland-Cliffs to sell abroad despite tariffs.", None),
        ("Washington allows Cleveland-Cliffs to sell abroad.", "+"),
        ("Cleveland-Cliffs does not fall after the tariff.", None),
        ("The tariff is lifted, dealing a blow to Cleveland-Cliffs", "-"),
        ("The tariff is a boost for Cleveland-Cliffs", "+"),
        ("A tariff is discussed by Cleveland-Cliffs.", None),
    ],
)
def test_the_sign_of_a_named_firm_is_what_the_text_says_of_it(
    linker: EventLinker, sentence: str, sign: str | None
) -> None:
    found = links(linker, event("tariff", "raised", actors=("US",), sentence=sentence))
    (link,) = found.values()
    assert link.sign == sign
    assert ("the text says" in link.why) == (sign is not None)


def test_what_an_agreement_opens_is_not_told(linker: EventLinker) -> None:
    talks = event("trade_agreement", "under_negotiation", actors=("US", "MX"),
                  commodities=("autos",))  # fmt: skip
    found = links(linker, talks)
    assert found
    assert {link.sign for link in found.values()} == {None}


@pytest.mark.parametrize(
    ("type_", "status", "sentence", "open_"),
    [
        ("export_licensing", "suspended", "China suspends issuing of permits.", True),
        ("export_ban", "suspended", "China halts exports of the ore.", True),
        ("export_ban", "suspended", "China suspends its export ban.", False),
        ("export_control", "suspended", "China suspends exports controls.", False),
        ("export_quota", "raised", "China to raise the export quota.", True),
        ("export_ban", "threatened", "China backs off a threat to ban exports.", True),
        ("export_ban", "raised", "The ban on exports was set to grow in May.", True),
        ("export_ban", "in_force", "Exports are no longer subject to the curbs.", True),
        ("export_ban", "threatened", "China threatens to ban exports.", False),
    ],
)
def test_words_that_speak_against_the_step(
    linker: EventLinker, type_: str, status: str, sentence: str, open_: bool
) -> None:
    way = Polarity.LIBERALISING if status == "suspended" else Polarity.RESTRICTING
    step = event(type_, status, actors=("CN",), commodities=("rare_earths",), sentence=sentence,
                 polarity=way)  # fmt: skip
    assert (links(linker, step)["XNYS:MP"].sign is None) == open_


def test_whether_clearance_helps_a_firm_is_not_told(linker: EventLinker) -> None:
    review = event("investment_screening", "adopted", actors=("US",), company_texts=("Intel",),
                   sentence="Washington reviews the stake in Intel.")  # fmt: skip
    (link,) = links(linker, review).values()
    assert (link.link, link.sign) == ("party", None)


def test_stocks_that_are_unblocked_are_released_and_those_of_others_are_no_stocks(
    linker: EventLinker,
) -> None:
    for sentence, targets, sign in (
        ("The US will unblock its oil reserves.", (), "-"),
        ("The US will look to tap the oil reserves of Venezuela.", ("VE",), None),
    ):
        step = event("stockpile", "announced", actors=("US",), targets=targets,
                     commodities=("crude_oil",), sentence=sentence)  # fmt: skip
        assert links(linker, step)["XNYS:XOM"].sign == sign, sentence


def test_who_acts_and_is_read_as_target_beside_another_is_on_no_side(linker: EventLinker) -> None:
    probe = event("investigation", "proposed", actors=("EU", "US"), targets=("CN", "EU"),
                  commodities=("steel",))  # fmt: skip
    found = links(linker, probe)
    assert found["XNYS:NUE"].sign == "+"
    assert "XETR:TKA" not in found


def test_a_border_elsewhere_is_no_news_of_a_user(linker: EventLinker) -> None:
    duty = event("tariff", "raised", actors=("EU",), targets=("US",), commodities=("steel",))
    assert "XNYS:DE" not in links(linker, duty)


@pytest.mark.parametrize(
    ("sentence", "sign", "words"),
    [
        ("Cleveland-Cliffs shares fall after the tariff.", "-", "'shares fall'"),
        ("Cleveland-Cliffs, Alcoa press Washington to drop the tariff plan", "-", "to drop'"),
        ("Cleveland-Cliffs, exporters reel as the tariff looms", "-", "exporters reel"),
        ("Beijing sets a tariff on Cleveland-Cliffs", "-", "'tariff on'"),
        ("The tariff stays as the court sides with Cleveland-Cliffs", "+", "'sides with'"),
    ],
)
def test_what_meets_a_named_firm_or_is_asked_by_it_tells_the_sign(
    linker: EventLinker, sentence: str, sign: str, words: str
) -> None:
    found = links(linker, event("tariff", "adopted", actors=("CN",), sentence=sentence))
    assert (found["XNYS:CLF"].sign, words in found["XNYS:CLF"].why) == (sign, True)


def test_what_meets_a_firm_and_is_lifted_helps_it(linker: EventLinker) -> None:
    sentence = "China lifts its restriction on Cleveland-Cliffs"
    step = event("import_restriction", "lifted", actors=("CN",), sentence=sentence)
    assert links(linker, step)["XNYS:CLF"].sign == "+"


@pytest.mark.parametrize(
    "sentence",
    [
        "Goldman Sachs CEO is optimistic that a trade deal comes",
        "A trade deal would lift growth: Goldman Sachs",
    ],
)
def test_who_only_speaks_of_an_agreement_is_not_touched(linker: EventLinker, sentence: str) -> None:
    deal = event("trade_agreement", "under_negotiation", actors=("US",), sentence=sentence)
    assert links(linker, deal) == {}
    touched = "Goldman Sachs wins access to China under the trade deal."
    assert links(linker, event("trade_agreement", "adopted", actors=("US",), sentence=touched))


def test_who_stops_selling_to_a_listed_firm_is_not_the_one_listed(linker: EventLinker) -> None:
    sentence = "Alcoa Corporation stops orders after sanctions on a customer."
    step = event("sanction_listing", "adopted", actors=("US",), sentence=sentence,
                 company_texts=("Alcoa Corporation",))  # fmt: skip
    assert links(linker, step)["XNYS:AA"].sign is None
    listed = event("sanction_listing", "adopted", actors=("CN",), company_texts=("Alcoa",),
                   sentence="China put Alcoa Corporation on a list.")  # fmt: skip
    assert links(linker, listed)["XNYS:AA"].sign == "-"


@pytest.mark.parametrize(
    ("sentence", "sign"),
    [
        ("Washington plans subsidies for electric cars.", "+"),
        ("Washington seeks to end subsidies for electric cars.", None),
        ("A bill would repeal the tax credits for electric cars.", None),
        ("The WTO looks into subsidies for electric cars.", None),
    ],
)
def test_support_that_ends_or_is_fought_over_is_none_that_begins(
    linker: EventLinker, sentence: str, sign: str | None
) -> None:
    step = event("subsidy", "proposed", actors=("US",), commodities=("electric_vehicles",),
                 sentence=sentence)  # fmt: skip
    assert links(linker, step)["XNAS:RIVN"].sign == sign


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("tariff", "The steel industry asks for a tariff."),
        ("tariff_exemption", "A U.S. firm wins relief from the steel tariff."),
        ("sanction_listing", "Sanctions hit ships that carry steel."),
    ],
)
def test_what_is_asked_for_or_meets_others_reaches_no_maker(
    linker: EventLinker, kind: str, sentence: str
) -> None:
    fields = {"actors": ("US",), "targets": ("RU",), "commodities": ("steel",)}
    assert links(linker, event(kind, "adopted", **fields, sentence=sentence)) == {}
    assert links(linker, event("tariff", "adopted", **fields, sentence="A tariff on steel."))


def test_words_that_spare_goods_leave_the_sign_open(linker: EventLinker) -> None:
    step = event("tariff", "proposed", actors=("US",), targets=("CN",), commodities=("furniture",),
                 sentence="Washington removes some furniture from the planned tariffs.",
                 polarity=Polarity.RESTRICTING)  # fmt: skip
    assert {link.sign for link in links(linker, step).values()} == {None}


def test_a_reserve_that_is_made_ready_may_be_filled_or_used(linker: EventLinker) -> None:
    for sentence, sign in (
        ("The US readies its emergency oil reserves.", None),
        ("The US plans to buy oil for its reserves.", "+"),
    ):
        step = event("stockpile", "proposed", actors=("US",), commodities=("crude_oil",),
                     sentence=sentence)  # fmt: skip
        assert links(linker, step)["XNYS:XOM"].sign == sign, sentence


@pytest.mark.parametrize(
    ("kind", "sentence", "sign"),
    [
        ("investigation", "The ITC is to investigate whether Alcoa infringes a patent.", "-"),
        ("investigation", "The ITC opens a case after Alcoa complaint", "+"),
        ("import_restriction", "Kenya halts imports of Alcoa foil", "-"),
        ("tariff", "Canada will answer with tariffs over Alcoa", "-"),
        ("tariff", "Alcoa chief says: we have to raise prices", "-"),
        ("tariff", "Alcoa secures a full exemption", "+"),
    ],
)
def test_cases_bans_and_exemptions_of_a_named_firm(
    linker: EventLinker, kind: str, sentence: str, sign: str
) -> None:
    assert links(linker, event(kind, "adopted", actors=("US",), sentence=sentence))[
        "XNYS:AA"
    ].sign == (sign)


def test_the_firm_of_an_exemption_is_spared(linker: EventLinker) -> None:
    sentence = "Regulators decide on Alcoa foil"
    step = event("tariff_exemption", "adopted", actors=("US",), sentence=sentence,
                 company_texts=("Alcoa",))  # fmt: skip
    assert links(linker, step)["XNYS:AA"].sign == "+"


@pytest.mark.parametrize(
    "sentence",
    [
        "No extra tariffs on Brazilian steel for now",
        "Washington revises its tariff on steel",
        "Washington is considering cutting the duty on steel",
    ],
)
def test_denials_and_changes_without_direction_leave_the_sign_open(
    linker: EventLinker, sentence: str
) -> None:
    step = event("tariff", "proposed", actors=("US",), commodities=("steel",), sentence=sentence,
                 polarity=Polarity.RESTRICTING)  # fmt: skip
    assert {link.sign for link in links(linker, step).values()} == {None}


def test_waivers_that_end_tighten(linker: EventLinker) -> None:
    step = event("sanction_listing", "reinstated", actors=("US",), targets=("IR",),
                 commodities=("crude_oil",), polarity=Polarity.RESTRICTING,
                 sentence="Washington ends waivers on Iran's oil sanctions")  # fmt: skip
    assert links(linker, step)["XNYS:TTE"].sign == "+"


@pytest.mark.parametrize(
    ("sentence", "actors", "targets"),
    [
        ("Leaders discuss trade after U.S. steel tariffs", ("JP",), ()),
        ("Canada to impose a duty on steel after others did", ("CA", "US"), ("CA",)),
        ("US says steel is subsidised, will impose duties", ("CN",), ()),
        ("Envoy expects China's tariffs on steel to fall", ("CN", "US"), ("US",)),
    ],
)
def test_where_the_text_lets_another_country_act_no_maker_is_listed(
    linker: EventLinker, sentence: str, actors: tuple[str, ...], targets: tuple[str, ...]
) -> None:
    fields = {"targets": targets, "commodities": ("steel",)}
    step = event("tariff", "adopted", actors=actors, sentence=sentence, **fields)
    assert links(linker, step) == {}
    assert links(linker, event("tariff", "adopted", actors=actors, **fields))


@pytest.mark.parametrize(
    ("kind", "sentence", "sign"),
    [
        ("investigation", "China launches a price probe into Arconic Co, Alcoa and Micron", "-"),
        ("investigation", "The ITC opens a case over Alcoa Warrick complaint", "+"),
        ("tariff", "Alcoa, Micron, Intel oppose the proposed tariffs", "-"),
        ("import_restriction", "Alcoa defeats a bid for a new ban", "+"),
        ("investigation", "The ITC looks into a complaint filed by Alcoa", "+"),
        ("tariff", "Alcoa was an early casualty of the tariff", "-"),
    ],
)
def test_names_in_a_row_share_what_is_told(
    linker: EventLinker, kind: str, sentence: str, sign: str
) -> None:
    found = links(linker, event(kind, "adopted", actors=("CN",), sentence=sentence))
    assert found["XNYS:AA"].sign == sign


def test_an_exemption_that_is_given_is_a_step_forward(linker: EventLinker) -> None:
    for status in ("adopted", "exempted"):
        step = event("tariff_exemption", status, actors=("US",), targets=("CA",),
                     commodities=("steel",))  # fmt: skip
        found = links(linker, step)
        assert (found["XNYS:NUE"].sign, found["XNYS:DE"].sign) == ("-", "+")


def test_no_more_waivers_is_no_easing(linker: EventLinker) -> None:
    fields = {"actors": ("US",), "targets": ("RU",), "commodities": ("crude_oil",)}
    for sentence, sign in (
        ("The US grants no more waivers for the oil", None),
        ("The US grants waivers for the oil", "+"),
    ):
        step = event("sanction_listing", "exempted", **fields, sentence=sentence)
        assert links(linker, step)["MISX:LKOH"].sign == sign, sentence


def test_what_is_less_likely_is_no_step(linker: EventLinker) -> None:
    step = event("tariff", "raised", actors=("US",), targets=("JP",), commodities=("autos",),
                 sentence="Higher U.S. tariffs on Japanese cars less likely")  # fmt: skip
    assert {link.sign for link in links(linker, step).values()} == {None}


def test_the_exports_of_another_country_are_not_held_back_by_the_actor(linker: EventLinker) -> None:
    fields = {"actors": ("US",), "targets": ("VE",), "commodities": ("crude_oil",)}
    step = event("export_control", "announced", **fields,
                 sentence="US Will Control Venezuela Oil Exports")  # fmt: skip
    assert links(linker, step) == {}
    embargo = event("export_ban", "adopted", **fields, sentence="Venezuela is under an embargo")
    assert links(linker, embargo) == {}


def test_support_that_is_received_is_no_case(linker: EventLinker) -> None:
    sentence = "Alcoa gets its first export credit since the probes"
    step = event("subsidy", "adopted", actors=("US",), sentence=sentence, company_texts=("Alcoa",))
    assert links(linker, step)["XNYS:AA"].sign == "+"


@pytest.mark.parametrize(
    ("kind", "sentence", "sign"),
    [
        ("tariff", "EU drafts a tariff list hitting Alcoa, Micron", "-"),
        ("tariff", "US may raise tariffs after the WTO rejects claims over Alcoa", "-"),
        ("investigation", "A panel rules that the state gives unfair Alcoa subsidies", "-"),
    ],
)
def test_lists_and_claims_meet_the_firm(
    linker: EventLinker, kind: str, sentence: str, sign: str
) -> None:
    found = links(linker, event(kind, "adopted", actors=("US",), sentence=sentence))
    assert found["XNYS:AA"].sign == sign


def test_who_speaks_first_or_stands_in_another_clause_is_not_touched(linker: EventLinker) -> None:
    for sentence in ("Alcoa: end of the duty is a first step", "Alcoa gains; a tariff is set"):
        step = event("tariff", "adopted", actors=("US",), sentence=sentence,
                     start=len(sentence) - 5)  # fmt: skip
        assert links(linker, step) == {}, sentence


def test_what_is_only_asked_has_no_sign(linker: EventLinker) -> None:
    step = event("licensing_deal", "extended", actors=("US",), company_texts=("Alcoa",),
                 sentence="Will Alcoa get its licence?",
                 factuality=Factuality.QUESTION)  # fmt: skip
    assert links(linker, step)["XNYS:AA"].sign is None


def test_a_sale_from_a_reserve_is_a_release(linker: EventLinker) -> None:
    step = event("stockpile", "proposed", actors=("US",), commodities=("crude_oil",),
                 sentence="The budget proposes a sale from the oil reserve")  # fmt: skip
    assert links(linker, step)["XNYS:XOM"].sign == "-"
