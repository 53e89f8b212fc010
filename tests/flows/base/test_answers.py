"""The formats that programs read: CSV, TSV, JSON and Markdown."""

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.base.answers import (
    form_for,
    write_csv,
    write_json,
    write_markdown,
    write_records,
    write_tsv,
)

NAMES = ("day", "at", "tickers", "headline", "rate")
ROWS = [
    (
        date(2025, 10, 9),
        datetime(2025, 10, 9, 6, 50, tzinfo=UTC),
        ["XNYS:MP", "XASX:LYC"],
        "Curbs | on\tmagnets\nwidened [more](https://e.example)",
        1.5,
    ),
    (None, None, [], "=1+1", None),
]


def test_csv_ends_lines_with_lf_and_quotes() -> None:
    write_csv(NAMES, ROWS, file := io.StringIO())
    assert file.getvalue() == (
        "day,at,tickers,headline,rate\n"
        '2025-10-09,2025-10-09 06:50,"[""XNYS:MP"", ""XASX:LYC""]",'
        '"Curbs | on magnets\nwidened [more](https://e.example)",1.5\n'
        ",,[],'=1+1,\n"
    )


def test_tsv_has_one_line_per_row_and_nothing_quoted() -> None:
    write_tsv(NAMES, ROWS, file := io.StringIO())
    assert file.getvalue() == (
        "day\tat\ttickers\theadline\trate\n"
        '2025-10-09\t2025-10-09 06:50\t["XNYS:MP", "XASX:LYC"]\t'
        "Curbs | on magnets widened [more](https://e.example)\t1.5\n"
        "\t\t[]\t=1+1\t\n"
    )


def test_an_empty_answer_says_so_beside_its_header(capsys: pytest.CaptureFixture[str]) -> None:
    write_tsv(NAMES, [], file := io.StringIO())
    assert file.getvalue() == "\t".join(NAMES) + "\n"
    assert capsys.readouterr().err == "no rows\n"


def test_markdown_keeps_names_and_links_readable_and_text_harmless() -> None:
    rows = [
        ("export_ban", "XNYS:MP, XASX:LYC", "https://e.example/a_b?x=1", "a|b <b>*c*</b>", -1.5)
    ]
    write_markdown(NAMES, [*rows, ROWS[0]], file := io.StringIO())
    lines = file.getvalue().splitlines()
    assert lines[0] == "| day | at | tickers | headline | rate |"
    assert lines[1] == "| --- | --- | --- | --- | --- |"
    assert lines[2].startswith("| export_ban | XNYS:MP, XASX:LYC | <https://e.example/a_b?x=1> | ")
    assert lines[2].endswith(" | -1.5 |")
    assert "<b>" not in lines[2]
    assert r"a\|b" in lines[2]
    assert lines[3].startswith("| 2025-10-09 | 2025-10-09 06:50 | XNYS:MP, XASX:LYC | Curbs ")
    assert "](" not in lines[3]
    assert len(lines) == 4


def test_records_and_json_hold_the_same_values() -> None:
    write_records(NAMES, ROWS, file := io.StringIO())
    told = file.getvalue().splitlines()
    assert told[0] == "-[ 1 ]-"
    assert "tickers   XNYS:MP, XASX:LYC" in told
    assert len([line for line in told if line.startswith("headline")]) == 2
    write_json(NAMES, ROWS, file := io.StringIO())
    assert '"day": "2025-10-09"' in file.getvalue()


@pytest.mark.parametrize(
    ("form", "output", "chosen"),
    [
        (None, None, "tsv"),
        ("table", None, "table"),
        (None, "x.CSV", "csv"),
        (None, "x.parquet", "parquet"),
        (None, "x.txt", "tsv"),
        ("md", "x.csv", "md"),
    ],
)
def test_the_format_follows_the_reader(form: str | None, output: str | None, chosen: str) -> None:
    assert form_for(form, Path(output) if output else None) == chosen
