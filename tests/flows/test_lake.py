"""The warehouse on DuckLake, with a real Postgres: several workers, and one that dies."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from flows import extract
from flows.alerting.delivery import deliver
from flows.base.settings import Extracting, Settings
from models.article import Article, article_id, text_digest
from models.feed import Feed
from tests.alert_world import NOW, RecordingSink, rule, store
from tests.postgres import lake_address
from tests.warehouse.sql_examples import DOCUMENT, EXAMPLE
from warehouse.alerting.alerts import enqueue_in_transaction
from warehouse.alerting.judgements import judge
from warehouse.alerting.mutes import Measure, mute
from warehouse.articles.articles import save_feeds, save_ingest
from warehouse.connection import open_warehouse
from warehouse.lake import load_extensions
from warehouse.snapshot import query

TEXTS = (
    "China's commerce ministry said it will suspend export controls on gallium for one year.",
    "The United States imposed a 25% tariff on imports of steel from Brazil on Monday.",
    "Indonesia bans exports of nickel ore from January, the ministry said.",
    "The weather was fine and nothing else was said.",
    "The European Union delayed its retaliatory tariffs on American whiskey until July.",
    "India cut import duties on copper scrap to zero from 5%.",
)
COUNT = 12
FEEDS = """
[[feed]]
id = "desk"
name = "Desk"
url = "https://desk.example/feed.xml"
category = "news"
"""
# All columns of a development except the time it was written.
WHAT = "SELECT * EXCLUDE (recorded_at) FROM policy_events ORDER BY development_id"


def articles(count: int) -> list[Article]:
    """Articles of six days, all different, some of which hold an event."""
    found = []
    for n in range(count):
        at = datetime(2025, 11, 3, tzinfo=UTC) + timedelta(hours=n)
        text = f"{TEXTS[n % len(TEXTS)]} Report number {n} of the desk."
        url, digest = f"https://desk.example/{n}", text_digest("", text)
        found.append(
            Article(
                article_id=article_id(
                    guid=url, canonical_url=url, feed_id="desk", text_digest=digest
                ),
                version=1,
                feed_id="desk",
                guid=url,
                url=url,
                canonical_url=url,
                title=text.split(".")[0],
                text=text,
                text_digest=digest,
                entry_digest=digest,
                text_source="feed",
                language="en",
                published_at=at,
                updated_at=None,
                fetched_at=at,
                first_seen_at=at,
            )
        )
    return found


def stored(warehouse: str | Path, count: int) -> None:
    """Create a warehouse with articles that are not read yet."""
    feed = Feed(feed_id="desk", name="Desk", url="https://desk.example/feed.xml")
    with open_warehouse(warehouse) as con:
        save_feeds(con, [feed])
        save_ingest(con, articles=articles(count))


def worker(lake: str, feeds: Path, lease_s: float, *more: str) -> subprocess.Popen[bytes]:
    """A worker process on the lake."""
    command = [sys.executable, "-m", "tests.flows.lake_worker", lake, str(feeds), str(lease_s)]
    return subprocess.Popen([*command, *more])


def assert_same(lake: str, alone: Path) -> int:
    """Check that the lake holds what one process stored, all read once; return how many."""
    with open_warehouse(alone) as con:
        expected = con.execute(WHAT).fetchall()
    with open_warehouse(lake) as con:
        assert con.execute(WHAT).fetchall() == expected
        assert con.execute("SELECT count(*) FROM store.leases").fetchone() == (0,)
        assert con.execute(
            "SELECT count(*), count(DISTINCT article_id) FROM store.extractions"
        ).fetchone() == (COUNT, COUNT)
    assert len(expected) >= 4
    return len(expected)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[str]:
    with lake_address(tmp_path) as address:
        yield address


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.toml"
    path.write_text(FEEDS, "utf-8")
    return path


def test_a_lake_is_opened_again_where_its_catalogue_hung_up(lake: str) -> None:
    stored(lake, 1)
    with duckdb.connect() as con:
        load_extensions(con)
        catalogue = lake.removeprefix("ducklake:postgres:").split(" data_path=")[0]
        con.execute(f"ATTACH '{catalogue}' AS pg (TYPE postgres)")
        hang_up = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        assert con.execute("FROM postgres_query('pg', ?)", [hang_up]).fetchall()
    for _ in range(2):
        with open_warehouse(lake) as con:
            assert con.execute("SELECT count(*) FROM articles").fetchone() == (1,)


def test_two_workers_one_of_which_dies_give_what_one_process_gives(
    lake: str, feeds: Path, tmp_path: Path
) -> None:
    alone = Settings(
        warehouse=tmp_path / "alone.duckdb", feeds=feeds, extract=Extracting(workers=0)
    )
    stored(alone.warehouse, COUNT)
    extract.extract_and_link(alone)
    stored(lake, COUNT)
    dying = worker(lake, feeds, 5.0, "--die-at", "1")
    assert dying.wait(timeout=300) < 0
    workers = [worker(lake, feeds, 300.0) for _ in range(2)]
    assert [process.wait(timeout=600) for process in workers] == [0, 0]
    expected = assert_same(lake, alone.warehouse)
    # The views work here too: every query of docs/SQL.md runs.
    for example in EXAMPLE.finditer(DOCUMENT.read_text("utf-8")):
        query(lake, example["sql"])
    assert query(lake, "SELECT count(*) FROM policy_events").rows == [(expected,)]


def test_muted_and_judged_notices_are_the_same_on_a_lake(lake: str, tmp_path: Path) -> None:
    found = []
    for warehouse in (lake, tmp_path / "alone.duckdb"):
        with open_warehouse(warehouse) as con:
            for name in ("d1", "d2"):
                store(con, name, measure_id=f"m{name}")
            muted = Measure(measure_id="md1", measure_key="CN:export_ban")
            mute(con, [muted], until=NOW + timedelta(days=1), by="ana", reason=None, at=NOW)
            enqueue_in_transaction(con, [rule()], now=NOW)
            # Due in a mute that came later: held back when it would be claimed.
            store(con, "d3", measure_id="md3")
            enqueue_in_transaction(con, [rule(channels=("desk",))], now=NOW)
            later = Measure(measure_id="md3", measure_key="CN:export_tax")
            mute(con, [later], until=NOW + timedelta(days=1), by="ana", reason=None, at=NOW)
        sink = RecordingSink("log")
        deliver(warehouse, [sink], clock=lambda: NOW + timedelta(minutes=1))  # type: ignore[arg-type]
        assert len(sink.taken) == 1
        with open_warehouse(warehouse) as con:
            judge(con, sink.taken[0], "right", by="ana", reason=None, at=NOW)
            found.append(
                [
                    con.execute(f"SELECT {what} FROM {view} ORDER BY ALL").fetchall()
                    for view, what in (
                        ("alerts", "development_id, state, verdict"),
                        ("alert_mutes", "measure_id, held_count"),
                        ("alert_precision", "*"),
                    )
                ]
            )
    assert found[0] == found[1]
    assert found[0][0] == [("d1", "muted", None), ("d2", "sent", "right"), ("d3", "muted", None)]
