"""The end of a command that reads a file: counts of its records, refusals, the exit code."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from flows.base.screen import say
from models.errors import ConfigError
from models.reading import ReadCount

SHOWN = 10
Lenient = Annotated[
    bool, typer.Option("--lenient", help="Exit code 0 even if records were refused.")
]
RefusedTo = Annotated[
    Path | None,
    typer.Option("--refused-to", help="Write all refusals to this file, as JSON lines."),
]


def summary(count: ReadCount, *, stored: str = "stored") -> str:
    """The counts in one line; they add up to the records read."""
    parts = [f"{count.stored:,} {stored}", f"{count.known:,} known", f"{count.refused:,} refused"]
    if count.passed:
        parts.append(f"{count.passed:,} not asked for")
    return f"{count.read:,} read: {', '.join(parts)}"


def lines_of(count: ReadCount, *, refused_to: Path | None = None) -> list[str]:
    """A line for each of the first notes and refusals, and the number of further ones."""
    lines = [f"  {note}" for note in count.notes[:SHOWN]]
    if len(count.notes) > SHOWN:
        lines.append(f"  and {len(count.notes) - SHOWN:,} more like these")
    lines += [f"  refused: {refusal}" for refusal in count.refusals[:SHOWN]]
    left = count.refused - min(len(count.refusals), SHOWN)
    if left > 0:
        where = f"in {refused_to}" if refused_to else "--refused-to FILE writes them all"
        lines.append(f"  and {left:,} more refused; {where}")
    return lines


def end_reading(
    count: ReadCount,
    what: str,
    *,
    lenient: bool = False,
    refused_to: Path | None = None,
    stored: str = "stored",
    to_stderr: bool = False,
) -> None:
    """Print what became of the records; exit with code 1 if one was refused, unless lenient."""
    say(f"{what}: {summary(count, stored=stored)}", err=to_stderr)
    sys.stdout.flush()
    for line in lines_of(count, refused_to=refused_to):
        say(line, err=True)
    if refused_to is not None:
        write_refusals(count, refused_to)
    if count.refused and not lenient:
        raise typer.Exit(1)


def end_readings(
    counts: Sequence[tuple[Path, ReadCount]], *, lenient: bool, refused_to: Path | None
) -> None:
    """Do what `end_reading` does for several files: one line each, one exit code for all."""
    for path, count in counts:
        end_reading(count, str(path), lenient=True)
    total = sum((count for _, count in counts), ReadCount())
    if refused_to is not None:
        write_refusals(total, refused_to)
    if total.refused and not lenient:
        raise typer.Exit(1)


def write_refusals(count: ReadCount, path: Path) -> None:
    """Write the kept refusals as JSON lines; a last line says how many were not kept."""
    rows = [{"place": r.place, "reason": r.reason} for r in count.refusals]
    if count.refused > len(rows):
        more = count.refused - len(rows)
        rows.append({"place": "", "reason": f"{more:,} more were counted and not kept"})
    try:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error
