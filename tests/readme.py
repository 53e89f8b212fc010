"""The README as a user sees it: its commands, and the demo's output in it.

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
    """Return every command in the README's shell blocks, without comments."""
    text = README.read_text("utf-8")
    lines = (line for block in SHELL.findall(text) for line in block.splitlines())
    return [re.sub(r"\s+# .*", "", line) for line in lines if line.strip()]


def pasted() -> str:
    """Return the demo's output as shown in the README."""
    found = DEMO.search(README.read_text("utf-8"))
    assert found is not None, "the README shows what the demo prints"
    return found[2]


def shortened(output: str) -> str:
    """Return the demo's output shortened for the README: counts, first notices, next commands.

    Tables that need more than 80 columns are left out.
    """
    blocks = output.strip("\n").split("\n\n")
    return "\n\n".join(part for block in blocks for part in shown(block)) + "\n"


def shown(block: str) -> Iterator[str]:
    """Yield the lines of a block for the README; none for a table that wraps."""
    lines = [line.rstrip() for line in block.splitlines()]
    if lines[0].startswith(TABLES):
        return
    if lines[0].startswith(("Feeds fetched", "Alerts raised")):
        lines = [*lines[: SHOWN + 2], "..."]
    yield "\n".join(lines)


def without_times(text: str) -> str:
    """Return the text with seconds masked."""
    return SECONDS.sub(" # s", text)


def main() -> None:
    """Run the demo in a temporary folder and write its output into the README."""
    policywire = Path(sys.executable).with_name("policywire")
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [policywire, "demo", "--dir", "var/demo"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
    # The demo prints the path of the program; in a clone it is .venv/bin/policywire.
    output = run.stdout.replace(str(policywire), ".venv/bin/policywire")
    text = README.read_text("utf-8")
    README.write_text(DEMO.sub(lambda m: m[1] + shortened(output) + m[3], text), "utf-8")


if __name__ == "__main__":
    main()
