"""What the commands show on terminals of three widths, on the demo's data.

python -m tests.screens        draws the files in tests/data/screens again
"""

import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.base.screen import Screen
from flows.base.settings import load_settings
from flows.commands.pass_report import print_new, print_next
from flows.operations.status import Status, print_status, read_status
from tests.demo import POLICYWIRE, run_demo
from tests.terminal import on_terminal

DRAWN = Path(__file__).parent / "data" / "screens"
CONFIG = Path("demo") / "policywire.toml"
WIDTHS = (80, 120, 200)
COMMANDS = {
    "events": ["events", "--limit", "20"],
    "feeds-list": ["feeds", "list"],
    "alerts-list": ["alerts", "list"],
    "search": ["search", "gallium licence", "--limit", "8"],
    "sql-rows": ["sql", "SELECT * EXCLUDE (recorded_at) FROM policy_events ORDER BY ALL"],
    "sql-columns": [
        "sql",
        "SELECT decision_date, status, headline, tickers, source_count FROM policy_events "
        "WHERE list_contains(commodities, 'gallium') ORDER BY ALL LIMIT 5",
    ],
    "review-list": ["review", "list", "--limit", "8"],
    "securities-show": ["securities", "show", "MP"],
    "study": ["study", "--type", "export_control"],
    "vertical": ["events", "--limit", "2", "--format", "vertical"],
}
# These two depend on the clock, so they are drawn from what is stored, at a fixed time.
NAMES = (*COMMANDS, "status", "report")
# Records look alike on every screen as wide as their lines.
NARROW_ONLY = ("vertical", "securities-show", "study")
AT = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
STAGES = ("ingest", "extract", "market", "alert")
PORT = re.compile(r"127\.0\.0\.1:\d+")


def as_shown(demo: Path, folder: Path) -> None:
    """Copy a demo to `folder`/demo; its feeds get the usual port, whichever it was."""
    feeds = shutil.copytree(demo, folder / CONFIG.parent) / "feeds.toml"
    feeds.write_text(PORT.sub("127.0.0.1:8790", feeds.read_text("utf-8")), "utf-8")


def drawn(folder: Path, name: str, width: int) -> str:
    """Return what a command shows at this width, without spaces at line ends."""
    if name in COMMANDS:
        words: list[str | Path] = [POLICYWIRE, *COMMANDS[name], "--config", CONFIG]
        text = on_terminal(words, columns=width, cwd=folder)
    else:
        before = Path.cwd()
        os.chdir(folder)
        try:
            text = {"status": status, "report": report}[name](width)
        finally:
            os.chdir(before)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def report(width: int) -> str:
    """Return the report of the demo's pass."""
    screen = Screen(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    settings = load_settings(CONFIG)
    print_new(screen, settings, CONFIG, STAGES, datetime(2020, 1, 1, tzinfo=UTC))
    print_next(screen, settings, CONFIG)
    return printed(screen)


def status(width: int) -> str:
    """Return the status after the demo, as if its pass had ended shortly before AT."""
    settings = load_settings(CONFIG)
    found = read_status(settings.warehouse, settings.snapshot, at=datetime.now(UTC))
    screen = Screen(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    print_status(dated(found), screen)
    return printed(screen)


def dated(found: Status) -> Status:
    """Return the status with every time set relative to AT."""
    standing = found.standing
    runs = tuple(
        replace(
            run,
            started_at=AT - timedelta(minutes=12),
            ended_at=AT - timedelta(minutes=12) + timedelta(seconds=8 * number),
        )
        for number, run in enumerate(standing.runs, 1)
    )
    feeds = tuple(
        replace(feed, last_answer_at=feed.last_answer_at and AT - timedelta(minutes=12))
        for feed in standing.feeds_in_trouble
    )
    lags = tuple(replace(lag, p50_s=95.0, p95_s=3600.0) for lag in standing.lags)
    fixed = replace(standing, at=AT, runs=runs, feeds_in_trouble=feeds, lags=lags)
    return replace(found, standing=fixed, snapshot_at=AT - timedelta(minutes=11))


def printed(screen: Screen) -> str:
    """Return what was printed on a screen, without styles."""
    assert isinstance(screen.file, io.StringIO), "made above"
    return re.sub(r"\x1b\[[0-9;]*m", "", screen.file.getvalue())


def kept(name: str, width: int) -> Path:
    """Return the file that holds a drawing."""
    return DRAWN / f"{name}-{width}.txt"


def all_names() -> Iterator[tuple[str, int]]:
    """Yield every drawing."""
    for name in NAMES:
        for width in WIDTHS[:1] if name in NARROW_ONLY else WIDTHS:
            yield name, width


def main() -> None:
    """Run the demo and draw every file again."""
    DRAWN.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        run_demo(Path(folder) / "run")
        as_shown(Path(folder) / "run", Path(folder))
        for name, width in all_names():
            kept(name, width).write_text(drawn(Path(folder), name, width), "utf-8")


if __name__ == "__main__":
    main()
