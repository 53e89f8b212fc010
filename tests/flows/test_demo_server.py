"""The demo's server with a real client: formats, counts, 304s, faults, expected developments."""

import calendar
import csv
import difflib
import gzip
import re
import time
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import feedparser
import httpx
import pytest
import trafilatura

import flows
import models
from flows.commands.demo.material import (
    DemoArticle,
    DemoFeed,
    articles_of,
    demo_articles,
    demo_catalogue,
    expected_developments,
)
from flows.commands.demo.rendering import page_path
from flows.commands.demo.server import demo_feeds, demo_feeds_toml, serve_demo
from models.event import EventStatus, EventType, Factuality, TimeFrame

SLOW_S = 0.3
CARRIERS = [f for f in demo_catalogue() if f.behaviour not in {"missing", "html"}]
VERSION = {"rss2": "rss20", "rss1": "rss10", "atom": "atom10"}
FLOWS = Path(flows.__file__).parent
REFERENCE = Path(models.__file__).parent / "reference"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with serve_demo(slow_s=SLOW_S) as url:
        yield url


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=10, follow_redirects=True, trust_env=False) as http:
        yield http


def feed_named(feed_id: str) -> DemoFeed:
    return next(f for f in demo_catalogue() if f.feed_id == feed_id)


def article_named(article_id: str) -> DemoArticle:
    return next(a for a in demo_articles() if a.article_id == article_id)


def parse(response: httpx.Response) -> feedparser.FeedParserDict:
    return feedparser.parse(
        response.content, response_headers={"content-type": response.headers["content-type"]}
    )


def rows_of(article_id: str) -> set[tuple[str, str]]:
    return {(e.type, e.status) for e in expected_developments() if e.article_id == article_id}


@pytest.mark.parametrize("feed", CARRIERS, ids=lambda f: f.feed_id)
def test_every_format_parses_to_all_its_articles(
    feed: DemoFeed, base_url: str, client: httpx.Client
) -> None:
    parsed = parse(client.get(base_url + feed.path))
    articles = articles_of(feed.feed_id)
    assert parsed.version == VERSION[feed.format]
    assert len(articles) >= 3
    assert [e.id for e in parsed.entries] == [a.guid for a in articles]
    assert [e.title for e in parsed.entries] == [a.title for a in articles]
    assert [e.link for e in parsed.entries] == [base_url + page_path(a) for a in articles]
    times = [e.get("published_parsed") or e.updated_parsed for e in parsed.entries]
    assert [calendar.timegm(t) for t in times] == [a.published_at.timestamp() for a in articles]
    if not feed.full_text:
        bodies = [e.content[0].value for e in parsed.entries]
        assert [len(re.findall("<p>", b)) for b in bodies] == [len(a.paragraphs) for a in articles]


@pytest.mark.parametrize("feed", CARRIERS, ids=lambda f: f.feed_id)
def test_the_second_conditional_request_is_answered_304(
    feed: DemoFeed, base_url: str, client: httpx.Client
) -> None:
    url = base_url + feed.path
    first = client.get(url)
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    for condition in ({"If-None-Match": etag}, {"If-Modified-Since": modified}):
        second = client.get(url, headers=condition)
        assert (second.status_code, second.content) == (304, b"")
        assert second.headers["etag"] == etag
    assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200
    both = client.get(url, headers={"If-None-Match": '"other"', "If-Modified-Since": modified})
    assert both.status_code == 200, "If-None-Match decides alone"


def test_every_article_is_in_one_feed(base_url: str, client: httpx.Client) -> None:
    served = [e.id for f in CARRIERS for e in parse(client.get(base_url + f.path)).entries]
    assert sorted(served) == sorted(a.guid for a in demo_articles())
    assert len(set(served)) == len(served)


def test_the_gzip_feed_is_compressed_even_if_nobody_asked(
    base_url: str, client: httpx.Client
) -> None:
    url = base_url + feed_named("cn-trade-notices").path
    with client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response:
        raw = b"".join(response.iter_raw())
    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw).startswith(b"<?xml")


