"""How a command that reads a file ends: what became of every record, and the exit code."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from flows.base.screen import say
from models.errors import ConfigError
from models.reading import ReadCount

TOLD = 10
Lenient = Annotated[
    bool, typer.Option("--lenient", help="Exit code 0 although records were refused.")
]
RefusedTo = Annotated[
    Path | None, typer.Option("--refused-to", help="Write all refusals here, as JSON lines.")
]


def summary(count: ReadCount, *, stored: str = "stored") -> str:
    """The counts in one line; they add up."""
    parts = [f"{count.stored:,} {stored}", f"{count.known:,} known", f"{count.refused:,} refused"]
    if count.passed:
        parts.append(f"{count.passed:,} not asked for")
    return f"{count.read:,} read: {', '.join(parts)}"


def lines_of(count: ReadCount, *, refused_to: Path | None = None) -> list[str]:
    """A line for each note and for the first refusals, and how many more there are."""
    lines = [f"  {note}" for note in count.notes[:TOLD]]
    if len(count.notes) > TOLD:
        lines.append(f"  and {len(count.notes) - TOLD:,} more like these")
    lines += [f"  refused: {refusal}" for refusal in count.refusals[:TOLD]]
    left = count.refused - min(len(count.refusals), TOLD)
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
    """Say what became of a file's records; exit with 1 where one was refused, unless lenient."""
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
    """`end_reading` for several files: each has its line, one refusal in any is exit code 1."""
    for path, count in counts:
        end_reading(count, str(path), lenient=True)
    total = sum((count for _, count in counts), ReadCount())
    if refused_to is not None:
        write_refusals(total, refused_to)
    if total.refused and not lenient:
        raise typer.Exit(1)


def write_refusals(count: ReadCount, path: Path) -> None:
    """All refusals that are kept, a JSON line each; the last line says how many are not."""
    rows = [{"place": r.place, "reason": r.reason} for r in count.refusals]
    if count.refused > len(rows):
        more = count.refused - len(rows)
        rows.append({"place": "", "reason": f"{more:,} more were counted and not kept"})
    try:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error
