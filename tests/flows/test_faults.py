"""A fault in one feed, page or article: reported with class and place, and the pass goes on."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from extractors.feeds import reading as feed_reading
from flows.base.fetch_settings import FetchSettings
from flows.feeds.fetching import feed_request, next_check
from flows.feeds.fetching import readers as feed_readers
from flows.feeds.fetching.readers import FeedReaders
from flows.ingest import Intake
from models.article import Article
from models.fault import fault_line
from models.feed import Feed, FeedState
from tests.flows.conftest import BRISK, outcomes_of
from warehouse.articles import articles as stored
from warehouse.articles.articles import load_feed_states, save_feeds
from warehouse.connection import open_warehouse

MakeFeed = Callable[..., Feed]
PROSE = "The ministry cut the quota on steel by half on Friday, officials said. " * 12


def story(n: object, more: str = "") -> str:
    guid = f"<guid isPermaLink='false'>{n}</guid>"
    return f"<item><title>Quota cut on steel {n}</title>{guid}{more}</item>"


def rss(*items: str) -> str:
    return f"<rss version='2.0'><channel><title>T</title>{''.join(items)}</channel></rss>"


def take(
    warehouse: Path, feeds: Sequence[Feed], settings: FetchSettings = BRISK
) -> dict[str, dict[str, Any]]:
    """One pass; each feed's newest ledger row."""
    with open_warehouse(warehouse) as con:
        save_feeds(con, feeds)
        states = load_feed_states(con)
    asyncio.run(
        Intake(warehouse=warehouse, fetching=settings, archive_clock=False).run(feeds, states)
    )
    with open_warehouse(warehouse) as con:
        rows = con.execute(
            "SELECT feed_id, outcome, error, notes, new_count FROM store.fetches "
            "QUALIFY row_number() OVER (PARTITION BY feed_id ORDER BY started_at DESC) = 1"
        )
        names = [column[0] for column in rows.description or ()]
        return {row[0]: dict(zip(names, row, strict=True)) for row in rows.fetchall()}


def titles(warehouse: Path) -> list[str]:
    with open_warehouse(warehouse) as con:
        return [t for (t,) in con.execute("SELECT title FROM store.articles ORDER BY 1").fetchall()]


