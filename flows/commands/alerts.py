"""`policywire alerts`, `status` and `watch`: rules and channels, the state of it all, alarms."""

from typing import TYPE_CHECKING, Annotated

import typer

from flows.base.counts import counted
from flows.base.screen import say
from flows.commands import alert_words
from flows.commands.options import Config, TextFormatOption, Warehouse, settings_from, stored

if TYPE_CHECKING:
    from flows.alerting.rules import RuleBook
    from flows.base.settings import Settings
    from flows.operations.status import Status

app = typer.Typer(
    help="Try and check rules, send and retry notices, mute measures, judge what was sent.",
    no_args_is_help=True,
)


def register(main: typer.Typer) -> None:
    """Add the commands of this module."""
    alert_words.register(app)
    main.add_typer(app, name="alerts")
    main.command("status")(status)
    main.command("watch")(watch)


@app.command("test")
def try_out(
    rule: Annotated[str, typer.Argument(help="Rule id.")],
    since: Annotated[str, typer.Option("--since", help="First day, YYYY-MM-DD.")],
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="Notices to show.")] = 20,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Show what a rule would have sent, with counts per day. Sends and stores nothing.

    [bold]Examples[/bold]

      policywire alerts test tariff-threats --since 2025-10-01
    """
    from datetime import UTC, datetime

    from flows.alerting.trial import try_rule
    from flows.base.screen import Screen
    from flows.base.tables import table_of

    settings = stored(config, warehouse)
    try:
        start = datetime.fromisoformat(since).replace(tzinfo=UTC)
    except ValueError:
        raise typer.BadParameter(f"--since: not a date: {since!r}; write 2025-10-01") from None
    trial = try_rule(settings.snapshot, book_of(settings), rule, start)
    console = Screen(emoji=False)
    days = [(day, c.matched, c.notices, c.digests) for day, c in trial.days.items()]
    head = ("day", "developments", "notices", "digests")
    console.print(table_of(head, days, width=console.width))
    shown = [
        (f"{n.at:%Y-%m-%d %H:%M}", n.headlines[0] if len(n.headlines) == 1 else digest_line(n))
        for n in trial.notices[-limit:]
        if limit
    ]
    title = f"The last {len(shown)} notices"
    console.print(table_of(("at (UTC)", "notice"), shown, title, width=console.width))
    console.print(
        f"{trial.matched} of {trial.considered} developments since {since} match {rule}: "
        f"{counted(len(trial.notices), 'notice')} on {', '.join(trial.rule.channels)}",
        highlight=False,
    )


def digest_line(notice: object) -> str:
    """Return a digest as one line."""
    from flows.alerting.trial import TrialNotice

    assert isinstance(notice, TrialNotice)
    return f"{len(notice.headlines)} in one ({notice.fold_reason}): {notice.headlines[0]}; ..."


@app.command("check")
def check(warehouse: Warehouse = None, config: Config = None) -> None:
    """List the rules, and each rule or channel that cannot work. Exit code 2 if there is one.

    [bold]Examples[/bold]

      policywire alerts check --config policywire.toml
    """
    from flows.alerting.channels import open_sinks
    from flows.alerting.rounds import load_checked_rules
    from flows.alerting.secrets import Redactor
    from flows.base.answers import write_rows
    from flows.base.screen import Screen

    settings = settings_from(config, warehouse)
    book = load_checked_rules(
        settings.warehouse, settings.rule_paths, settings.alert_tables_in, settings.default_channel
    )
    _, broken = open_sinks(book.channels, Redactor(), folder=settings.warehouse.parent)
    rules = [(r.rule_id, r.severity, ", ".join(r.channels), r.description) for r in book.rules]
    write_rows(("rule", "severity", "channels", "description"), rules, None, optional=("channels",))
    problems = [*book.problems, *broken]
    console = Screen(emoji=False)
    for problem in problems:
        console.print(f"! {problem}", style="red", markup=False, highlight=False, soft_wrap=True)
    if problems:
        raise typer.Exit(2)


@app.command("list")
def list_all(
    format: TextFormatOption = None, warehouse: Warehouse = None, config: Config = None
) -> None:
    """List every rule (conditions, channels, notices sent so far), channel and muted measure.

    [bold]Examples[/bold]

      policywire alerts list

      policywire alerts list --format vertical
    """
    from flows.alerting.channels import open_sinks
    from flows.alerting.listing import channel_rows, checked, muted_now, rule_rows
    from flows.alerting.secrets import Redactor
    from flows.base.answers import write_rows

    settings = settings_from(config, warehouse)
    book = checked(settings, book_of(settings))
    sinks, broken = open_sinks(book.channels, Redactor(), folder=settings.warehouse.parent)
    for sink in sinks:
        sink.close()
    rules = ("rule", "state", "severity", "channels", "sent", "matches")
    write_rows(rules, rule_rows(settings, book), format, optional=("channels",))
    say("")
    channels = ("channel", "kind", "where", "used by", "state")
    rows = channel_rows(settings, book, broken)
    write_rows(channels, rows, format, optional=("where", "used by"))
    if muted := muted_now(settings):
        say("\nMuted measures")
        for line in muted:
            say(line)


@app.command("ping")
def ping(
    channel: Annotated[str, typer.Argument(help="Channel id.")],
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Send one test notice through a channel and show the answer. Exit code 1 if it failed.

    [bold]Examples[/bold]

      policywire alerts ping desk
    """
    from flows.alerting.ping import ping_channel
    from flows.base.screen import say

    settings = settings_from(config, warehouse)
    attempt = ping_channel(settings, book_of(settings), channel)
    if attempt.outcome == "sent":
        say(f"{channel}: delivered in {attempt.duration_s:.1f} s")
        return
    say(f"{channel}: {attempt.outcome}: {attempt.error}", err=True)
    raise typer.Exit(1)


