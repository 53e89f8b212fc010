"""Notices are written once per rule, development and channel, whatever is repeated."""

from datetime import UTC, datetime, time, timedelta

import pytest
from duckdb import DuckDBPyConnection

from models.alert import Severity
from models.alert_timing import Digest, QuietHours, Throttle
from tests.alert_world import NOW, confirm, insert, link, memory, rows_of, rule, store, touch
from warehouse.alerting.alert_facts import dump_facts, load_facts
from warehouse.alerting.alerts import (
    candidates_for,
    enqueue_alerts,
    enqueue_in_transaction,
    skip_alerts,
)
from warehouse.alerting.outbox import Attempt, ClaimTerms, claim_notices, record_attempts
from warehouse.connection import transaction


@pytest.fixture
def con() -> DuckDBPyConnection:
    return memory()


def owed(con: DuckDBPyConnection, *columns: str) -> list[tuple[object, ...]]:
    names = ", ".join(columns or ("rule_id", "development_id", "channel"))
    return con.execute(f"SELECT {names} FROM store.alerts ORDER BY ALL").fetchall()


def test_a_match_is_written_once_per_channel_however_often_it_runs(
    con: DuckDBPyConnection,
) -> None:
    store(con, "d1")
    rules = [rule("a", channels=("log", "desk", "log")), rule("b", types=("tariff",))]
    first = enqueue_in_transaction(con, rules, now=NOW)
    again = enqueue_in_transaction(con, rules, now=NOW + timedelta(hours=1))
    assert (first.considered, first.owed, again.owed) == (1, 2, 0)
    assert owed(con) == [("a", "d1", "desk"), ("a", "d1", "log")]


def test_alerts_are_rolled_back_with_the_developments(con: DuckDBPyConnection) -> None:
    with pytest.raises(RuntimeError), transaction(con):  # noqa: PT012 - all of it is one write
        store(con, "d1")
        assert enqueue_alerts(con, [rule()], now=NOW).owed == 1
        raise RuntimeError("the writer dies")
    assert owed(con) == []
    store(con, "d1")
    assert enqueue_in_transaction(con, [rule()], now=NOW).owed == 1


def test_a_new_rule_applies_to_later_developments(con: DuckDBPyConnection) -> None:
    store(con, "d1")
    enqueue_in_transaction(con, [rule("old")], now=NOW)
    store(con, "d2")
    enqueue_in_transaction(con, [rule("old"), rule("new")], now=NOW)
    assert owed(con) == [("new", "d2", "log"), ("old", "d1", "log"), ("old", "d2", "log")]


def test_a_rule_reconsiders_when_a_publisher_confirms(con: DuckDBPyConnection) -> None:
    store(con, "d1")
    rules = [rule("sure", min_confirmations=1), rule("fast")]
    assert enqueue_in_transaction(con, rules, now=NOW).by_rule == {"fast": 1}
    confirm(con, "d1", "wire.example")
    later = NOW + timedelta(hours=2)
    assert enqueue_in_transaction(con, rules, now=later).by_rule == {"sure": 1}
    assert enqueue_in_transaction(con, rules, now=later).considered == 0


def test_a_rule_stops_reconsidering_after_some_days(con: DuckDBPyConnection) -> None:
    store(con, "d1")
    rules = [rule("sure", min_confirmations=1)]
    enqueue_in_transaction(con, rules, now=NOW)
    confirm(con, "d1", "wire.example")
    assert enqueue_in_transaction(con, rules, now=NOW + timedelta(days=15)).considered == 0


def test_a_stage_update_is_a_new_notice_that_refers_to_the_first(con: DuckDBPyConnection) -> None:
    store(con, "d1", status="announced")
    enqueue_in_transaction(con, [rule()], now=NOW)
    store(con, "d2", status="in_force", stage_of="d1", novelty="stage_update", novelty_score=0.5)
    enqueue_in_transaction(con, [rule()], now=NOW + timedelta(days=3))
    notices = claim_notices(
        con, owner="t", channels=["log"], now=NOW + timedelta(days=4), terms=ClaimTerms()
    )
    assert [n.refers_to for n in notices] == [None, notices[0].alert_id]
    assert notices[1].refers_to_headline == notices[0].headline
    assert notices[1].candidate is not None
    assert [step.status for step in notices[1].candidate.earlier] == ["announced"]


def test_both_stages_in_one_pass_refer_to_each_other_too(con: DuckDBPyConnection) -> None:
    store(con, "d1", status="announced")
    store(con, "d2", status="in_force", stage_of="d1", first_seen_at=NOW)
    enqueue_in_transaction(con, [rule()], now=NOW)
    (first, second) = con.execute(
        "SELECT alert_id, refers_to FROM store.alerts ORDER BY development_id"
    ).fetchall()
    assert second[1] == first[0]


