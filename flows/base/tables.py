"""Tables for people: as many columns as the screen holds, one row one line, records if none fit.

Columns are measured in cells of the terminal, so that wide characters line up.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rich.cells import cell_len, set_cell_size
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from models import harmless

GAP = 2
ELLIPSIS = "…"
# Prose is cut first, and gets the room that is left.
PROSE = frozenset(
    {"headline", "title", "why", "notice", "terms", "evidence", "matches", "description", "url"}
    | {"counters", "where"}
)
LEAST_PROSE, LIKED_PROSE = 24, 40
# Names that are typed into other commands are never cut, unless absurdly long.
WHOLE = frozenset({"date", "day", "feed", "rule", "channel", "listing", "severity", "stage"})
MOST_WHOLE = 40
LEAST_WORD = {"type": 14, "product": 14}
LEAST_OTHER = 10
LEAST_LIST, LEAST_SIGNED, LIKED_LIST, MOST_LIST = 11, 13, 20, 40
# The first eight characters of an id are enough for the commands that take one.
HEX_ID = re.compile(r"[0-9a-f]{32}")
SHORT_ID = 8
NUMBER = re.compile(r"[+-]?[\d,]*\.?\d+%?")
SIGNED = re.compile(r".+[+?-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its cells at a width, and the widths it can have, in cells.

    `least` is what it needs, `liked` what serves it well, `most` what shows all of it.
    """

    name: str
    least: int
    liked: int
    most: int
    right: bool
    prose: bool
    packed: bool
    cells: tuple[Callable[[int], str], ...]

    @property
    def head(self) -> str:
        """The name as a heading."""
        return self.name.replace("_", " ")


def table_of(
    names: Sequence[str],
    rows: Sequence[Sequence[object]],
    title: str | None = None,
    *,
    width: int,
    optional: Sequence[str] = (),
    hint: str = "",
) -> RenderableType:
    """A table that fits `width`; text from feeds is shown as it is, never interpreted as markup.

    Columns in `optional`, the most important first, are left out where they do not fit; a line
    below names them, with `hint` after it. If the others do not fit either, a record per row.
    """
    columns = [column_of(name, [row[n] for row in rows]) for n, name in enumerate(names)]
    kept = fitting(columns, optional, width)
    parts: list[RenderableType] = []
    if kept is None:
        parts += [Text(title, style="bold")] if title else []
        parts += [records(names, rows, width=width)]
        return Group(*parts)
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=None,
        header_style="bold",
        pad_edge=False,
    )
    widths = widths_of(kept, width)
    for column, fitted in zip(kept, widths, strict=True):
        table.add_column(
            Text(column.head),
            width=fitted,
            justify="right" if column.right else "left",
            no_wrap=True,
            overflow="ellipsis",
        )
    for row in zip(*(column.cells for column in kept), strict=True):
        table.add_row(*(Text(show(room)) for show, room in zip(row, widths, strict=True)))
    left_out = [column.head for column in columns if column not in kept]
    if not left_out:
        return table
    note = f"not shown: {', '.join(left_out)}{hint}"
    return Group(table, Text(note, style="dim", no_wrap=True, overflow="ellipsis"))


def column_of(name: str, values: Sequence[object]) -> Column:
    """Measure a column."""
    head = cell_len(name.replace("_", " "))
    if any(isinstance(value, list) for value in values):
        packs = tuple(packed(name, value) for value in values)
        most = min(MOST_LIST, max((cell_len(pack(MOST_LIST)) for pack in packs), default=0))
        signed = any(SIGNED.fullmatch(str(item)) for value in values for item in listed(value))
        least = LEAST_SIGNED if signed else LEAST_WORD.get(name, LEAST_LIST)
        return Column(
            name=name,
            least=max(min(least, most), head),
            liked=max(min(LIKED_LIST, most), head),
            most=max(most, head),
            right=False,
            prose=False,
            packed=True,
            cells=packs,
        )
    told = [harmless.line(shown(value)) for value in values]
    most = max((cell_len(text) for text in told), default=0)
    prose = name in PROSE
    least, liked = LEAST_WORD.get(name, LEAST_OTHER), most
    if prose:
        least, liked = LEAST_PROSE, LIKED_PROSE
    cut: Callable[[str, int], str] = shortened
    right = not prose and any(told) and all(NUMBER.fullmatch(text) for text in told if text)
    if told and all(HEX_ID.fullmatch(text) for text in told):
        least, liked, cut, right = SHORT_ID, SHORT_ID, set_cell_size, False
    elif right or name in WHOLE or name.endswith(("_date", "_at")):
        least = min(most, MOST_WHOLE)
    cells = tuple(lambda room, text=text: cut(text, room) for text in told)
    return Column(
        name=name,
        least=max(min(least, most), head),
        liked=max(min(liked, most), head),
        most=max(most, head),
        right=right,
        prose=prose,
        packed=False,
        cells=cells,
    )


