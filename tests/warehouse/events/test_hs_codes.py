"""Tariff codes in the warehouse: of a mention, of a development, as then known, and from before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from duckdb import DuckDBPyConnection

from models.link import LinkMention
from tests.extractors.link_cases import told
from tests.warehouse.events.test_links import link_all, store
from warehouse.connection import open_warehouse
from warehouse.events.links import digested, load_mentions
from warehouse.operations import columns
from warehouse.operations.check import check_warehouse
from warehouse.operations.export import export_parquet
from warehouse.snapshot import publish

TOUCHING = """
    SELECT type FROM policy_events
    WHERE len(list_filter(hs_codes, lambda code: starts_with(code, ?))) > 0
"""


def report(publisher: str, codes: Sequence[str], day: str = "2025-10-09") -> LinkMention:
    return told(
        day,
        "tariff adopted",
        actors=["US"],
        commodities=["steel"],
        hs_codes=codes,
        publisher=publisher,
        article=f"{publisher}-{day}",
    )


def test_a_development_has_the_codes_of_all_its_reports(con: DuckDBPyConnection) -> None:
    first, second = report("wire", ["7206", "72"]), report("paper", ["730890", "72"], "2025-10-10")
    store(con, [first, second])
    link_all(con)
    mentions = con.execute("SELECT hs_codes FROM event_mentions ORDER BY published_at").fetchall()
    assert mentions == [(["7206", "72"],), (["730890", "72"],)]
    assert con.execute("SELECT hs_codes FROM policy_events").fetchall() == [
        (["7206", "72", "730890"],)
    ]
    as_of = "SELECT hs_codes FROM policy_events_as_of(?)"
    (then,) = con.execute(as_of, [second.first_seen_at - timedelta(minutes=1)]).fetchall()
    assert sorted(then[0]) == ["72", "7206"]
    (now,) = con.execute(as_of, [second.first_seen_at]).fetchall()
    assert sorted(now[0]) == ["72", "7206", "730890"]
    assert con.execute("SELECT hs_codes FROM policy_events_as_recorded(now())").fetchall() == [
        (["7206", "72", "730890"],)
    ]
    assert check_warehouse(con) == []


def test_measures_are_found_by_their_chapter(con: DuckDBPyConnection) -> None:
    store(con, [report("wire", ["720610"])])
    link_all(con)
    assert con.execute(TOUCHING, ["72"]).fetchall() == [("tariff",)]
    assert con.execute(TOUCHING, ["73"]).fetchall() == []


def test_linking_goes_on_from_mentions_and_states_of_before(con: DuckDBPyConnection) -> None:
    """The migration leaves NULL in old rows, and an old state knows of no codes."""
    store(con, [report("wire", [])])
    link_all(con)
    con.execute("UPDATE store.event_mentions SET hs_codes = NULL")
    con.execute("UPDATE store.developments SET hs_codes = NULL")
    con.execute(
        "UPDATE store.development_states SET state = replace(state, '\"hs_codes\":[],', '')"
    )
    assert con.execute("SELECT hs_codes FROM event_mentions").fetchall() == [([],)]
    assert con.execute("SELECT hs_codes FROM policy_events").fetchall() == [([],)]
    assert con.execute("SELECT hs_codes FROM policy_events_as_of(now())").fetchall() == [([],)]
    assert [m.mention.hs_codes for m in load_mentions(con, ["wire-2025-10-09"])] == [()]
    store(con, [report("paper", ["7206"], "2025-10-10")])
    link_all(con)
    assert con.execute("SELECT hs_codes FROM policy_events").fetchall() == [(["7206"],)]
    assert check_warehouse(con) == []


@dataclass(frozen=True)
class Row:
    type: str
    hs_codes: tuple[str, ...]
    change_reason: str | None = None


def test_rows_without_codes_keep_the_digest_of_before() -> None:
    wanted = dict.fromkeys(("type", "hs_codes", "change_reason"), columns.TEXT)
    before = digested(Row("tariff", ()), {"type": columns.TEXT})["digest"]
    assert digested(Row("tariff", ()), wanted)["digest"] == before
    assert digested(Row("tariff", ("72",)), wanted)["digest"] != before


def test_an_export_has_the_codes(tmp_path: Path) -> None:
    live, snapshot = tmp_path / "live.duckdb", tmp_path / "snapshot.duckdb"
    with open_warehouse(live) as con:
        store(con, [report("wire", ["7206"])])
        link_all(con)
    publish(live, snapshot)
    export_parquet(snapshot, tmp_path / "out")
    with open_warehouse(":memory:") as con:
        for view in ("event_mentions", "policy_events"):
            files = str(tmp_path / "out" / view / "**" / "*.parquet")
            rows = con.execute("SELECT hs_codes FROM read_parquet(?)", [files]).fetchall()
            assert rows == [(["7206"],)], view
