"""A source corrects its article: the record follows, and whoever was told hears of it once."""

from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from flows.alerting.delivery import DeliveryPlan
from flows.alerting.rounds import run_alerts
from flows.pipeline import run_without_prefect
from tests.flows.receivers import MoodyReceiver
from warehouse.connection import open_warehouse

CONFIG = """
[fetch]
contact_url = "https://policywire.example/contact"
allow_hosts = ["127.0.0.1"]
host_gap_s = 0.0
[[channel]]
id = "desk"
kind = "webhook"
url = "${DESK_URL}"
[[rule]]
id = "curbs"
min_novelty = 0.5
channel = "desk"
"""
TODAY = datetime.now(UTC)
BAN = ("India bans exports of sugar", "New Delhi banned the exports, the food ministry said.")
DENIAL = (
    "Correction: India has not banned exports of sugar",
    "The food ministry did not ban sugar exports. An earlier version of this story was wrong.",
)
DUTY = "India imposed a {}% tariff on steel imports from China, the ministry said."


class Desk:
    """Feeds on a real server, passes over them, and a receiver of what is sent."""

    def __init__(self, folder: Path, server: HTTPServer, feeds: int = 1) -> None:
        self.folder, self.moment = folder, TODAY
        self.feeds = [""] * feeds
        for n in range(feeds):
            server.expect_request(f"/{n}").respond_with_handler(
                lambda request: Response(
                    self.feeds[int(request.path[1:])], content_type="application/rss+xml"
                )
            )
        (folder / "policywire.toml").write_text(CONFIG)
        (folder / "feeds.toml").write_text(
            "".join(
                f'[[feed]]\nid = "wire-{n}"\nname = "Wire {n}"\npublisher = "Wire {n}"\n'
                f'url = "http://127.0.0.1:{server.port}/{n}"\n'
                for n in range(feeds)
            )
        )

    def says(self, title: str, text: str, wire: int = 0) -> None:
        self.feeds[wire] = (
            f"<rss version='2.0'><channel><title>T</title><item><title>{title}</title>"
            f"<guid isPermaLink='false'>story</guid><link>https://wire{wire}.example/story</link>"
            f"<description>{text}</description>"
            f"<pubDate>{format_datetime(self.moment)}</pubDate></item></channel></rss>"
        )

    def works(self, *stages: str) -> None:
        paths = {
            "config": str(self.folder / "policywire.toml"),
            "warehouse": str(self.folder / "w.duckdb"),
            "feeds": str(self.folder / "feeds.toml"),
        }
        assert run_without_prefect(paths, stages or ("ingest", "extract", "alert")).failed == {}

    def alerts_once(self) -> None:
        """The alert stage, without waiting for a second try."""
        rules = self.folder / "policywire.toml"
        run_alerts(self.folder / "w.duckdb", [rules], plan=DeliveryPlan())

    def asks(self, question: str) -> list[tuple[Any, ...]]:
        with open_warehouse(self.folder / "w.duckdb") as con:
            return con.execute(question).fetchall()