@app.command("retry")
def retry(
    channel: Annotated[str | None, typer.Option("--channel", help="Only this channel.")] = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Retry notices that failed permanently. The next pass sends them.

    [bold]Examples[/bold]

      policywire alerts retry

      policywire alerts retry --channel desk
    """
    from datetime import UTC, datetime

    from warehouse.alerting.outbox import revive_dead
    from warehouse.connection import open_warehouse

    settings = stored(config, warehouse, live=True)
    with open_warehouse(settings.warehouse) as con:
        count = revive_dead(con, now=datetime.now(UTC), channel=channel)
    say(f"{counted(count, 'notice')} due again")


@app.command("deliver")
def deliver(warehouse: Warehouse = None, config: Config = None) -> None:
    """Send the notices that are due now. Does not evaluate rules.

    [bold]Examples[/bold]

      policywire alerts deliver
    """
    settings = stored(config, warehouse, live=True)
    from flows.alert import FLOW_PLAN
    from flows.alerting.rounds import deliver_due

    counts, broken = deliver_due(settings.warehouse, book_of(settings), plan=FLOW_PLAN)
    for line in broken:
        say(f"! {line}", err=True)
    failed = counts.failed + counts.refused
    say(
        f"{counts.sent} sent, {counted(failed, 'failed attempt')}, {counts.dead} failed permanently"
    )


def status(
    prometheus: Annotated[
        bool, typer.Option("--prometheus", help="Print Prometheus metrics instead.")
    ] = False,
    listen: Annotated[
        int | None, typer.Option("--listen", help="Serve /metrics on this port of 127.0.0.1.")
    ] = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Show the last runs, alert delays, failing feeds, unsent notices, the age of the snapshot.

    [bold]Examples[/bold]

      policywire status

      policywire status --prometheus

      policywire status --listen 9464
    """
    settings = stored(config, warehouse)
    if listen is not None:
        from flows.operations.metrics import metrics_server

        with metrics_server(lambda: status_of(settings), port=listen) as server:
            server.serve_forever()
    elif prometheus:
        from flows.operations.metrics import prometheus_text

        say(prometheus_text(status_of(settings)), end="", fold=False)
    else:
        from flows.operations.status import print_status

        print_status(status_of(settings))


def watch(warehouse: Warehouse = None, config: Config = None) -> None:
    """Check passes, feeds and channels once, and send an alarm if something is wrong.

    `policywire serve` does this regularly; use this command from cron. Exit
    code 1 while something is wrong.

    [bold]Examples[/bold]

      policywire watch

      policywire watch --config policywire.toml
    """
    settings = stored(config, warehouse, live=True)
    from flows.operations.watch import Watch

    result = Watch(settings).look()
    say(str(result))
    if result.troubles:
        raise typer.Exit(1)


def status_of(settings: "Settings") -> "Status":
    """Return the status; problems with the rules are among its warnings."""
    from datetime import UTC, datetime

    from flows.base.cadence import cadences_of
    from flows.operations.status import read_status

    return read_status(
        settings.warehouse,
        settings.snapshot,
        at=datetime.now(UTC),
        cadences=cadences_of(settings.schedule.news, settings.schedule.market),
        problems=tuple(str(problem) for problem in book_of(settings).problems),
    )


def book_of(settings: "Settings") -> "RuleBook":
    """Return the rules and channels from the files."""
    from flows.alerting.rounds import read_rules

    return read_rules(settings.rule_paths, settings.alert_tables_in, settings.default_channel)
