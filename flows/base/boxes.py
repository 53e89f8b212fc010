"""Query results as DuckDB's own shell draws them: types, elided rows and columns, counts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from flows.base.tables import ELLIPSIS, shortened
from models import harmless

MOST_ROWS, END_ROWS = 40, 20
# A query may never end, so the rest of a result is read and counted only so far.
COUNTED_ROWS = 1_000_000
# Where not all fits, columns are shortened to so many cells before any is left out.
CAPS = (20, 16, 12)
MOST_CHARACTERS = 2000
DOT, DOTS = "·", 3
INTEGERS = {
    "TINYINT": "int8",
    "SMALLINT": "int16",
    "INTEGER": "int32",
    "BIGINT": "int64",
    "HUGEINT": "int128",
    "UTINYINT": "uint8",
    "USMALLINT": "uint16",
    "UINTEGER": "uint32",
    "UBIGINT": "uint64",
    "UHUGEINT": "uint128",
}
NUMERIC = re.compile(r"u?int\d+|decimal\(.*\)|float|double|bignum")

Row = tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """The first and last rows of a result, and how many it has; not `exact`: more than counted."""

    first: tuple[Row, ...]
    last: tuple[Row, ...]
    count: int
    exact: bool


def ends_of(batches: Iterable[pa.RecordBatch]) -> Ends:
    """Read a result of texts; keep 40 rows of a short one, 20 at each end of a long one."""
    first: list[Row] = []
    ending: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        if count >= COUNTED_ROWS:
            return Ends(first=tuple(first), last=(), count=count, exact=False)
        first += rows_of(batch.slice(0, MOST_ROWS - len(first)))
        count += batch.num_rows
        # Of a batch that is not the last only a few rows are kept, however long the result.
        ending = [*ending[-END_ROWS:], batch.slice(max(batch.num_rows - END_ROWS, 0))]
    if count <= MOST_ROWS:
        return Ends(first=tuple(first), last=(), count=count, exact=True)
    first, last = first[:END_ROWS], [row for batch in ending for row in rows_of(batch)][-END_ROWS:]
    return Ends(first=tuple(first), last=tuple(last), count=count, exact=True)


def rows_of(batch: pa.RecordBatch) -> list[Row]:
    """The rows of a batch whose every column is text."""
    return list(zip(*(column.to_pylist() for column in batch.columns), strict=True))


def box_of(types: Mapping[str, str], ends: Ends, width: int) -> RenderableType:
    """A box with the names, the types, the rows and a count of both; at most `width` cells wide."""
    kinds = [type_name(kind) for kind in types.values()]
    heads = [harmless.line(name) for name in types]
    rows = [[cell_of(value) for value in row] for row in (*ends.first, *ends.last)]
    full = [
        max([cell_len(heads[n]), cell_len(kinds[n]), *(cell_len(row[n]) for row in rows)])
        for n in range(len(heads))
    ]
    widths, shown = fitted(full, width)
    table = Table(box=box.SQUARE, header_style="")
    for n in shown:
        if n is None:
            table.add_column(f"{ELLIPSIS}\n{ELLIPSIS}", width=1)
            continue
        name = Text(shortened(heads[n], widths[n]), style="bold")
        kind = Text("\n" + shortened(kinds[n], widths[n]), style="dim")
        table.add_column(
            Text.assemble(name, kind, justify="center"),
            width=widths[n],
            justify="right" if NUMERIC.fullmatch(kinds[n]) else "left",
            no_wrap=True,
            overflow="ellipsis",
        )

    def add(row: Sequence[str], raw: Row) -> None:
        table.add_row(
            *(
                Text(ELLIPSIS)
                if n is None
                else Text(shortened(row[n], widths[n]), style="dim" if raw[n] is None else "")
                for n in shown
            )
        )

    for row, raw in zip(rows[: len(ends.first)], ends.first, strict=True):
        add(row, raw)
    if ends.last or not ends.exact:
        for _ in range(DOTS):
            table.add_row(*(Text(ELLIPSIS if n is None else DOT, justify="center") for n in shown))
    for row, raw in zip(rows[len(ends.first) :], ends.last, strict=True):
        add(row, raw)
    return Group(table, counts_of(ends, len(heads), shown, drawn(widths, shown), width))


def counts_of(ends: Ends, columns: int, shown: Sequence[int | None], used: int, width: int) -> Text:
    """The line below the box: how many rows and columns there are, how many of them are shown."""
    count = f"{ends.count:,} row{'' if ends.count == 1 and ends.exact else 's'}"
    if not ends.exact:
        count = f"more than {count}"
    visible = len(ends.first) + len(ends.last)
    if visible < ends.count or not ends.exact:
        count += f" ({visible} shown)"
    seen = sum(n is not None for n in shown)
    wide = f"{columns} column{'' if columns == 1 else 's'}"
    if seen < columns:
        wide += f" ({seen} shown)"
    gap = used - 4 - len(count) - len(wide)
    between = " " * gap if gap >= 2 else ", "
    if len(count) + len(between) + len(wide) + 2 > width:
        between = "\n  "
    return Text(f"  {count}{between}{wide}", style="dim", no_wrap=True, overflow="ellipsis")


def fitted(full: Sequence[int], width: int) -> tuple[list[int], list[int | None]]:
    """The width of every column, and which are shown; None marks where the middle is left out."""
    shown: list[int | None] = list(range(len(full)))
    for most in (max(full, default=0), *CAPS):
        widths = [min(most, each) for each in full]
        if drawn(widths, shown) <= width:
            break
    else:
        widths = [min(CAPS[0], each) for each in full]
        shown = list(range(len(full)))
        middle = (len(full) + 1) // 2
        left, right = list(range(middle)), list(range(middle, len(full)))
        while right and drawn(widths, shown) > width:
            if len(left) > len(right):
                left.pop()
            else:
                right.pop(0)
            shown = [*left, None, *right]
    room = width - drawn(widths, shown)
    seen = sorted((n for n in shown if n is not None), key=lambda n: full[n])
    for n in seen:
        more = min(max(room, 0), full[n] - widths[n])
        widths[n] += more
        room -= more
    if room < 0:
        widths[seen[-1]] = max(widths[seen[-1]] + room, 1)
    return widths, shown


def drawn(widths: Sequence[int], shown: Sequence[int | None]) -> int:
    """The width of the box, its lines included."""
    return sum((1 if n is None else widths[n]) + 3 for n in shown) + 1


def cell_of(value: str | None) -> str:
    """A value in one line; line ends and tabs are written as DuckDB's shell writes them."""
    if value is None:
        return "NULL"
    short = value[:MOST_CHARACTERS]
    return harmless.line(short.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t"))


def type_name(kind: str) -> str:
    """The type as DuckDB's shell names it: int64 for BIGINT, varchar[] for VARCHAR[]."""
    plain, _, many = kind.partition("[")
    name = INTEGERS.get(plain, plain.lower())
    return harmless.line(f"{name}[{many}" if many else name)
