"""The tools: plain methods whose docstrings and parameters a client shows to its model."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import Field

from flows.base.known_values import check_actor, check_commodity, check_value
from flows.mcp_server.questions import Desk, prepared
from flows.mcp_server.shapes import (
    NOTICE,
    Known,
    KnownStep,
    Life,
    Listing,
    Listings,
    Measure,
    Measures,
    Step,
    Table,
    View,
    Views,
    reply,
    shaped,
    shaped_all,
    table_from,
)
from models.errors import ConfigError, PipelineError
from models.event import EventStatus, EventType
from warehouse.connection import load_query
from warehouse.operations.bounded import Bounds, cut, moment
from warehouse.operations.question_process import Question
from warehouse.operations.sandbox import MAX_SQL_CHARACTERS

MAX_ROWS = 100
MAX_SQL_ROWS = 1_000
MAX_DAYS = 3_660
# A key may stand for several measures; then the error names their ids.
MOST_NAMESAKES = 8
MAX_ERROR_CHARACTERS = 400
# Each row of the catalogue is one column of a view; there are some hundreds.
CATALOGUE = Bounds(rows=2_000, characters=400_000)

Limit = Annotated[int, Field(ge=1, le=MAX_ROWS, description="the most rows to return")]
Words = Annotated[
    str | None,
    Field(max_length=200, description="words of the reports or of the key, such as 'gallium'"),
]
Country = Annotated[
    str | None, Field(max_length=60, description="ISO 3166-1 alpha-2 code, or EU; such as CN")
]
Commodity = Annotated[
    str | None, Field(max_length=60, description="commodity id, such as rare_earths")
]
Ticker = Annotated[
    str | None, Field(max_length=20, description="listing as MIC:TICKER or ticker: XNYS:MP, MP")
]
Kind = Annotated[str | None, Field(max_length=40, description="event type, such as tariff")]
MeasureName = Annotated[
    str, Field(min_length=1, max_length=300, description="a measure_id or measure_key")
]
SomeMeasure = Annotated[
    str | None, Field(max_length=300, description="only this measure_id or measure_key")
]
Since = Annotated[
    str | None,
    Field(max_length=40, description="only steps first seen from this date or time on (UTC)"),
]
# The SDK takes the schema from the second part.
MeasuresReply = Annotated[CallToolResult, Measures]
LifeReply = Annotated[CallToolResult, Life]
KnownReply = Annotated[CallToolResult, Known]
ListingsReply = Annotated[CallToolResult, Listings]
TableReply = Annotated[CallToolResult, Table]
ViewsReply = Annotated[CallToolResult, Views]


class Tools:
    """The tools on one snapshot."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def search_measures(
        self,
        words: Words = None,
        actor: Country = None,
        target: Country = None,
        commodity: Commodity = None,
        ticker: Ticker = None,
        type: Kind = None,
        status: Annotated[
            str | None, Field(max_length=40, description="status today, such as in_force")
        ] = None,
        limit: Limit = 20,
    ) -> MeasuresReply:
        """Find policy measures (tariffs, export controls, sanctions, deals and so on).

        Each has its status today, its next known date and the tickers it affects. With words, the
        best match comes first, otherwise the latest. `actor` decides, `target` is hit. Follow one
        with measure_life.
        """
        with plain_errors():
            check_value("status", status, [*(s.value for s in EventStatus), "suspension_over"])
            return self._measures(
                limit,
                words=blank_to_none(words),
                type=known_type(type),
                status=status,
                ticker=upper(ticker),
                actor=country("actor", actor),
                target=country("target", target),
                commodity=known_commodity(commodity),
            )

    def upcoming_dates(
        self,
        days: Annotated[int, Field(ge=0, le=MAX_DAYS, description="days from today, UTC")] = 90,
        actor: Country = None,
        commodity: Commodity = None,
        ticker: Ticker = None,
        limit: Limit = 50,
    ) -> MeasuresReply:
        """List what begins, ends or returns soon, by next_date; next_step says which.

        "returns unless prolonged" is the end of a suspension.
        """
        with plain_errors():
            until = datetime.now(UTC).date() + timedelta(days=days)
            return self._measures(
                limit,
                until=until.isoformat(),
                actor=country("actor", actor),
                commodity=known_commodity(commodity),
                ticker=upper(ticker),
            )

    def _measures(self, limit: int, **chosen: str | None) -> CallToolResult:
        asked = self.desk.ask(measures_question(limit, **chosen))
        (found,) = asked.answers
        return reply(
            Measures(
                notice=NOTICE,
                snapshot_published_at=asked.published_at,
                measures=shaped_all(Measure, found),
                more=found.more,
            )
        )

    def measure_life(self, measure: MeasureName, limit: Limit = MAX_ROWS) -> LifeReply:
        """Give one measure and all steps of its life in order of time.

        Each step has its dates, rate, tickers, and the sentence that reported it first.
        `change_reason` and `disputed` tell of corrections and contradictions.
        """
        with plain_errors():
            asked = self.desk.ask(
                measures_question(MOST_NAMESAKES, measure=measure),
                prepared("mcp_steps", {"measure": measure}, Bounds(rows=limit)),
            )
            found, steps = asked.answers
            if len(found.rows) != 1:
                raise ConfigError(measure_problem(measure, found.records()))
            return reply(
                Life(
                    notice=NOTICE,
                    snapshot_published_at=asked.published_at,
                    measure=shaped(Measure, found.records()[0]),
                    steps=shaped_all(Step, steps),
                    more=steps.more,
                )
            )

    def known_on(
        self,
        date: Annotated[
            str,
            Field(
                max_length=40,
                description="ISO 8601; a date means its start (midnight UTC), "
                "2025-10-09T20:00:00Z a moment; without a zone it is UTC",
            ),
        ],
        measure: SomeMeasure = None,
        actor: Country = None,
        target: Country = None,
        commodity: Commodity = None,
        type: Kind = None,
        since: Since = None,
        limit: Limit = 20,
    ) -> KnownReply:
        """Say what was known at a moment, latest first, without anything reported later.

        For tests of a strategy and for "what did we know when". Which reports belong to one
        development is today's linking; all values are from reports of that time.
        """
        with plain_errors():
            known_at = moment(a_moment("date", date))
            asked = self.desk.ask(
                prepared(
                    "mcp_known_on",
                    {
                        "known_at": known_at,
                        "measure": blank_to_none(measure),
                        "type": known_type(type),
                        "since": since and moment(a_moment("since", since)),
                        "actor": country("actor", actor),
                        "target": country("target", target),
                        "commodity": known_commodity(commodity),
                    },
                    Bounds(rows=limit),
                )
            )
            (found,) = asked.answers
            return reply(
                Known(
                    notice=NOTICE,
                    snapshot_published_at=asked.published_at,
                    known_at=known_at,
                    developments=shaped_all(KnownStep, found),
                    more=found.more,
                )
            )

    def tickers_touched(
        self,
        measure: SomeMeasure = None,
        commodity: Commodity = None,
        ticker: Ticker = None,
        since: Since = None,
        limit: Limit = 50,
    ) -> ListingsReply:
        """List the listings that a measure, a commodity's news or recent steps affect, and why.

        Name at least one of measure, commodity, ticker and since.
        """
        with plain_errors():
            if not any((measure, commodity, ticker, since)):
                raise ConfigError("name a measure, a commodity, a ticker, or a date in since")
            asked = self.desk.ask(
                prepared(
                    "mcp_tickers",
                    {
                        "measure": blank_to_none(measure),
                        "commodity": known_commodity(commodity),
                        "ticker": upper(ticker),
                        "since": since and moment(a_moment("since", since)),
                    },
                    Bounds(rows=limit),
                )
            )
            (found,) = asked.answers
            return reply(
                Listings(
                    notice=NOTICE,
                    snapshot_published_at=asked.published_at,
                    listings=shaped_all(Listing, found),
                    more=found.more,
                )
            )

    def query_sql(
        self,
        sql: Annotated[
            str,
            Field(
                min_length=1,
                max_length=MAX_SQL_CHARACTERS,
                description="one SELECT in DuckDB's SQL; describe_views lists what to select from",
            ),
        ],
        limit: Annotated[
            int, Field(ge=1, le=MAX_SQL_ROWS, description="the most rows to return")
        ] = MAX_ROWS,
    ) -> TableReply:
        """Run one read-only query on the views, such as policy_events and measure_status.

        No files, network or settings; time, memory and size are limited. Select first_seen_at,
        evidence, first_url and article_id too, so that a row can be checked.
        """
        with plain_errors():
            question = Question(sql=sql, parameters={}, bounds=Bounds(rows=limit))
            return reply(table_from(self.desk.ask(question)))

    def describe_views(
        self,
        view: Annotated[
            str | None, Field(max_length=60, description="only this one, with its columns")
        ] = None,
    ) -> ViewsReply:
        """List the views and macros for query_sql; with a name, that one with its columns."""
        with plain_errors():
            columns, macros = self.desk.ask(
                Question(sql=load_query("view_columns"), parameters={}, bounds=CATALOGUE),
                Question(sql=load_query("macro_comments"), parameters={}, bounds=CATALOGUE),
            ).answers
            views = views_from(columns.rows, macros.rows)
            if view is None:
                short = tuple(View(name=v.name, what=v.what, columns=()) for v in views)
                return reply(Views(views=short))
            check_value("view", view, [each.name for each in views])
            return reply(Views(views=tuple(each for each in views if each.name == view)))


