"""Writes query results in the output formats: table, CSV, JSON or Parquet."""

import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as parquet
from rich.table import Table
from rich.text import Text

from flows.base.screen import Screen
from models import harmless
from models.errors import ConfigError
from warehouse.operations.sandbox import open_for_questions
from warehouse.snapshot import query

SHOWN_ROWS = 200
# The rest of a result is counted only so far: a query may never end.
COUNTED_ROWS = 1_000_000
PROSE = frozenset({"headline", "title", "why", "notice", "terms", "evidence"})
LEAST, LEAST_PROSE, GAP = 10, 24, 2


def write_answer(
    snapshot: Path,
    sql: str,
    parameters: Mapping[str, object],
    form: str,
    output: Path | None,
    *,
    row_limit: int | None = None,
) -> None:
    """Run one query on the snapshot; write its rows to `output`, or to standard output.

    With `row_limit`, which `sql` takes as $row_limit, a line on standard error says how many
    rows were left out. Raises WarehouseError, one line, when the query is refused; ConfigError
    for Parquet without a file.
    """
    if form == "parquet" and output is None:
        raise ConfigError("--format parquet needs --output FILE")
    with open_for_questions(snapshot) as questions, questions.ask(sql, parameters) as answer:
        if form == "parquet":
            assert output is not None, "checked above"
            with parquet.ParquetWriter(output, answer.schema) as file:
                for batch in answer:
                    file.write_batch(batch)
        elif output is None:
            WRITERS[form](answer, sys.stdout)
        else:
            with output.open("w", encoding="utf-8", newline="") as text:
                WRITERS[form](answer, text)
    if row_limit is not None:
        print_left_out(count_all(snapshot, sql, parameters) - row_limit)


def count_all(snapshot: Path, sql: str, parameters: Mapping[str, object]) -> int:
    """The number of rows of `sql` without its limit."""
    counted = f"SELECT count(*) FROM ({sql.rstrip().removesuffix(';')})"  # noqa: S608 - ours
    (row,) = query(snapshot, counted, {**parameters, "row_limit": None}).rows
    return int(str(row[0]))


def print_left_out(count: int) -> None:
    """Say on standard error how many rows a list left out, if any."""
    if count > 0:
        line = f"and {count:,} more; --limit shows more"
        Screen(stderr=True).print(line, style="dim", highlight=False)


def rows_of(answer: pa.RecordBatchReader) -> Iterator[tuple[object, ...]]:
    """The rows as Python values, read in batches: a result may be larger than memory."""
    for batch in answer:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def write_csv(answer: pa.RecordBatchReader, file: IO[str]) -> None:
    """Write CSV (RFC 4180) with a header; lists and structs as JSON; no cell can be a formula."""
    writer = csv.writer(file)
    writer.writerow([harmless.csv_cell(column) for column in answer.schema.names])
    for row in rows_of(answer):
        writer.writerow([harmless.csv_cell(cell(value)) for value in row])


def write_json(answer: pa.RecordBatchReader, file: IO[str]) -> None:
    """Write one JSON array of objects, with times in ISO 8601."""
    names = answer.schema.names
    before = "[\n"
    for row in rows_of(answer):
        value = dict(zip(names, row, strict=True))
        text = harmless.json_text(value, indent=1, default=str)
        file.write(before + " " + text.replace("\n", "\n "))
        before = ",\n"
    file.write("[]\n" if before == "[\n" else "\n]\n")


def write_table(answer: pa.RecordBatchReader, file: IO[str]) -> None:
    """Write a table for people; a long one is cut and says so."""
    rows = rows_of(answer)
    shown_rows = list(islice(rows, SHOWN_ROWS))
    console = Screen(file=file)
    console.print(table_of(answer.schema.names, shown_rows))
    more = sum(1 for _ in islice(rows, COUNTED_ROWS))
    if more:
        least = "more than " if more == COUNTED_ROWS else ""
        total = f"{SHOWN_ROWS} of {least}{SHOWN_ROWS + more} rows"
        console.print(f"{total}; --format csv gives all", style="dim")
    elif not shown_rows:
        console.print("no rows", style="dim")


WRITERS: dict[str, Callable[[pa.RecordBatchReader, IO[str]], None]] = {
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
    """A rich table; text from feeds is shown as it is, never interpreted as markup."""
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
    """Column widths that fit in `total`: prose columns shrink first, then the widest ones."""
    widths = [
        max([len(column), *(len(row[n]) for row in cells)]) for n, column in enumerate(columns)
    ]
    least = [LEAST_PROSE if column in PROSE else LEAST for column in columns]
    room = total - GAP * (len(columns) - 1)
    prose = [n for n, column in enumerate(columns) if column in PROSE]
    for shrinking in (prose, range(len(columns))):
        while sum(widths) > room:
            wide = max(shrinking, key=lambda n: widths[n] - least[n], default=None)
            if wide is None or widths[wide] <= least[wide]:
                break
            widths[wide] -= 1
    return widths


def cell(value: object) -> object:
    """A value as a CSV cell."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return shown(value) if isinstance(value, datetime) else value


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
