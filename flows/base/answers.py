"""Writes rows in the output formats: for people on a terminal, plain where a program reads."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, Literal

import pyarrow as pa
import pyarrow.parquet as parquet
from rich.console import RenderableType
from rich.text import Text

from flows.base.boxes import box_of, ends_of
from flows.base.paging import paged
from flows.base.screen import Screen
from flows.base.tables import records, shown, table_of
from models import harmless
from models.errors import ConfigError
from warehouse.operations.memory_limit import memory_within
from warehouse.operations.sandbox import is_explain, most_memory_mb, open_for_questions
from warehouse.snapshot import query

SHOWN_ROWS = 200
# The rest of a result is counted only so far: a query may never end.
COUNTED_ROWS = 1_000_000
# Records are written in groups, so that a long result is not held in memory.
RECORDS_AT_ONCE = 100
SUFFIXES = {f".{form}": form for form in ("csv", "tsv", "json", "md", "parquet")}
ALL_OF_IT = " (--format vertical)"

Rows = Iterable[Sequence[object]]


def form_for(form: str | None, output: Path | None) -> str:
    """The format: the one asked for, the file's by its ending, else for a person or a program.

    Tables are for a terminal; a pipe or file gets tab-separated values, complete.
    """
    if form is not None:
        return form
    if output is not None:
        return SUFFIXES.get(output.suffix.lower(), "tsv")
    return "table" if sys.stdout.isatty() else "tsv"


def write_answer(
    snapshot: Path,
    sql: str,
    parameters: Mapping[str, object],
    form: str | None,
    output: Path | None,
    *,
    row_limit: int | None = None,
    optional: Sequence[str] = (),
) -> None:
    """Run one query on the snapshot; write its rows to `output`, or to standard output.

    With `row_limit`, which `sql` takes as $row_limit, a line on standard error says how many
    rows were left out. Raises WarehouseError, one line, when the query is refused; ConfigError
    for Parquet without a file.
    """
    form = form_for(form, output)
    if form == "parquet" and output is None:
        raise ConfigError("--format parquet needs --output FILE")
    with open_for_questions(snapshot) as questions, questions.ask(sql, parameters) as answer:
        if form == "parquet":
            assert output is not None, "checked above"
            with (
                opened(output, "wb") as bytes_,
                parquet.ParquetWriter(bytes_, answer.schema) as file,
            ):
                for batch in answer:
                    file.write_batch(batch)
        else:
            write_rows(answer.schema.names, rows_of(answer), form, output, optional=optional)
    if row_limit is not None:
        print_left_out(count_all(snapshot, sql, parameters) - row_limit)


def write_question(snapshot: Path, sql: str, form: str | None, output: Path | None) -> None:
    """Run an analyst's query; on a terminal its result is drawn as DuckDB's own shell does."""
    with memory_within(most_memory_mb()):
        answer_question(snapshot, sql, form, output)


def answer_question(snapshot: Path, sql: str, form: str | None, output: Path | None) -> None:
    """Run an analyst's query in the memory that this process may have."""
    if form is None and output is None and is_explain(sql):
        form = "table"
    if form_for(form, output) != "table":
        write_answer(snapshot, sql, {}, form, output)
        return
    with open_for_questions(snapshot) as questions, questions.ask_as_text(sql) as (types, answer):
        ends = ends_of(answer)
    if tuple(types) == ("explain_key", "explain_value"):
        plans = (str(plan).rstrip("\n") for _, plan in ends.first)
        write_screen(lambda screen: [Text(plan, no_wrap=True) for plan in plans], output)
        return
    write_screen(lambda screen: [box_of(types, ends, screen.width)], output)


def write_rows(
    names: Sequence[str],
    rows: Rows,
    form: str | None,
    output: Path | None = None,
    *,
    optional: Sequence[str] = (),
    note: str | None = None,
) -> None:
    """Write rows in any format but Parquet; `note` is a line under a table."""
    form = form_for(form, output)
    if form == "table":
        write_screen(lambda screen: tables(screen, names, rows, optional, note), output)
    elif output is None:
        WRITERS[form](names, rows, sys.stdout)
    else:
        with opened(output) as text:
            WRITERS[form](names, rows, text)


def opened(output: Path, mode: Literal["w", "wb"] = "w") -> IO[Any]:
    """Open a file to write. Raises ConfigError when that is not possible."""
    try:
        if mode == "wb":
            return output.open(mode)
        return output.open(mode, encoding="utf-8", newline="")
    except OSError as error:
        raise ConfigError(f"--output: {output} cannot be written: {error.strerror}") from error


