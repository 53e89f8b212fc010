"""The Harmonized System: what is a code of goods, what lies in a range, which commodity it is."""

import pytest

from models.reference import load_commodities, read_rows, split_list
from models.reference.harmonized import commodity_of, last_headings, names_goods, through


@pytest.mark.parametrize("code", ["01", "72", "97", "0101", "8549", "2009", "1905", "760110"])
def test_codes_of_goods(code: str) -> None:
    assert names_goods(code)


@pytest.mark.parametrize(
    "code",
    ["00", "77", "98", "99", "9903", "990301", "7200", "7230", "1987", "2025", "7", "720", "72061"],
)
def test_what_is_no_code_of_goods(code: str) -> None:
    # Chapter 77 is free, 98 and 99 hold measures; years lie behind the last heading.
    assert not names_goods(code)


def test_every_chapter_is_listed_once_with_a_heading_of_its_own() -> None:
    chapters = [f"{n:02d}" for n in range(1, 98) if n != 77]
    assert list(last_headings()) == chapters
    assert all(last.startswith(chapter) for chapter, last in last_headings().items())


def test_a_range_within_a_chapter_is_every_heading() -> None:
    assert through("7206", "7209") == ("7206", "7207", "7208", "7209")
    assert len(through("7206", "7229")) == 24


def test_a_range_of_chapters_leaves_out_the_free_one() -> None:
    assert through("76", "79") == ("76", "78", "79")


def test_all_chapters_are_all_goods() -> None:
    assert through("01", "97") == ()


def test_a_range_over_chapters_holds_those_between_whole() -> None:
    assert through("2529", "2702") == ("2529", "2530", "26", "2701", "2702")


@pytest.mark.parametrize(
    ("first", "last"), [("760110", "760190"), ("72", "7306"), ("7208", "7206"), ("7206", "7206")]
)
def test_of_any_other_range_only_the_ends_are_known(first: str, last: str) -> None:
    assert through(first, last) == tuple(dict.fromkeys((first, last)))


@pytest.mark.parametrize(
    ("code", "commodity"),
    [
        ("74", "copper"),
        ("740311", "copper"),
        ("7216", "steel"),
        ("7202", None),
        ("720211", None),
        ("720260", "nickel"),
        ("8541", "semiconductors"),
        ("854140", None),
        ("854142", "solar_cells_modules"),
        ("26", None),
        ("2617", None),
        ("8505", None),
        ("850511", "rare_earth_magnets"),
        ("284690", "rare_earths"),
        ("847330", None),
    ],
)
def test_a_code_is_a_commodity_where_all_its_goods_are(code: str, commodity: str | None) -> None:
    assert commodity_of(code) == commodity


def test_the_two_tables_agree_on_chapters() -> None:
    chapters = {
        row["commodity_id"]: split_list(row["hs_chapters"])
        for _, row in read_rows("commodities.csv", ("commodity_id",))
    }
    goods = [
        (row["hs_code"], row["commodity_id"]) for _, row in read_rows("hs_goods.csv", ("hs_code",))
    ]
    assert len(goods) > 100
    assert [code for code, _ in goods] == sorted(code for code, _ in goods)
    for code, commodity in goods:
        if commodity:
            assert code[:2] in chapters[commodity], code
            assert load_commodities()[commodity].hs_codes
