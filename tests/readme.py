"""The README as a user meets it: its commands, and the demo's output pasted into it.

`python -m tests.readme` runs the demo and writes its output into README.md.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DEMO = re.compile(r"(^<!-- demo output.*?-->\n```text\n)(.*?)(^```$)", re.MULTILINE | re.DOTALL)
SECONDS = re.compile(r" +\d+\.\d s")
# Rows of each table that the README shows.
SHOWN = 6
TABLES = ("New developments", "Largest moves")


def commands() -> list[str]:
    """Every command of the README's shell blocks, without its comment."""
    text = README.read_text("utf-8")
    lines = (line for block in SHELL.findall(text) for line in block.splitlines())
    return [re.sub(r"\s+# .*", "", line) for line in lines if line.strip()]


def pasted() -> str:
    """The demo's output as the README has it."""
    found = DEMO.search(README.read_text("utf-8"))
    assert found is not None, "the README shows what the demo prints"
    return found[2]


def shortened(output: str) -> str:
    """The demo's output cut for the README: counts, the first notices, how to go on.

    Tables that need more than 80 columns are left out.
    """
    blocks = output.strip("\n").split("\n\n")
    return "\n\n".join(part for block in blocks for part in shown(block)) + "\n"


def shown(block: str) -> Iterator[str]:
    """The block's part of the README; nothing for a table that wraps."""
    lines = [line.rstrip() for line in block.splitlines()]
    if lines[0].startswith(TABLES):
        return
    if lines[0].startswith(("Feeds fetched", "Alerts raised")):
        lines = [*lines[: SHOWN + 2], "..."]
    yield "\n".join(lines)


def without_times(text: str) -> str:
    """The same with seconds masked."""
    return SECONDS.sub(" # s", text)


def main() -> None:
    """Run the demo in a folder of its own and write its output into the README."""
    policywire = Path(sys.executable).with_name("policywire")
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [policywire, "demo", "--dir", "var/demo"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
    # There the program is called by its path; from a fresh clone it is .venv/bin/policywire.
    output = run.stdout.replace(str(policywire), ".venv/bin/policywire")
    text = README.read_text("utf-8")
    README.write_text(DEMO.sub(lambda m: m[1] + shortened(output) + m[3], text), "utf-8")


if __name__ == "__main__":
    main()