def write_screen(draw: Callable[[Screen], Iterable[RenderableType]], output: Path | None) -> None:
    """Print what `draw` gives, through the reader's pager where it is longer than the screen."""
    if output is not None:
        with opened(output) as text:
            for part in draw(plain := Screen(file=text)):
                plain.print(part, soft_wrap=True)
        return
    screen = Screen(emoji=False, highlight=False)
    with paged(screen):
        for part in draw(screen):
            screen.print(part, soft_wrap=True)


def tables(
    screen: Screen, names: Sequence[str], rows: Rows, optional: Sequence[str], note: str | None
) -> Iterator[RenderableType]:
    """A table, cut where it is long, and a line that says so."""
    left = iter(rows)
    head = list(islice(left, SHOWN_ROWS))
    yield table_of(names, head, width=screen.width, optional=optional, hint=ALL_OF_IT)
    more = sum(1 for _ in islice(left, COUNTED_ROWS))
    if more:
        least = "more than " if more == COUNTED_ROWS else ""
        total = f"{SHOWN_ROWS} of {least}{SHOWN_ROWS + more} rows"
        yield Text(f"{total}; --format csv gives all", style="dim")
    elif not head:
        yield Text("no rows", style="dim")
    if note:
        yield Text(note, style="dim")


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


def write_csv(names: Sequence[str], rows: Rows, file: IO[str]) -> None:
    """Write CSV with a header; lists and structs as JSON; no cell can be a formula.

    Lines end with LF, as other tools of the command line expect; RFC 4180 says CR LF.
    """
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([harmless.csv_cell(column) for column in names])
    for row in rows:
        writer.writerow([harmless.csv_cell(cell(value)) for value in row])


def write_tsv(names: Sequence[str], rows: Rows, file: IO[str]) -> None:
    """Write tab-separated lines with a header: one row one line, nothing cut, nothing quoted.

    Lists and structs are JSON, NULL is empty, tabs and line ends within a value are spaces.
    """
    count = -1
    for row in chain([names], rows):
        count += 1
        texts = ("" if value is None else str(cell(value)) for value in row)
        file.write("\t".join(harmless.line(text) for text in texts) + "\n")
    if count == 0:
        Screen(stderr=True).print("no rows", style="dim")


def write_json(names: Sequence[str], rows: Rows, file: IO[str]) -> None:
    """Write one JSON array of objects, with times in ISO 8601."""
    before = "[\n"
    for row in rows:
        value = dict(zip(names, row, strict=True))
        text = harmless.json_text(value, indent=1, default=str)
        file.write(before + " " + text.replace("\n", "\n "))
        before = ",\n"
    file.write("[]\n" if before == "[\n" else "\n]\n")


def write_markdown(names: Sequence[str], rows: Rows, file: IO[str]) -> None:
    """Write a table in GitHub's Markdown; text from feeds cannot become a link or markup."""
    file.write(markdown_line(names))
    file.write("|" + " --- |" * len(names) + "\n")
    for row in rows:
        file.write(markdown_line([shown(value) for value in row]))


def markdown_line(cells: Sequence[str]) -> str:
    """One row of a Markdown table."""
    return f"| {' | '.join(harmless.markdown_cell(text) for text in cells)} |\n"


def write_records(names: Sequence[str], rows: Rows, file: IO[str]) -> None:
    """Write one record per row, one line per value; on a terminal long values are wrapped."""
    screen = Screen(file=file, emoji=False, highlight=False)
    on_terminal = file is sys.stdout and file.isatty()
    left, number = iter(rows), 1
    if on_terminal:
        left = islice(left, SHOWN_ROWS)
    with paged(screen):
        while some := list(islice(left, RECORDS_AT_ONCE)):
            width = screen.width if on_terminal else None
            screen.print(records(names, some, width=width, first=number), soft_wrap=True)
            number += len(some)
        if number == 1:
            screen.print(Text("no rows", style="dim"))


WRITERS: dict[str, Callable[[Sequence[str], Rows, IO[str]], None]] = {
    "csv": write_csv,
    "tsv": write_tsv,
    "json": write_json,
    "md": write_markdown,
    "vertical": write_records,
}


def cell(value: object) -> object:
    """A value as a cell of CSV or TSV."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return shown(value) if isinstance(value, datetime) else value
