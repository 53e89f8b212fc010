"""Commands on terminals of 80, 120 and 200 columns, and in a pipe, on the demo's data."""

import csv
import io
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from pyarrow import parquet
from rich.cells import cell_len

from flows.base.answers import write_question
from tests.demo import POLICYWIRE
from tests.screens import CONFIG, all_names, as_shown, drawn, kept
from tests.terminal import on_terminal

REGENERATE = "draw it again: python -m tests.screens"
LIMIT = 20


@pytest.fixture(scope="module")
def demo(demo_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demo was run."""
    folder = tmp_path_factory.mktemp("screens")
    as_shown(demo_run, folder)
    return folder


def piped(folder: Path, *words: str) -> str:
    """Return what a command writes into a pipe."""
    return subprocess.run(
        [POLICYWIRE, *words, "--config", CONFIG],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "PAGER": "false"},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout


@pytest.mark.parametrize(("name", "width"), list(all_names()))
def test_a_screen_shows_what_the_file_shows(demo: Path, name: str, width: int) -> None:
    found = drawn(demo, name, width)
    assert found == kept(name, width).read_text("utf-8"), REGENERATE
    assert [line for line in found.splitlines() if cell_len(line) > width] == []


def test_one_row_is_one_line_and_keeps_its_headline() -> None:
    for width in (80, 120, 200):
        lines = kept("events", width).read_text("utf-8").splitlines()
        rows = [line for line in lines if re.match(r"\d{4}-\d\d-\d\d  \w", line)]
        assert len(rows) == LIMIT
        assert lines[0].endswith("headline")
        begins = lines[0].index("headline")
        assert all(len(row[begins:]) >= 20 for row in rows)
        assert len(lines) - len(rows) <= 3


def test_a_pipe_gets_every_value_in_plain_lines(demo: Path) -> None:
    rows = list(csv.reader(io.StringIO(piped(demo, "events")), delimiter="\t"))
    assert len(rows) == LIMIT + 1
    assert {len(row) for row in rows} == {len(rows[0])}
    tickers = rows[0].index("tickers")
    objects = json.loads(piped(demo, "events", "--format", "json"))
    for row, value in zip(rows[1:], objects, strict=True):
        assert row[0] == value["date"]
        assert row[-1] == value["headline"]
        assert json.loads(row[tickers]) == value["tickers"]
    told = piped(demo, "sql", "FROM policy_events")
    assert "│" not in told
    assert "\x1b" not in told
    count = piped(demo, "sql", "SELECT count(*) FROM policy_events").splitlines()[-1]
    assert len(told.splitlines()) == int(count) + 1


def test_a_long_list_goes_through_the_pager(demo: Path) -> None:
    words: list[str | Path] = [POLICYWIRE, "sql", "FROM range(45)", "--config", CONFIG]
    mark = {"PAGER": "sed 's/^/P /'"}
    long = on_terminal(words, columns=80, rows=24, cwd=demo, env=mark)
    assert all(line.startswith("P ") for line in long.splitlines())
    assert "45 rows (40 shown)" in long
    short = on_terminal(words, columns=80, rows=60, cwd=demo, env=mark)
    assert not any(line.startswith("P ") for line in short.splitlines())
    for pager in ("no-such-pager", "'"):
        lost = on_terminal(words, columns=80, rows=24, cwd=demo, env={"PAGER": pager})
        assert "45 rows (40 shown)" in lost


def test_a_pager_that_ends_early_is_no_error(demo: Path) -> None:
    words: list[str | Path] = [POLICYWIRE, "sql", "FROM policy_events", "--config", CONFIG]
    told = on_terminal(words, columns=80, rows=24, cwd=demo, env={"PAGER": "head -2"})
    assert len(told.splitlines()) == 2


def test_a_query_comes_from_a_pipe_too(demo: Path) -> None:
    asked = subprocess.run(
        [POLICYWIRE, "sql", "--config", CONFIG],
        input="SELECT 6 * 7 AS n; -- one query\n",
        cwd=demo,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert asked.stdout == "n\n42\n"


def test_a_file_gets_the_format_of_its_ending(demo: Path, tmp_path: Path) -> None:
    snapshot = demo / CONFIG.parent / "demo.snapshot.duckdb"
    query = "SELECT type, headline FROM policy_events ORDER BY ALL LIMIT 2"
    beginnings = {"csv": "type,", "tsv": "type\t", "json": "[\n", "md": "| type |", "txt": "type\t"}
    for ending, begins in beginnings.items():
        output = tmp_path / f"answer.{ending}"
        write_question(snapshot, query, None, output)
        assert output.read_bytes().startswith(begins.encode())
        assert b"\r" not in output.read_bytes()
    write_question(snapshot, query, None, tmp_path / "answer.parquet")
    assert parquet.read_table(tmp_path / "answer.parquet").num_rows == 2
    write_question(snapshot, query, "table", tmp_path / "box")
    assert (tmp_path / "box").read_text("utf-8").startswith("┌")


def test_suggested_commands_work_as_a_terminal_shows_them(demo: Path) -> None:
    shown = kept("report", 80).read_text("utf-8").partition("For example:\n")[2]
    commands = re.split(r"\n(?=  \S)", shown.rstrip())
    assert len(commands) == 3
    for command in commands:
        done = subprocess.run(
            ["bash", "-c", command.replace("policywire", str(POLICYWIRE), 1)],
            cwd=demo,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        assert len(done.stdout.splitlines()) > 1, command
