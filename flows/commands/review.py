"""`policywire review`: what looks odd, and a person's ruling on it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.base.screen import say
from flows.commands.options import Config, Warehouse, stored

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flows.base.settings import Settings

app = typer.Typer(
    help="What looks odd in the lives of measures; rulings on it, kept and honoured by reruns.",
    no_args_is_help=True,
)
Why = Annotated[str, typer.Option("--why", help="The reason; it is kept.")]
By = Annotated[
    str | None, typer.Option("--by", help="Who decides; your login name if you do not say.")
]


def register(parent: typer.Typer) -> None:
    """Add the commands of this module."""
    parent.add_typer(app, name="review")


@app.command("list")
def list_findings(
    kind: Annotated[str | None, typer.Option("--kind", help="For example life_cycle.")] = None,
    decisions: Annotated[
        bool, typer.Option("--decisions", help="The rulings instead, newest first.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many.")] = 20,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """What nobody has confirmed yet, newest first. `FROM review_queue` has it all.

    [bold]Examples[/bold]

      policywire review list --kind life_cycle

      policywire review list --decisions
    """
    from flows.base.answers import count_all, print_left_out
    from flows.base.known_values import check_value
    from warehouse.connection import load_query
    from warehouse.snapshot import query

    settings = stored(config, warehouse)
    parameters: dict[str, object] = {"row_limit": limit}
    if decisions:
        found = query(settings.snapshot, load_query("review_decided"), parameters)
        for at, who, action, subject, other, reason, applied in found.rows:
            into = f" into {other}" if other else ""
            state = "" if applied else ", not linked yet"
            say(f"{at:%Y-%m-%d %H:%M} {who}: {action} {subject}{into}: {reason}{state}")
    else:
        found = query(settings.snapshot, load_query("review_waiting"), parameters | {"kind": kind})
        if kind is not None and not found.rows:
            kinds = query(settings.snapshot, "SELECT DISTINCT kind FROM review_queue ORDER BY kind")
            check_value("--kind", kind, [str(each) for (each,) in kinds.rows])
        for review_id, sort, reason, key, day, development_id, measure_id, evidence in found.rows:
            say(f"{sort}: {reason}\n  {key}, {day}: {' '.join(str(evidence).split())}")
            say(f"  finding {review_id}  step {development_id}  measure {measure_id}\n")
    if not found.rows:
        say("nothing")
    elif len(found.rows) == limit:
        name = "review_decided" if decisions else "review_waiting"
        asked = parameters if decisions else parameters | {"kind": kind}
        print_left_out(count_all(settings.snapshot, load_query(name), asked) - limit)


@app.command("confirm")
def confirm(
    review_id: Annotated[str, typer.Argument(help="The finding's id.")],
    why: Why,
    by: By = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Rule that a finding is all right as it is; it leaves the queue.

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
    measure_id: Annotated[str, typer.Argument(help="The measure that is another one.")],
    into: Annotated[str, typer.Argument(help="The measure it is.")],
    why: Why,
    by: By = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Rule that two measures are one; their lives join.

    [bold]Example[/bold]

      policywire review merge 9c2e... 41d0... --why "the same order, told twice"
    """
    from warehouse.events import reviews

    rule(
        stored(config, warehouse, live=True),
        lambda con, at: reviews.merge(con, measure_id, into, by=name_of(by), reason=why, at=at),
    )


@app.command("split")
def split(
    development_id: Annotated[str, typer.Argument(help="The step that is no step of it.")],
    why: Why,
    by: By = None,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Rule that a development belongs to a measure of its own.

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
        typer.Argument(help="SQL over the snapshot: action, subject_id, object_id, reason."),
    ],
    by: By = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be.")] = False,
    warehouse: Warehouse = None,
    config: Config = None,
) -> None:
    """Rulings by SQL: each row of the answer is one. All of them are taken, or none.

    [bold]Example[/bold]

      policywire review apply "SELECT 'confirm' AS action, review_id AS subject_id,
      NULL AS object_id, 'known gap' AS reason FROM review_queue WHERE kind = 'end_missing'"
    """
    from flows.base.answers import table_of
    from models.errors import ConfigError
    from warehouse.events.reviews import RULING_COLUMNS, rule_all, rulings_of
    from warehouse.snapshot import query as ask

    settings = stored(config, warehouse, live=True)
    found = ask(settings.snapshot, query)
    if tuple(found.columns) != RULING_COLUMNS:
        raise ConfigError(
            f"review apply: give the columns {', '.join(RULING_COLUMNS)}, "
            f"not {', '.join(found.columns)}"
        )
    if dry_run:
        from flows.base.screen import Screen

        Screen(emoji=False).print(table_of(found.columns, found.rows))
        return
    rulings = rulings_of(found.rows)
    rule(settings, lambda con, at: rule_all(con, rulings, by=name_of(by), at=at))


def rule(settings: "Settings", decide: "Callable[[Any, datetime], str]") -> None:
    """Store what `decide` rules, given the open warehouse and the time, link anew, publish."""
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
    say(f"kept: {said}; `policywire review list --decisions` shows it")


def name_of(by: str | None) -> str:
    """Who decides."""
    from getpass import getuser

    return by or getuser()