def test_a_fault_line_names_class_words_and_our_line() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        print(1 // 0)
    # Its traceback has no line of our code.
    assert fault_line(caught.value) == "ZeroDivisionError: integer division or modulo by zero"
    with pytest.raises(TypeError) as thrown:
        feed_request._validator(3)  # type: ignore[arg-type]
    assert "(at flows.feeds.fetching.feed_request:" in fault_line(thrown.value)


def test_a_fault_in_one_request_is_that_feeds_outcome(
    server: HTTPServer, feed_at: MakeFeed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("good", "bad"):
        server.expect_request(f"/{name}").respond_with_data(rss(story(name)))
    plain = next_check.after_answer

    def after_answer(feed: Feed, *args: Any, **more: Any) -> Any:
        if feed.feed_id == "bad":
            raise OverflowError("date value out of range")
        return plain(feed, *args, **more)

    monkeypatch.setattr(feed_request, "after_answer", after_answer)
    told = take(tmp_path / "w.duckdb", [feed_at("/bad"), feed_at("/good")])
    assert told["bad"]["outcome"] == "internal_error"
    assert (
        "OverflowError: date value out of range (at flows.feeds.fetching.feed_request:"
        in told["bad"]["error"]
    )
    assert titles(tmp_path / "w.duckdb") == ["Quota cut on steel good"]


def test_a_fault_in_reading_one_body_is_that_feeds_outcome(
    server: HTTPServer, feed_at: MakeFeed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("good", "bad"):
        server.expect_request(f"/{name}").respond_with_data(rss(story(name)))
    plain = feed_reading.with_languages

    def with_languages(read: Any) -> Any:
        if read.parsed.feed_id == "bad":
            raise KeyError("language")
        return plain(read)

    monkeypatch.setattr(feed_readers, "with_languages", with_languages)
    told = take(tmp_path / "w.duckdb", [feed_at("/bad"), feed_at("/good")])
    assert told["bad"]["outcome"] == "internal_error"
    assert "KeyError: 'language' (at flows.feeds.fetching.readers:" in told["bad"]["error"]
    assert titles(tmp_path / "w.duckdb") == ["Quota cut on steel good"]


def test_a_page_that_hangs_its_reader_leaves_the_feeds_own_text(
    server: HTTPServer, feed_at: MakeFeed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = f"<link>http://127.0.0.1:{server.port}/{{}}</link><description>Steel.</description>"
    server.expect_request("/feed").respond_with_data(
        rss(
            story(1, link.format("good")), story(2, link.format("bad")), story(3, link.format("no"))
        )
    )
    good = f"<html><body><article><p>{PROSE}</p></article></body></html>"
    bad = "<html><body><p>" + "<span>x </span>" * 40_000 + "</p></body></html>"
    for path, html in (("good", good), ("bad", bad)):
        server.expect_request(f"/{path}").respond_with_data(html, content_type="text/html")
    plain = FeedReaders.page

    async def page(self: FeedReaders, entry: Any, html: Any, **more: Any) -> Article:
        # Short for the page that hangs, long for the others, which may start a process.
        self._timeout_s = 0.3 if entry.guid == "2" else 20.0
        return await plain(self, entry, html, **more)

    monkeypatch.setattr(FeedReaders, "page", page)
    monkeypatch.setattr(feed_readers, "MOST_READERS", 1)
    one_by_one = replace(BRISK, max_at_once=1, per_host=1)
    told = take(tmp_path / "w.duckdb", [feed_at("/feed", full_text=True)], one_by_one)
    assert told["feed"]["outcome"] == "ok"
    assert told["feed"]["new_count"] == 3
    notes = " ".join(told["feed"]["notes"])
    assert "1 page without text: unreadable (reading took more than 0.3 s; given up)" in notes
    assert "1 page without text: http_404" in notes
    with open_warehouse(tmp_path / "w.duckdb") as con:
        sources = con.execute("SELECT guid, text_source FROM store.articles ORDER BY 1").fetchall()
    assert sources == [("1", "page"), ("2", "feed"), ("3", "feed")]


def test_an_article_that_cannot_be_stored_is_left_out_and_reported(
    server: HTTPServer, feed_at: MakeFeed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.expect_request("/a").respond_with_data(rss(*(story(f"a{n}") for n in range(5))))
    server.expect_request("/b").respond_with_data(rss(story("bad")))
    plain = stored.decide

    def decide(articles: Sequence[Article], held: Any) -> Any:
        if any(article.guid in ("a3", "bad") for article in articles):
            raise OverflowError("int too big to convert")
        return plain(articles, held)

    monkeypatch.setattr(stored, "decide", decide)
    told = take(tmp_path / "w.duckdb", [feed_at("/a"), feed_at("/b")])
    assert titles(tmp_path / "w.duckdb") == [f"Quota cut on steel a{n}" for n in (0, 1, 2, 4)]
    assert told["a"]["outcome"] == "ok"
    assert "1 of 5 articles cannot be stored: 'Quota cut on steel a3'" in told["a"]["notes"][-1]
    assert told["b"]["outcome"] == "internal_error"
    assert "OverflowError: int too big to convert" in told["b"]["error"]


def test_validators_that_could_not_be_sent_back_are_not_kept(
    server: HTTPServer, feed_at: MakeFeed
) -> None:
    odd = itertools.cycle([b'"\xff"', b"x" * 5000])
    server.expect_request("/f").respond_with_handler(
        lambda _r: Response(rss(story(1)), headers={"ETag": next(odd).decode("latin-1")})
    )
    for _ in range(2):
        outcome = asyncio.run(outcomes_of([feed_at("/f")]))["f"]
        assert (outcome.fetch.outcome, outcome.state.etag) == ("ok", None)


def test_a_publisher_of_a_shared_host_cannot_silence_its_neighbours(
    server: HTTPServer, feed_at: MakeFeed
) -> None:
    """One feed's 429 delays that feed; a second one delays the host, for an hour at most."""

    def busy(_request: Request) -> Response:
        return Response(status=429, headers={"Retry-After": "9" * 20})

    for path in ("/loud", "/louder"):
        server.expect_request(path).respond_with_handler(busy)
    server.expect_request("/calm").respond_with_data(rss(story(1)))
    calm, loud, louder = feed_at("/calm"), feed_at("/loud"), feed_at("/louder")
    # A feed that failed before is fetched last.
    slow = {"calm": FeedState(feed_id="calm", url=calm.url, failure_count=1)}
    one_by_one = replace(BRISK, per_host=1)
    alone = asyncio.run(outcomes_of([loud, calm], slow, one_by_one))
    assert alone["loud"].fetch.outcome == "http_429"
    held = alone["loud"].state.hold_until
    assert held is not None
    assert (held - alone["loud"].fetch.started_at).days in (6, 7)
    assert alone["calm"].fetch.outcome == "ok"
    both = asyncio.run(outcomes_of([loud, louder, calm], slow, one_by_one))
    assert both["calm"].fetch.outcome == "skipped"
    until = both["calm"].fetch.next_check_at
    assert until is not None
    assert (until - both["calm"].fetch.started_at).total_seconds() < 3700
    # The refusals of others leave no trace in its state: the next pass fetches it.
    states = {feed_id: outcome.state for feed_id, outcome in both.items()}
    again = asyncio.run(outcomes_of([loud, louder, calm], states))
    assert again["loud"].fetch.outcome == again["louder"].fetch.outcome == "skipped"
    assert again["calm"].fetch.outcome == "ok"


def test_retries_on_one_host_share_a_time_limit(server: HTTPServer, feed_at: MakeFeed) -> None:
    server.expect_request("/calm").respond_with_data(rss(story(1)))
    feeds = []
    for n in range(6):
        server.expect_request(f"/busy{n}").respond_with_data(
            "", status=503, headers={"Retry-After": "1"}
        )
        feeds.append(feed_at(f"/busy{n}"))
    patient = replace(BRISK, host_trouble_s=1.5)
    found = asyncio.run(outcomes_of([*feeds, feed_at("/calm")], {}, patient))
    assert found["calm"].fetch.outcome == "ok"
    assert sum(outcome.fetch.retry_count for outcome in found.values()) == 2
