"""A told step that gains an end, a rate or goods is told again, once."""

from datetime import timedelta
from typing import Any

import pytest
from duckdb import DuckDBPyConnection

from tests.alert_world import NOW, insert, link, memory, rows_of, rule, store
from warehouse.alerting.alerts import enqueue_in_transaction
from warehouse.alerting.outbox import Attempt, ClaimTerms, claim_notices, record_attempts

LATER = NOW + timedelta(hours=3)
RULES = [rule()]


@pytest.fixture
def con() -> DuckDBPyConnection:
    """A warehouse in which a pause without an end was told and sent."""
    con = memory()
    store(con, "d1", end_date=None, first_seen_at=NOW)
    assert enqueue_in_transaction(con, RULES, now=NOW).owed == 1
    return con


def send(con: DuckDBPyConnection) -> None:
    terms = ClaimTerms()
    notices = claim_notices(con, owner="t", channels=["log"], now=NOW, terms=terms)
    sent = [Attempt(notice=notice, outcome="sent", started_at=NOW) for notice in notices]
    record_attempts(con, sent, owner="t", now=NOW, terms=terms)


def reread(con: DuckDBPyConnection, revision: int = 2, **fields: Any) -> None:
    """Store the development as its reports read now."""
    rows = rows_of("d1", {"end_date": None, "first_seen_at": NOW, "revision": revision, **fields})
    for table in ("store.developments", "store.ticker_passes"):
        insert(con, table, [rows[table]])


def reported(con: DuckDBPyConnection, hours: float = 2, revision: int = 2, **fields: Any) -> None:
    """A further report comes in, with which the development reads so."""
    reread(con, revision, **fields)
    seen = NOW + timedelta(hours=hours)
    row = link("d1", f"more-{revision}", f"more-{revision}", "wire.example")
    insert(con, "store.development_mentions", [{**row, "first_seen_at": seen}])


def headlines(con: DuckDBPyConnection) -> list[tuple[str, str]]:
    return con.execute("SELECT kind, headline FROM store.alerts ORDER BY created_at").fetchall()


@pytest.mark.parametrize(
    ("gained", "words"),
    [
        ({"end_date": "2026-11-10"}, "until 10 Nov 2026"),
        ({"rate_value": 25.0, "rate_unit": "percent"}, "25%"),
        ({"commodities": ["dysprosium", "gallium"], "official_source": "MOFCOM"}, "gallium"),
    ],
    ids=["end", "rate", "goods"],
)
def test_what_a_step_gains_is_told_once(
    con: DuckDBPyConnection, gained: dict[str, Any], words: str
) -> None:
    send(con)
    reported(con, **gained)
    assert enqueue_in_transaction(con, RULES, now=LATER).owed == 1
    (_, first), (kind, line) = headlines(con)
    assert (kind, line.startswith("UPDATE: "), words in line, words in first) == (
        "update",
        True,
        True,
        False,
    )
    (notice,) = claim_notices(con, owner="t", channels=["log"], now=LATER, terms=ClaimTerms())
    assert notice.refers_to_headline == first
    reported(con, revision=3, hours=4, **gained, confidence=0.95)
    assert enqueue_in_transaction(con, RULES, now=LATER + timedelta(hours=2)).owed == 0


def test_goods_that_only_papers_name_are_no_update(con: DuckDBPyConnection) -> None:
    send(con)
    reported(con, commodities=["dysprosium", "gallium"])
    assert enqueue_in_transaction(con, RULES, now=LATER).owed == 0


def test_goods_told_in_other_words_are_no_update(con: DuckDBPyConnection) -> None:
    send(con)
    reported(con, commodities=["dysprosium", "rare_earths"], official_source="MOFCOM")
    assert enqueue_in_transaction(con, RULES, now=LATER).owed == 0


def test_an_unsent_notice_is_changed_instead(con: DuckDBPyConnection) -> None:
    reported(con, end_date="2026-11-10")
    assert enqueue_in_transaction(con, RULES, now=LATER).owed == 0
    ((kind, line),) = headlines(con)
    assert (kind, "until 10 Nov 2026" in line, "UPDATE" in line) == ("single", True, False)


def test_another_reading_of_the_same_reports_is_no_update(con: DuckDBPyConnection) -> None:
    send(con)
    reread(con, end_date="2026-11-10")
    assert enqueue_in_transaction(con, RULES, now=LATER).owed == 0


def test_a_new_end_is_told_weeks_later_too(con: DuckDBPyConnection) -> None:
    send(con)
    reported(con, hours=24 * 60, end_date="2026-11-10")
    assert enqueue_in_transaction(con, RULES, now=NOW + timedelta(days=61)).owed == 1


def test_without_news_an_old_step_is_not_considered_again(con: DuckDBPyConnection) -> None:
    send(con)
    reported(con, hours=24 * 60, confidence=0.95)
    assert enqueue_in_transaction(con, RULES, now=NOW + timedelta(days=61)).considered == 0


def test_an_update_of_a_muted_measure_is_held_back(con: DuckDBPyConnection) -> None:
    con.execute("UPDATE store.alerts SET state = 'muted'")
    reported(con, end_date="2026-11-10")
    assert enqueue_in_transaction(con, RULES, now=LATER).owed == 0
    assert len(headlines(con)) == 1
