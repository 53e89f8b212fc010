"""Fetching feeds: conditional requests, limits per host, redirects, retries, outcomes."""

import asyncio
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from extractors.feeds.parse import parse_feed
from flows.feeds.fetching.fetch import FeedOutcome, fetch_feeds, with_parsed
from models.errors import FeedParseError
from models.feed import Feed, FeedState
from tests.flows.conftest import BRISK, outcomes_of
from tests.flows.feeds.fetching.one_feed import RSS, MakeFeed, run_one


def test_a_feed_comes_as_bytes_and_the_request_has_our_name(
    server: HTTPServer, feed_at: MakeFeed
) -> None:
    server.expect_request("/f").respond_with_data(RSS, content_type="application/rss+xml")
    outcome = run_one(feed_at("/f"))
    assert outcome.fetched is not None
    assert outcome.fetched.body == RSS
    assert outcome.fetch.outcome == "ok"
    assert outcome.fetch.body_bytes == len(RSS)
    sent = server.log[0][0].headers
    assert sent["User-Agent"].startswith("PolicyWire/")
    assert "https://policywire.example/contact" in sent["User-Agent"]
    assert {"gzip", "br", "zstd"} <= {e.strip() for e in sent["Accept-Encoding"].split(",")}


def test_validators_make_the_second_request_conditional(
    server: HTTPServer, feed_at: MakeFeed
) -> None:
    modified = "Mon, 10 Nov 2025 12:00:00 GMT"

    def answer(request: Request) -> Response:
        if request.headers.get("If-None-Match") == '"v1"':
            assert request.headers.get("If-Modified-Since") == modified
            return Response(status=304)
        return Response(RSS, headers={"ETag": '"v1"', "Last-Modified": modified})

    server.expect_request("/f").respond_with_handler(answer)
    feed = feed_at("/f")
    first = run_one(feed)
    second = run_one(feed, first.state)
    assert (first.fetch.outcome, second.fetch.outcome) == ("ok", "not_modified")
    assert second.fetched is None
    assert second.state.etag == '"v1"'


def test_the_same_bytes_without_a_304_are_not_parsed_again(
    server: HTTPServer, feed_at: MakeFeed
) -> None:
    server.expect_request("/f").respond_with_data(RSS)
    feed = feed_at("/f")
    second = run_one(feed, run_one(feed).state)
    assert second.fetch.outcome == "not_modified"
    assert second.fetch.status == 200
    assert second.fetched is None
    assert "without a 304" in second.fetch.notes[0]


def test_a_changed_address_in_the_list_forgets_the_old_validators(
    server: HTTPServer, feed_at: MakeFeed
) -> None:
    server.expect_request("/old").respond_with_data(RSS, headers={"ETag": '"old"'})
    server.expect_request("/new").respond_with_data(RSS, headers={"ETag": '"new"'})
    state = run_one(feed_at("/old", feed_id="desk")).state
    outcome = run_one(feed_at("/new", feed_id="desk"), state)
    assert outcome.fetch.outcome == "ok"
    assert "If-None-Match" not in server.log[-1][0].headers


def test_hung_feeds_do_not_delay_those_of_other_hosts(
    server: HTTPServer, feed_at: MakeFeed
) -> None:
    release = threading.Event()

    def hang(_request: Request) -> Response:
        release.wait(4)
        return Response(RSS)

    server.expect_request("/hung").respond_with_handler(hang)
    server.expect_request("/f").respond_with_data(RSS)
    feeds = [feed_at("/hung", host="127.0.0.2", feed_id=f"hung-{n}") for n in range(4)]
    feeds += [feed_at("/f", host=f"127.0.0.{n}", feed_id=f"well-{n}") for n in range(3, 13)]
    done: list[str] = []

    def note(outcome: FeedOutcome) -> None:
        done.append(outcome.feed.feed_id)
        if sum(d.startswith("well") for d in done) == 10:
            release.set()

    asyncio.run(fetch_feeds(feeds, {}, BRISK, on_done=note))
    assert all(d.startswith("well") for d in done[:10])
    assert len(done) == 14


def test_a_host_gets_two_requests_at_once_at_most_with_a_gap_between_starts(
    server: HTTPServer, feed_at: MakeFeed
) -> None:
    lock, now, most, starts = threading.Lock(), 0, 0, list[float]()

    def count(_request: Request) -> Response:
        nonlocal now, most
        with lock:
            starts.append(time.monotonic())
            now += 1
            most = max(most, now)
        time.sleep(0.12)
        with lock:
            now -= 1
        return Response(RSS)

    server.expect_request("/f").respond_with_handler(count)
    feeds = [feed_at("/f", feed_id=f"f{n}") for n in range(12)]
    asyncio.run(outcomes_of(feeds, settings=replace(BRISK, host_gap_s=0.05)))
    assert most == 2
    gaps = [b - a for a, b in pairwise(starts)]
    assert min(gaps) > 0.03


