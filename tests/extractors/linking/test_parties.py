"""Who is behind a deal or a tariff, and on whom it is, by the words of the sentence and article."""

from typing import Any

import pytest

from extractors.linking.parties import (
    named_in,
    outside_quoted,
    outside_regions,
    pacts_in,
    parties_of_deal,
    partner_of_deal,
)
from models.link import LinkMention
from tests.extractors.link_cases import Memory, told

NAFTA = ("CA", "MX", "US")


def deal(day: str, status: str, says: str, **more: Any) -> LinkMention:
    return told(day, f"trade_agreement {status}", says=says, **more)


def implementers(*reports: LinkMention) -> list[str]:
    return sorted(m.implementer for m in Memory().load(*reports).measures.values())


def test_a_region_is_not_the_state_in_its_name() -> None:
    says = "Norway's trade deal with South America starts."
    assert outside_regions(("NO", "US"), says) == ("NO",)
    assert outside_regions(("US",), "American officials fly to South America.") == ("US",)
    assert outside_regions(("US",), "The U.S. lowers duties on Latin American tin.") == ("US",)
    assert outside_regions(("NO", "US"), "America and Norway agree.") == ("NO", "US")
    report = deal("2026-05-04", "in_force", says, actors=["NO"], targets=["US"])
    assert implementers(report) == ["NO"]


def test_who_is_quoted_at_the_end_is_not_who_is_hit() -> None:
    assert outside_quoted(("CL",), "Tariff pause will not last, Chile's minister says") == ()
    assert outside_quoted(("PE",), "Tariff on Peru will not last, Chile's minister says") == ("PE",)
    both = "Tariff on Chile will not last, Chile's minister says"
    assert outside_quoted(("CL",), both) == ("CL",)
    assert outside_quoted(("CL",), "Chile's minister says the tariff will not last") == ("CL",)
    assert named_in("Chilean copper, says Lima") == {"CL"}
    report = told(
        "2025-06-10",
        "tariff suspended",
        actors=["US"],
        targets=["CL"],
        says="Tariff pause will not last, Chile's minister says",
    )
    assert [m.target_bucket for m in Memory().load(report).measures.values()] == ["world"]


def test_with_whom_a_deal_is() -> None:
    assert partner_of_deal("He may scrap a trade deal with the European Union.") == "EU"
    assert partner_of_deal("A deal with Japan follows the deal with Peru.") is None
    assert partner_of_deal("A trade deal is made with care.") is None
    scrap = "He may scrap a trade deal with the European Union."
    assert parties_of_deal(("US",), scrap, frozenset()) == ("EU", "US")
    # It is the other who says so, or the parties are read.
    assert parties_of_deal(("EU",), scrap, frozenset()) == ("EU",)
    assert parties_of_deal(("US", "JP"), scrap, frozenset()) == ("US", "JP")


def test_it_is_the_pact_that_the_article_calls_by_name() -> None:
    assert pacts_in("He lets the USMCA lapse.") == {"USMCA"}
    lapse = "To let it lapse hurts Chihuahua."
    assert parties_of_deal(("US", "MX"), lapse, {"USMCA"}) == NAFTA
    assert parties_of_deal((), lapse, {"USMCA"}) == NAFTA
    # Another party, another pact in its own words, or two pacts in the article.
    assert parties_of_deal(("US", "JP"), lapse, {"USMCA"}) == ("US", "JP")
    assert parties_of_deal(("US", "KR"), "KORUS lapses.", {"USMCA"}) == ("KR", "US")
    assert parties_of_deal(("US", "MX"), lapse, {"USMCA", "KORUS"}) == ("US", "MX")
    title = deal("2026-07-30", "expired", "Decision to let USMCA lapse", actors=["US"], article="a")
    text = deal("2026-07-30", "expired", lapse, actors=["US", "MX"], article="a", start=90)
    signed = deal("2026-07-30", "adopted", "A deal is signed.", actors=["US", "MX"], article="b")
    assert implementers(title, text) == ["CA+MX+US"]
    assert implementers(title, text, signed) == ["CA+MX+US", "MX+US"]


def test_what_is_done_to_a_made_deal_is_of_the_one_there_is() -> None:
    def measures(status: str) -> int:
        parties: dict[str, Any] = {"actors": ["NO", "PE"]}
        backed = deal("2026-01-09", "proposed", "Deputies back the pact.", **parties)
        later = deal("2026-05-04", status, "The pact is told of.", publisher="b", **parties)
        return len(Memory().load(backed, later).measures)

    assert measures("in_force") == measures("suspended") == measures("expired") == 1
    assert measures("threatened") == 2


def test_the_subject_of_a_deal_stands_in_its_name() -> None:
    parties: dict[str, Any] = {"actors": ["US", "EU"]}
    made = deal("2026-03-26", "adopted", "Deputies approve the trade deal.", **parties)
    far = (
        "He may scrap the trade deal, said a minister who had flown in on Friday night, and any "
        "country with a digital services tax would be hit by a duty at once."
    )
    scrapped = deal("2026-05-27", "lifted", far, publisher="b", **parties)
    assert len(Memory().load(made, scrapped).measures) == 1
    near = deal("2026-05-27", "lifted", "The digital tax deal is dead.", publisher="b", **parties)
    assert len(Memory().load(made, near).measures) == 2


STEEL = {"commodities": ["steel"]}


@pytest.mark.parametrize(
    ("says", "more", "issuer"),
    [
        ("U.S. agrees with neighbours to end steel duties.", STEEL, "US"),
        # Nobody is named, nobody named has such a standing act, or it is not on these goods.
        ("Neighbours agree to end steel duties.", STEEL, "XX"),
        ("Norway agrees with neighbours to end steel duties.", STEEL, "XX"),
        ("U.S. agrees with neighbours to end tin duties.", {"commodities": ["tin"]}, "XX"),
        # One on a single country is another.
        (
            "U.S. agrees with neighbours to end steel duties on Peru.",
            STEEL | {"targets": ["PE"]},
            "XX",
        ),
    ],
)
def test_a_tariff_without_actor_is_of_whom_the_sentence_names(
    says: str, more: dict[str, Any], issuer: str
) -> None:
    report = told("2026-05-17", "tariff lifted", actors=(), says=says, **more)
    assert implementers(report) == [issuer]


def test_the_tariffs_that_are_paused_are_the_general_ones() -> None:
    def key(day: str, says: str) -> str:
        report = told(day, "tariff suspended", actors=["US"], says=says)
        return next(iter(Memory().load(report).measures.values())).measure_key

    assert key("2025-06-10", "The tariffs are paused.") == "US:us-eo-14257"
    assert key("2025-06-10", "The new tariffs are paused.") != "US:us-eo-14257"
    # Only of an end do reports come when the act is gone.
    assert key("2026-03-10", "The tariffs are paused.") != "US:us-eo-14257"


def test_an_act_is_told_of_in_the_days_before_it_is_signed() -> None:
    def key(day: str) -> str:
        report = told(day, "tariff announced", actors=["US"], says="A global tariff is unveiled.")
        return next(iter(Memory().load(report).measures.values())).measure_key

    assert key("2025-03-31") == key("2025-04-02") == "US:us-eo-14257"
    assert key("2025-03-20") != "US:us-eo-14257"
