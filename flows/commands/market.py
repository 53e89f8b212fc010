"""`policywire securities` and `policywire study`: listed companies, price moves around events."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.base.counts import counted
from flows.base.reading import Lenient, RefusedTo, end_readings
from flows.base.screen import say
from flows.commands.options import Config, NewWarehouse, Warehouse, settings_from, stored
from models.errors import ConfigError

if TYPE_CHECKING:
    from warehouse.market.study import StudyFilter

app = typer.Typer(help="Load, show and check listed companies.", no_args_is_help=True)


def register(parent: typer.Typer) -> None:
    """Add the commands of this module."""
    parent.add_typer(app, name="securities")
    parent.command("study")(study)


@app.command("load")
def load(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Your CSV, an exchange's list, or the SEC's JSON.")
    ] = None,
    mic: Annotated[
        str | None,
        typer.Option("--mic", help="Market (ISO 10383 code) of a list without a market column."),
    ] = None,
    sec: Annotated[bool, typer.Option("--sec", help="Fetch the SEC's current list first.")] = False,
    figi: Annotated[
        bool, typer.Option("--figi", help="Ask OpenFIGI for missing FIGIs of exposed issuers.")
    ] = False,
    lenient: Lenient = False,
    refused_to: RefusedTo = None,
    warehouse: NewWarehouse = None,
    config: Config = None,
) -> None:
    """Load the shipped securities, and lists of your own or of exchanges.

    A list needs the columns ticker, name and mic, under their usual names;
    isin, cik, figi, country, currency and listing dates are optional. Prints
    each conflict, and how many rows were stored, known and refused. Exit code
    1 if one was refused.

    [bold]Examples[/bold]

      policywire securities load my_listings.csv

      policywire securities load ASXListedCompanies.csv --mic XASX

      policywire securities load company_tickers_exchange.json

      policywire securities load --sec --figi
    """
    import httpx

    from flows.markets.securities import add_figis, keep_sec_list, load_lists

    settings = settings_from(config, warehouse)
    agent = settings.fetch.settings(run_id="").agent
    with httpx.Client(timeout=60, headers={"User-Agent": agent}) as client:
        if sec:
            say(f"kept {keep_sec_list(settings.warehouse, client)}")
        lists = tuple(files or settings.market.reference_csv)
        loaded = load_lists(settings.warehouse, lists, mic=mic)
        say("\n".join((counted(loaded.held, "listing"), *loaded.notes)))
        if figi:
            asked, found = add_figis(settings.warehouse, client)
            say(f"OpenFIGI knows {found} of {asked} listings without a FIGI")
    end_readings(loaded.counts, lenient=lenient, refused_to=refused_to)


@app.command("show")
def show(
    words: Annotated[str, typer.Argument(help="Part of a ticker, listing id, name or alias.")],
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Show the listings that match, with their exposures.

    [bold]Example[/bold]

      policywire securities show lynas
    """
    from flows.markets.securities import listing_lines
    from flows.markets.securities import show as find

    rows = find(stored(config, warehouse, live=True).warehouse, words)
    if not rows:
        raise ConfigError(f"no listing matches {words!r}; has the market stage run?")
    say("\n\n".join("\n".join(listing_lines(row)) for row in rows))


@app.command("check")
def check(warehouse: Warehouse = None, config: Config = None) -> None:
    """Check the stored securities for oddities. Exit code 1 if there is one.

    [bold]Example[/bold]

      policywire securities check
    """
    from flows.markets.securities import check as find

    odd = find(stored(config, warehouse, live=True).warehouse)
    say("\n".join(odd) or "no oddities")
    if odd:
        raise typer.Exit(1)


