"""Run a replay with a progress bar, then print the notices it gave."""

from collections import Counter
from collections.abc import Callable

from flows.base.clock import span
from flows.base.counts import counted
from flows.base.progress import show_fraction
from flows.base.screen import Screen
from flows.base.settings import Settings
from flows.base.tables import table_of
from flows.history.replay import OnReplayStep, ReplayPlan, ReplayResult, ReplayStep
from models.reading import ReadCount
from warehouse.connection import load_query
from warehouse.snapshot import query

MOST_ROWS = 40
Replay = Callable[[Settings, ReplayPlan, OnReplayStep | None], ReplayResult]


def show_replay(settings: Settings, plan: ReplayPlan, replay: Replay) -> ReadCount:
    """Run the replay, then print notices per day, the last notices, and the delays.

    Returns the counts of the archive's records.
    """
    console = Screen(emoji=False)
    with show_fraction(Screen(emoji=False, stderr=True), "replay") as show_progress:

        def on_step(step: ReplayStep) -> None:
            show_progress(
                step.share, f"{step.at:%Y-%m-%d %H:%M} UTC, {counted(step.sent, 'notice')}"
            )

        result = replay(settings, plan, on_step)
    for problem in result.problems:
        console.print(f"! {problem}", style="red", markup=False, highlight=False)
    print_notices(console, result)
    console.print(
        f"{counted(result.articles, 'article')} in {result.passes} passes: "
        f"{counted(result.new_developments, 'new development')}, "
        f"{counted(result.sent, 'notice')} sent. Results: {plan.folder}/. Query them with\n"
        f'  policywire sql --warehouse {result.warehouse} "FROM alerts ORDER BY sent_at"',
        highlight=False,
        markup=False,
    )
    return result.reading


def print_notices(console: Screen, result: ReplayResult) -> None:
    """Print the notices by day, the last ones, and their delays."""
    notices = query(result.snapshot, load_query("replay_notices")).rows
    days = Counter(f"{row[0]:%Y-%m-%d}" for row in notices)
    width = console.width
    console.print(table_of(("day", "notices"), list(days.items()), "Notices per day", width=width))
    shown = [(f"{row[0]:%Y-%m-%d %H:%M}", *row[1:4]) for row in notices[-MOST_ROWS:]]
    head = ("at (UTC)", "severity", "rule", "notice")
    console.print(table_of(head, shown, f"The last {len(shown)} notices", width=width))
    ((count, doubled, *lags),) = query(result.snapshot, load_query("replay_lags")).rows
    delays = [span(float(str(lag))) if lag is not None else "unknown" for lag in lags]
    console.print(
        f"{count} single notices, {doubled} of them sent twice; delay from publication p50 "
        f"{delays[0]}, p95 {delays[1]}; from first sight p50 {delays[2]}, p95 {delays[3]}",
        highlight=False,
    )
