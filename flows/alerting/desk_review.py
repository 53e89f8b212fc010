"""What the desk got since a time: sent by rule and channel, precision, wrong ones, mutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.alerting.muting import mute_lines
from warehouse.connection import load_query
from warehouse.snapshot import query

Row = tuple[object, ...]
SENT = ("rule", "channel", "sent", "judged", "right", "wrong", "held back")
PRECISION = ("rule", "sent", "judged", "right", "precision", "95% interval")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskReview:
    """Rows under SENT and PRECISION; wrong notices, notices not judged, and mutes, as lines.

    `left_out` counts the notices beyond the limit, of the wrong and of those not judged.
    """

    sent: Sequence[Row]
    precision: Sequence[Row]
    wrong: Sequence[str]
    unjudged: Sequence[str]
    muted: Sequence[str]
    left_out: tuple[int, int]


def desk_review(snapshot: Path, since: datetime, limit: int) -> DeskReview:
    """Return the review of the published snapshot. Raises WarehouseError without one."""
    asked: dict[str, object] = {"since": since}

    def rows(name: str, **parameters: object) -> list[Row]:
        return query(snapshot, load_query(name), {**asked, **parameters}).rows

    wrong, unjudged = (rows(name, row_limit=None) for name in ("desk_wrong", "desk_unjudged"))
    return DeskReview(
        sent=rows("desk_sent"),
        precision=[precision_row(row) for row in rows("desk_precision")],
        wrong=[wrong_line(row) for row in wrong[:limit]],
        unjudged=[notice_line(row) for row in unjudged[:limit]],
        muted=mute_lines(snapshot, since),
        left_out=(max(len(wrong) - limit, 0), max(len(unjudged) - limit, 0)),
    )


def precision_row(row: Row) -> Row:
    """Return counts with the precision and its interval in percent: "80%", "49% to 94%"."""
    rule, sent, judged, right, share, low, high = row
    if share is None:
        return (rule, sent, judged, right, "", "")
    return (rule, sent, judged, right, percent(share), f"{percent(low)} to {percent(high)}")


def percent(share: object) -> str:
    assert isinstance(share, float), "a judged rule has its numbers"
    return f"{share:.0%}"


def notice_line(row: Row) -> str:
    """Return a notice on two lines: when, by which rule, where, what; its id."""
    sent_at, rule, channel, headline, alert_id = row
    return f"{sent_at:%Y-%m-%d %H:%M} {rule} on {channel}: {headline}\n  notice {alert_id}"


def wrong_line(row: Row) -> str:
    """Return a wrong notice with the reason and who judged it."""
    reason, by = row[5:]
    return f"{notice_line(row[:5])}\n  {by}: {reason or 'no reason given'}"
