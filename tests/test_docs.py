"""Documents: their links, file names and commands exist; every decision has a date."""

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from flows.base.settings import Section, Settings
from flows.commands.cli import app

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\[[^\]]+\]\((?!https?:)([^)\s#]*)#?([^)\s]*)\)")
FILE = re.compile(
    r"(?<![\w/.<])((?:flows|extractors|warehouse|models|tests|bench|docs|examples)/[\w./-]+\.\w+)"
)
COMMAND = re.compile(r"`((?:\.venv/bin/)?policywire [a-z][^`]*)`")
BLOCK = re.compile(r"^(?:    |```sh\n)((?:.*\n)+?)(?=^```|\n|^\S)", re.MULTILINE)
# Made by `make bench`, or kept beside the repository.
NOT_KEPT = ("bench/results/",)


def heading_ids(document: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands() -> list[tuple[str, str]]:
    """Return (document, command) for every `policywire` command in the documents."""
    found = set()
    for document in DOCUMENTS:
        text = document.read_text("utf-8").replace("\\\n", " ")
        lines = [line.strip() for block in BLOCK.findall(text) for line in block.splitlines()]
        typed = [line for line in lines if re.match(r"(\.venv/bin/)?policywire [a-z]", line)]
        found |= {(document.name, line) for line in [*typed, *COMMAND.findall(text)]}
    return sorted(found)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    missing = []
    prose = re.sub(r"`[^`\n]*`", "", document.read_text("utf-8"))
    for path, anchor in LINK.findall(prose):
        target = document.parent / path if path else document
        if not target.exists() or (anchor and anchor not in heading_ids(target)):
            missing.append(f"{path}#{anchor}")
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_named_exist(document: Path) -> None:
    named = FILE.findall(document.read_text("utf-8"))
    assert [n for n in named if not (ROOT / n).exists() and not n.startswith(NOT_KEPT)] == []


@pytest.mark.parametrize(("document", "line"), commands())
def test_commands_exist_with_their_options(document: str, line: str) -> None:
    command, words = root_command(), shlex.split(line, comments=True)[1:]
    # Typer may bring its own click: a group is known by what it has, not by its class.
    while words and (below := getattr(command, "commands", None)) is not None:
        if words[0] == "--help":
            return
        assert words[0].split("|")[0] in below, line
        command = below[words.pop(0).split("|")[0]]
    known = {"--help"} | {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if re.match(r"--?[a-z]", word)} <= known, line


@cache
def root_command() -> Any:
    return typer.main.get_command(app)


def test_every_setting_is_described() -> None:
    text = (ROOT / "docs" / "SETTINGS.md").read_text("utf-8")
    rows = [row.split(" | ")[0] for row in text.splitlines() if row.startswith("| `")]
    described = {key for row in rows for key in re.findall(r"[a-z_0-9]+", row)}
    for name, field in Settings.model_fields.items():
        table = field.annotation
        inner = isinstance(table, type) and issubclass(table, Section)
        keys = set(table.model_fields) if inner else set()  # type: ignore[union-attr]
        assert {name, *keys} <= described, name


def test_every_decision_has_a_date() -> None:
    entries = (ROOT / "docs" / "DECISIONS.md").read_text("utf-8").split("\n## ")[1:]
    assert [e.splitlines()[0] for e in entries if not re.search(r"\n\n\*\d+ \w+ \d{4}", e)] == []


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) < 120
