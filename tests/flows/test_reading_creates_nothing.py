"""Commands on stored data say so in one line if there is no warehouse, and create nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from flows.commands.cli import app

POLICYWIRE = Path(sys.executable).with_name("policywire")
# Needs a warehouse: how it is called.
STORED: dict[str, list[str]] = {
    "sql": ["SELECT 1"],
    "events": [],
    "search": ["gallium"],
    "explain": ["3f9c2ab7"],
    "study": [],
    "status": [],
    "watch": [],
    "report": ["pages"],
    "mcp": [],
    "languages": [],
    "warehouse check": [],
    "warehouse export": ["out"],
    "warehouse compact": [],
    "warehouse backup": [],
    "warehouse drop-texts": ["--older-than", "30"],
    "securities show": ["lynas"],
    "securities check": [],
    "alerts test": ["tariff-threats", "--since", "2025-10-01"],
    "alerts retry": [],
    "alerts deliver": [],
    "alerts mute": ["US:tariff", "--until", "3d"],
    "alerts unmute": ["US:tariff"],
    "alerts judge": ["003961d5", "right"],
    "alerts review": [],
    "review list": [],
    "review confirm": ["5b1f", "--why", "so"],
    "review merge": ["a", "b", "--why", "so"],
    "review split": ["a", "--why", "so"],
    "review apply": ["SELECT 1"],
    "backfill": [],
    "reextract": [],
}
MORE: list[tuple[str, list[str]]] = [
    ("status", ["--prometheus"]),
    ("status", ["--listen", "9464"]),
    ("review list", ["--decisions"]),
    ("warehouse drop-texts", ["--older-than", "30", "--dry-run"]),
    ("mcp", ["--http"]),
    ("sql", ["FROM policy_events", "--format", "csv", "-o", "out.csv"]),
]
# Reads something else, and has an answer without a warehouse.
FREE: dict[str, list[str]] = {
    "feeds list": [],
    "feeds export": [],
    "doctor": [],
    "alerts list": [],
    "alerts check": [],
}
READ = [*FREE.items(), ("explain", ["China bans gallium exports."])]
# Makes a warehouse, changes the operator's files, or asks the network.
MAKES = {
    "run",
    "demo",
    "serve",
    "extract",
    "replay",
    "securities load",
    "feeds check",
    "feeds add",
    "feeds import",
    "alerts ping",
    "warehouse restore",
}


def commands() -> Iterator[str]:
    """Every command of the command line, as it is typed."""
    waiting: list[tuple[str, Any]] = [("", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        inside = getattr(command, "commands", None)
        if inside is None:
            yield name.strip()
        else:
            waiting += [(f"{name} {word}", found) for word, found in inside.items()]


def ask(folder: Path, command: str, arguments: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(POLICYWIRE), *command.split(), *arguments],
        cwd=folder,
        env={"PATH": os.defpath, "HOME": str(folder), "COLUMNS": "400"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_command_is_of_one_kind() -> None:
    assert set(commands()) == STORED.keys() | FREE.keys() | MAKES


@pytest.mark.parametrize(
    ("command", "arguments"), [*STORED.items(), *MORE], ids=lambda value: str(value)
)
def test_without_a_warehouse_there_is_one_line(
    tmp_path: Path, command: str, arguments: list[str]
) -> None:
    done = ask(tmp_path, command, arguments)
    assert done.returncode != 0
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "no warehouse here" in line
    assert "policywire run" in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("command", "arguments"), READ, ids=lambda value: str(value))
def test_commands_without_a_warehouse_create_nothing(
    tmp_path: Path, command: str, arguments: list[str]
) -> None:
    done = ask(tmp_path, command, arguments)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_they_do_not_create_the_folder_of_a_setting(tmp_path: Path) -> None:
    done = ask(tmp_path, "watch", ["--warehouse", "data/mine.duckdb"])
    assert done.returncode != 0
    assert "data/mine.duckdb" in done.stderr
    assert list(tmp_path.iterdir()) == []
