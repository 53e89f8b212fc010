"""`policywire backfill`, `reextract` and `replay`: past news through the stages of a pass."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.base.reading import Lenient, RefusedTo, end_reading
from flows.base.screen import say
from flows.commands.options import Config, Feeds, NewWarehouse, Warehouse, settings_from, stored
from models.backfill import Runner

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.history.backfill import BackfillResult, OnStep
    from flows.history.chunk_runner import ChunkRunner

From = Annotated[str | None, typer.Option("--from", help="First day, YYYY-MM-DD.")]
To = Annotated[str | None, typer.Option("--to", help="Last day, YYYY-MM-DD; inclusive.")]
Where = Annotated[str, typer.Option("--where", help="SQL condition on the view `articles`.")]
ChunkSize = Annotated[
    int,
    typer.Option(
        "--chunk", min=1, help="Articles per chunk; a chunk is stored whole or not at all."
    ),
]
RunnerChoice = Annotated[
    Runner, typer.Option("--runner", help="Extract on this machine, or on a Dask cluster.")
]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", help="Address of the Dask scheduler, for --runner dask."),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("backfill")(backfill)
    app.command("reextract")(reextract)
    app.command("replay")(replay)


def backfill(
    archive: Annotated[
        Path | None,
        typer.Argument(help="JSON lines, Parquet or WARC file. Default: the stored articles."),
    ] = None,
    first: From = None,
    last: To = None,
    feed: Annotated[
        str,
        typer.Option("--feed", help="Feed id for its articles. Default: as the archive says."),
    ] = "",
    where: Where = "",
    alerts: Annotated[
        bool, typer.Option("--alerts", help="Evaluate alert rules on what is found.")
    ] = False,
    runner: RunnerChoice = Runner.LOCAL,
    scheduler: Scheduler = None,
    chunk: ChunkSize = 200,
    lenient: Lenient = False,
    refused_to: RefusedTo = None,
    feeds: Feeds = None,
    warehouse: NewWarehouse = None,
    config: Config = None,
) -> None:
    """Load and read an archive, or read stored articles that no extractor has read.

    Stop it with Ctrl-C at any time; the same command continues where it
    stopped. Safe while `policywire serve` runs. Raises no alerts without
    --alerts. Ends with how many records were stored, known and refused. Exit
    code 1 if one was refused.

    [bold]Examples[/bold]

      policywire backfill archive.jsonl.gz --feed wire --from 2025-10-01 --to 2025-11-30

      policywire backfill crawl.warc.gz

      policywire backfill --from 2025-01-01 --to 2025-06-30

      policywire backfill crawl.warc.gz --runner dask --scheduler tcp://10.0.0.5:8786
    """
    settings = (
        settings_from(config, warehouse, feeds)
        if archive
        else stored(config, warehouse, feeds, live=True)
    )
    from flows.history.backfill import (
        archive_order,
        backfill_archive,
        backfill_stored,
        stored_order,
    )
    from models.backfill import STORED

    read_by = reader(runner, scheduler, gate=settings.extract.gate)
    days = {"from_date": day(first, "--from"), "to_date": day(last, "--to")}
    if archive is None:
        if feed:
            raise typer.BadParameter(
                "--feed: goes with an archive; use --where \"feed_id = '...'\""
            )
        order = stored_order(STORED, predicate=where, alerts=alerts, **days)
        watch(
            "backfill",
            lambda on_step: backfill_stored(
                settings, order, runner=read_by, on_step=on_step, chunk_articles=chunk
            ),
        )
        return
    if where:
        raise typer.BadParameter("--where: goes with stored articles, not with an archive")
    from flows.history.archives import archive_kind

    archive_kind(archive)
    wanted = archive_order(archive, feed_id=feed, alerts=alerts, **days)
    result = watch(
        "backfill",
        lambda on_step: backfill_archive(
            settings, wanted, archive, runner=read_by, on_step=on_step, chunk_articles=chunk
        ),
    )
    end_reading(result.count.reading, str(archive), lenient=lenient, refused_to=refused_to)


def reader(runner: Runner, scheduler: str | None, *, gate: bool) -> "ChunkRunner | None":
    """Return a runner on the Dask cluster, or None: the backfill chooses the local runner."""
    if runner is Runner.LOCAL:
        if scheduler:
            raise typer.BadParameter("--scheduler: goes with --runner dask")
        return None
    if not scheduler:
        raise typer.BadParameter("--runner dask: needs --scheduler tcp://host:8786")
    from flows.history.chunk_runner import DaskRunner

    return DaskRunner(scheduler, gate=gate)


def reextract(
    since: Annotated[
        str | None,
        typer.Option("--since", help="Articles first seen on or after this day, YYYY-MM-DD."),
    ] = None,
    last: To = None,
    where: Where = "",
    chunk: ChunkSize = 200,
    feeds: Feeds = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Read articles of an older extractor again, and keep both readings.

    Developments are linked from the new reading; the old mentions and
    revisions stay. Query policy_events for the new state,
    policy_events_before('ID') for the old one, and reading_changes('ID') for
    both in one row. Raises no alerts. Can be stopped and continued.

    [bold]Examples[/bold]

      policywire reextract --since 2025-01-01

      policywire reextract --since 2025-10-01 --where "text ILIKE '%rare earth%'"
    """
    settings = stored(config, warehouse, feeds, live=True)
    from flows.history.backfill import backfill_stored, stored_order
    from models.backfill import REEXTRACT

    order = stored_order(
        REEXTRACT,
        predicate=where,
        from_date=day(since, "--since"),
        to_date=day(last, "--to"),
    )
    watch(
        "reextract",
        lambda on_step: backfill_stored(settings, order, on_step=on_step, chunk_articles=chunk),
    )
    say(f"  policywire sql \"FROM reading_changes('{order.backfill_id}')\"")