def measures_question(limit: int, **chosen: str | None) -> Question:
    """Return the question for measures with these filters; all others are open."""
    filters: dict[str, object] = dict.fromkeys(
        ["words", "measure", "until", "actor", "target", "commodity", "ticker", "type", "status"]
    )
    return prepared("mcp_measures", {**filters, **chosen}, Bounds(rows=limit))


def views_from(
    columns: tuple[tuple[object, ...], ...], macros: tuple[tuple[object, ...], ...]
) -> list[View]:
    """Return the views with "name type: meaning" per column, then the macros."""
    found: dict[tuple[str, str], list[str]] = {}
    for view, what, name, kind, meaning in columns:
        found.setdefault((str(view), str(what)), []).append(f"{name} {kind}: {meaning}")
    views = [
        View(name=name, what=what, columns=tuple(lines)) for (name, what), lines in found.items()
    ]
    for name, parameters, what in macros:
        assert isinstance(parameters, list), "a list of names"
        call = f"{name}({', '.join(map(str, parameters))})"
        views.append(View(name=str(name), what=f"{call}: {what}", columns=()))
    return views


@contextmanager
def plain_errors() -> Iterator[None]:
    """Tell the client what was wrong, on one line; other faults stay in our log."""
    try:
        yield
    except PipelineError as error:
        raise ToolError(cut(str(error), MAX_ERROR_CHARACTERS)) from error


