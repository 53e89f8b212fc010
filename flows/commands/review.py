"""`policywire review`: findings that look wrong, and rulings on them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.base.screen import say
from flows.commands.options import Config, FormatOption, Output, Warehouse, stored

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flows.base.settings import Settings

app = typer.Typer(
    help="List findings that look wrong, and rule on them. Rulings are stored and survive reruns.",
    no_args_is_help=True,
)
Why = Annotated[str, typer.Option("--why", help="The reason; stored with the ruling.")]
# Columns to leave out where they do not fit, the most important first.
SPARED = ("date", "measure", "kind", "development", "measure_id")
SPARED_DECIDED = ("who", "into", "applied")
By = Annotated[str | None, typer.Option("--by", help="Who decides. Default: your login name.")]


def register(parent: typer.Typer) -> None:
    """Add the commands of this module."""
    parent.add_typer(app, name="review")


@app.command("list")
def list_findings(
    kind: Annotated[
        str | None, typer.Option("--kind", help="Kind of finding, for example life_cycle.")
    ] = None,
    decisions: Annotated[
        bool, typer.Option("--decisions", help="List the rulings instead, newest first.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Rows to show.")] = 20,
    format: FormatOption = None,
    output: Output = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """List open findings, newest first. The view review_queue holds all of them.

    An id may be cut to its first characters in the commands that take one.

    [bold]Examples[/bold]

      policywire review list --kind life_cycle

      policywire review list --limit 3 --format vertical

      policywire review list --decisions
    """
    from flows.base.answers import write_answer
    from flows.base.known_values import check_value
    from warehouse.connection import load_query
    from warehouse.snapshot import query

    settings = stored(config, warehouse)
    parameters: dict[str, object] = {"row_limit": limit}
    if not decisions:
        parameters["kind"] = kind
        if kind is not None:
            kinds = query(settings.snapshot, "SELECT DISTINCT kind FROM review_queue ORDER BY kind")
            check_value("--kind", kind, [str(each) for (each,) in kinds.rows])
    write_answer(
        settings.snapshot,
        load_query("review_decided" if decisions else "review_waiting"),
        parameters,
        format,
        output,
        row_limit=limit,
        optional=SPARED_DECIDED if decisions else SPARED,
    )


@app.command("confirm")
def confirm(
    review_id: Annotated[str, typer.Argument(help="Finding id.")],
    why: Why,
    by: By = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Rule that a finding is correct as it is. It leaves the queue.

    [bold]Example[/bold]

      policywire review confirm 5b1f... --why "lifted by a court, cut on appeal"
    """
    from warehouse.events import reviews

    rule(
        stored(config, warehouse, live=True),
        lambda con, at: reviews.confirm(con, review_id, by=name_of(by), reason=why, at=at),
    )


@app.command("merge")
def merge(
    measure_id: Annotated[str, typer.Argument(help="Measure id to merge.")],
    into: Annotated[str, typer.Argument(help="Measure id to merge it into.")],
    why: Why,
    by: By = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Rule that two measures are the same. Their developments are joined.

    [bold]Example[/bold]

      policywire review merge 9c2e... 41d0... --why "the same order, reported twice"
    """
    from warehouse.events import reviews

    rule(
        stored(config, warehouse, live=True),
        lambda con, at: reviews.merge(con, measure_id, into, by=name_of(by), reason=why, at=at),
    )


@app.command("split")
def split(
    development_id: Annotated[str, typer.Argument(help="Development to move out of its measure.")],
    why: Why,
    by: By = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Rule that a development belongs to a separate measure.

    [bold]Example[/bold]

      policywire review split 77aa... --why "another steel tariff"
    """
    from warehouse.events import reviews

    rule(
        stored(config, warehouse, live=True),
        lambda con, at: reviews.split(con, development_id, by=name_of(by), reason=why, at=at),
    )


@app.command("apply")
def apply(
    query: Annotated[
        str,
        typer.Argument(
            help="SQL on the snapshot with the columns action, subject_id, object_id, reason."
        ),
    ],
    by: By = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the rulings.")] = False,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Rule by SQL: each row of the result is a ruling. All are stored, or none.

    [bold]Example[/bold]

      policywire review apply "SELECT 'confirm' AS action, review_id AS subject_id,
      NULL AS object_id, 'known gap' AS reason FROM review_queue WHERE kind = 'end_missing'"
    """
    from models.errors import ConfigError
    from warehouse.events.reviews import RULING_COLUMNS, rule_all, rulings_of
    from warehouse.snapshot import query as ask

    settings = stored(config, warehouse, live=True)
    found = ask(settings.snapshot, query)
    if tuple(found.columns) != RULING_COLUMNS:
        raise ConfigError(
            f"review apply: the columns must be {', '.join(RULING_COLUMNS)}, "
            f"not {', '.join(found.columns)}"
        )
    if dry_run:
        from flows.base.answers import write_rows

        write_rows(found.columns, found.rows, None)
        return
    rulings = rulings_of(found.rows)
    rule(settings, lambda con, at: rule_all(con, rulings, by=name_of(by), at=at))


def rule(settings: "Settings", decide: "Callable[[Any, datetime], str]") -> None:
    """Store the ruling that `decide` makes, link developments again, publish the snapshot.

    `decide` gets the open warehouse and the time, and returns the ruling in words.
    """
    from datetime import UTC, datetime

    from flows.link import link_developments
    from flows.workers.leases import as_worker
    from warehouse.connection import open_warehouse
    from warehouse.snapshot import publish

    with open_warehouse(settings.warehouse) as con:
        said = decide(con, datetime.now(UTC))
    with as_worker(settings) as owner:
        link_developments(settings, owner)
    publish(settings.warehouse, settings.snapshot)
    say(f"stored: {said}; `policywire review list --decisions` shows it")


def name_of(by: str | None) -> str:
    """Return the given name, or the login name."""
    from getpass import getuser

    return by or getuser()