def study(
    type: Annotated[
        str | None, typer.Option("--type", help="Event type; several separated by commas.")
    ] = None,
    status: Annotated[
        str | None, typer.Option("--status", help="Status; several separated by commas.")
    ] = None,
    actor: Annotated[
        str | None, typer.Option("--actor", help="Country that acts, ISO code.")
    ] = None,
    commodity: Annotated[str | None, typer.Option("--commodity", help="Commodity id.")] = None,
    ticker: Annotated[
        str | None,
        typer.Option("--ticker", help="Listing, XNYS:MP or just MP; several separated by commas."),
    ] = None,
    group: Annotated[
        str | None, typer.Option("--group", help="Sector of the listings, for example rare_earths.")
    ] = None,
    sign: Annotated[
        str | None, typer.Option("--sign", help="Expected effect: +, -, ? or unknown.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="First event day, YYYY-MM-DD.")
    ] = None,
    alone: Annotated[
        bool,
        typer.Option("--alone", help="Leave out events with another event within five sessions."),
    ] = False,
    events: Annotated[
        Path | None,
        typer.Option("--events", help="CSV of dated events, instead of the stored ones."),
    ] = None,
    prices: Annotated[
        list[Path] | None,
        typer.Option(
            "--prices", help="CSV or Parquet of daily prices, for --events; may be repeated."
        ),
    ] = None,
    chart: Annotated[
        Path | None, typer.Option("--chart", help="Write a chart to this path, as PNG and SVG.")
    ] = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Measure price moves around developments (an event study with the market model).

    Shows mean abnormal returns in percent over [-1,+1], [0,+1], [0,+5] and
    [-5,+5] sessions, by expected sign, with tests, and the same for quiet days
    of the same listings. The columns of --events are id, announced, type,
    status, actor, target. docs/MARKET.md explains the method.

    [bold]Examples[/bold]

      policywire study --type export_control,export_licensing --group rare_earths

      policywire study --ticker MP,UUUU --since 2025-01-01 --chart truce.png

      policywire study --events steps.csv --prices closes.csv.gz --ticker MP,UUUU,REMX
    """
    from flows.base.known_values import check_ticker
    from flows.base.screen import Screen
    from flows.markets.study import show_study, study_dates, study_snapshot
    from warehouse.market.study import StudyFilter

    try:
        first = date.fromisoformat(since) if since else None
    except ValueError as error:
        raise ConfigError(f"--since: not a date: {since!r}; write 2025-10-01") from error
    actor = actor and actor.upper()
    check_study_options(type, status, actor, commodity, group, sign)
    chosen = StudyFilter(
        type=type,
        status=status,
        actor=actor,
        commodity=commodity,
        ticker=ticker,
        ticker_group=group,
        sign=sign,
        since=first,
    )
    if events is not None:
        if not prices or not ticker:
            raise ConfigError("--events needs --prices and --ticker")
        result = study_dates(events, prices, ticker.split(","), chosen, alone=alone)
    else:
        snapshot = stored(config, warehouse).snapshot
        for each in (ticker or "").split(","):
            check_ticker("--ticker", each or None, snapshot)
        result = study_snapshot(snapshot, chosen, alone=alone)
    console = Screen(emoji=False)
    show_study(result, console)
    if chart is not None and result.windows:
        from flows.markets.study_chart import draw_study

        for path in draw_study(result, chart, title=chart_title(chosen)):
            console.print(f"wrote {path}", highlight=False)


def check_study_options(
    type: str | None,
    status: str | None,
    actor: str | None,
    commodity: str | None,
    group: str | None,
    sign: str | None,
) -> None:
    """Raise ConfigError for the first unknown value."""
    from flows.base.known_values import check_actor, check_commodity, check_value
    from models.event import EventStatus, EventType
    from models.reference.securities import load_securities

    for option, given, known in (("--type", type, EventType), ("--status", status, EventStatus)):
        for each in (given or "").split(","):
            check_value(option, each or None, [kind.value for kind in known])
    check_actor("--actor", actor)
    check_commodity("--commodity", commodity)
    check_value("--sign", sign, ("+", "-", "?", "unknown"))
    if group is not None:
        sectors = sorted({i.sector for i in load_securities().issuers if i.sector})
        check_value("--group", group, sectors)


def chart_title(chosen: "StudyFilter") -> str:
    """Return a chart title that describes the filter."""
    kinds = (chosen.type or "all developments").replace("_", " ").replace(",", ", ")
    by = f" by {chosen.actor}" if chosen.actor else ""
    of = f" ({chosen.status.replace('_', ' ').replace(',', ', ')})" if chosen.status else ""
    on = chosen.ticker or chosen.ticker_group or chosen.commodity
    return f"{kinds[0].upper()}{kinds[1:]}{of}{by}" + (
        f" on {on.replace('_', ' ').replace(',', ', ')}" if on else ""
    )