def fitting(columns: Sequence[Column], optional: Sequence[str], width: int) -> list[Column] | None:
    """The columns to show in `width`; None where not even those that are not optional fit."""
    kept = [column for column in columns if column.name not in optional]
    if total([column.least for column in kept]) > width:
        return None
    for name in optional:
        tried = [column for column in columns if column in kept or column.name == name]
        # A column that can be missed comes in only where the others keep a width that reads well.
        if total([c.least if c.name == name or c.packed else c.liked for c in tried]) <= width:
            kept = tried
    return kept


def total(widths: Sequence[int]) -> int:
    """The width of a table with these columns."""
    return sum(widths) + GAP * max(len(widths) - 1, 0)


def widths_of(columns: Sequence[Column], width: int) -> list[int]:
    """The width of every column, together at most `width`."""
    widths = [column.least for column in columns]
    room = width - total(widths)
    prose = [n for n, column in enumerate(columns) if column.prose]
    other = [n for n, column in enumerate(columns) if not column.prose]
    wanted = [(n, columns[n].liked) for n in (*prose, *other)]
    wanted += [(n, columns[n].most) for n in (*prose, *other)]
    for n, wish in wanted:
        more = min(room, max(wish - widths[n], 0))
        widths[n] += more
        room -= more
    return widths


def packed(name: str, value: object) -> Callable[[int], str]:
    """A list as a function of the room: what fits, and how many more: "MP LYC +9"."""
    items = [harmless.line(shown(item)) for item in listed(value)]
    between = ", "
    if name == "tickers":
        items = list(dict.fromkeys(item.rpartition(":")[2] for item in items))
        between = " "
    # A plus sign beside a ticker already means a price that should rise.
    more = ELLIPSIS if any(SIGNED.fullmatch(item) for item in items) else "+"

    def pack(room: int) -> str:
        for count in range(len(items), 0, -1):
            left = len(items) - count
            text = between.join(items[:count]) + (f" {more}{left}" if left else "")
            if cell_len(text) <= room:
                return text
        if not items:
            return ""
        tail = f" {more}{len(items) - 1}" if len(items) > 1 else ""
        return shortened(items[0], room - len(tail)) + tail

    return pack


def listed(value: object) -> list[object]:
    """A value as a list; None is an empty one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def shortened(text: str, room: int) -> str:
    """The text in at most `room` cells; a cut is marked."""
    if cell_len(text) <= room:
        return text
    return set_cell_size(text, max(room - 1, 0)).rstrip() + ELLIPSIS


def records(
    names: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    width: int | None = None,
    first: int = 1,
) -> Text:
    """One record per row, one line per value, like psql's expanded display.

    With `width`, long values go on under themselves, broken between words.
    """
    heads = [harmless.line(name.replace("_", " ")) for name in names]
    margin = max((cell_len(head) for head in heads), default=0) + GAP
    text = Text()
    for number, row in enumerate(rows, first):
        text.append(f"-[ {number} ]-\n", style="dim")
        for head, value in zip(heads, row, strict=True):
            told = Text(harmless.line(shown(value)))
            room = max(width - margin, 1) if width else max(cell_len(told.plain), 1)
            lines = wrapped(told.plain, room)
            text.append(head + " " * (margin - cell_len(head)), style="bold")
            text.append(("\n" + " " * margin).join(lines) + "\n")
    text.rstrip()
    return text


def wrapped(text: str, room: int) -> list[str]:
    """Lines of at most `room` cells, broken between words; a longer word has its own line."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(longer) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def paragraph(text: str, width: int, style: str = "", indent: int = 2) -> Text:
    """A text in lines that end between words, the later ones indented."""
    first, *more = wrapped(harmless.line(text), width)
    later = wrapped(" ".join(more), width - indent) if more else []
    return Text(("\n" + " " * indent).join([first, *later]), style)


def shown(value: object) -> str:
    """A value as text for people."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(shown(item) for item in value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
