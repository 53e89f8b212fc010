"""Mutes as an operator types them, which measure and until when, and as lists show them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.base.counts import counted
from flows.base.known_values import suggestion
from models.errors import ConfigError
from warehouse.alerting.mutes import Measure
from warehouse.connection import load_query
from warehouse.snapshot import query

DURATION = re.compile(r"(\d+)\s*([mhdw])")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
# A shorter beginning of an id may be a word.
LEAST_ID = 8


def until_of(text: str, now: datetime) -> datetime:
    """Return the end of a mute, UTC: a duration from now, or a day or time (UTC if without zone).

    Raises ConfigError for anything else, and for a time that has passed.
    """
    try:
        if length := DURATION.fullmatch(text.strip()):
            until = now + timedelta(**{UNITS[length[2]]: int(length[1])})
        else:
            until = datetime.fromisoformat(text.strip())
            until = until.astimezone(UTC) if until.tzinfo else until.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ConfigError(
            f"--until: not a date, time or duration: {text!r}; write 2026-12-15, 2026-12-15T14:00 "
            "(UTC), or 30m, 12h, 3d, 2w"
        ) from None
    if until <= now:
        raise ConfigError(f"--until: {until:%Y-%m-%d %H:%M} UTC has passed")
    return until


def measures_named(name: str, known: Sequence[Measure], *, what: str = "measure") -> list[Measure]:
    """Return the measure with this id (or its first eight letters), or every one with this key.

    Raises ConfigError with the nearest keys when there is none; `what` names those that are known.
    """
    exact = [each for each in known if name in (each.measure_id, each.measure_key)]
    alike = [each for each in known if each.measure_id.startswith(name)]
    if found := exact or (alike if len(name) >= LEAST_ID else []):
        return found
    if not known:
        raise ConfigError(f"there is no {what}")
    keys = list(dict.fromkeys(each.measure_key for each in known))
    raise ConfigError(f"no {what} has the id or key {name!r}; {suggestion(name, keys)}")


def mute_lines(snapshot: Path, since: datetime | None = None) -> list[str]:
    """Return the mutes that hold, or that held at some time since then, two lines each.

    Measure and id; until when, how many notices were held back, by whom and why. Raises
    WarehouseError without a snapshot.
    """
    asked = {"since": since or datetime(1970, 1, 1, tzinfo=UTC), "active": since is None}
    lines = []
    for key, measure_id, ends_at, ended_by, active, held, by, why in query(
        snapshot, load_query("mutes_listed"), asked
    ).rows:
        early = "" if active or ended_by == "time" else f", ended by {ended_by}"
        count = counted(int(str(held)), "notice")
        end = f"{'until' if active else 'was until'} {ends_at:%Y-%m-%d %H:%M} UTC{early}"
        reason = f": {why}" if why else ""
        lines.append(f"{key} ({measure_id})\n  {end}; {count} held back; by {by}{reason}")
    return lines