def test_no_more_feeds_are_in_flight_than_allowed_even_when_the_caller_is_slow(
    server: HTTPServer, feed_at: MakeFeed
) -> None:
    server.expect_request("/f").respond_with_data(RSS)
    feeds = [feed_at("/f", host=f"127.0.1.{n}", feed_id=f"f{n}") for n in range(1, 21)]
    held, most = 0, 0

    async def slowly(_outcome: FeedOutcome) -> None:
        nonlocal held, most
        held += 1
        most = max(most, held)
        await asyncio.sleep(0.02)
        held -= 1

    settings = replace(BRISK, max_at_once=5)
    asyncio.run(fetch_feeds(feeds, {}, settings, on_done=slowly))
    assert most <= 5


@pytest.mark.parametrize("status", [301, 308])
def test_a_permanent_redirect_changes_the_address_after_three_answers(
    server: HTTPServer, feed_at: MakeFeed, status: int
) -> None:
    there = server.url_for("/new").replace("localhost", "127.0.0.1").replace("0.0.0.0", "127.0.0.1")
    server.expect_request("/old").respond_with_data("", status=status, headers={"Location": there})
    server.expect_request("/new").respond_with_data(RSS)
    feed, state = feed_at("/old"), None
    for count in (1, 2):
        state = run_one(feed, state).state
        assert (state.url, state.redirect_count) == (feed.url, count)
    third = run_one(feed, state)
    assert third.state.url == there
    assert any("address changed" in note for note in third.fetch.notes)
    fourth = run_one(feed, third.state)
    assert server.log[-1][0].path == "/new"
    assert server.log[-2][0].path == "/new", "the old address is asked no more"
    assert fourth.fetch.outcome == "not_modified"


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_redirect_never_changes_the_address(
    server: HTTPServer, feed_at: MakeFeed, status: int
) -> None:
    server.expect_request("/old").respond_with_data("", status=status, headers={"Location": "/new"})
    server.expect_request("/new").respond_with_data(RSS)
    feed, state = feed_at("/old"), None
    for _ in range(4):
        state = run_one(feed, state).state
    assert state is not None
    assert (state.url, state.redirect_count) == (feed.url, 0)


def test_permanent_redirects_that_disagree_start_counting_again(
    server: HTTPServer, feed_at: MakeFeed
) -> None:
    targets = iter(["/a", "/a", "/b", "/a"])
    server.expect_request("/old").respond_with_handler(
        lambda _r: Response("", status=301, headers={"Location": next(targets)})
    )
    for path in ("/a", "/b"):
        server.expect_request(path).respond_with_data(RSS)
    feed, state, counts = feed_at("/old"), None, []
    for _ in range(4):
        state = run_one(feed, state).state
        counts.append(state.redirect_count)
    assert counts == [1, 2, 1, 1]


def test_redirects_in_a_circle_are_stopped(server: HTTPServer, feed_at: MakeFeed) -> None:
    server.expect_request("/a").respond_with_data("", status=302, headers={"Location": "/b"})
    server.expect_request("/b").respond_with_data("", status=302, headers={"Location": "/a"})
    assert run_one(feed_at("/a")).fetch.outcome == "too_many_redirects"


def test_endless_redirects_are_stopped(server: HTTPServer, feed_at: MakeFeed) -> None:
    def onward(request: Request) -> Response:
        number = int(request.args.get("n", "0")) + 1
        return Response("", status=302, headers={"Location": f"/a?n={number}"})

    server.expect_request("/a").respond_with_handler(onward)
    outcome = run_one(feed_at("/a"))
    assert outcome.fetch.outcome == "too_many_redirects"
    assert len(server.log) == BRISK.redirect_cap + 1


def test_a_410_retires_the_feed(server: HTTPServer, feed_at: MakeFeed) -> None:
    server.expect_request("/f").respond_with_data("gone", status=410)
    feed = feed_at("/f")
    outcome = run_one(feed)
    assert outcome.state.retired
    assert outcome.fetch.outcome == "http_410"
    assert "retired" in (outcome.fetch.error or "")
    again = run_one(feed, outcome.state)
    assert again.fetch.outcome == "skipped"
    assert len(server.log) == 1


def test_a_server_error_is_retried_within_the_run(server: HTTPServer, feed_at: MakeFeed) -> None:
    answers = iter([500, 502, 200])
    server.expect_request("/f").respond_with_handler(lambda _r: Response(RSS, status=next(answers)))
    outcome = run_one(feed_at("/f"))
    assert outcome.fetch.outcome == "ok"
    assert outcome.fetch.retry_count == 2
    assert outcome.fetch.notes == ("try 1: http_500", "try 2: http_502")


def test_a_missing_feed_is_not_retried_and_its_next_check_moves_later(
    server: HTTPServer, feed_at: MakeFeed
) -> None:
    server.expect_request("/f").respond_with_data("no", status=404)
    feed, state, waits = feed_at("/f", poll_minutes=60), None, []
    for _ in range(3):
        outcome = run_one(feed, state)
        state = outcome.state
        assert outcome.fetch.next_check_at is not None
        waits.append((outcome.fetch.next_check_at - outcome.fetch.started_at) / timedelta(hours=1))
    assert len(server.log) == 3
    assert 1 <= waits[0] < 1.2 <= 2 <= waits[1] < 2.3 <= 4 <= waits[2] < 4.5