def test_a_re_extraction_that_replaces_a_development_sends_nothing_new(
    con: DuckDBPyConnection,
) -> None:
    store(con, "d1", article_id="same")
    enqueue_in_transaction(con, [rule()], now=NOW)
    # By superseded_by, through a chain of two.
    store(con, "d1", article_id="same", revision=2, retracted=True, superseded_by="d2")
    store(con, "d2", revision=1, retracted=True, superseded_by="d3", targets=["JP"])
    store(con, "d3", targets=["JP"])
    assert enqueue_in_transaction(con, [rule()], now=NOW).owed == 0
    # By content: the same step in the same article, without superseded_by.
    store(con, "d3", revision=2, retracted=True, targets=["JP"])
    store(con, "d4", article_id="same")
    assert enqueue_in_transaction(con, [rule()], now=NOW).owed == 0
    # Two steps side by side in one article stay two.
    store(con, "d5", article_id="same", commodities=["gallium"])
    store(con, "d6", article_id="same", commodities=["gallium"])
    assert enqueue_in_transaction(con, [rule()], now=NOW).owed == 2


def test_a_backfill_with_alerts_off_never_alerts(con: DuckDBPyConnection) -> None:
    store(con, "d1")
    assert skip_alerts(con, now=NOW) == 1
    confirm(con, "d1", "wire.example")
    store(con, "d2")
    assert enqueue_in_transaction(con, [rule()], now=NOW).by_rule == {"all": 1}
    assert owed(con) == [("all", "d2", "log")]


def test_predicates_are_evaluated_row_by_row(con: DuckDBPyConnection) -> None:
    store(con, "d1", rate_value=25.0, rate_unit="percent")
    store(con, "d2", rate_value=None)
    rules = [
        rule("high", predicate="rate_value >= 20 /* a quarter or so */"),
        # Fails on the row: not met there, and no other row is affected.
        rule("breaks", predicate="CAST(rate_unit AS INTEGER) > 1"),
        rule("plain"),
    ]
    assert enqueue_in_transaction(con, rules, now=NOW).by_rule == {"high": 1, "plain": 2}


def test_the_facts_of_a_notice_survive_the_outbox(con: DuckDBPyConnection) -> None:
    store(con, "d0", status="announced", first_seen_at=NOW - timedelta(days=30))
    store(con, "d1")
    touch(con, "d1", "XNYS:MP", "exposed")
    confirm(con, "d1", "wire.example")
    ((found, _),) = candidates_for(con, ["d1"])
    assert load_facts(dump_facts(found)) == found
    assert found.confirmations == 1
    assert found.tickers[0].listing == "XNYS:MP"
    assert found.evidence is not None
    assert found.source_type == "official_actor"
    assert found.published_at == NOW - timedelta(minutes=5)
    assert [step.development_id for step in found.earlier] == ["d0"]


def test_the_throttle_folds_excess_notices(con: DuckDBPyConnection) -> None:
    limited = rule(throttle=Throttle(count=2, window_s=3600))
    for number in range(3):
        store(con, f"a{number}")
    done = enqueue_in_transaction(con, [limited], now=NOW)
    assert (done.owed, done.folded) == (3, 1)
    store(con, "b")
    assert enqueue_in_transaction(con, [limited], now=NOW).folded == 1
    rows = con.execute(
        "SELECT DISTINCT fold_at, fold_reason FROM store.alerts WHERE fold_at IS NOT NULL"
    ).fetchall()
    assert rows == [(datetime(2025, 11, 12, 15, tzinfo=UTC), "throttle")]
    store(con, "c")
    later = enqueue_in_transaction(con, [limited], now=NOW + timedelta(hours=1))
    assert later.folded == 0


def test_a_digest_holds_waiting_notices_and_a_single_one_is_sent_alone(
    con: DuckDBPyConnection,
) -> None:
    daily = Digest(every="daily", at=time(7), zone="Europe/London")
    rules = [
        rule("d", digest=daily, severity=Severity.FLASH),
        rule("one", digest=daily, types=("tariff",)),
    ]
    store(con, "d1")
    store(con, "d2")
    store(con, "d3", type="tariff", status="raised")
    enqueue_in_transaction(con, rules, now=NOW)
    morning = datetime(2025, 11, 13, 7, tzinfo=UTC)

    def claim(now: datetime) -> list[tuple[str, int]]:
        got = claim_notices(con, owner="t", channels=["log"], now=now, terms=ClaimTerms())
        return sorted((n.rule_id, len(n.parts)) for n in got)

    assert claim(morning - timedelta(seconds=1)) == []
    assert claim(morning) == [("d", 3), ("one", 0)]
    assert claim(morning) == []
    # The claimer died: the same digest again, with the same id.
    assert claim(morning + timedelta(minutes=3)) == [("d", 3), ("one", 0)]
    keys = con.execute("SELECT count(DISTINCT alert_id) FROM store.alerts WHERE kind = 'digest'")
    assert keys.fetchone() == (1,)


