"""A rule's `where`: one expression in a limited language, evaluated apart, within a time limit."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from models.alert import AlertCandidate, AlertRule
from tests.alert_world import NOW, memory, rule, store
from warehouse.alerting import alert_predicates, alerts
from warehouse.alerting.alert_predicates import check_predicate, check_rules, sandbox
from warehouse.alerting.alerts import enqueue_in_transaction
from warehouse.alerting.predicate_grammar import language

LINES = Path(__file__).parents[1].joinpath("data/hostile/predicates.txt").read_text().splitlines()


@pytest.fixture(scope="module")
def con() -> Iterator[DuckDBPyConnection]:
    found = memory()
    yield found
    found.close()


@pytest.mark.parametrize("predicate", [line for line in LINES if line and line[0] != "#"])
def test_other_texts_than_a_plain_condition_are_refused_in_one_line(
    con: DuckDBPyConnection, predicate: str
) -> None:
    reason = check_predicate(con, predicate)
    assert reason
    assert "\n" not in reason
    assert len(reason) < 300


@pytest.mark.parametrize(
    "predicate",
    ["(" * 3000 + "true" + ")" * 3000, "NOT " * 900 + "true", "true AND " * 600 + "true", "", " "],
)
def test_a_too_deep_long_or_empty_condition_is_refused(
    con: DuckDBPyConnection, predicate: str
) -> None:
    assert check_predicate(con, predicate)


@pytest.mark.parametrize(
    "predicate",
    [
        "rate_value >= 25",
        "ends_on >= first_seen_at::DATE",
        "type = 'tariff' AND (status IN ('raised', 'adopted') OR rate_value BETWEEN 10 AND 50)",
        "'CN' IN actors AND NOT list_contains(targets, 'US')",
        "len(list_filter(actors, x -> x <> 'US')) > 0",
        "actors[1] = 'CN' AND actors[1:2] = ['CN', 'US']",
        "evidence ILIKE '%steel%' /* and alloys */",
        "regexp_matches(lower(headline), '(a*)*b')",
        "CASE WHEN disputed THEN false ELSE coalesce(confidence, 0) > 0.5 END",
        "first_seen_at - INTERVAL 3 DAYS < recorded_at",
        "date_diff('day', decision_date, ends_on) > 30\n AND true",
        "headline = 'it''s -- no comment'",
    ],
)
def test_plain_conditions_are_accepted(con: DuckDBPyConnection, predicate: str) -> None:
    assert check_predicate(con, predicate) is None


def test_every_listed_function_exists_and_is_not_volatile(con: DuckDBPyConnection) -> None:
    rows = con.execute(
        "SELECT function_name, max(coalesce(stability, '') = 'VOLATILE') FROM duckdb_functions() "
        "WHERE function_type IN ('scalar', 'macro') GROUP BY 1"
    ).fetchall()
    known = dict(rows)
    listed = language().functions - {"!~~", "!~~*"}
    assert listed <= set(known), listed - set(known)
    assert not [name for name in listed if known[name]]


def test_the_sandbox_is_locked_and_reads_no_file(con: DuckDBPyConnection) -> None:
    with sandbox(con, "SELECT 'd1' AS development_id") as box:
        for statement in (
            "FROM read_text('/etc/hostname')",
            "COPY (SELECT 1) TO 'x.csv'",
            "ATTACH 'x.duckdb'",
            "SET memory_limit = '64GB'",
            "SET enable_external_access = true",
            "INSTALL httpfs",
        ):
            with pytest.raises(Exception, match=r"(?i)disabled|locked|permission"):
                box.box.execute(statement)


def test_a_slow_predicate_is_an_error_of_its_rule_and_the_others_run(
    con: DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_predicates, "TIME_LIMIT_S", 0.3)
    slow = "SELECT count(*) FROM range(100000000000) AS a"

    def read(_: object, text: str, __: object) -> str:
        return f"(({slow}) > 0)" if text == "slow" else text

    monkeypatch.setattr(alert_predicates, "read_predicate", read)
    # TRY allows no subquery: run without it, as an example of any costly expression.
    monkeypatch.setattr(
        alert_predicates.Sandbox,
        "sql",
        lambda box, text: f"SELECT development_id, {read(box, text, ())} AS hit FROM row_of",
    )
    found = memory()
    store(found, "d1", rate_value=25.0)
    started = time.monotonic()
    done = enqueue_in_transaction(
        found, [rule("slow", predicate="slow"), rule("high", predicate="rate_value > 20")], now=NOW
    )
    assert time.monotonic() - started < 10
    assert done.by_rule == {"high": 1}
    assert done.failed == ("rule 'slow': where: took longer than 0.3 s and was stopped",)


def test_a_fault_in_one_rule_is_an_error_of_that_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    found = memory()
    for number in range(3):
        store(found, f"d{number}", measure_id=f"m{number}")
    from models.alert import matches as judge

    def matches(asked: AlertRule, candidate: AlertCandidate, now: object) -> bool:
        if asked.rule_id == "bad":
            raise KeyError("nobody foresaw\x1b[31m this\n")
        return judge(asked, candidate, NOW)

    monkeypatch.setattr(alerts, "matches", matches)
    done = enqueue_in_transaction(found, [rule("bad"), rule("good")], now=NOW)
    assert done.by_rule == {"good": 3}
    (line,) = done.failed
    assert line.startswith("rule 'bad': KeyError: ")
    assert line.endswith(", 3 times")
    assert "(at warehouse.alerting.alerts:" in line
    assert "\n" not in line
    assert "\x1b" not in line


def test_a_notice_that_cannot_be_written_stops_no_other() -> None:
    found = memory()
    for number in range(3):
        store(found, f"d{number}", measure_id=f"m{number}")

    def line(candidate: AlertCandidate) -> str:
        if candidate.development_id == "d1":
            raise ZeroDivisionError
        return candidate.development_id

    from warehouse.connection import transaction

    with transaction(found):
        done = alerts.enqueue_alerts(found, [rule("all")], now=NOW, line=line)
    assert done.owed == 2
    assert done.failed[0].startswith("rule 'all': ZeroDivisionError (")


def test_a_rule_with_a_refused_where_does_not_affect_others(con: DuckDBPyConnection) -> None:
    good, bad = check_rules(con, [rule("bad", predicate="now() > now()"), rule("good")])
    assert [r.rule_id for r in good] == ["good"]
    assert bad == [("bad", "function 'now' is not allowed here")]
