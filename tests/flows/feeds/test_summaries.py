"""Feeds that give only summaries are reported, with what can be done about it."""

from datetime import UTC, datetime
from pathlib import Path

from flows.base.settings import Settings
from flows.feeds.summaries import SHORT_CHARS, summaries_line, summaries_note, summary_hint
from models.feed import Feed, FeedEntry, ParsedFeed
from warehouse.connection import open_warehouse
from warehouse.snapshot import publish

OFF = Feed(feed_id="off", name="Off", url="https://off.example/", terms="All rights reserved")
ON = Feed(feed_id="on", name="On", url="https://on.example/", full_text=True)


def test_the_pass_says_how_many_articles_are_summaries() -> None:
    told = summaries_line([("off", 30, 25), ("on", 10, 6)], [OFF, ON])
    assert told.startswith("31 of 40 new articles are summaries only (under 600 characters)")
    assert "1 feed has full_text on" in told
    assert "1 feed has full_text off" in told
    assert told.endswith("set full_text = true in the feed list")
    assert summaries_line([("off", 30, 0)], [OFF]) == ""


def test_without_new_articles_there_is_no_line(tmp_path: Path) -> None:
    settings = Settings(warehouse=tmp_path / "w.duckdb")
    with open_warehouse(settings.warehouse):
        pass
    publish(settings.warehouse, settings.snapshot)
    assert summaries_note(settings, datetime(2026, 1, 1, tzinfo=UTC)) == ""


def parsed(text: str) -> ParsedFeed:
    entry = FeedEntry(feed_id="off", guid="1", link=None, title="Quota cut", summary_html=text)
    return ParsedFeed(feed_id="off", url="https://off.example/", entries=(entry,))


def test_feeds_check_reports_it_for_each_feed() -> None:
    short, long = parsed("A quota was cut."), parsed("word " * SHORT_CHARS)
    assert summary_hint(OFF, short) == (
        "summaries only, usually 16 characters; full_text is off; its terms: All rights reserved"
    )
    assert "full_text is on" in summary_hint(ON, short)
    assert summary_hint(OFF, long) == summary_hint(OFF, None) == ""
