"""Muted measures: their notices are held back until a time, counted, and not sent later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from duckdb import DuckDBPyConnection

from models.identity import digest_id
from warehouse.connection import load_query, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure as an operator names it: by its id or by its readable key."""

    measure_id: str
    measure_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Muted:
    """A measure that a mute names: until when, and how many notices it held back so far."""

    measure: Measure
    ends_at: datetime
    held_count: int


def standing_measures(con: DuckDBPyConnection) -> list[Measure]:
    """Return every measure of the warehouse that stands."""
    rows = con.execute(load_query("measures_to_mute")).fetchall()
    return [Measure(measure_id=key, measure_key=words or "") for key, words in rows]


def muted_measures(con: DuckDBPyConnection, now: datetime) -> list[Muted]:
    """Return the measures that a mute names at this time."""
    rows = con.execute(load_query("standing_mutes"), {"now": now}).fetchall()
    return [
        Muted(
            measure=Measure(measure_id=key, measure_key=words or ""),
            ends_at=ends_at.astimezone(UTC),
            held_count=held,
        )
        for key, words, ends_at, held in rows
    ]


def mutes_now(con: DuckDBPyConnection, now: datetime) -> dict[str, str]:
    """Return measure_id -> mute_id of the measures whose notices are held back at this time.

    A measure that took up the developments of a muted one, which linking dissolved, is among them.
    """
    return dict(con.execute(load_query("muted_now"), {"now": now}).fetchall())


def mute(
    con: DuckDBPyConnection,
    measures: Sequence[Measure],
    *,
    until: datetime,
    by: str,
    reason: str | None,
    at: datetime,
) -> None:
    """Hold back the notices of these measures from `at` to `until`; ends an earlier mute."""
    _note(con, "mute", measures, until=until, by=by, reason=reason, at=at)


def unmute(
    con: DuckDBPyConnection,
    measures: Sequence[Measure],
    *,
    by: str,
    reason: str | None,
    at: datetime,
) -> None:
    """End the mutes of these measures at `at`. What was held back stays held back."""
    _note(con, "unmute", measures, until=None, by=by, reason=reason, at=at)


def hold_muted(con: DuckDBPyConnection, now: datetime) -> int:
    """Hold back the unsent notices that came due during a mute, or are due in one; return how many.

    Call it inside the transaction that claims notices, before digests are assembled.
    """
    row = con.execute(load_query("hold_muted"), {"now": now}).fetchone()
    return int(row[0]) if row else 0


def _note(
    con: DuckDBPyConnection,
    action: str,
    measures: Sequence[Measure],
    *,
    until: datetime | None,
    by: str,
    reason: str | None,
    at: datetime,
) -> None:
    with transaction(con):
        for measure in measures:
            con.execute(
                load_query("insert_mute"),
                {
                    "mute_id": digest_id(action, measure.measure_id, by, at),
                    "action": action,
                    "measure_id": measure.measure_id,
                    "measure_key": measure.measure_key,
                    "muted_until": until,
                    "reason": reason,
                    "noted_by": by,
                    "noted_at": at,
                },
            )