def replay(
    archive: Annotated[Path, typer.Argument(help="JSON lines, Parquet or WARC file.")],
    first: From = None,
    last: To = None,
    feed: Annotated[
        str,
        typer.Option("--feed", help="Feed id for its articles. Default: as the archive says."),
    ] = "",
    speed: Annotated[
        float,
        typer.Option(
            "--speed", min=0.0, help="How many times faster than real time; 0 does not wait."
        ),
    ] = 0.0,
    every: Annotated[
        int,
        typer.Option("--every", min=1, help="Minutes between two passes, by the archive's clock."),
    ] = 15,
    folder: Annotated[
        Path, typer.Option("--dir", help="Folder for the replay's own warehouse.")
    ] = Path("var/replay"),
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Delete the data of an earlier replay first.")
    ] = False,
    send: Annotated[
        bool, typer.Option("--send", help="Send to the real channels instead of files.")
    ] = False,
    lenient: Lenient = False,
    refused_to: RefusedTo = None,
    feeds: Feeds = None,
    config: Config = None,
) -> None:
    """Replay an archive as live news: fetching, extraction and alerts by the archive's clock.

    Serves the archive as feeds on this machine and runs ordinary passes on
    them. --speed shortens only the waiting; work takes its real time, so the
    measured delays are realistic. Notices go to files in the folder. A replay
    that was stopped continues with the articles not yet fetched.

    [bold]Examples[/bold]

      policywire replay archive.jsonl.gz --from 2025-10-01 --to 2025-11-30 --feed wire

      policywire replay archive.jsonl.gz --from 2025-10-30 --to 2025-10-30 --speed 60
    """
    settings = settings_from(config, None, feeds)
    from flows.history.replay import ReplayPlan, replay_archive
    from flows.history.replay_report import show_replay

    plan = ReplayPlan(
        archive=archive,
        folder=folder,
        feed_id=feed,
        from_date=day(first, "--from"),
        to_date=day(last, "--to"),
        speed=speed,
        every_minutes=every,
        send=send,
        fresh=fresh,
    )
    count = show_replay(settings, plan, replay_archive)
    end_reading(count, str(archive), lenient=lenient, refused_to=refused_to, stored="replayed")


def day(text: str | None, option: str) -> date | None:
    """Return the day given to an option. Raises BadParameter when it is not a date."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{option}: not a date: {text!r}; write 2025-10-01") from None


def watch(label: str, run: "Callable[[OnStep], BackfillResult]") -> "BackfillResult":
    """Run a backfill with a progress bar, then print its result."""
    from flows.base.clock import span
    from flows.base.progress import show_fraction
    from flows.base.screen import Screen
    from flows.history.backfill import BackfillStep
    from warehouse.connection import is_interrupt

    console = Screen(emoji=False, stderr=True)
    with show_fraction(console, label) as tell:
        reached = "nothing read yet"

        def on_step(step: BackfillStep) -> None:
            nonlocal reached
            reached = (
                f"kept: {step.count.articles:,} articles read, {step.count.mentions:,} mentions "
                f"({step.share:.0%})"
            )
            left = f"{span(step.left_s)} left" if step.left_s is not None else ""
            tell(
                step.share,
                f"{step.count.articles:,} articles, {step.count.mentions:,} mentions, {left}",
            )

        try:
            result = run(on_step)
        except BaseException as error:
            if not is_interrupt(error):
                raise
            say(f"\nstopped; {reached}", err=True)
            raise KeyboardInterrupt from error
    if result.finished_before:
        say(f"{label}: nothing to do; finished on {result.finished_before:%Y-%m-%d %H:%M} UTC")
    say(f"{label}: {result}")
    return result
