"""Runs a replay for a person who watches, then says what the desk would have heard."""

from collections import Counter
from collections.abc import Callable

from flows.base.answers import table_of
from flows.base.clock import span
from flows.base.progress import show_fraction
from flows.base.screen import Screen
from flows.base.settings import Settings
from flows.history.replay import OnReplayStep, ReplayPlan, ReplayResult, ReplayStep
from models.reading import ReadCount
from warehouse.connection import load_query
from warehouse.snapshot import query

MOST_ROWS = 40
Replay = Callable[[Settings, ReplayPlan, OnReplayStep | None], ReplayResult]


def show_replay(settings: Settings, plan: ReplayPlan, replay: Replay) -> ReadCount:
    """Play it under a bar, then print notices per day, the last of them, and the lags.

    Returns what became of the archive's records.
    """
    console = Screen(emoji=False)
    with show_fraction(Screen(emoji=False, stderr=True), "replay") as tell:

        def on_step(step: ReplayStep) -> None:
            tell(step.share, f"{step.at:%Y-%m-%d %H:%M} UTC, {step.sent} notices")

        result = replay(settings, plan, on_step)
    for problem in result.problems:
        console.print(f"! {problem}", style="red", markup=False, highlight=False)
    print_notices(console, result)
    console.print(
        f"{result.articles} articles in {result.passes} passes: {result.new_developments} new "
        f"developments, {result.sent} notices sent. It all lies in {plan.folder}/; ask it with\n"
        f'  policywire sql --warehouse {result.warehouse} "FROM alerts ORDER BY sent_at"',
        highlight=False,
        markup=False,
    )
    return result.reading


def print_notices(console: Screen, result: ReplayResult) -> None:
    """What was sent, by day and one by one, and how long it took."""
    notices = query(result.snapshot, load_query("replay_notices")).rows
    days = Counter(f"{row[0]:%Y-%m-%d}" for row in notices)
    console.print(table_of(("day", "notices"), list(days.items()), "Notices per day"))
    shown = [(f"{row[0]:%Y-%m-%d %H:%M}", *row[1:4]) for row in notices[-MOST_ROWS:]]
    console.print(table_of(("at (UTC)", "severity", "rule", "notice"), shown, "The last of them"))
    ((count, doubled, *lags),) = query(result.snapshot, load_query("replay_lags")).rows
    told = [span(float(str(lag))) if lag is not None else "unknown" for lag in lags]
    console.print(
        f"{count} by themselves, {doubled} of them twice; from publication to notice p50 "
        f"{told[0]}, p95 {told[1]}; from first sight p50 {told[2]}, p95 {told[3]}",
        highlight=False,
    )
