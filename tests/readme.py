"""The README as a user meets it: its commands, and the output pasted into it.

`python -m tests.readme` runs the demo and regenerates the pasted output in README.md.
"""

import re
import shlex
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

from tests.demo import within_an_hour
from tests.terminal import on_terminal

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PROGRAM = ".venv/bin/policywire"
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PASTED = r"(^<!-- {} output.*?-->\n```text\n)(.*?)(^```$)"
SECONDS = re.compile(r" +\d+\.\d s")
PORT = re.compile(r"127\.0\.0\.1:\d+")
# The README shows so many rows of these tables only: others need more columns.
SHOWN_ROWS = 3
SHOWN_TABLES = ("Alerts raised",)
LEFT_OUT = ("Feeds fetched", "New developments", "Largest moves", "Query the results")
WIDTH = 80


def commands() -> list[str]:
    """Return every command of the README's shell blocks, without its comment."""
    text = README.read_text("utf-8")
    lines = (line for block in SHELL.findall(text) for line in block.splitlines())
    return [re.sub(r"\s+# .*", "", line) for line in lines if line.strip()]


def question() -> str:
    """Return the command whose answer the README shows."""
    return next(line for line in commands() if line.startswith(f"{PROGRAM} sql"))


def block(name: str) -> re.Pattern[str]:
    """Return the pattern of a pasted block, "demo" or "answer"; group 2 is its text."""
    return re.compile(PASTED.format(name), re.MULTILINE | re.DOTALL)


def pasted(name: str) -> str:
    """Return the output that the README shows, "demo" or "answer"."""
    found = block(name).search(README.read_text("utf-8"))
    assert found is not None, f"the README has a block '{name} output'"
    return found[2]


def shortened(output: str) -> str:
    """Return the demo's output as the README shows it: folded at 80 columns, tables cut."""
    parts = output.strip("\n").split("\n\n")
    return "\n\n".join("\n".join(shown(part)) for part in parts if not part.startswith(LEFT_OUT))


def shown(part: str) -> Iterator[str]:
    """Yield the lines of one part of the output; of a table its title, header and first rows."""
    lines = part.splitlines()
    if part.startswith(SHOWN_TABLES):
        lines = [*lines[: SHOWN_ROWS + 2], "..."]
    for line in lines:
        yield textwrap.fill(
            line.rstrip(), WIDTH, subsequent_indent=" " * 18, break_on_hyphens=False
        )


def answer(output: str) -> str:
    """Return the answer of `question` without spaces at line ends."""
    return "\n".join(line.rstrip() for line in output.strip("\n").splitlines())


def without_times(text: str) -> str:
    """Mask seconds, and the port, which differs where another program uses the usual one."""
    return PORT.sub("127.0.0.1:#", SECONDS.sub(" # s", text))


def outputs() -> dict[str, str]:
    """Run the demo and the question in a new folder; return what is pasted of their output."""
    program = str(Path(sys.executable).with_name("policywire"))
    asked = [program, *shlex.split(question())[1:]]
    with tempfile.TemporaryDirectory() as folder:
        demo = subprocess.run(
            [program, "demo"], cwd=folder, check=True, capture_output=True, text=True
        ).stdout
        return {
            "demo": shortened(PORT.sub("127.0.0.1:8790", demo)),
            "answer": answer(on_terminal(asked, columns=WIDTH, cwd=Path(folder))),
        }


def main() -> None:
    """Write the output of the demo and of the question into the README."""
    new = within_an_hour(outputs)
    text = README.read_text("utf-8")
    for name, output in new.items():
        text = block(name).sub(lambda m, output=output: f"{m[1]}{output}\n{m[3]}", text)  # type: ignore[misc]
    README.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