def test_a_short_retry_after_is_waited_for(server: HTTPServer, feed_at: MakeFeed) -> None:
    times: list[float] = []

    def answer(_request: Request) -> Response:
        times.append(time.monotonic())
        if len(times) == 1:
            return Response("slow down", status=429, headers={"Retry-After": "1"})
        return Response(RSS)

    server.expect_request("/f").respond_with_handler(answer)
    outcome = run_one(feed_at("/f"))
    assert outcome.fetch.outcome == "ok"
    assert times[1] - times[0] >= 1.0


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_long_retry_after_moves_the_next_check_and_is_kept(
    server: HTTPServer, feed_at: MakeFeed, status: int, form: str
) -> None:
    moment = datetime.now(UTC) + timedelta(hours=3)
    value = "10800" if form == "seconds" else format_datetime(moment, usegmt=True)
    server.expect_request("/f").respond_with_data(
        "wait", status=status, headers={"Retry-After": value}
    )
    feed = feed_at("/f", poll_minutes=15)
    outcome = run_one(feed)
    assert outcome.fetch.outcome == f"http_{status}"
    assert outcome.fetch.next_check_reason == "Retry-After"
    assert outcome.fetch.next_check_at is not None
    assert abs((outcome.fetch.next_check_at - moment).total_seconds()) < 5
    again = run_one(feed, outcome.state)
    assert again.fetch.outcome == "skipped"
    assert len(server.log) == 1


def test_a_second_429_stops_the_other_feeds_of_the_host(
    server: HTTPServer, feed_at: MakeFeed
) -> None:
    server.expect_request("/f").respond_with_data(
        "wait", status=429, headers={"Retry-After": "3600"}
    )
    feeds = [feed_at("/f", feed_id=f"f{n}") for n in range(6)]
    found = asyncio.run(outcomes_of(feeds, settings=replace(BRISK, per_host=1)))
    kinds = sorted(o.fetch.outcome for o in found.values())
    assert kinds == ["http_429"] * 2 + ["skipped"] * 4
    assert len(server.log) == 2


def test_a_refused_connection_has_a_name(feed_at: MakeFeed) -> None:
    feed = Feed(feed_id="f", name="f", url="http://127.0.0.1:9/feed")
    outcome = run_one(feed)
    assert outcome.fetch.outcome == "connect"
    assert (outcome.fetch.error or "").startswith("feed 'f': no connection")


def test_a_template_is_not_asked(server: HTTPServer, feed_at: MakeFeed) -> None:
    outcome = run_one(feed_at("/f?q={query}", kind="rss_template"))
    assert outcome.fetch.outcome == "skipped"
    assert "template" in (outcome.fetch.error or "")
    assert not server.log


def test_failing_feeds_come_last(server: HTTPServer, feed_at: MakeFeed) -> None:
    server.expect_request("/f").respond_with_data(RSS)
    feeds = [feed_at("/f", feed_id=f"f{n}") for n in range(8)]
    states = {
        "f0": replace(FeedState(feed_id="f0", url=feeds[0].url), failure_count=3),
        "f1": replace(FeedState(feed_id="f1", url=feeds[1].url), failure_count=1),
    }
    order: list[str] = []
    settings = replace(BRISK, per_host=1)
    asyncio.run(
        fetch_feeds(feeds, states, settings, on_done=lambda o: order.append(o.feed.feed_id))
    )
    assert order[-2:] == ["f1", "f0"]


def test_parsing_completes_the_ledger_row(server: HTTPServer, feed_at: MakeFeed) -> None:
    server.expect_request("/f").respond_with_data(RSS)
    outcome = run_one(feed_at("/f"))
    assert outcome.fetched is not None
    whole = with_parsed(outcome, parse_feed(outcome.fetched), BRISK, new_count=1)
    assert (whole.fetch.entry_count, whole.fetch.new_count) == (1, 1)


def test_a_page_instead_of_a_feed_is_a_failure_and_drops_the_validators(
    server: HTTPServer, feed_at: MakeFeed
) -> None:
    server.expect_request("/f").respond_with_data(
        "<!doctype html><title>Hello</title>", headers={"ETag": '"x"'}, content_type="text/html"
    )
    outcome = run_one(feed_at("/f"))
    assert outcome.fetched is not None
    with pytest.raises(FeedParseError) as caught:
        parse_feed(outcome.fetched)
    whole = with_parsed(outcome, caught.value, BRISK)
    assert whole.fetch.outcome == "not_a_feed"
    assert whole.state.failure_count == 1
    assert whole.state.etag is None
    assert whole.state.body_digest is None


def test_an_error_of_the_caller_ends_the_run(server: HTTPServer, feed_at: MakeFeed) -> None:
    server.expect_request("/f").respond_with_data(RSS)

    def fail(_outcome: FeedOutcome) -> None:
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        asyncio.run(fetch_feeds([feed_at("/f")], {}, BRISK, on_done=fail))
