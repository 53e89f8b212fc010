"""`policywire sql` draws results as DuckDB's own shell does."""

import io
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from flows.base import boxes
from flows.base.boxes import Ends, box_of, ends_of, fitted
from flows.base.screen import Screen


def batches(count: int, size: int = 7) -> Iterator[pa.RecordBatch]:
    """Yield the numbers below `count` as texts, a few at a time."""
    for start in range(0, count, size):
        texts = [str(n) for n in range(start, min(start + size, count))]
        yield pa.RecordBatch.from_pydict({"n": pa.array(texts, pa.string())})


def lines_of(types: dict[str, str], ends: Ends, width: int) -> list[str]:
    """Return the lines of a box on a screen."""
    screen = Screen(file=io.StringIO(), width=width, color_system=None)
    screen.print(box_of(types, ends, width), soft_wrap=True)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue().splitlines()


def row(*values: str | None) -> Ends:
    return Ends(first=(values,), last=(), count=1, exact=True)


def test_a_short_result_is_whole_and_a_long_one_has_its_ends() -> None:
    whole = ends_of(batches(40))
    assert (len(whole.first), whole.last, whole.count) == (40, (), 40)
    ends = ends_of(batches(1000))
    assert [n for (n,) in ends.first] == [str(n) for n in range(20)]
    assert [n for (n,) in ends.last] == [str(n) for n in range(980, 1000)]
    lines = lines_of({"n": "BIGINT"}, ends, 80)
    assert lines.count("│   ·   │") == 3
    assert lines[-1] == "  1,000 rows (40 shown), 1 column"


def test_a_result_without_end_is_counted_only_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "COUNTED_ROWS", 70)
    ends = ends_of(batches(10**9))
    assert (ends.count, ends.exact, ends.last) == (70, False, ())
    assert lines_of({"n": "BIGINT"}, ends, 80)[-1] == "  more than 70 rows (40 shown), 1 column"


def test_names_types_and_nothing_of_a_null_is_hidden() -> None:
    types = {"who": "VARCHAR[]", "n": "HUGEINT", "at": "TIMESTAMP WITH TIME ZONE"}
    assert lines_of(types, row("[CN, US]", "7", None), 80) == [
        "┌───────────┬────────┬──────────────────────────┐",
        "│    who    │   n    │            at            │",
        "│ varchar[] │ int128 │ timestamp with time zone │",
        "├───────────┼────────┼──────────────────────────┤",
        "│ [CN, US]  │      7 │ NULL                     │",
        "└───────────┴────────┴──────────────────────────┘",
        "  1 row                               3 columns",
    ]


def test_the_middle_columns_are_left_out_and_counted() -> None:
    types = {f"column_{n}": "VARCHAR" for n in range(9)}
    lines = lines_of(types, row(*("a value of some length" for _ in types)), 80)
    assert lines[1].split("│")[1].strip() == "column_0"
    assert lines[1].split("│")[-2].strip() == "column_8"
    assert "│ … │" in lines[1]
    assert lines[-1].endswith("9 columns (3 shown)")


def test_control_characters_wide_and_joined_ones_stay_in_their_cells() -> None:
    types = {"漢字": "VARCHAR", "b": "VARCHAR", "c": "VARCHAR"}
    lines = lines_of(types, row("漢字漢字" * 20, "a\nb\x1b[31m", "\u202eabc"), 60)
    assert "a\\nb [31m" in lines[4]
    assert "\u202e" not in lines[4]
    assert {cell_len(line) for line in lines[:-1]} == {60}


@given(
    st.lists(st.integers(min_value=1, max_value=300), min_size=1, max_size=30),
    st.integers(min_value=20, max_value=250),
)
def test_a_box_is_never_wider_than_the_screen(full: list[int], width: int) -> None:
    widths, shown = fitted(full, width)
    assert boxes.drawn(widths, shown) <= width
    seen = [n for n in shown if n is not None]
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert (len(seen) < len(full)) == (None in shown)
