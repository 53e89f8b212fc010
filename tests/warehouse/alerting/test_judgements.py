"""A person's word on notices: kept, the latest counts, and the precision of rules follows."""

from datetime import timedelta
from math import sqrt

import pytest
from duckdb import DuckDBPyConnection

from models.alert import AlertRule
from models.alert_timing import Digest
from models.errors import WarehouseError
from tests.alert_world import NOW, memory, rule, store
from warehouse.alerting.alerts import enqueue_in_transaction
from warehouse.alerting.judgements import judge
from warehouse.alerting.outbox import Attempt, ClaimTerms, claim_notices, record_attempts

HOUR = timedelta(hours=1)


@pytest.fixture
def con() -> DuckDBPyConnection:
    return memory()


def send(con: DuckDBPyConnection, count: int, *rules: AlertRule) -> None:
    for number in range(count):
        store(con, f"d{number}", measure_id=f"m{number}")
    enqueue_in_transaction(con, rules, now=NOW)
    channels = [channel for each in rules for channel in each.channels]
    late = NOW + HOUR
    notices = claim_notices(con, owner="t", channels=channels, now=late, terms=ClaimTerms())
    sent = [Attempt(notice=each, outcome="sent", started_at=late) for each in notices]
    record_attempts(con, sent, owner="t", now=late, terms=ClaimTerms())


def notices(con: DuckDBPyConnection, where: str = "true") -> list[str]:
    found = con.execute(
        f"SELECT alert_id FROM alerts WHERE kind <> 'digest' AND {where} ORDER BY development_id, 1"
    )
    return [key for (key,) in found.fetchall()]


def say(
    con: DuckDBPyConnection, key: str, verdict: str, *, minutes: int = 0, why: str = ""
) -> None:
    at = NOW + timedelta(minutes=minutes)
    judge(con, key, verdict, by="ana", reason=why or None, at=at)


def test_every_word_is_kept_and_the_latest_counts(con: DuckDBPyConnection) -> None:
    send(con, 1, rule())
    (key,) = notices(con)
    say(con, key, "wrong", why="a look back")
    say(con, key[:8], "right", minutes=5, why="no, it is new")
    assert con.execute("SELECT verdict, verdict_reason FROM alerts").fetchall() == [
        ("right", "no, it is new")
    ]
    assert con.execute(
        "SELECT verdict, is_newest, headline = (SELECT headline FROM alerts) "
        "FROM alert_judgements ORDER BY judged_at"
    ).fetchall() == [("wrong", False, True), ("right", True, True)]
    assert con.execute("SELECT judged_count, right_count FROM alert_precision").fetchall() == [
        (1, 1)
    ]


def test_the_interval_is_wilsons(con: DuckDBPyConnection) -> None:
    send(con, 12, rule())
    for place, key in enumerate(notices(con)[:10]):
        say(con, key, "right" if place < 8 else "wrong")
    ((*counts, share, low, high),) = con.execute("FROM alert_precision").fetchall()
    assert counts == ["all", 12, 10, 8, 2]
    assert share == 0.8
    # The ends solve |p - 0.8| = 1.96 sqrt(p (1 - p) / 10).
    for end in (low, high):
        assert abs(end - 0.8) == pytest.approx(1.96 * sqrt(end * (1 - end) / 10), abs=1e-9)
    assert (round(low, 2), round(high, 2)) == (0.49, 0.94)


@pytest.mark.parametrize(("verdict", "ends"), [("right", (0.2065, 1.0)), ("wrong", (0.0, 0.7935))])
def test_one_word_says_little(
    con: DuckDBPyConnection, verdict: str, ends: tuple[float, float]
) -> None:
    send(con, 1, rule())
    say(con, notices(con)[0], verdict)
    found = con.execute("SELECT precision_low, precision_high FROM alert_precision").fetchone()
    assert found == pytest.approx(ends, abs=1e-4)


def test_a_rule_nobody_judged_has_no_precision(con: DuckDBPyConnection) -> None:
    send(con, 2, rule())
    assert con.execute("FROM alert_precision").fetchall() == [("all", 2, 0, 0, 0, None, None, None)]


def test_channels_count_once_and_rules_apart(con: DuckDBPyConnection) -> None:
    send(con, 2, rule("a", channels=("log", "desk")), rule("b"))
    first = notices(con, "rule_id = 'a' AND development_id = 'd0'")
    assert len(first) == 2
    say(con, first[0], "right")
    say(con, first[1], "wrong", minutes=1)
    assert con.execute(
        "SELECT rule_id, sent_count, judged_count, wrong_count FROM alert_precision ORDER BY 1"
    ).fetchall() == [("a", 2, 1, 1), ("b", 2, 0, 0)]


def test_only_what_was_sent_in_time_counts(con: DuckDBPyConnection) -> None:
    send(con, 1, rule())
    store(con, "later")
    enqueue_in_transaction(con, [rule()], now=NOW + 2 * HOUR)
    for key in notices(con):
        say(con, key, "right")
    assert con.execute("SELECT sent_count, judged_count FROM alert_precision").fetchall() == [
        (1, 1)
    ]
    late = NOW + 2 * HOUR
    assert con.execute("FROM alert_precision_since(?)", [late]).fetchall() == []


def test_a_digest_names_the_notices_to_judge(con: DuckDBPyConnection) -> None:
    send(con, 3, rule(digest=Digest(every="hourly")))
    (digest,) = con.execute("SELECT alert_id FROM alerts WHERE kind = 'digest'").fetchall()[0]
    with pytest.raises(WarehouseError, match="is a digest; judge its notices") as refused:
        say(con, digest, "wrong")
    parts = notices(con)
    assert len(parts) == 3
    assert all(part in str(refused.value) for part in parts)
    say(con, parts[0], "wrong")
    assert con.execute("SELECT sent_count, wrong_count FROM alert_precision").fetchall() == [(3, 1)]


def test_an_id_must_name_one_notice(con: DuckDBPyConnection) -> None:
    send(con, 40, rule())
    with pytest.raises(WarehouseError, match="no notice has the id 'nobody'"):
        say(con, "nobody", "right")
    with pytest.raises(WarehouseError, match="no notice has the id ''"):
        say(con, "", "right")
    # Of forty digests in hex, two begin alike.
    first = [key[0] for key in notices(con)]
    with pytest.raises(WarehouseError, match="notices have an id that begins"):
        say(con, max(first, key=first.count), "right")
    assert con.execute("FROM alert_judgements").fetchall() == []
