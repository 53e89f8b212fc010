"""docs/OPERATE.md: its commands exist, and systemd accepts its unit."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer

from flows.commands.cli import app

DOCS = Path(__file__).parents[2] / "docs"
UNIT = DOCS / "policywire.service"


def commands() -> list[str]:
    text = (DOCS / "OPERATE.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    named = [line for line in lines if line.startswith("policywire ")]
    return sorted({*named, *re.findall(r"`(policywire [a-z][^`]*)`", text)})


@pytest.mark.parametrize("line", commands())
def test_each_command_exists_with_its_options(line: str) -> None:
    command: Any = typer.main.get_command(app)
    words = shlex.split(line)[1:]
    # Typer may bring its own click: known by what it has, not by its class.
    while (below := getattr(command, "commands", None)) is not None:
        assert words, f"{line}: a group, not a command"
        assert words[0] in below, line
        command = below[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= known, line


def test_the_unit_is_hardened_and_starts_a_command_that_exists() -> None:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(UNIT.read_text("utf-8"))
    service = unit["Service"]
    assert service["ExecStart"].split()[1:3] == ["serve", "--config"]
    for key, value in {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "UMask": "0077",
        "StateDirectoryMode": "0700",
        "KillSignal": "SIGINT",
    }.items():
        assert service[key] == value


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    text = UNIT.read_text("utf-8").replace("/opt/policywire/.venv/bin/policywire", "/bin/true")
    placed = tmp_path / "policywire.service"
    placed.write_text(text.replace("User=policywire\nGroup=policywire\n", ""), "utf-8")
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(placed)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "policywire.service" not in told.stderr, told.stderr
