"""Grades in the warehouse: as they are, as then known, as then held, in rules and notices."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from flows.commands.cli import app
from flows.feeds.feed_list import load_feeds
from models.feed import Feed
from models.link import LinkMention
from tests.alert_world import NOW, memory, rule
from tests.extractors.linking.test_grade import BAN, REPORTS, ministry, report
from tests.warehouse.events.test_links import link_all, store
from warehouse.alerting.alerts import enqueue_in_transaction
from warehouse.articles.articles import save_feeds
from warehouse.connection import open_warehouse
from warehouse.events.events import developments_to_join, save_event_tickers
from warehouse.events.links import load_mentions
from warehouse.operations.check import check_warehouse
from warehouse.snapshot import publish

LATE = "2030-01-01"
COLUMNS = "grade, official_source, official_seen_at, official_reported_at, source_count"


def told_of_a_ban() -> list[LinkMention]:
    """A leak, a wire, its copy, and the ministry two days later."""
    return [
        report("2025-03-01", "daily", source="unnamed_source", source_text="two people"),
        report("2025-03-02", "wire"),
        report("2025-03-02", "mirror", seen_after_h=2),
        ministry("2025-03-04", seen_after_h=5),
    ]


def one(con: DuckDBPyConnection, sql: str, *values: object) -> tuple[Any, ...] | None:
    return con.execute(sql, list(values)).fetchone()


def test_the_view_tells_grade_official_source_and_lag(con: DuckDBPyConnection) -> None:
    reports = told_of_a_ban()
    store(con, reports)
    con.execute(
        "INSERT INTO store.article_copies SELECT article_id, 'text', now() FROM store.articles "
        "WHERE feed_id IN ('wire', 'mirror')"
    )
    link_all(con)
    assert one(
        con,
        "SELECT step.grade, official_source, official_lag_h, source_count, paper.url "
        "FROM policy_events AS step "
        "JOIN articles AS paper ON paper.article_id = step.official_article_id",
    ) == ("confirmed", "ministry", 72.0, 3, reports[-1].mention.article_id.join(
        ["https://ministry.example.org/", ""]))  # fmt: skip
    worths = con.execute("SELECT grade FROM event_mentions ORDER BY published_at, 1").fetchall()
    assert worths == [("rumour",), ("reported",), ("reported",), ("confirmed",)]
    assert check_warehouse(con) == []


def test_a_grade_is_as_it_was_known_then(con: DuckDBPyConnection) -> None:
    reports = told_of_a_ban()
    store(con, reports)
    con.execute(
        "INSERT INTO store.article_copies SELECT article_id, 'text', now() FROM store.articles "
        "WHERE feed_id IN ('wire', 'mirror')"
    )
    link_all(con)
    sql = "SELECT grade, official_source, source_count FROM policy_events_as_of(?)"
    leak, wire, copy, official = (item.first_seen_at for item in reports)
    short = timedelta(seconds=1)
    assert one(con, sql, leak - short) is None
    assert one(con, sql, leak) == ("rumour", None, 1)
    assert one(con, sql, wire) == ("reported", None, 2)
    assert one(con, sql, copy) == ("reported", None, 2)
    assert one(con, sql, official - short) == ("reported", None, 2)
    assert one(con, sql, official) == ("confirmed", "ministry", 3)


def test_each_grade_is_a_revision_as_the_warehouse_held_it(con: DuckDBPyConnection) -> None:
    leak, wire, _, official = told_of_a_ban()
    held = []
    for item in (leak, wire, official):
        store(con, [item])
        link_all(con)
        held.append(one(con, "SELECT max(recorded_at) FROM store.developments"))
    then = [one(con, "SELECT grade FROM policy_events_as_recorded(?)", at[0]) for at in held if at]
    assert then == [("rumour",), ("reported",), ("confirmed",)]
    assert one(con, "SELECT revision FROM policy_events") == (3,)


def test_an_official_text_on_the_next_stage_confirms_this_one(con: DuckDBPyConnection) -> None:
    act = ministry("2025-03-25", "export_ban in_force")
    store(con, [report("2025-03-01")])
    link_all(con)
    store(con, [act])
    link_all(con)
    sql = "SELECT status, grade, official_lag_h FROM policy_events ORDER BY first_seen_at"
    assert con.execute(sql).fetchall() == [
        ("announced", "confirmed", 576.0),
        ("in_force", "confirmed", 0.0),
    ]
    as_of = "SELECT grade FROM policy_events_as_of(?) ORDER BY first_seen_at"
    before = act.first_seen_at - timedelta(seconds=1)
    assert con.execute(as_of, [before]).fetchall() == [("reported",)]
    assert con.execute(as_of, [act.first_seen_at]).fetchall() == [("confirmed",)] * 2


@example(
    [
        report("2025-03-09", "daily", factuality="question"),
        report("2025-03-15", factuality="negated"),
    ]
)
@settings(max_examples=12)
@given(st.lists(REPORTS, min_size=1, max_size=8, unique_by=lambda r: r.mention.mention_id))
def test_what_is_known_at_last_is_what_the_view_tells(reports: Sequence[LinkMention]) -> None:
    con = memory()
    store(con, reports)
    link_all(con)
    order = f"SELECT development_id, {COLUMNS} FROM {{}} ORDER BY development_id"
    now = con.execute(order.format("policy_events")).fetchall()
    assert con.execute(order.format(f"policy_events_as_of('{LATE}')")).fetchall() == now


def test_old_rows_are_not_graded_and_linking_goes_on_from_them(con: DuckDBPyConnection) -> None:
    """The migration leaves NULL in old rows, and an old state knows of no grades."""
    store(con, [report("2025-03-01")])
    link_all(con)
    con.execute("UPDATE store.developments SET grade = NULL, digest = 'of before'")
    con.execute("UPDATE store.development_mentions SET grade = NULL")
    con.execute(
        "UPDATE store.development_states SET state = "
        'replace(state, \'"grade":"reported","confirmed_by":null,\', \'\')'
    )
    assert one(con, "SELECT count(*) FROM store.development_states WHERE state LIKE '%grade%'") == (
        0,
    )
    assert one(con, "SELECT grade FROM policy_events") == (None,)
    store(con, [report("2025-03-02", "daily", source="unnamed_source", source_text="sources")])
    link_all(con)
    assert one(con, "SELECT grade FROM policy_events") == ("reported",)
    assert check_warehouse(con) == []


@pytest.mark.parametrize(
    ("category", "country", "state"),
    [
        ("official_us", "US", "US"),
        ("official", "EU", "EU"),
        ("official_intl", None, None),
        ("official_intl", "", None),
        ("general_press", "GB", None),
        ("search", "US", None),
    ],
)
def test_the_query_knows_the_state_that_a_feed_speaks_for(
    con: DuckDBPyConnection, category: str, country: str | None, state: str | None
) -> None:
    feed = Feed(
        feed_id="wire", name="w", url="https://w.example.org/", category=category, country=country,
        trust_tier=1,
    )  # fmt: skip
    assert feed.speaks_for == state
    item = report("2025-03-01")
    store(con, [item])
    save_feeds(con, [feed])
    (mention,) = load_mentions(con, [item.mention.article_id])
    assert mention.speaks_for == state


def test_no_search_and_no_wire_among_the_shipped_feeds_speaks_for_a_state() -> None:
    feeds = load_feeds(Path("flows/feeds/feeds.toml"))
    states = {feed.feed_id: feed.speaks_for for feed in feeds}
    assert states["wh-presidential-actions"] == "US"
    assert states["ec-dg-trade"] == "EU"
    for wire in ("bbc-business", "ft-home", "wsj-world", "gnews-ofac", "wto-news", "sec-edgar-8k"):
        assert states[wire] is None, wire


def test_a_rule_can_wait_for_the_official_text(con: DuckDBPyConnection) -> None:
    rules = [rule("fast"), rule("sure", grades=("confirmed",))]

    def passes() -> dict[str, int]:
        link_all(con)
        waiting = developments_to_join(con)
        save_event_tickers(con, [(w.development_id, w.revision, ()) for w in waiting])
        return enqueue_in_transaction(con, rules, now=NOW).by_rule

    store(con, [report("2025-03-01")])
    assert passes() == {"fast": 1}
    store(con, [report("2025-03-02", "daily")])
    assert passes() == {}
    store(con, [ministry("2025-03-03")])
    assert passes() == {"sure": 1}
    facts = con.execute("SELECT facts FROM store.alerts WHERE rule_id = 'sure'").fetchone()
    assert facts is not None
    told = json.loads(facts[0])
    assert (told["grade"], told["official_source"]) == ("confirmed", "ministry")


def test_events_are_listed_by_grade(tmp_path: Path) -> None:
    live, snapshot = tmp_path / "live.duckdb", tmp_path / "live.snapshot.duckdb"
    with open_warehouse(live) as con:
        store(con, [report("2025-03-01"), ministry("2025-03-20", "export_ban lifted")])
        link_all(con)
    publish(live, snapshot)

    def listed(grade: str) -> Any:
        return CliRunner().invoke(
            app, ["events", "--grade", grade, "--format", "json", "--warehouse", str(live)]
        )

    (found,) = json.loads(listed("confirmed").stdout)
    assert (found["status"], found["grade"]) == ("lifted", "confirmed")
    (found,) = json.loads(listed("reported").stdout)
    assert (found["status"], found["grade"]) == (BAN.split()[1], "reported")
    assert json.loads(listed("rumour").stdout) == []
    wrong = listed("confirmd")
    assert wrong.exit_code != 0
    assert "did you mean confirmed?" in f"{wrong.output}{wrong.exception}"


def test_an_act_whose_title_names_no_goods_is_joined_by_those_of_its_reports(
    con: DuckDBPyConnection,
) -> None:
    store(con, [ministry("2025-03-01"), report("2025-03-02")])
    link_all(con)
    con.execute(
        "UPDATE store.event_mentions SET commodities = [] WHERE mention_id IN "
        "(SELECT lead_mention_id FROM store.developments)"
    )
    con.execute("UPDATE store.developments SET commodities = ['gallium']")
    for grade, goods in (("confirmed", ("gallium",)), ("reported", ())):
        con.execute("UPDATE store.developments SET grade = ?", [grade])
        (waiting,) = developments_to_join(con)
        assert waiting.event.commodities == goods
