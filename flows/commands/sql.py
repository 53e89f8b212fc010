"""`policywire sql` and `policywire events`: queries on the published snapshot."""

from typing import Annotated

import typer

from flows.commands.options import Config, FormatOption, Output, Warehouse, stored

# Columns of `events` that a narrow screen leaves out, the most important first.
OPTIONAL = ("actors", "grade", "product", "rate", "targets", "sources")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("sql")(sql)
    app.command("events")(events)


def sql(
    query: Annotated[
        str, typer.Argument(help="SQL. Default, in a pipe, and with -: read from standard input.")
    ] = "",
    format: FormatOption = None,
    output: Output = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Run a query on the published snapshot. It never blocks a pass.

    On a terminal the result is drawn as DuckDB's own shell does; a pipe or file
    gets all of it, tab-separated. $PAGER shows what is longer than the screen.

    [bold]Examples[/bold]

      policywire sql "SELECT type, status, count(*) FROM policy_events GROUP BY ALL"

      policywire sql "FROM measure_status" --format csv -o measures.csv

      policywire sql "DESCRIBE policy_events"

      policywire sql "FROM measure_status LIMIT 1" --format vertical
    """
    import sys

    from flows.base.answers import write_question

    if not query and sys.stdin.isatty():
        raise typer.BadParameter('write a query: policywire sql "FROM policy_events"')
    settings = stored(config, warehouse)
    text = sys.stdin.read() if query in ("", "-") else query
    write_question(settings.snapshot, text, format, output)


def events(
    type: Annotated[
        str | None, typer.Option("--type", help="Event type, for example export_control.")
    ] = None,
    status: Annotated[
        str | None, typer.Option("--status", help="Status, for example suspended.")
    ] = None,
    grade: Annotated[
        str | None, typer.Option("--grade", help="How well attested: rumour, reported, confirmed.")
    ] = None,
    actor: Annotated[
        str | None, typer.Option("--actor", help="Country that acts, ISO code, for example CN.")
    ] = None,
    ticker: Annotated[
        str | None, typer.Option("--ticker", help="Listing, XNYS:MP or just MP.")
    ] = None,
    commodity: Annotated[
        str | None, typer.Option("--commodity", help="Commodity, for example gallium.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", help="First seen on this day (UTC) or later, YYYY-MM-DD."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Rows to show.")] = 20,
    format: FormatOption = None,
    output: Output = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """List the latest developments, newest first.

    [bold]Examples[/bold]

      policywire events --actor CN --commodity rare_earths

      policywire events --ticker MP --since 2025-10-01 --format json

      policywire events --grade confirmed
    """
    from datetime import date

    from flows.base.answers import write_answer
    from flows.base.known_values import check_actor, check_commodity, check_ticker, check_value
    from models.event import EventStatus, EventType
    from models.grade import Grade
    from warehouse.connection import load_query

    settings = stored(config, warehouse)
    check_value("--grade", grade, [g.value for g in Grade])
    check_value("--type", type, [t.value for t in EventType])
    check_value("--status", status, [s.value for s in EventStatus])
    check_actor("--actor", actor)
    check_commodity("--commodity", commodity)
    check_ticker("--ticker", ticker, settings.snapshot)
    if since is not None:
        try:
            date.fromisoformat(since)
        except ValueError:
            raise typer.BadParameter(f"--since: not a date: {since!r}; write 2025-10-01") from None
    parameters: dict[str, object] = {
        "type": type,
        "status": status,
        "grade": grade,
        "actor": actor.upper() if actor else None,
        "ticker": ticker.upper() if ticker else None,
        "commodity": commodity,
        "since": since,
        "row_limit": limit,
    }
    write_answer(
        settings.snapshot,
        load_query("latest_events"),
        parameters,
        format,
        output,
        row_limit=limit,
        optional=OPTIONAL,
    )