def test_the_mislabelled_feed_lies_about_its_charset(base_url: str, client: httpx.Client) -> None:
    response = client.get(base_url + feed_named("northgate-business").path)
    assert "utf-8" in response.headers["content-type"]
    assert b'encoding="UTF-8"' in response.content
    with pytest.raises(UnicodeDecodeError):
        response.content.decode("utf-8")
    bodies = " ".join(e.content[0].value for e in parse(response).entries)
    assert "Düsseldorf, Göteborg and Besançon" in bodies
    assert "€400,000" in bodies
    assert "�" not in bodies


def test_the_truncated_feed_is_not_well_formed(base_url: str, client: httpx.Client) -> None:
    response = client.get(base_url + feed_named("metal-desk").path)
    parsed = parse(response)
    assert parsed.bozo
    assert not response.text.rstrip().endswith("</rss>")
    assert len(parsed.entries) == len(articles_of("metal-desk"))


def test_the_moved_feed_redirects_permanently(base_url: str, client: httpx.Client) -> None:
    url = base_url + feed_named("straits-courier").path
    response = client.get(url, follow_redirects=False)
    assert response.status_code == 301
    assert response.headers["location"].startswith(base_url)
    assert response.headers["location"] != url


def test_the_slow_feed_takes_its_time(base_url: str, client: httpx.Client) -> None:
    started = time.monotonic()
    client.get(base_url + feed_named("outback-resources").path)
    assert time.monotonic() - started >= SLOW_S


