"""Commands as the documents show them: typed in blocks, or named in prose."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
# A block of commands says so, or has no language; output is `text`.
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?<=\n\n)((?:    .*\n)+)")
NAMED = re.compile(r"`((?:\.venv/bin/)?policywire [a-z][^`]*)`")
PROGRAM = re.compile(r"(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?policywire [a-z]")


def typed(document: Path) -> Iterator[str]:
    """Yield the lines of a document's blocks of commands; continued lines are joined."""
    text = document.read_text("utf-8")
    for language, block in FENCED.findall(text):
        if language in ("sh", ""):
            yield from lines(block)
    for block in INDENTED.findall(FENCED.sub("", text)):
        yield from (line for line in lines(block) if PROGRAM.match(line))


def lines(block: str) -> Iterator[str]:
    """Yield the commands of a block: joined where a line ends in a backslash or inside quotes."""
    waiting = ""
    for line in re.sub(r"\s+# .*", "", block.replace("\\\n", " ")).splitlines():
        waiting = f"{waiting} {line.strip()}".strip()
        if waiting.count('"') % 2 == 0 and waiting.count("'") % 2 == 0 and waiting:
            yield waiting
            waiting = ""
    assert not waiting, f"an open quote: {waiting}"


def named(document: Path) -> Iterator[str]:
    """Yield the `policywire` commands in a document's prose; their arguments may be left out."""
    prose = FENCED.sub("", document.read_text("utf-8"))
    yield from (line for line in NAMED.findall(prose) if "[OPTIONS]" not in line)
