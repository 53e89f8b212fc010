import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from flows.base.fetch_settings import FetchSettings
from flows.feeds.fetching.pages import PageOutcome, PageRequest, fetch_pages
from models.feed import Feed
from tests.flows.conftest import BRISK

PAGE = "<html><body><p>Käse duty cut</p></body></html>"


@pytest.fixture
def feed(feed_at: Callable[..., Feed]) -> Feed:
    return feed_at("/feed", full_text=True)


def url_of(server: HTTPServer, path: str, host: str = "127.0.0.1") -> str:
    return f"http://{host}:{server.port}{path}"


def fetch(requests: list[PageRequest], settings: FetchSettings = BRISK) -> dict[str, PageOutcome]:
    found: dict[str, PageOutcome] = {}

    def keep(outcome: PageOutcome) -> None:
        found[outcome.request.key] = outcome

    asyncio.run(fetch_pages(requests, settings, on_done=keep))
    return found


def one(server: HTTPServer, feed: Feed, path: str = "/a") -> PageOutcome:
    return fetch([PageRequest(url=url_of(server, path), feed=feed, key="k")])["k"]


def kind_of(outcome: PageOutcome) -> str | None:
    return outcome.error.kind if outcome.error else None


def test_a_page_comes_as_text_in_the_charset_http_names(server: HTTPServer, feed: Feed) -> None:
    server.expect_request("/a").respond_with_data(
        PAGE.encode("windows-1252"), content_type="text/html; charset=windows-1252"
    )
    outcome = one(server, feed)
    assert outcome.html == PAGE
    assert server.log[0][0].path == "/robots.txt"


def test_no_page_is_fetched_for_a_feed_that_does_not_allow_it(
    server: HTTPServer, feed: Feed
) -> None:
    assert kind_of(one(server, replace(feed, full_text=False))) == "not_allowed"
    assert not server.log


def test_robots_txt_is_asked_once_and_obeyed(server: HTTPServer, feed: Feed) -> None:
    server.expect_request("/robots.txt").respond_with_data(
        "User-agent: *\nDisallow: /private/\nUser-agent: OtherBot\nDisallow: /\n"
    )
    server.expect_request("/a").respond_with_data(PAGE, content_type="text/html")
    found = fetch(
        [
            PageRequest(url=url_of(server, path), feed=feed, key=path)
            for path in ("/a", "/private/b", "/private/c")
        ]
    )
    assert found["/a"].html is not None
    assert kind_of(found["/private/b"]) == "robots"
    assert [entry[0].path for entry in server.log].count("/robots.txt") == 1
    assert not any(entry[0].path.startswith("/private") for entry in server.log)


def test_rules_for_our_own_name_are_obeyed(server: HTTPServer, feed: Feed) -> None:
    server.expect_request("/robots.txt").respond_with_data(
        "User-agent: PolicyWire\nDisallow: /\nUser-agent: *\nAllow: /\n"
    )
    assert kind_of(one(server, feed)) == "robots"


@pytest.mark.parametrize(("status", "kind"), [(404, None), (403, None), (500, "robots")])
def test_a_robots_txt_that_is_missing_allows_and_one_that_fails_forbids(
    server: HTTPServer, feed: Feed, status: int, kind: str | None
) -> None:
    server.expect_request("/robots.txt").respond_with_data("x", status=status)
    server.expect_request("/a").respond_with_data(PAGE, content_type="text/html")
    assert kind_of(one(server, feed)) == kind


def test_crawl_delay_keeps_pages_apart(server: HTTPServer, feed: Feed) -> None:
    times: list[float] = []

    def answer(_request: Request) -> Response:
        times.append(time.monotonic())
        return Response(PAGE, content_type="text/html")

    server.expect_request("/robots.txt").respond_with_data("User-agent: *\nCrawl-delay: 0.4\n")
    for n in range(3):
        server.expect_request(f"/{n}").respond_with_handler(answer)
    fetch([PageRequest(url=url_of(server, f"/{n}"), feed=feed, key=str(n)) for n in range(3)])
    assert len(times) == 3
    assert min(b - a for a, b in zip(times, times[1:], strict=False)) > 0.35  # noqa: RUF007


def test_a_crawl_delay_beyond_our_limit_means_no_pages(server: HTTPServer, feed: Feed) -> None:
    server.expect_request("/robots.txt").respond_with_data("User-agent: *\nCrawl-delay: 600\n")
    outcome = one(server, feed)
    assert kind_of(outcome) == "robots"
    assert "600 s" in str(outcome.error)


def test_a_page_wanted_twice_is_asked_once(server: HTTPServer, feed: Feed) -> None:
    server.expect_request("/a").respond_with_data(PAGE, content_type="text/html")
    wanted = [PageRequest(url=url_of(server, "/a"), feed=feed, key=k) for k in "xy"]
    found = fetch(wanted)
    assert found["x"].html == found["y"].html is not None
    assert [entry[0].path for entry in server.log].count("/a") == 1


def test_a_host_that_asks_for_a_wait_gets_no_more_pages(server: HTTPServer, feed: Feed) -> None:
    for n in range(4):
        server.expect_request(f"/{n}").respond_with_data(
            "slow", status=429, headers={"Retry-After": "60"}
        )
    settings = replace(BRISK, per_host=1)
    found = fetch(
        [PageRequest(url=url_of(server, f"/{n}"), feed=feed, key=str(n)) for n in range(4)],
        settings,
    )
    kinds = sorted(str(kind_of(o)) for o in found.values())
    assert kinds == ["host_waits", "host_waits", "host_waits", "http_429"]


@pytest.mark.parametrize(
    "link", ["http://127.0.0.2:{port}/a", "http://localhost:{port}/a", "file:///etc/passwd", "x"]
)
def test_an_article_link_to_another_private_host_is_refused(
    server: HTTPServer, feed: Feed, link: str
) -> None:
    request = PageRequest(url=link.format(port=server.port), feed=feed, key="k")
    assert kind_of(fetch([request])["k"]) in ("robots", "bad_url", "refused_address")
    assert not server.log


def test_a_file_that_is_not_a_page_is_refused(server: HTTPServer, feed: Feed) -> None:
    server.expect_request("/a").respond_with_data(b"%PDF", content_type="application/pdf")
    assert kind_of(one(server, feed)) == "not_html"
