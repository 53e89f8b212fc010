"""The facts of a notice: as a database row, as a record, and as JSON text in the outbox."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import Any

from models.alert import AlertCandidate, EarlierStep
from models.event import FAMILY, EventStatus, EventType, status_class, type_group
from models.identity import digest_id
from models.security import TickerLink

CANDIDATE_FIELDS = {field.name for field in fields(AlertCandidate)}
LISTS = ("actors", "targets", "commodities", "products", "companies")
TIMES = ("first_seen_at", "reported_at", "published_at")


def candidate_of(
    row: Mapping[str, Any], predicates_met: Mapping[str, tuple[str, ...]]
) -> AlertCandidate:
    """Return a row of queries/alert_candidates.sql as a record."""
    values = {key: value for key, value in row.items() if key in CANDIDATE_FIELDS}
    for key in LISTS:
        values[key] = tuple(values.get(key) or ())
    for key in TIMES:
        values[key] = _utc(values.get(key))
    values["disputed"] = bool(values.get("disputed"))
    values["family"] = FAMILY[EventType(row["type"])]
    values["tickers"] = tuple(TickerLink(**tie) for tie in row["tickers"] or ())
    values["earlier"] = tuple(
        EarlierStep(**{**step, "first_seen_at": _utc(step["first_seen_at"])})
        for step in row["earlier"] or ()
    )
    values["predicates_met"] = predicates_met.get(row["development_id"], ())
    return AlertCandidate(**values)


def report_key(row: Mapping[str, Any]) -> str:
    """Return a key that survives a re-extraction: a digest of article, kind of step, actors,
    targets, commodities and rate.
    """
    return digest_id(
        "report",
        row["article_id"],
        type_group(EventType(row["type"])),
        status_class(EventStatus(row["status"])),
        *(",".join(sorted(row[key] or ())) for key in ("actors", "targets", "commodities")),
        row["rate_value"],
    )


def dump_facts(candidate: AlertCandidate) -> str:
    """Return a candidate as JSON text, for the outbox."""
    return json.dumps(asdict(candidate), default=_isoformat, ensure_ascii=False)


def load_facts(text: str) -> AlertCandidate:
    """Return the candidate that `dump_facts` wrote; ignores fields this release does not know."""
    raw = {key: value for key, value in json.loads(text).items() if key in CANDIDATE_FIELDS}
    for key in (*LISTS, "predicates_met"):
        raw[key] = tuple(raw.get(key) or ())
    for key in TIMES:
        raw[key] = _moment(raw.get(key))
    raw["decision_date"] = _day(raw.get("decision_date"))
    raw["tickers"] = tuple(TickerLink(**tie) for tie in raw.get("tickers") or ())
    raw["earlier"] = tuple(
        EarlierStep(
            **{
                **step,
                "first_seen_at": _moment(step["first_seen_at"]),
                "decision_date": _day(step["decision_date"]),
            }
        )
        for step in raw.get("earlier") or ()
    )
    return AlertCandidate(**raw)


def _isoformat(value: object) -> str:
    assert isinstance(value, datetime | date), f"facts hold no {type(value).__name__}"
    return value.isoformat()


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _utc(value: datetime | None) -> datetime | None:
    return value.astimezone(UTC) if value else None
