"""Tariff codes: what is one, what only looks like one, and whose goods they are."""

import pytest

from extractors.events.hs_codes import EventPlaces, find_hs_codes, hs_codes_of, with_commodities
from extractors.extract import Extractor
from models.event import EventMention, EventType, TextUnit

GIVEN = [
    ("The duty covers chapter 72 of the HTS.", "72"),
    ("Goods of chapter 3 will be taxed.", "03"),
    ("Quito taxes products in Chapters 1 to 3.", "01 02 03"),
    ("Tariffs on steel of chapter 73 rise.", "73"),
    ("The levy is for HS chapters 76, 78 and 79.", "76 78 79"),
    ("A licence is needed for HS 2504.", "2504"),
    ("Oslo lists HS codes 72 and 7601.", "72 7601"),
    ("Imports under heading 8541 are exempt.", "8541"),
    ("The surcharge is for headings 7206, 7207 and 7208.", "7206 7207 7208"),
    ("The surcharge is for headings 7206 through 7209.", "7206 7207 7208 7209"),
    ("The surcharge is for HS codes 7206-7208.", "7206 7207 7208"),
    ("The surcharge is for headings 7227 to 7302.", "7227 7228 7229 7301 7302"),
    ("Bars of subheading 7601.10 are hit.", "760110"),
    ("Phones of subheading 8517.13.00 are hit.", "851713"),
    ("Cells of HTSUS statistical reporting number 8507.20.8010.", "850720"),
    ("Nails provided for in subheadings 7317.00.55, 7317.00.65 and 7318.11.", "731700 731811"),
    ("Syrup under subheading 1702.90.40, HTSUS, or subheading 1703.10.30.", "170290 170310"),
    ("Ingots of CN codes 7601 10 00, ex 7601 20 00 and 7602.", "760110 760120 7602"),
    ("Rice of ITC-HS code 10063010 may be shipped.", "100630"),
    ("Ankara cuts the duty on tariff lines 2523 and 6810.", "2523 6810"),
    ("The HTS headings 8541 (solar cells) and 8507 are added.", "8541 8507"),
    ("Handsets classified under 8517.13.00, HTSUS, stay free.", "851713"),
    ("The tariff heading 2008 covers nuts.", "2008"),
    ("Honey provided for in heading 0409.00 of the Harmonized Tariff Schedule.", "040900"),
    ("Flat steel of subheadings 7208.10 to 7208.90.", "720810 720890"),
    ("HTS (HTSUS) numbers: 8501.71 and 8501.72", "850171 850172"),
]
NONE = [
    "The provisions of chapter 99 of the HTSUS are changed.",
    "Goods of heading 9903.01.77 pay more.",
    "Subchapter III of chapter 98 of the HTSUS is amended.",
    "Section 232 tariffs rose.",
    "The index is heading toward 7206 points.",
    "It filed for Chapter 11 bankruptcy as duties on imports rose.",
    "It imports articles under chapter 11 of the Bankruptcy Code.",
    "Tariffs on goods are reviewed under chapter 35 of title 44.",
    "The HS 2007 edition is replaced by the HS 2022 edition.",
    "About 128 tariff lines 25 percent.",
    "A tariff of 2504 dollars a tonne applies.",
    "Announcement No. 2504 changes the HTSUS.",
    "The harmonized system of 27 states was praised.",
    "U.S. note 10 to chapter 85 of the HTSUS says so.",
    "The company filed Item 2504 of its report.",
    "The tariff heading 2025 does not exist.",
    "Goods not classifiable in chapters 72 and 73 of the HTSUS are free.",
    "Articles that are not in chapter 76 of the HTSUS pay less.",
    "Tariff classification rule 2 to chapter 90 of the HTSUS is changed.",
    "Goods of chapters 1 to 97 of the tariff schedule are meant, so all are.",
    "The HS2 railway costs 66 billion pounds.",
    "Duties on headings above 40% fell.",
]


@pytest.mark.parametrize(("text", "codes"), GIVEN)
def test_codes_are_read_in_every_form(text: str, codes: str) -> None:
    found = [code for group in find_hs_codes(text) for code in group.codes]
    assert list(dict.fromkeys(found)) == codes.split()


@pytest.mark.parametrize("text", NONE)
def test_other_numbers_are_no_codes(text: str) -> None:
    assert find_hs_codes(text) == ()


def test_a_group_says_where_it_stands() -> None:
    text = "From May, headings 7206 through 7208 and 7210 pay 25 percent."
    (group,) = find_hs_codes(text)
    assert text[group.start : group.end] == "headings 7206 through 7208 and 7210"
    assert group.codes == ("7206", "7207", "7208", "7210")


def test_excepted_goods_belong_to_the_exception_only() -> None:
    text = "Duties on products of chapter 73, except nails of heading 7317, rise."
    groups = find_hs_codes(text)
    at = text.index("except")
    assert [g.excepted and g.excepted[0] for g in groups] == [None, at]
    duty, exception = EventPlaces(words=((0, 6),)), EventPlaces(words=((at, at + 6),))
    assert hs_codes_of(groups, [duty], 0, text) == ("73",)
    assert hs_codes_of(groups, [duty, exception], 0, text) == ("73",)
    assert hs_codes_of(groups, [duty, exception], 1, text) == ("7317",)
    nails = text.index("nails")
    read_so = EventPlaces(words=((0, 6),), goods=((nails, nails + 5),))
    assert hs_codes_of(groups, [read_so], 0, text) == ("73",)


def test_codes_go_to_the_nearest_event_and_to_all_that_share_the_goods() -> None:
    text = "Peru taxes zinc of heading 7901; Chile and Peru ban lead of heading 7801."
    groups = find_hs_codes(text)
    at = {word: (text.index(word), text.index(word) + 4) for word in ("taxes", "ban", "lead")}
    tax, ban = EventPlaces(words=(at["taxes"],)), EventPlaces(words=(at["ban"],))
    assert hs_codes_of(groups, [tax, ban], 0, text) == ("7901",)
    assert hs_codes_of(groups, [tax, ban], 1, text) == ("7801",)
    tax = EventPlaces(words=(at["taxes"],), goods=(at["lead"],))
    ban = EventPlaces(words=(at["ban"],), goods=(at["lead"],))
    assert hs_codes_of(groups, [tax, ban], 0, text) == ("7901", "7801")
    assert hs_codes_of(groups, [tax, ban], 1, text) == ("7801",)


def test_a_code_adds_its_commodity_unless_a_part_of_it_is_named() -> None:
    assert with_commodities((), ("7403", "7404", "26")) == ("copper",)
    assert with_commodities(("dysprosium",), ("2846",)) == ("dysprosium",)
    assert with_commodities(("zinc",), ("284690",)) == ("zinc", "rare_earths")


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def events(extractor: Extractor, text: str) -> tuple[EventMention, ...]:
    (result,) = extractor.extract([TextUnit(unit_id="a", text=text, kind="sentence")])
    return result.events


def test_an_event_has_the_codes_of_its_goods(extractor: Extractor) -> None:
    (event,) = events(
        extractor,
        "The United States imposed a 25 percent tariff on articles of chapter 74 of the HTSUS.",
    )
    assert (event.type, event.hs_codes) == (EventType.TARIFF, ("74",))
    assert event.commodities == ("copper",)
    assert "hs_codes" not in dict(event.missing)


def test_without_codes_the_reason_is_given(extractor: Extractor) -> None:
    (event,) = events(extractor, "China bans exports of gallium.")
    assert event.hs_codes == ()
    assert dict(event.missing)["hs_codes"] == "no tariff code is given for the goods"
