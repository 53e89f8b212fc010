"""Set phrases of official notices settle the step: each rule with a case that it leaves alone."""

from collections.abc import Sequence
from datetime import date

import pytest

from extractors.extract import Extractor
from models.event import EventMention, TextUnit


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def events_in(extractor: Extractor, text: str) -> Sequence[EventMention]:
    unit = TextUnit(unit_id="a", text=text, kind="sentence", published=date(2026, 4, 7))
    return extractor.extract_one(unit).events


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (
            "The complainant requests that the Commission institute an investigation and issue a"
            " limited exclusion order on the lamps.",
            "proposed",
        ),
        (
            "The Commission has determined that no violation of section 337 has occurred in the"
            " matter of the lamps.",
            "rejected",
        ),
        (
            "The Commission has instituted an investigation into imported bicycle lamps under"
            " section 337.",
            "adopted",
        ),
        (
            "Commerce is conducting a review of the Agreement Suspending the Antidumping"
            " Investigation of Tomatoes from Mexico.",
            "adopted",
        ),
    ],
)
def test_what_is_done_to_an_inquiry(extractor: Extractor, text: str, status: str) -> None:
    (event,) = events_in(extractor, text)
    assert (event.type, event.status, event.factuality) == ("investigation", status, "asserted")


@pytest.mark.parametrize(
    ("text", "kind", "status"),
    [
        (
            "I have determined to exclude imports of bicycle tyres from Chile from the action I am"
            " taking under section 203.",
            "tariff_exemption",
            "adopted",
        ),
        (
            "Bicycles from Chile are currently subject to a duty of 25 percent in the United"
            " States.",
            "tariff",
            "in_force",
        ),
        (
            "Should Chile retaliate against this action, the United States may increase the duties"
            " on bicycles imposed under this order.",
            "tariff",
            "threatened",
        ),
        (
            "The rule of the United States expands the availability of license exceptions for"
            " exports of chips to Japan.",
            "export_control",
            "narrowed",
        ),
        (
            "Chile will create a duty-free quota of 5,000 tonnes for Peruvian beef.",
            "tariff_exemption",
            "announced",
        ),
        (
            "The United States imposed sanctions on luxury goods for Belarus under the Export"
            " Administration Regulations.",
            "export_control",
            "adopted",
        ),
        (
            "All property and interests in property subject to U.S. jurisdiction of these persons"
            " are blocked.",
            "sanction_listing",
            "in_force",
        ),
        (
            "The United States is set to slap duties of 160% on Chinese graphite.",
            "tariff",
            "announced",
        ),
        ("Peru shall not impose any duty on digital transmissions.", "tariff", "averted"),
        (
            "Cambodia shall not restrict imports of American beef by licences.",
            "import_restriction",
            "averted",
        ),
    ],
)
def test_set_phrases_settle_the_step(
    extractor: Extractor, text: str, kind: str, status: str
) -> None:
    (event,) = events_in(extractor, text)
    assert (event.type, event.status) == (kind, status)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "Washington effectively banned American companies from working with Acme.",
            "sanction_listing",
        ),
        ("India bans Acme routers from government networks.", "procurement_restriction"),
        (
            "Chile killed Acme's planned takeover of a Peruvian lithium miner last year by"
            " withholding its blessing.",
            "investment_screening",
        ),
    ],
)
def test_a_ban_is_of_the_kind_of_what_it_hits(extractor: Extractor, text: str, kind: str) -> None:
    (event,) = events_in(extractor, text)
    assert event.type == kind


def test_an_order_that_is_only_reviewed_is_not_revoked(extractor: Extractor) -> None:
    reviewed = (
        "The commission gives notice of a review of whether revocation of the antidumping duty"
        " order on pipe from Chile would be likely to lead to injury."
    )
    assert all(e.status != "lifted" for e in events_in(extractor, reviewed))
    (event,) = events_in(extractor, "Commerce revokes the antidumping duty order on Chilean pipe.")
    assert event.status == "lifted"


def test_what_stays_during_a_pause_is_not_paused(extractor: Extractor) -> None:
    text = (
        "The present 10% tariff of the United States on Chilean copper will remain in effect"
        " during this suspension period."
    )
    (event,) = events_in(extractor, text)
    assert event.status == "in_force"


def test_entry_that_is_suspended_is_no_sanction_suspended(extractor: Extractor) -> None:
    title = (
        "Notice of Department of State Sanctions Blocking Property and Suspending Entry of Certain"
        " Persons From Belarus"
    )
    unit = TextUnit(unit_id="a", text=title, kind="headline", published=date(2026, 4, 7))
    (event,) = extractor.extract_one(unit).events
    assert (event.type, event.status) == ("sanction_listing", "adopted")


def test_what_a_hoped_for_deal_would_do_is_no_step(extractor: Extractor) -> None:
    hoped = "The envoys have leverage to land a trade deal that cuts tariffs on wine, Peru said."
    assert all(e.type != "tariff" for e in events_in(extractor, hoped))
    signed = "Peru and Chile signed a trade deal that cuts tariffs on wine."
    assert "tariff" in {e.type for e in events_in(extractor, signed)}


def test_higher_duties_are_not_cut(extractor: Extractor) -> None:
    text = "Acme may cut its sales forecast if Chilean bicycles face higher tariffs in Peru."
    assert "cut" not in {e.status for e in events_in(extractor, text)}
