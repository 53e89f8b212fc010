"""An article that our code fails on, at each stage: it is left out and counted, others are kept."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from extractors.feeds.near_duplicates import fingerprint, first_sources
from extractors.linking.link import link
from extractors.listings.affected import AffectedListings
from flows import link as link_stage
from flows.base.settings import Settings
from flows.extract import extract_and_link
from flows.history.backfill import archive_order, backfill_archive
from models.event import EventMention, TextUnit
from models.link import LinkInput, LinkResult
from models.security import TickerLink
from tests.flows.local_runner import LocalRunner
from warehouse.connection import open_warehouse

STORIES = (
    "China bans exports of gallium to the United States. Report one of the day, in full.",
    "India imposes a 25% tariff on imports of steel from Brazil. POISON is in this one.",
    "Canada suspends its export ban on nickel until 1 March 2027. Report three of the day.",
)

FEEDS = """
[[feed]]
id = "other"
name = "Other"
url = "https://other.example/feed.xml"
category = "press"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    archive = tmp_path / "news.jsonl"
    rows = [
        {
            "title": text.split(".")[0],
            "text": text,
            "url": f"https://desk.example/{n}",
            "published": f"2025-10-{10 + n} 09:00:00+00:00",
        }
        for n, text in enumerate(STORIES)
    ]
    archive.write_text("\n".join(map(json.dumps, rows)))
    feeds = tmp_path / "feeds.toml"
    feeds.write_text(FEEDS)
    settings = Settings(warehouse=tmp_path / "w.duckdb", feeds=feeds)
    backfill_archive(
        settings, archive_order(archive, feed_id="desk"), archive, runner=LocalRunner()
    )
    with open_warehouse(settings.warehouse) as con:
        # Delete everything after reading, so that a pass does it again.
        for table in ("article_prints", "article_copies", "ticker_passes", "developments"):
            con.execute(f"DELETE FROM store.{table}")
        for table in ("development_mentions", "development_states", "measures", "measure_states"):
            con.execute(f"DELETE FROM store.{table}")
        con.execute(
            "INSERT INTO store.unlinked SELECT DISTINCT article_id FROM store.event_mentions"
        )
    return settings


def rejects(settings: Settings) -> list[tuple[str, str, str]]:
    with open_warehouse(settings.warehouse) as con:
        return con.execute("SELECT stage, kind, reason FROM rejects").fetchall()


def developments(settings: Settings) -> int:
    with open_warehouse(settings.warehouse) as con:
        row = con.execute("SELECT count(*) FROM policy_events").fetchone()
    assert row is not None
    return int(row[0])


def test_nothing_is_left_out_of_sound_articles(settings: Settings) -> None:
    result = extract_and_link(settings)
    assert (result.left_out, developments(settings)) == (0, 3)
    assert "left out" not in str(result)


def test_linking_leaves_it_out(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = link

    def poisoned(given: LinkInput) -> LinkResult:
        if any("India" in item.mention.sentence for item in given.mentions):
            raise ValueError("odd mention")
        return sound(given)

    monkeypatch.setattr(link_stage, "link", poisoned)
    result = extract_and_link(settings)
    assert (result.left_out, developments(settings)) == (1, 2)
    ((stage, kind, reason),) = rejects(settings)
    assert (stage, kind) == ("link", "fault")
    assert reason.startswith("ValueError: ")
    assert "odd mention" in reason
    assert "1 left out" in str(result)
    assert extract_and_link(settings).left_out == 0, "it is not tried at every pass"


def test_a_stored_mention_that_cannot_be_read_stops_only_its_article(settings: Settings) -> None:
    with open_warehouse(settings.warehouse) as con:
        con.execute(
            "UPDATE store.event_mentions SET polarity = 'sideways' WHERE sentence LIKE 'India%'"
        )
    result = extract_and_link(settings)
    assert (result.left_out, developments(settings)) == (1, 2)
    assert "sideways" in rejects(settings)[0][2]


def test_tickers_leave_it_out(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = AffectedListings.by_event

    def poisoned(
        self: AffectedListings, unit: TextUnit, event: EventMention
    ) -> tuple[TickerLink, ...]:
        if "POISON" in unit.text:
            raise KeyError("odd")
        return sound(self, unit, event)

    monkeypatch.setattr(AffectedListings, "by_event", poisoned)
    assert extract_and_link(settings).left_out == 1
    assert [stage for stage, _, _ in rejects(settings)] == ["tickers"]
    with open_warehouse(settings.warehouse) as con:
        assert con.execute("SELECT count(*) FROM event_tickers").fetchall()[0][0] > 0


def test_copies_and_search_leave_it_out(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = fingerprint

    def poisoned(text: str) -> tuple[int, ...] | None:
        if "POISON" in text:
            raise RuntimeError("odd")
        return sound(text)

    def no_index(*_: object, **__: object) -> int:
        raise RuntimeError("odd too")

    monkeypatch.setattr(link_stage, "fingerprint", poisoned)
    monkeypatch.setattr(link_stage, "index_articles", no_index)
    assert extract_and_link(settings).left_out == 2
    assert sorted(stage for stage, _, _ in rejects(settings)) == ["copies", "index"]
    assert developments(settings) == 3


def test_a_failed_comparison_is_repeated_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    prints = {
        name: fingerprint(f"{name} {text}" * 20) for name, text in zip("abc", STORIES, strict=True)
    }
    prints["d"] = prints["a"]

    def poisoned(
        asked: Iterable[tuple[str, tuple[int, ...] | None]],
        known: Iterable[tuple[str, str, tuple[int, ...]]] = (),
    ) -> dict[str, str]:
        asked = list(asked)
        if any(name == "b" for name, _ in asked):
            raise ValueError("odd print")
        return first_sources(asked, known)

    monkeypatch.setattr(link_stage, "first_sources", poisoned)
    copies, faulty = link_stage.compare(prints, [])
    assert copies == {"d": "a"}
    ((stage, key),) = [(reject.stage, reject.item_id) for reject in faulty]
    assert (stage, key, prints["b"]) == ("copies", "b", None)
