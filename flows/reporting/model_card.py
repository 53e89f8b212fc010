"""The quality figures and limits that ship with the reader: its model card, read as text."""

from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """`scores` is a table, its head first; `limits` are sentences. Empty when not packaged."""

    scores: tuple[tuple[str, ...], ...]
    limits: tuple[str, ...]


def model_card() -> ModelCard:
    """Return the scores and limits of the packaged reader, as its card states them."""
    path = resources.files("extractors") / "reading" / "weights" / "README.md"
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return ModelCard(scores=(), limits=())
    return ModelCard(
        scores=tuple(table_of(section(text, "Scores"))),
        limits=tuple(points_of(section(text, "Limits"))),
    )


def section(text: str, heading: str) -> list[str]:
    """The lines below a heading of the second level, up to the next one."""
    lines = text.splitlines()
    try:
        start = lines.index(f"## {heading}") + 1
    except ValueError:
        return []
    end = next((n for n in range(start, len(lines)) if lines[n].startswith("## ")), len(lines))
    return lines[start:end]


def table_of(lines: list[str]) -> list[tuple[str, ...]]:
    """The cells of a Markdown table, without the line below its head."""
    rows = [line.strip().strip("|") for line in lines if line.lstrip().startswith("|")]
    cells = [tuple(cell.strip() for cell in row.split("|")) for row in rows]
    return [row for row in cells if not all(set(cell) <= set("-: ") for cell in row)]


def points_of(lines: list[str]) -> list[str]:
    """The points of a Markdown list, each on one line, without code marks."""
    points: list[str] = []
    for line in lines:
        if line.startswith("- "):
            points.append(line[2:].strip())
        elif points and line.startswith("  "):
            points[-1] += f" {line.strip()}"
    return [point.replace("`", "") for point in points]
