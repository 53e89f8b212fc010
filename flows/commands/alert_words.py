"""`policywire alerts mute`, `unmute`, `judge` and `review`: what the desk says back."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from flows.base.counts import counted
from flows.base.screen import say
from flows.commands.options import Config, Warehouse, stored
from flows.commands.review import By, name_of

if TYPE_CHECKING:
    from flows.alerting.desk_review import DeskReview

MeasureName = Annotated[
    str,
    typer.Argument(help="Measure id (the last line of a notice shows it), or its measure_key."),
]
Why = Annotated[str | None, typer.Option("--why", help="The reason; stored.")]


class Verdict(StrEnum):
    """A person's word on a notice."""

    RIGHT = "right"
    WRONG = "wrong"


def register(alerts: typer.Typer) -> None:
    """Add the commands of this module to `policywire alerts`."""
    alerts.command("mute")(mute)
    alerts.command("unmute")(unmute)
    alerts.command("judge")(judge)
    alerts.command("review")(review)


def mute(
    measure: MeasureName,
    until: Annotated[
        str,
        typer.Option("--until", help="Day or time (UTC), or a duration: 30m, 12h, 3d, 2w."),
    ],
    why: Why = None,
    by: By = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Send no notices on a measure until a time. What is held back is counted, never sent later.

    A day ends the mute at its start, 00:00 UTC. Corrections are held back too.
    Another mute of the measure replaces this one.

    [bold]Examples[/bold]

      policywire alerts mute CN:export_ban:gallium:US:2024-12 --until 2026-12-15

      policywire alerts mute a41e9f5e --until 3d --why "priced in"
    """
    from datetime import UTC, datetime

    from flows.alerting.muting import measures_named, until_of
    from warehouse.alerting import mutes
    from warehouse.connection import open_warehouse
    from warehouse.snapshot import publish

    settings = stored(config, warehouse, live=True)
    now = datetime.now(UTC)
    end = until_of(until, now)
    with open_warehouse(settings.warehouse) as con:
        found = measures_named(measure, mutes.standing_measures(con))
        mutes.mute(con, found, until=end, by=name_of(by), reason=why, at=now)
    publish(settings.warehouse, settings.snapshot)
    for each in found:
        say(f"muted until {end:%Y-%m-%d %H:%M} UTC: {each.measure_key} ({each.measure_id})")
    say("its notices until then are not sent, also not later; `policywire alerts list` counts them")


def unmute(
    measure: MeasureName,
    why: Why = None,
    by: By = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """End the mute of a measure now. What was held back is not sent.

    [bold]Example[/bold]

      policywire alerts unmute CN:export_ban:gallium:US:2024-12
    """
    from datetime import UTC, datetime

    from flows.alerting.muting import measures_named
    from warehouse.alerting import mutes
    from warehouse.connection import open_warehouse
    from warehouse.snapshot import publish

    settings = stored(config, warehouse, live=True)
    now = datetime.now(UTC)
    with open_warehouse(settings.warehouse) as con:
        held = {each.measure: each.held_count for each in mutes.muted_measures(con, now)}
        found = measures_named(measure, list(held), what="muted measure")
        mutes.unmute(con, found, by=name_of(by), reason=why, at=now)
    publish(settings.warehouse, settings.snapshot)
    for each in found:
        count = counted(held[each], "notice")
        say(f"unmuted: {each.measure_key} ({each.measure_id}); {count} held back, not sent")


def judge(
    notice_id: Annotated[
        str, typer.Argument(help="Id of a notice, or its first letters; its last line shows it.")
    ],
    verdict: Annotated[Verdict, typer.Argument(help="right or wrong.")],
    why: Why = None,
    by: By = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Say that a notice was right or wrong. Every word is kept; the last one on a notice counts.

    The views alerts, alert_judgements and alert_precision show what follows.

    [bold]Examples[/bold]

      policywire alerts judge 003961d5 right

      policywire alerts judge 003961d5 wrong --why "a look back at January"
    """
    from datetime import UTC, datetime

    from warehouse.alerting import judgements
    from warehouse.connection import open_warehouse
    from warehouse.snapshot import publish

    settings = stored(config, warehouse, live=True)
    with open_warehouse(settings.warehouse) as con:
        headline, state = judgements.judge(
            con, notice_id, verdict.value, by=name_of(by), reason=why, at=datetime.now(UTC)
        )
    publish(settings.warehouse, settings.snapshot)
    note = "" if state == "sent" else f" (it was not sent, {state}: no precision counts it)"
    say(f"stored: {verdict.value}: {headline}{note}")


def review(
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=520, help="Weeks to look back.")] = 1,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="Notices to list of each kind.")
    ] = 20,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Show what was sent, how much of it was right, what was wrong and why, what was muted.

    The precision of a rule is the share of its judged developments that were
    judged right, with Wilson's 95% interval. It takes those judged for a fair
    draw: judge all, or a sample, not only what annoyed you.

    [bold]Examples[/bold]

      policywire alerts review

      policywire alerts review --weeks 4 --limit 100
    """
    from datetime import UTC, datetime, timedelta

    from flows.alerting.desk_review import desk_review

    settings = stored(config, warehouse)
    since = datetime.now(UTC) - timedelta(weeks=weeks)
    say(f"Since {since:%Y-%m-%d %H:%M} UTC, {counted(weeks, 'week')}\n")
    show(desk_review(settings.snapshot, since, limit))


def show(found: "DeskReview") -> None:
    """Print a review."""
    from flows.alerting.desk_review import PRECISION, SENT
    from flows.base.answers import print_left_out
    from flows.base.screen import Screen
    from flows.base.tables import table_of

    screen = Screen(emoji=False)
    if not found.sent:
        say("no notice was sent or held back")
    else:
        screen.print(table_of(SENT, found.sent, "Notices", width=screen.width))
    if found.precision:
        screen.print()
        title = "Precision by rule"
        screen.print(table_of(PRECISION, found.precision, title, width=screen.width))
    judging = "Not judged yet (policywire alerts judge NOTICE right|wrong)"
    muting = "Muted measures; what was held back is not sent later"
    for title, lines, left in (
        ("Wrong", found.wrong, found.left_out[0]),
        (judging, found.unjudged, found.left_out[1]),
        (muting, found.muted, 0),
    ):
        if lines:
            say(f"\n{title}")
            for line in lines:
                say(line)
            print_left_out(left)