def test_the_dead_feed_and_the_web_page(base_url: str, client: httpx.Client) -> None:
    assert client.get(base_url + feed_named("closed-bulletin").path).status_code == 404
    page = client.get(base_url + feed_named("market-portal").path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert parse(page).entries == []
    assert client.get(base_url + "/feeds/nobody.xml").status_code == 404


def test_summaries_link_to_pages_with_navigation(base_url: str, client: httpx.Client) -> None:
    feed = feed_named("minerals-monitor")
    assert feed.full_text
    for entry, article in zip(
        parse(client.get(base_url + feed.path)).entries, articles_of(feed.feed_id), strict=True
    ):
        assert "content" not in entry
        assert entry.summary == article.summary
        page = client.get(entry.link).text
        for furniture in ("<nav>", 'class="related"', 'class="newsletter"', "<footer>"):
            assert furniture in page
        text = trafilatura.extract(page) or ""
        for paragraph in article.paragraphs:
            assert paragraph in text
        assert "made-up publisher" not in text
        assert "weekly letter" not in text
        teasers = re.findall(r"<li><a href=\"[^\"]+/a/[^>]+>([^<]+)<", page)
        assert len(teasers) == 4
        assert not [t for t in teasers if t in text]


def test_every_article_has_a_page(base_url: str, client: httpx.Client) -> None:
    for article in demo_articles():
        response = client.get(base_url + page_path(article))
        assert response.status_code == 200
        assert article.html in response.text


def test_the_same_port_gives_the_same_bytes(client: httpx.Client) -> None:
    feed = feed_named("meridian-wire")
    with serve_demo() as first:
        port = int(first.rsplit(":", 1)[1])
        before = client.get(first + feed.path)
        with serve_demo(port) as other:
            assert other != first, "a port in use is not fought over"
    with serve_demo(port) as again:
        assert again == first
        after = httpx.get(again + feed.path, trust_env=False)
    assert after.content == before.content
    assert after.headers["etag"] == before.headers["etag"]


def test_the_feed_list_has_the_keys_of_the_default_list() -> None:
    default = tomllib.loads((FLOWS / "feeds" / "feeds.toml").read_text(encoding="utf-8"))
    rows = demo_feeds("http://127.0.0.1:1")
    assert len(rows) == len({row["id"] for row in rows}) >= 15
    for row in rows:
        assert set(row) == set(default["feed"][0]) | {"full_text"}
    listed = tomllib.loads(demo_feeds_toml("http://127.0.0.1:1"))
    assert listed["feed"] == rows
    assert {f.behaviour for f in demo_catalogue()} >= {"gzip", "mislabelled", "truncated", "moved"}


def test_there_are_many_short_dated_articles() -> None:
    articles = demo_articles()
    assert len(articles) >= 66
    assert len({a.article_id for a in articles}) == len(articles)
    for article in articles:
        words = len(" ".join(article.paragraphs).split())
        assert 90 <= words <= 220, f"{article.article_id}: {words} words"
        assert 2018 <= article.published_at.year <= 2026
        assert article.published_at.utcoffset() == timedelta(0)
    truce = [a for a in articles if a.published_at.year == 2025 and "rare earth" in a.html]
    assert len(truce) >= 25


def test_expected_rows_use_known_labels_and_codes() -> None:
    ids = {a.article_id for a in demo_articles()}
    with (REFERENCE / "commodities.csv").open(encoding="utf-8", newline="") as file:
        commodities = {row["commodity_id"] for row in csv.DictReader(file)}
    rows = expected_developments()
    assert len(set(rows)) == len(rows)
    for row in rows:
        assert row.article_id in ids
        EventType(row.type)
        EventStatus(row.status)
        Factuality(row.factuality)
        TimeFrame(row.time_frame)
        # Two firms agree on supplies without a state.
        assert row.actors or row.type == "offtake_agreement", row
        for code in (*row.actors, *row.targets):
            assert code == "world" or re.fullmatch("[A-Z]{2}", code), row
        assert row.product in commodities | {""}, row
        assert row.rate_pct is None or 0 < row.rate_pct <= 200, row


def test_near_misses_expect_nothing_and_all_others_something() -> None:
    required = {e.article_id for e in expected_developments() if e.required}
    near_misses = {a.article_id for a in demo_articles() if a.article_id.startswith("nm-")}
    assert len(near_misses) >= 10
    assert not near_misses & {e.article_id for e in expected_developments()}
    assert required == {a.article_id for a in demo_articles()} - near_misses


def test_the_demo_covers_most_types_and_statuses() -> None:
    types = {e.type for e in expected_developments() if e.required}
    statuses = {e.status for e in expected_developments() if e.required}
    assert len(types) == len(EventType)
    assert len(statuses) >= len(EventStatus) - 1


def test_the_founding_example_expects_all_its_developments() -> None:
    assert rows_of("seed-miners-truce") >= {
        ("trade_agreement", "adopted"),
        ("export_licensing", "delayed"),
        ("tariff", "averted"),
        ("offtake_agreement", "adopted"),
        ("tariff", "cut"),
        ("export_licensing", "in_force"),
    }
    text = article_named("seed-miners-truce").html
    for name in ("MP Materials (MP)", "Lynas Rare Earths (LYC)", "Energy Fuels Inc. (UUUU)"):
        assert name in text


def test_one_wire_story_has_two_near_copies() -> None:
    wire = article_named("busan-wire").html
    for copy_id in ("busan-copy-straits", "busan-copy-northgate"):
        copy = article_named(copy_id)
        assert copy.feed_id != "meridian-wire"
        assert 0.9 < difflib.SequenceMatcher(None, wire, copy.html, autojunk=False).ratio() < 1
        assert rows_of(copy_id) == rows_of("busan-wire")


def test_prices_are_one_row_a_session_and_listing() -> None:
    path = FLOWS / "commands" / "demo" / "prices.csv.gz"
    assert path.stat().st_size < 400_000
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = {(r["mic"], r["ticker"], r["date"]) for r in rows}
    assert len(keys) == len(rows) > 20_000
    assert len({r["ticker"] for r in rows}) >= 12
    assert {r["currency"] for r in rows} == {"USD"}
    assert all(float(r["adj_close"]) > 0 for r in rows)
    with (REFERENCE / "tickers.csv").open(encoding="utf-8", newline="") as file:
        listed = {(r["mic"], r["ticker"]) for r in csv.DictReader(file)}
    funds = {("ARCX", "SPY"), ("ARCX", "REMX"), ("XNAS", "SMH")}
    assert {(mic, ticker) for mic, ticker, _ in keys} <= listed | funds
