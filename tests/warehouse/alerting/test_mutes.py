"""Notices of a muted measure are held back, counted, and not sent once the mute has ended."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from duckdb import DuckDBPyConnection

from models.alert import AlertRule, Notice
from models.alert_timing import Digest, Throttle
from tests.alert_world import NOW, memory, rule, store
from warehouse.alerting.alerts import enqueue_in_transaction
from warehouse.alerting.mutes import Measure, Muted, mute, muted_measures, mutes_now, unmute
from warehouse.alerting.outbox import Attempt, ClaimTerms, claim_notices, record_attempts

HOUR = timedelta(hours=1)
STEEL, COPPER = (Measure(measure_id=key, measure_key=f"US:{key}") for key in ("steel", "copper"))


@pytest.fixture
def con() -> DuckDBPyConnection:
    return memory()


def silence(con: DuckDBPyConnection, until: datetime, *, at: datetime = NOW, why: str = "") -> None:
    mute(con, [STEEL], until=until, by="ana", reason=why or None, at=at)


def told(con: DuckDBPyConnection, development_id: str, measure: Measure, **fields: Any) -> None:
    store(con, development_id, measure_id=measure.measure_id, **fields)


def claimed(con: DuckDBPyConnection, now: datetime) -> list[Notice]:
    return claim_notices(con, owner="t", channels=["log"], now=now, terms=ClaimTerms())


def settle(
    con: DuckDBPyConnection, notices: list[Notice], outcome: str, now: datetime = NOW
) -> None:
    attempts = [Attempt(notice=each, outcome=outcome, started_at=now) for each in notices]
    record_attempts(con, attempts, owner="t", now=now, terms=ClaimTerms())


def states(con: DuckDBPyConnection) -> dict[str, str]:
    return dict(con.execute("SELECT development_id, state FROM alerts").fetchall())


def test_its_notices_are_held_back_and_the_others_go(con: DuckDBPyConnection) -> None:
    silence(con, NOW + HOUR)
    told(con, "d1", STEEL)
    told(con, "d2", COPPER)
    done = enqueue_in_transaction(con, [rule()], now=NOW)
    assert (done.owed, done.muted, done.by_rule) == (1, 1, {"all": 1})
    assert [
        notice.candidate.development_id for notice in claimed(con, NOW) if notice.candidate
    ] == ["d2"]
    assert states(con) == {"d1": "muted", "d2": "claimed"}
    assert con.execute("SELECT held_count, reason, ended_by FROM alert_mutes").fetchall() == [
        (1, None, "time")
    ]


def test_what_was_held_back_is_not_sent_late_and_the_next_step_is(con: DuckDBPyConnection) -> None:
    silence(con, NOW + HOUR)
    told(con, "d1", STEEL, status="announced")
    enqueue_in_transaction(con, [rule()], now=NOW)
    after = NOW + 2 * HOUR
    assert enqueue_in_transaction(con, [rule()], now=after).owed == 0
    assert claimed(con, after) == []
    told(con, "d2", STEEL, status="in_force", stage_of="d1")
    assert enqueue_in_transaction(con, [rule()], now=after).owed == 1
    (notice,) = claimed(con, after)
    # It continues nothing: the desk never read of the first step.
    assert notice.refers_to is None
    assert states(con)["d1"] == "muted"


def test_the_end_of_a_mute_is_exact(con: DuckDBPyConnection) -> None:
    silence(con, NOW + HOUR)
    told(con, "d1", STEEL)
    assert enqueue_in_transaction(con, [rule()], now=NOW + HOUR).owed == 1
    assert len(claimed(con, NOW + HOUR)) == 1


@pytest.mark.parametrize(
    "state", ["waiting for its digest", "failed and due again", "lease ran out"]
)
def test_a_notice_that_waits_is_held_back_when_it_is_due(
    con: DuckDBPyConnection, state: str
) -> None:
    told(con, "d1", STEEL)
    hourly = state == "waiting for its digest"
    due = NOW + 2 * HOUR
    rules = [rule(digest=Digest(every="hourly") if hourly else None)]
    enqueue_in_transaction(con, rules, now=NOW)
    if not hourly:
        notices = claimed(con, NOW)
        if state == "failed and due again":
            settle(con, notices, "failed")
    silence(con, NOW + 3 * HOUR, at=NOW + timedelta(seconds=1))
    assert claimed(con, due) == []
    assert states(con) == {"d1": "muted"}
    assert claimed(con, NOW + 9 * HOUR) == []


def test_a_notice_due_in_a_mute_is_held_back_also_when_the_pass_came_late(
    con: DuckDBPyConnection,
) -> None:
    told(con, "d1", STEEL)
    told(con, "d2", STEEL)
    enqueue_in_transaction(con, [rule()], now=NOW)
    con.execute("UPDATE store.alerts SET due_at = ? WHERE development_id = 'd2'", [NOW + 5 * HOUR])
    silence(con, NOW + 2 * HOUR, at=NOW + HOUR)
    # No pass ran during the mute. d1 would have gone in it; d2 was due after it.
    assert [n.candidate.development_id for n in claimed(con, NOW + 6 * HOUR) if n.candidate] == [
        "d2"
    ]
    assert states(con)["d1"] == "muted"


def test_a_digest_leaves_it_out(con: DuckDBPyConnection) -> None:
    for key, measure in (("d1", STEEL), ("d2", COPPER), ("d3", COPPER)):
        told(con, key, measure)
    enqueue_in_transaction(con, [rule(digest=Digest(every="hourly"))], now=NOW)
    silence(con, NOW + 9 * HOUR)
    (digest,) = claimed(con, NOW + 2 * HOUR)
    assert digest.headline == "all: 2 developments"
    assert len(digest.parts) == 2


@pytest.mark.parametrize("passes", [1, 2])
def test_it_uses_up_no_throttle(con: DuckDBPyConnection, passes: int) -> None:
    silence(con, NOW + HOUR)
    rules = [rule(throttle=Throttle(count=1, window_s=3600))]
    told(con, "d1", STEEL, first_seen_at=NOW - HOUR)
    if passes == 2:
        assert enqueue_in_transaction(con, rules, now=NOW).muted == 1
    told(con, "d2", COPPER)
    done = enqueue_in_transaction(con, rules, now=NOW + timedelta(seconds=1))
    assert (done.owed, done.folded) == (1, 0)
    told(con, "d3", COPPER)
    assert enqueue_in_transaction(con, rules, now=NOW + timedelta(minutes=1)).folded == 1


def correct(con: DuckDBPyConnection, revision: int, rate: float, seen: datetime) -> None:
    told(
        con,
        "d1",
        STEEL,
        revision=revision,
        rate_value=rate,
        rate_unit="percent",
        change_reason="corrected",
        correction_id=f"c{revision}",
        recorded_at=seen,
    )


def everything(con: DuckDBPyConnection, rules: list[AlertRule], now: datetime) -> list[Notice]:
    enqueue_in_transaction(con, rules, now=now)
    notices = claimed(con, now)
    settle(con, notices, "sent", now)
    return notices


def test_a_correction_is_held_back_and_the_next_compares_with_what_was_told(
    con: DuckDBPyConnection,
) -> None:
    told(con, "d1", STEEL, rate_value=25.0, rate_unit="percent")
    assert len(everything(con, [rule()], NOW)) == 1
    silence(con, NOW + 2 * HOUR, at=NOW + timedelta(minutes=1))
    correct(con, 2, 10.0, NOW + HOUR)
    assert everything(con, [rule()], NOW + HOUR) == []
    assert everything(con, [rule()], NOW + 3 * HOUR) == []
    correct(con, 3, 15.0, NOW + 4 * HOUR)
    (correction,) = everything(con, [rule()], NOW + 4 * HOUR)
    assert correction.headline.startswith("CORRECTION: rate 25% -> 15%: China")


def test_what_was_held_back_needs_no_correction(con: DuckDBPyConnection) -> None:
    silence(con, NOW + HOUR)
    told(con, "d1", STEEL, rate_value=25.0, rate_unit="percent")
    assert everything(con, [rule()], NOW) == []
    correct(con, 2, 10.0, NOW + 3 * HOUR)
    assert everything(con, [rule()], NOW + 3 * HOUR) == []
    assert con.execute("SELECT kind, state FROM alerts").fetchall() == [("single", "muted")]


def test_an_unmute_and_a_new_mute_end_the_one_before(con: DuckDBPyConnection) -> None:
    silence(con, NOW + 9 * HOUR, why="too much")
    silence(con, NOW + 5 * HOUR, at=NOW + HOUR)
    assert muted_measures(con, NOW + HOUR) == [
        Muted(measure=STEEL, ends_at=NOW + 5 * HOUR, held_count=0)
    ]
    unmute(con, [STEEL], by="ben", reason=None, at=NOW + 2 * HOUR)
    assert mutes_now(con, NOW + 2 * HOUR) == {}
    assert len(mutes_now(con, NOW + HOUR)) == 1
    assert con.execute(
        "SELECT reason, ended_by, ends_at = ? FROM alert_mutes ORDER BY muted_at", [NOW + 2 * HOUR]
    ).fetchall() == [("too much", "mute", False), (None, "unmute", True)]
    told(con, "d1", STEEL)
    assert enqueue_in_transaction(con, [rule()], now=NOW + 3 * HOUR).owed == 1


def test_a_mute_follows_a_measure_that_linking_dissolved(con: DuckDBPyConnection) -> None:
    told(con, "d1", STEEL)
    silence(con, NOW + HOUR)
    assert mutes_now(con, NOW).keys() == {"steel"}
    # Merged: its development is one of another measure now.
    told(con, "d1", Measure(measure_id="metals", measure_key="US:metals"), revision=2)
    assert mutes_now(con, NOW).keys() == {"steel", "metals"}
    # Read again: another development took its place.
    told(con, "d1", STEEL, revision=3, retracted=True, superseded_by="d9")
    told(con, "d9", Measure(measure_id="other", measure_key="US:other"))
    assert mutes_now(con, NOW).keys() == {"steel", "other"}