@pytest.fixture
def desk(tmp_path: Path, server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("DESK_URL", "http://127.0.0.1:9/nobody")
    return Desk(tmp_path, server)


def test_a_denial_takes_back_the_ban_and_the_notice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MoodyReceiver() as receiver:
        monkeypatch.setenv("DESK_URL", receiver.url)
        desk.says(*BAN)
        desk.works()
        known = desk.asks("SELECT now()")[0][0]
        (told,) = receiver.developments()
        assert told["kind"] == "single"
        desk.says(*DENIAL)
        desk.works()
        desk.works()  # and nothing goes twice
        first, correction = receiver.developments()
        assert correction["kind"] == "correction"
        assert correction["refers_to"] == first["alert_id"]
        assert correction["headline"].startswith("CORRECTION: denied by its source: India")
        assert "Corrects: India: export ban" in correction["text"]
        assert receiver.repeats == 0
        assert desk.asks(
            "SELECT factuality, disputed, change_reason, article_version FROM policy_events"
        ) == [("negated", False, "retracted", 2)]
        assert desk.asks("SELECT count(*) FROM measure_status") == [(0,)]
        assert desk.asks("SELECT DISTINCT factuality FROM event_tickers") in ([], [("negated",)])
        assert desk.asks(
            "SELECT DISTINCT article_version, is_newest FROM event_mentions ORDER BY 1"
        ) == [(1, False), (2, True)]
        for then in ("as_of", "as_recorded"):
            assert desk.asks(
                f"SELECT factuality FROM policy_events_{then}(TIMESTAMPTZ '{known}')"
            ) == [("asserted",)]
        assert desk.asks("SELECT factuality FROM policy_events_as_of(now())") == [("negated",)]
        # Told again after all: a correction of the correction, not a new story.
        desk.says(BAN[0], f"{BAN[1]} The denial was wrong.")
        desk.works()
        again = receiver.developments()[-1]
        assert (again["kind"], again["refers_to"]) == ("correction", first["alert_id"])
        assert again["headline"].startswith("CORRECTION: reported again after a denial: India")
        assert desk.asks("SELECT factuality, disputed FROM policy_events") == [("asserted", False)]
        assert len(receiver.developments()) == 3


def test_another_rate_corrects_the_one_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with MoodyReceiver() as receiver:
        monkeypatch.setenv("DESK_URL", receiver.url)
        desk.says("India imposes 25% tariff on steel from China", DUTY.format(25))
        desk.works()
        desk.says("India imposes 10% tariff on steel from China", DUTY.format(10))
        desk.works()
        first, correction = receiver.developments()
        assert correction["headline"].startswith("CORRECTION: rate 25% -> 10%: India")
        assert correction["refers_to"] == first["alert_id"]
        assert desk.asks("SELECT rate_value, change_reason, disputed FROM policy_events") == [
            (10.0, "corrected", False)
        ]
        assert desk.asks("SELECT rate_value FROM measure_status") == [(10.0,)]


@pytest.mark.parametrize(
    ("second", "state"), [(DENIAL, "withdrawn"), (BAN, "pending")], ids=["denied", "unchanged"]
)
def test_a_notice_nobody_sent_yet_is_withdrawn(
    desk: Desk, second: tuple[str, str], state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = CONFIG.replace('channel = "desk"\n', 'channel = "desk"\ndigest = "daily"\n')
    (desk.folder / "policywire.toml").write_text(quiet)
    desk.says(*BAN)
    desk.works()
    desk.says(*second)
    desk.works()
    assert desk.asks("SELECT kind, state FROM alerts") == [("single", state)]


def test_a_correction_waits_until_its_first_notice_went(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.says(*BAN)
    with MoodyReceiver(lambda _: "503") as down:
        monkeypatch.setenv("DESK_URL", down.url)
        desk.works("ingest", "extract")
        desk.alerts_once()
        desk.says(*DENIAL)
        desk.works("ingest", "extract")
        desk.alerts_once()
        assert not down.taken
    assert desk.asks("SELECT kind, state FROM alerts ORDER BY kind") == [
        ("correction", "pending"),
        ("single", "pending"),
    ]
    with open_warehouse(desk.folder / "w.duckdb") as con:
        con.execute("UPDATE store.alerts SET due_at = now() WHERE state = 'pending'")
    with MoodyReceiver() as receiver:
        monkeypatch.setenv("DESK_URL", receiver.url)
        desk.works("alert")
        assert [note["kind"] for note in receiver.developments()] == ["single", "correction"]


def test_what_another_source_still_tells_stays_disputed(
    tmp_path: Path, server: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MoodyReceiver() as receiver:
        monkeypatch.setenv("DESK_URL", receiver.url)
        desk = Desk(tmp_path, server, feeds=2)
        desk.says(*BAN)
        desk.says("India bans exports of sugar, gazette shows", "Mills had asked for it.", wire=1)
        desk.works()
        desk.says(*DENIAL)
        desk.works()
        first, correction = receiver.developments()
        assert correction["headline"].startswith("CORRECTION: disputed")
        assert correction["refers_to"] == first["alert_id"]
        assert desk.asks("SELECT factuality, disputed, source_count FROM policy_events") == [
            ("asserted", True, 1)
        ]


def test_a_text_cut_short_takes_nothing_back(desk: Desk) -> None:
    desk.says(*BAN)
    desk.works("ingest", "extract")
    before = desk.asks("SELECT factuality, article_version, revision FROM policy_events")
    desk.says("Markets at a glance", "Shares rose in Mumbai.")
    desk.works("ingest", "extract")
    assert desk.asks("SELECT factuality, article_version, revision FROM policy_events") == before
    assert desk.asks("SELECT bool_or(is_newest) FROM event_mentions") == [(False,)]
