"""Tables that fit the screen: columns left out, lists packed, records where nothing fits."""

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import RenderableType

from flows.base.screen import Screen
from flows.base.tables import packed, records, shortened, table_of, wrapped
from models import harmless

NAMES = ("date", "type", "status", "actors", "tickers", "headline")
ROW = (
    date(2025, 10, 9),
    "export_control",
    "in_force",
    ["CN", "US"],
    [f"XNYS:{name}" for name in ("MP", "LYC", "ARU", "UUUU", "USAR")],
    "China expands its rare earth export controls to goods made abroad",
)
TEXTS = st.text(max_size=60) | st.sampled_from(
    ["漢字" * 20, "👩‍👩‍👧" * 9, "a\nb\x1b[31m\u202ec", "x" * 90]
)
VALUES = st.none() | TEXTS | st.integers() | st.floats() | st.lists(TEXTS, max_size=5)


def lines_of(part: RenderableType, width: int) -> list[str]:
    """Return the lines of a renderable on a screen."""
    screen = Screen(file=io.StringIO(), width=width, color_system=None)
    screen.print(part, soft_wrap=True)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue().splitlines()


def test_columns_that_do_not_fit_are_left_out_and_named() -> None:
    table = table_of(NAMES, [ROW], width=80, optional=("actors",), hint=" (--format vertical)")
    head, row, note = lines_of(table, 80)
    assert head.split() == ["date", "type", "status", "tickers", "headline"]
    assert "MP LYC +3" in row
    assert "China expands its rare earth" in row
    assert note == "not shown: actors (--format vertical)"
    head, row = lines_of(table_of(NAMES, [ROW], width=140, optional=("actors",)), 140)
    assert head.split() == list(NAMES)
    assert "goods made abroad" in row


def test_where_the_columns_do_not_fit_a_row_is_a_record() -> None:
    lines = lines_of(table_of(NAMES, [ROW, ROW], width=40), 40)
    assert [line for line in lines if line.startswith("-[")] == ["-[ 1 ]-", "-[ 2 ]-"]
    assert "status    in_force" in lines
    assert any(line.endswith("China expands its rare earth") for line in lines)


@pytest.mark.parametrize(
    ("room", "text"),
    [
        (40, "MP LYC ARU UUUU USAR"),
        (19, "MP LYC ARU UUUU +1"),
        (9, "MP LYC +3"),
        (8, "MP +4"),
        (4, "… +4"),
    ],
)
def test_a_list_shows_what_fits_and_how_many_more(room: int, text: str) -> None:
    assert packed("tickers", ROW[4])(room) == text


def test_a_sign_beside_a_ticker_is_not_mixed_up_with_a_count() -> None:
    signed = ["XNYS:MP+", "XASX:LYC-", "XASX:ARU?"]
    assert packed("tickers", signed)(12) == "MP+ LYC- …1"
    assert packed("products", ["rare_earths", "gallium"])(14) == "rare_earths +1"
    assert packed("products", None)(10) == ""


def test_numbers_stand_right_and_ids_keep_what_commands_need() -> None:
    rows = [("0" * 32, 7, "a headline"), ("1" * 32, 1234, "another " * 30)]
    lines = lines_of(table_of(("id", "rows", "headline"), rows, width=60), 60)
    assert lines[1].split()[:2] == ["00000000", "7"]
    assert lines[1].index("7") == lines[2].index("1234") + 3


@given(
    st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=4),
    st.integers(min_value=1, max_value=200),
    st.sampled_from([(), ("type",), ("type", "tickers")]),
)
def test_no_line_is_wider_and_no_row_takes_two(
    rows: list[tuple[object, ...]], width: int, optional: tuple[str, ...]
) -> None:
    lines = lines_of(
        table_of(("type", "tickers", "headline"), rows, width=width, optional=optional), width
    )
    if not lines or not lines[0] or lines[0].startswith("-["):
        return
    left_out = {"type", "tickers", "headline"} - set(lines[0].split())
    assert left_out <= set(optional)
    notes = 1 if left_out else 0
    assert len(lines) == 1 + len(rows) + notes
    assert all(cell_len(line) <= width for line in lines)
    assert not any("\x1b" in line for line in lines)


@given(st.text(max_size=80), st.integers(min_value=1, max_value=40))
def test_a_text_is_cut_by_cells_and_wrapped_between_words(text: str, room: int) -> None:
    clean = harmless.line(text)
    assert cell_len(shortened(clean, room)) <= room
    lines = wrapped(clean, room)
    assert " ".join(lines) == clean
    assert all(cell_len(line) <= room or " " not in line for line in lines)


def test_records_for_a_pipe_have_a_line_per_value() -> None:
    told = records(NAMES, [ROW]).plain.splitlines()
    assert len(told) == 1 + len(NAMES)
    assert told[-1] == f"headline  {ROW[-1]}"
