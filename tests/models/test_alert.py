"""Alert rules: every condition alone, and the ontology's test of what is news."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from models.alert import alert_id, matches
from models.alert_timing import Digest, QuietHours, Throttle, backoff_s, timing
from models.security import TickerLink
from tests.alert_world import NOW, candidate, rule

MP = TickerLink(listing="XNYS:MP", link="exposed", sign="-", why="")
AAPL = TickerLink(listing="XNAS:AAPL", link="named", sign="+", why="")


@pytest.mark.parametrize(
    ("conditions", "yes", "no"),
    [
        ({"types": ("tariff",)}, {}, {"type": "subsidy"}),
        ({"families": ("import",)}, {}, {"family": "support"}),
        ({"statuses": ("raised", "cut")}, {}, {"status": "lifted"}),
        ({"polarities": ("restricting",)}, {}, {"polarity": "liberalising"}),
        ({"actors": ("US", "EU")}, {}, {"actors": ("CN",)}),
        ({"targets": ("CN",)}, {"targets": ("JP", "CN")}, {"targets": ()}),
        ({"commodities": ("gallium",)}, {"commodities": ("gallium",)}, {"commodities": ("rice",)}),
        ({"listings": ("XNYS:MP",)}, {"tickers": (AAPL, MP)}, {"tickers": (AAPL,)}),
        ({"links": ("named",)}, {"tickers": (AAPL, MP)}, {"tickers": (MP,)}),
        (
            {"listings": ("XNYS:MP",), "links": ("exposed",)},
            {"tickers": (AAPL, MP)},
            {"tickers": (AAPL,)},
        ),
        ({"min_novelty": 0.8}, {}, {"novelty_score": 0.5}),
        ({"min_confidence": 0.7}, {}, {"confidence": None}),
        ({"min_confirmations": 1}, {"confirmations": 1}, {"confirmations": 0}),
        ({"grades": ("confirmed", "reported")}, {"grade": "reported"}, {"grade": None}),
        ({"max_source_tier": 2}, {"source_tier": 2}, {"source_tier": None}),
        ({"max_age_days": 1.0}, {}, {"published_at": NOW - timedelta(days=2)}),
        ({"factualities": ("alleged",)}, {"factuality": "alleged"}, {}),
        ({"predicate": "x"}, {"predicates_met": ("all",)}, {"predicates_met": ("other",)}),
    ],
)
def test_each_condition_can_match_and_reject(
    conditions: dict[str, Any], yes: dict[str, Any], no: dict[str, Any]
) -> None:
    assert matches(rule(**conditions), candidate(**yes), NOW)
    assert not matches(rule(**conditions), candidate(**no), NOW)


def test_listing_and_link_must_hold_for_the_same_tie() -> None:
    both = candidate(tickers=(AAPL, MP))
    assert not matches(rule(listings=("XNYS:MP",), links=("named",)), both)


@pytest.mark.parametrize(
    ("fields", "news"),
    [
        ({"factuality": "asserted"}, True),
        ({"factuality": "scheduled"}, True),
        ({"factuality": "conditional", "source_type": "official_actor"}, True),
        ({"factuality": "conditional", "grade": "confirmed"}, True),
        ({"factuality": "conditional", "grade": "reported", "source_tier": 1}, False),
        ({"factuality": "conditional", "source_type": "analyst", "source_tier": 3}, False),
        ({"factuality": "speculative"}, False),
        ({"factuality": "question"}, False),
        ({"factuality": "alleged"}, False),
        ({"factuality": "negated"}, False),
        ({"novelty_score": 0.3}, False),
    ],
)
def test_only_news_reported_as_fact_is_alerted(fields: dict[str, Any], news: bool) -> None:
    assert matches(rule(), candidate(**fields)) is news


def test_notice_id_depends_on_rule_development_and_channel_only() -> None:
    ids = {alert_id(r, d, c) for r in ("a", "b") for d in ("a", "b") for c in ("a", "b")}
    assert len(ids) == 8
    assert alert_id("a", "b", "c") == alert_id("a", "b", "c")


LONDON = QuietHours(start=time(22), end=time(7), zone="Europe/London")


def utc(day: str, clock: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (utc("2025-01-10", "21:59"), None),
        (utc("2025-01-10", "22:00"), utc("2025-01-11", "07:00")),
        (utc("2025-01-11", "06:59"), utc("2025-01-11", "07:00")),
        (utc("2025-01-11", "07:00"), None),
        # Summer time: the same local time is an hour earlier in UTC.
        (utc("2025-07-10", "21:00"), utc("2025-07-11", "06:00")),
        (utc("2025-07-10", "20:59"), None),
        # The night the clocks go forward is an hour short, the night they go back an hour long.
        (utc("2025-03-29", "23:00"), utc("2025-03-30", "06:00")),
        (utc("2025-10-25", "22:00"), utc("2025-10-26", "07:00")),
    ],
)
def test_quiet_hours_use_local_time_of_their_zone(now: datetime, until: datetime | None) -> None:
    assert LONDON.until(now) == until


def test_quiet_hours_within_a_day() -> None:
    lunch = QuietHours(start=time(12), end=time(13), zone="Asia/Tokyo")
    assert lunch.until(utc("2025-01-10", "03:30")) == utc("2025-01-10", "04:00")
    assert lunch.until(utc("2025-01-10", "04:00")) is None


def test_next_digest_is_strictly_later() -> None:
    daily = Digest(every="daily", at=time(7), zone="Europe/London")
    assert daily.next_after(utc("2025-07-10", "05:59")) == utc("2025-07-10", "06:00")
    assert daily.next_after(utc("2025-07-10", "06:00")) == utc("2025-07-11", "06:00")
    hourly = Digest(every="hourly", zone="Asia/Kolkata")
    assert hourly.next_after(utc("2025-07-10", "06:00")) == utc("2025-07-10", "06:30")
    assert hourly.next_after(utc("2025-07-10", "06:30")) == utc("2025-07-10", "07:30")


def test_nothing_is_dropped_and_digests_respect_quiet_hours() -> None:
    throttle = Throttle(count=2, window_s=3600)
    noon = utc("2025-01-10", "12:10")
    plain = timing(now=noon, throttle=throttle, quiet=LONDON, digest=None, sent_in_window=1)
    assert (plain.due_at, plain.fold_at) == (noon, None)
    full = timing(now=noon, throttle=throttle, quiet=LONDON, digest=None, sent_in_window=2)
    assert (full.fold_at, full.reason) == (utc("2025-01-10", "13:00"), "throttle")
    late = utc("2025-01-10", "21:30")
    held = timing(now=late, throttle=throttle, quiet=LONDON, digest=None, sent_in_window=2)
    assert held.fold_at == utc("2025-01-11", "07:00")


def test_backoff_doubles_up_to_a_cap_with_jitter() -> None:
    waits = [backoff_s(n, "00000000") for n in range(1, 12)]
    assert waits[:3] == [30, 60, 120]
    assert max(waits) == 3600
    assert backoff_s(1, "000003e7") > 30
    assert backoff_s(1, "ffffffff") <= 30 * 1.25
