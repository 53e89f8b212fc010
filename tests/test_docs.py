"""Documents: their links, file names and commands exist; every decision has a date."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer

from flows.base.settings import Section, Settings
from flows.commands.cli import app
from tests.documents import DOCUMENTS, ROOT, named, typed

LINK = re.compile(r"\[[^\]]+\]\((?!https?:)([^)\s#]*)#?([^)\s]*)\)")
FILE = re.compile(
    r"(?<![\w/.<])((?:flows|extractors|warehouse|models|tests|bench|docs|examples)/[\w./-]+\.\w+)"
)
TARGET = re.compile(r"`make ([a-z][a-z-]*)")
MODULE = re.compile(r"python -m ([\w.]+)")
# At the start of a line, after a pipe, or as what another program runs.
BEFORE = r"(?:^|\| |-- |\.whl |uvx |pipx run |exec policywire )"
CALL = re.compile(BEFORE + r"(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?policywire (?=[a-z-])")
# Programs of others in blocks of commands, which no test here can run: why.
OTHERS = {
    "pip": "it would change this environment; tests/test_wheel.py and `make check-pythons` install",
    "pipx": "it asks an index",
    "uv": "it asks an index",
    "uvx": "it asks an index",
    "duckdb": "its own program, with a browser; docs/SQL_CLIENTS.md says what was tried",
    "prefect": "tests/flows/test_work_pool.py runs a server, a pool and workers",
    "docker": "needs a registry; tests/test_containers.py lints what it builds",
    "kubectl": "needs a cluster; `make check-manifests` checks what it applies",
    "systemctl": "needs systemd to run; tests/flows/test_service_unit.py checks the units",
    "useradd": "it changes the machine",
    "chgrp": "it changes the machine",
    "chmod": "it changes the machine",
    "cp": "it writes to /etc; tests here check that what is copied exists",
    "rm": "it deletes in /etc",
    "export": "it sets a variable of the shell",
}
# Made by `make bench`, or kept beside the repository.
NOT_KEPT = ("bench/results/",)


def heading_ids(document: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def policywire_words(line: str) -> list[str] | None:
    """Return the words after `policywire` in a command, without redirections; None without it."""
    found = CALL.search(line)
    return shlex.split(re.sub(r"\s+[<>] \S+", "", line[found.end() :])) if found else None


def blocks() -> Iterator[tuple[str, str]]:
    """Yield (document, command) for every line of the blocks of commands."""
    for document in DOCUMENTS:
        for line in dict.fromkeys(typed(document)):
            yield document.name, line


def in_prose() -> list[tuple[str, str]]:
    """Return (document, command) for every `policywire` command named in the documents."""
    return sorted({(document.name, line) for document in DOCUMENTS for line in named(document)})


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


@pytest.mark.parametrize(("document", "line"), blocks())
def test_a_typed_command_is_right(document: str, line: str) -> None:
    """Every argument that is needed is there, every option exists and takes its value."""
    words = policywire_words(line)
    program = shlex.split(line)[0]
    if words is not None:
        command, rest = command_of(words, line)
        if command is not root_command():
            command.make_context("policywire", rest)
    elif program == "make":
        assert target_exists(shlex.split(line)[1]), line
    elif (module := MODULE.search(line)) is not None:
        assert find_spec(module[1]) is not None, line
    elif not re.match(r"[A-Z_]+=", program):
        assert program in OTHERS, f"{line}: not run by any test; say in OTHERS why"
    elif len(shlex.split(line)) > 1:
        assert set(shlex.split(line)) & OTHERS.keys(), line


@pytest.mark.parametrize(("document", "line"), in_prose())
def test_a_named_command_exists_with_its_options(document: str, line: str) -> None:
    words = policywire_words(line)
    assert words is not None
    command, rest = command_of(words, line)
    known = {"--help"} | {option for parameter in command.params for option in parameter.opts}
    assert {word for word in rest if re.match(r"--?[a-z]", word)} <= known, line


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_targets_and_modules_named_exist(document: Path) -> None:
    text = document.read_text("utf-8")
    assert [name for name in TARGET.findall(text) if not target_exists(name)] == []
    missing = [name for name in MODULE.findall(text) if find_spec(name) is None]
    assert missing == []


def test_programs_of_others_are_in_the_documents() -> None:
    seen = {word for _, line in blocks() for word in shlex.split(line)}
    assert OTHERS.keys() - seen == set()


def command_of(words: list[str], line: str) -> tuple[Any, list[str]]:
    """Return the command that the words name, and the words after its name."""
    command = root_command()
    # Typer may bring its own click: a group is known by what it has, not by its class.
    while words and (below := getattr(command, "commands", None)) is not None:
        if words[0].startswith("--"):
            assert words[0] in {"--help", *(o for p in command.params for o in p.opts)}, line
            break
        assert words[0].split("|")[0] in below, line
        command, words = below[words[0].split("|")[0]], words[1:]
    return command, words


def target_exists(name: str) -> bool:
    """Return whether the Makefile has this target."""
    text = (ROOT / "Makefile").read_text("utf-8")
    return re.search(rf"^{re.escape(name)}:", text, re.MULTILINE) is not None


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