def measure_problem(measure: str, found: list[dict[str, object]]) -> str:
    """Return why there is not one measure of this name, and what to do."""
    if not found:
        return f"no measure {measure!r}; search_measures finds ids and keys"
    ids = " and ".join(str(each["measure_id"]) for each in found)
    return f"several measures have the key {measure!r}; use an id: {ids}"


def blank_to_none(text: str | None) -> str | None:
    """Return None for a text without content: models send empty strings for what they leave out."""
    return text.strip() or None if text else None


def upper(text: str | None) -> str | None:
    """Return the text in upper case; None for a blank one."""
    found = blank_to_none(text)
    return found.upper() if found else None


def country(option: str, value: str | None) -> str | None:
    """Return a country code. Raises ConfigError that suggests one."""
    found = blank_to_none(value)
    check_actor(option, found)
    return found.upper() if found else None


def known_commodity(value: str | None) -> str | None:
    """Return a commodity id. Raises ConfigError that suggests one."""
    found = blank_to_none(value)
    check_commodity("commodity", found)
    return found


def known_type(value: str | None) -> str | None:
    """Return an event type. Raises ConfigError that suggests one."""
    found = blank_to_none(value)
    check_value("type", found, [each.value for each in EventType])
    return found


def a_moment(option: str, text: str) -> datetime:
    """Return a moment, UTC where no zone is given. Raises ConfigError if it is none."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(
            f"{option}: not a date or time: {text!r}; write 2025-10-09 or 2025-10-09T20:00:00Z"
        ) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
