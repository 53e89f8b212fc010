"""The queries of docs/SQL.md and their output, on the warehouse of tests/data/timeline.csv.

python -m tests.warehouse.sql_examples        updates the outputs
"""

import re
import tempfile
from pathlib import Path

from tests.warehouse.timeline_cases import fill
from warehouse.snapshot import open_snapshot, publish

DOCUMENT = Path(__file__).parents[2] / "docs" / "SQL.md"
EXAMPLE = re.compile(r"```sql\n(?P<sql>.*?)```\n\n```text\n(?P<output>.*?)```", re.S)
WIDTH = 46


def published(folder: Path) -> Path:
    """Create a snapshot of the whole timeline."""
    snapshot = folder / "snapshot.duckdb"
    fill(folder / "live.duckdb")
    publish(folder / "live.duckdb", snapshot)
    return snapshot


def output_of(snapshot: Path, sql: str) -> str:
    """Return the result of a query as a small text table."""
    with open_snapshot(snapshot) as con:
        cursor = con.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        rows = [[shown(value) for value in row] for row in cursor.fetchall()]
    widths = [max(len(row[n]) for row in [names, *rows]) for n in range(len(names))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [names, ["-" * width for width in widths], *rows]
    ]
    return "\n".join(lines) + "\n"


def shown(value: object) -> str:
    """Return a value, shortened for a page."""
    if isinstance(value, float):
        value = round(value, 4)
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    text = " ".join(str("" if value is None else value).split())
    return text if len(text) <= WIDTH else text[: WIDTH - 3] + "..."


def rewritten(document: str, snapshot: Path) -> str:
    """Return the document with all outputs updated."""

    def again(found: re.Match[str]) -> str:
        output = output_of(snapshot, found["sql"])
        return f"```sql\n{found['sql']}```\n\n```text\n{output}```"

    return EXAMPLE.sub(again, document)


def main() -> None:
    """Update the outputs in the document."""
    with tempfile.TemporaryDirectory() as folder:
        snapshot = published(Path(folder))
        DOCUMENT.write_text(rewritten(DOCUMENT.read_text("utf-8"), snapshot), "utf-8")


if __name__ == "__main__":
    main()
