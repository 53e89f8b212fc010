"""Every output to screen, file or log: hostile text in the warehouse has no effect there."""

import csv
import io
import json
import logging
import re
from pathlib import Path

import pytest
from rich.table import Table
from rich.text import Text
from typer.testing import CliRunner

from flows.base.answers import write_question
from flows.base.logs import configure_logs
from flows.base.screen import Screen, folded, say
from flows.commands.cli import app
from tests.alert_world import store_all
from warehouse.connection import open_warehouse, transaction
from warehouse.snapshot import publish

FLOWS = Path(__file__).parents[3] / "flows"
HOSTILE: list[str] = json.loads(
    Path(__file__).parents[2].joinpath("data/hostile/texts.json").read_text("utf-8")
)
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse whose titles, evidence and addresses are hostile, and its snapshot."""
    file = tmp_path_factory.mktemp("hostile") / "w.duckdb"
    with open_warehouse(file) as con, transaction(con):
        store_all(con, {f"d{n}": {"measure_id": f"m{n}"} for n in range(len(HOSTILE))})
        for number, text in enumerate(HOSTILE):
            told = text.encode("utf-8", "replace").decode()
            con.execute(
                "UPDATE store.articles SET title = ?, url = 'javascript:alert(1)' "
                "WHERE article_id = ?",
                [told, f"article-d{number}"],
            )
            con.execute(
                "UPDATE store.event_mentions SET sentence = ? WHERE mention_id = ?",
                [told, f"mention-d{number}"],
            )
    found = file.with_suffix(".snapshot.duckdb")
    publish(file, found)
    return found


SQL = "SELECT title, url FROM articles ORDER BY article_id"


@pytest.mark.parametrize("form", ["table", "vertical", "csv", "tsv", "json", "md"])
@pytest.mark.parametrize("to_file", [True, False])
def test_sql_in_every_format(
    snapshot: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    form: str,
    to_file: bool,
) -> None:
    output = tmp_path / "answer" if to_file else None
    write_question(snapshot, SQL, form, output)
    told = output.read_text("utf-8") if output else capsys.readouterr().out
    assert not OBEYED.search(told), form
    if form == "csv":
        rows = list(csv.reader(io.StringIO(told)))
        assert len(rows) == len(HOSTILE) + 1
        for title, _ in rows[1:]:
            assert not title.lstrip().startswith(("=", "+", "-", "@")), title
    if form == "json":
        assert {row["title"] for row in json.loads(told)} >= {HOSTILE[0], HOSTILE[5]}


@pytest.mark.parametrize(
    "command",
    [
        ["events", "--limit", "100"],
        ["events", "--limit", "100", "--format", "table"],
        ["events", "--limit", "100", "--format", "vertical"],
        ["events", "--limit", "100", "--format", "csv"],
        ["events", "--limit", "100", "--format", "json"],
        ["sql", "SELECT evidence FROM policy_events"],
        ["status"],
        ["status", "--prometheus"],
        ["alerts", "test", "all", "--since", "2025-01-01"],
        ["alerts", "list"],
        ["alerts", "check"],
    ],
)
def test_commands_print_no_control_sequences(
    snapshot: Path, tmp_path: Path, command: list[str]
) -> None:
    config = tmp_path / "policywire.toml"
    hostile = HOSTILE[14].replace('"', "")
    config.write_text(
        f'[[rule]]\nid = "all"\nfactuality = ["asserted"]\ndescription = {json.dumps(hostile)}\n',
        "utf-8",
    )
    warehouse = snapshot.with_name("w.duckdb")
    result = CliRunner().invoke(
        app, [*command, "--warehouse", str(warehouse), "--config", str(config)]
    )
    assert result.exit_code == 0, result.output
    assert not OBEYED.search(result.output.replace("\r\n", "\n"))


@pytest.mark.parametrize("text", HOSTILE)
def test_the_screen_shows_hostile_text_escaped(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = io.StringIO()
    screen = Screen(file=file, force_terminal=True, width=80)
    table = Table()
    table.add_column(Text("head"))
    table.add_row(Text(text))
    screen.print(table, style="red")
    screen.print(text, markup=False)
    bare = re.sub(r"\x1b\[[0-9;]*m", "", file.getvalue())
    assert not OBEYED.search(bare)
    assert "\x1b]8" not in file.getvalue()
    say(text)
    assert not OBEYED.search(capsys.readouterr().out)


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_log_line_is_one_line_of_ours(text: str, as_json: bool) -> None:
    stream = io.StringIO()
    handler = configure_logs(stream=stream, as_json=as_json)
    log = logging.getLogger("policywire.test")
    try:
        log.info("channel said %s", text, extra={"fields": {"answer": text}})
        try:
            raise ValueError(text)
        except ValueError:
            log.exception("fault")
    finally:
        logging.getLogger("policywire").removeHandler(handler)
    told = stream.getvalue().rstrip("\n").split("\n")
    assert not OBEYED.search("".join(told))
    if as_json:
        assert [json.loads(line)["level"] for line in told] == ["info", "error"]
    else:
        assert sum(1 for line in told if re.match(r"\d\d:\d\d:\d\d ", line)) == 2
        assert all(line.startswith("    ") for line in told[2:])


def test_all_output_goes_through_screen_and_say() -> None:
    """Only Screen and `say` write to the terminal, so that no command can forget to escape."""
    found = [
        f"{path.relative_to(FLOWS)}:{number}: {line.strip()}"
        for path in sorted(FLOWS.rglob("*.py"))
        if path.name != "screen.py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"(?<![\w.])Console\(|typer\.echo\(|(?<![\w.])print\(", line)
    ]
    assert found == []


def test_a_long_line_is_folded_between_words() -> None:
    long = "2 problems found, 2 alarms sent: no new article since Monday; 24 feeds fail"
    assert folded(f"{long}\nshort\n", 40) == (
        "2 problems found, 2 alarms sent: no new\n  article since Monday; 24 feeds fail\nshort\n"
    )
    url = f"https://{'x' * 60}.example/"
    assert folded(f"see {url} now", 30) == f"see\n  {url}\n  now"
    column = "  exposures  one, two, three, four\n             five, six, seven, eight, nine"
    assert folded(column, 36).split("\n")[-1] == " " * 13 + "eight, nine"
    assert folded(long, 10) == long


def test_what_is_piped_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    say("word " * 60)
    assert capsys.readouterr().out == "word " * 60 + "\n"