def test_quiet_hours_hold_notices_and_then_send_one_digest(con: DuckDBPyConnection) -> None:
    quiet = QuietHours(start=time(22), end=time(7), zone="America/New_York")
    night = datetime(2025, 11, 13, 4, tzinfo=UTC)  # 23:00 in New York
    store(con, "d1")
    store(con, "d2")
    enqueue_in_transaction(con, [rule(quiet=quiet)], now=night)
    morning = datetime(2025, 11, 13, 12, tzinfo=UTC)  # 07:00 in New York
    terms = ClaimTerms()
    assert claim_notices(con, owner="t", channels=["log"], now=night, terms=terms) == []
    (digest,) = claim_notices(con, owner="t", channels=["log"], now=morning, terms=terms)
    assert (digest.fold_reason, len(digest.parts)) == ("quiet", 2)


def test_a_correction_is_written_once_and_sent_after_its_first_notice() -> None:
    con = memory()
    store(con, "d1")
    rules = [rule("all", channels=("desk",))]
    terms = ClaimTerms(lease_s=60.0)
    assert enqueue_in_transaction(con, rules, now=NOW).owed == 1
    (first,) = claim_notices(con, owner="a", channels=["desk"], now=NOW, terms=terms)
    denied = {"factuality": "negated", "change_reason": "retracted", "correction_id": "c1"}
    insert(
        con, "store.developments", [rows_of("d1", {"revision": 2, **denied})["store.developments"]]
    )
    insert(con, "store.ticker_passes", [{"development_id": "d1", "revision": 2}])
    assert [enqueue_in_transaction(con, rules, now=NOW).corrected for _ in range(2)] == [1, 0]
    # The first notice may be on its way: its sender was killed, or has not finished.
    assert claim_notices(con, owner="b", channels=["desk"], now=NOW, terms=terms) == []
    later = NOW + timedelta(minutes=5)
    (again,) = claim_notices(con, owner="b", channels=["desk"], now=later, terms=terms)
    assert (again.alert_id, again.headline) == (first.alert_id, first.headline)
    sent = Attempt(notice=again, outcome="sent", started_at=later)
    record_attempts(con, [sent], owner="b", now=later, terms=terms)
    (correction,) = claim_notices(con, owner="b", channels=["desk"], now=later, terms=terms)
    assert (correction.kind, correction.refers_to) == ("correction", first.alert_id)
    assert correction.headline.startswith("CORRECTION: denied by its source: China")


def test_a_deal_and_its_side_letter_in_one_article_are_one_notice(
    con: DuckDBPyConnection,
) -> None:
    deal = {"type": "trade_agreement", "status_class": "adopted", "article_id": "signed"}
    parties = {"actors": ["MY", "US"]}
    store(con, "d1", measure_id="m1", **deal, **parties)
    store(con, "d2", measure_id="m2", **deal, **parties)
    # Another deal of that article, and a step of another kind.
    store(con, "d3", measure_id="m3", **deal, actors=["KH", "US"])
    store(con, "d4", measure_id="m1", **(deal | {"status_class": "suspended"}), **parties)
    ours = rule(types=("trade_agreement",))
    assert enqueue_in_transaction(con, [ours], now=NOW).owed == 3
    assert enqueue_in_transaction(con, [ours], now=NOW + timedelta(days=1)).owed == 0


def test_one_mention_of_several_measures_is_one_notice(con: DuckDBPyConnection) -> None:
    joint = {"lead_mention_id": "joint", "article_id": "joint", "actors": ["CA", "MX"]}
    store(con, "d1", measure_id="m1", **joint)
    store(con, "d2", measure_id="m2", actors=["CA"])
    con.execute("UPDATE store.developments SET lead_mention_id = 'joint' WHERE measure_id = 'm2'")
    assert enqueue_in_transaction(con, [rule()], now=NOW).owed == 1
    assert enqueue_in_transaction(con, [rule()], now=NOW + timedelta(days=1)).owed == 0


def test_what_another_article_reports_by_itself_has_its_own_notice(
    con: DuckDBPyConnection,
) -> None:
    # One text reports three steps at once, a wire the first two each by itself.
    for number in (1, 2, 3):
        store(con, f"d{number}", measure_id=f"m{number}", article_id=f"article-{number}")
    con.execute("UPDATE store.developments SET lead_mention_id = 'joint'")
    con.execute("UPDATE store.development_mentions SET mention_id = 'joint'")
    alone = [link("d1", "own", "wire", "wire"), link("d2", "own too", "wire", "wire")]
    insert(con, "store.development_mentions", alone)
    insert(con, "store.development_mentions", [link("d3", "of both", "wire", "wire")])
    insert(con, "store.development_mentions", [link("d2", "of both", "wire", "wire")])
    assert enqueue_in_transaction(con, [rule()], now=NOW).owed == 2
    assert owed(con, "development_id") == [("d1",), ("d2",)]
    assert enqueue_in_transaction(con, [rule()], now=NOW + timedelta(days=1)).owed == 0
