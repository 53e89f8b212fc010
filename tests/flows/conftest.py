"""A real HTTP server on every loopback address, and fetch settings without gaps and delays."""

import logging
from collections.abc import Callable, Iterator, Mapping

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from flows.feeds.fetching.fetch import FeedOutcome, FetchSettings, fetch_feeds
from models.feed import Feed, FeedState

BRISK = FetchSettings(
    contact_url="https://policywire.example/contact",
    host_gap_s=0.0,
    page_gap_s=0.0,
    start_gap_s=0.0,
    retry_backoff_s=0.01,
    linger_s=0.0,
    connect_timeout_s=2.0,
    read_timeout_s=2.0,
    deadline_s=5.0,
)


class PlainServer(HTTPServer):
    """Answers 404 to unprepared paths, as a site without a robots.txt does."""

    def respond_nohandler(self, request: Request, extra_message: str = "") -> Response:
        return Response("no such page", status=404)


@pytest.fixture(scope="session")
def running_server() -> Iterator[HTTPServer]:
    # It answers on 127.0.0.1, 127.0.0.2 and so on: one server, many hosts.
    with PlainServer(host="0.0.0.0", threaded=True) as running:
        yield running


@pytest.fixture
def server(running_server: HTTPServer) -> HTTPServer:
    running_server.clear()
    return running_server


@pytest.fixture
def feed_at(server: HTTPServer) -> Callable[..., Feed]:
    def make(path: str, *, host: str = "127.0.0.1", feed_id: str = "", **more: object) -> Feed:
        url = f"http://{host}:{server.port}{path}"
        return Feed(feed_id=feed_id or path.strip("/"), name=path, url=url, **more)  # type: ignore[arg-type]

    return make


async def outcomes_of(
    feeds: list[Feed],
    states: Mapping[str, FeedState] | None = None,
    settings: FetchSettings = BRISK,
) -> dict[str, FeedOutcome]:
    found: dict[str, FeedOutcome] = {}

    def keep(outcome: FeedOutcome) -> None:
        found[outcome.feed.feed_id] = outcome

    await fetch_feeds(feeds, states or {}, settings, on_done=keep)
    return found


@pytest.fixture(autouse=True)
def our_log() -> Iterator[None]:
    """Reset our log before each test; commands and flows under test configure it themselves."""
    log = logging.getLogger("policywire")
    handlers, log.handlers, log.propagate = log.handlers, [], True
    log.setLevel(logging.NOTSET)
    logging.getLogger("policywire.alerts").setLevel(logging.NOTSET)
    yield
    log.handlers, log.propagate = handlers, True
