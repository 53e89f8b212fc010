"""What a query gave, as a person or a program wants it: table, CSV, JSON or Parquet."""

import csv
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO

import pyarrow.parquet as parquet
from rich.table import Table
from rich.text import Text

from flows.screen import Screen
from models import harmless
from models.errors import ConfigError
from warehouse.snapshot import QueryResult, query

SHOWN_ROWS = 200
PROSE = frozenset({"headline", "title", "why", "notice", "terms", "evidence"})
LEAST, LEAST_PROSE, GAP = 10, 24, 2


def write_answer(
    snapshot: Path,
    sql: str,
    parameters: Mapping[str, object],
    form: str,
    output: Path | None,
) -> None:
    """Run `sql` on the snapshot and write its rows to `output`, or to the screen.

    Raises WarehouseError, one line, when the query is refused; ConfigError when Parquet has no
    file to go to.
    """
    if form == "parquet" and output is None:
        raise ConfigError("--format parquet needs --output FILE")
    result = query(snapshot, sql, parameters)
    if form == "parquet":
        assert output is not None, "checked above"
        parquet.write_table(result.table, output)
        return
    write = WRITERS[form]
    if output is None:
        write(result, sys.stdout)
        return
    with output.open("w", encoding="utf-8", newline="") as file:
        write(result, file)


def write_csv(result: QueryResult, file: IO[str]) -> None:
    """RFC 4180 with a header; lists and structs as JSON; no cell is a formula."""
    writer = csv.writer(file)
    writer.writerow([harmless.csv_cell(column) for column in result.columns])
    for row in result.rows:
        writer.writerow([harmless.csv_cell(cell(value)) for value in row])


def write_json(result: QueryResult, file: IO[str]) -> None:
    """One JSON array of objects, times in ISO 8601."""
    rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
    file.write(harmless.json_text(rows, indent=1, default=str) + "\n")


def write_table(result: QueryResult, file: IO[str]) -> None:
    """A table for reading; a long one is cut, and says so."""
    rows = result.rows
    console = Screen(file=file)
    console.print(table_of(result.columns, rows[:SHOWN_ROWS]))
    if len(rows) > SHOWN_ROWS:
        console.print(f"{SHOWN_ROWS} of {len(rows)} rows; --format csv gives all", style="dim")
    elif not rows:
        console.print("no rows", style="dim")


WRITERS: dict[str, Callable[[QueryResult, IO[str]], None]] = {
    "csv": write_csv,
    "json": write_json,
    "table": write_table,
}


def table_of(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    title: str | None = None,
    width: int | None = None,
) -> Table:
    """A rich table; text from feeds is shown as it is, never read as markup."""
    cells = [[shown(value) for value in row] for row in rows]
    table = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    widths = column_widths(columns, cells, width or Screen().width)
    for column, fitted in zip(columns, widths, strict=True):
        prose = column in PROSE
        table.add_column(
            column.replace("_", " "),
            width=fitted,
            overflow="ellipsis" if prose else "fold",
            no_wrap=prose,
        )
    for row in cells:
        table.add_row(*(Text(value) for value in row))
    return table


def column_widths(columns: Sequence[str], cells: Sequence[Sequence[str]], total: int) -> list[int]:
    """Widths that fit in `total`: prose gives way first, then whichever column is widest."""
    widths = [
        max([len(column), *(len(row[n]) for row in cells)]) for n, column in enumerate(columns)
    ]
    least = [LEAST_PROSE if column in PROSE else LEAST for column in columns]
    room = total - GAP * (len(columns) - 1)
    for giving in ([n for n, column in enumerate(columns) if column in PROSE], range(len(columns))):
        while sum(widths) > room:
            wide = max(giving, key=lambda n: widths[n] - least[n], default=None)
            if wide is None or widths[wide] <= least[wide]:
                break
            widths[wide] -= 1
    return widths


def cell(value: object) -> object:
    """A value as CSV holds it."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return shown(value) if isinstance(value, datetime) else value


def shown(value: object) -> str:
    """A value as a person reads it."""
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


def check_label(option: str, value: str | None, known: Sequence[str]) -> None:
    """Raise ConfigError, with what there is, when `value` is given and not one of `known`."""
    if value is not None and value not in known:
        raise ConfigError(f"{option}: no {value!r}; there are {', '.join(known)}")
